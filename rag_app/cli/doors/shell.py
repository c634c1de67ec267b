"""What shells ask for: the version, and completion of commands."""

from __future__ import annotations

import argparse
from typing import Any

from ingest.cli import show
from ingest.errors import UsageError

# Of arguments, by the names that their help shows.
FILES, FOLDERS = ("PATH", "FILE"), ("DIR",)


class ShowVersion(argparse.Action):
    """``--version``: looked up when it is asked for, and not by each command."""

    def __init__(self, option_strings: list[str], dest: str, help: str | None = None) -> None:
        super().__init__(option_strings, dest, nargs=0, help=help)

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        from importlib.metadata import version

        show(f"{parser.prog} {version('rag-app')}")
        parser.exit()


def add_completion_command(commands: Any, parser: argparse.ArgumentParser) -> None:
    """Add the command, for all that the parser has."""
    command = commands.add_parser("completion", help="print a script that completes commands")
    command.add_argument("shell", choices=("bash", "zsh", "tcsh"), metavar="SHELL")
    command.set_defaults(command=lambda options: _completion(options, parser))


def _completion(options: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    try:
        import shtab
    except ImportError:
        raise UsageError("Completion needs shtab: pip install shtab") from None
    _name_kinds(parser, shtab.FILE, shtab.DIRECTORY)
    show(shtab.complete(parser, options.shell))
    return 0


def _name_kinds(parser: argparse.ArgumentParser, files: Any, folders: Any) -> None:
    """Say which arguments are files and folders."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                _name_kinds(command, files, folders)
        elif action.metavar in FILES:
            action.complete = files  # type: ignore[attr-defined]
        elif action.metavar in FOLDERS:
            action.complete = folders  # type: ignore[attr-defined]
