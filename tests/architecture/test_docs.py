"""The documentation names what there is: every module, command, option, setting and error."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import ingest.errors
import rag_app.errors
from ingest.settings import TABLES, IndexSettings, TableSettings
from rag_app.cli.main import _parser
from rag_app.server.settings import ServerSettings
from rag_app.settings import AnswerSettings
from rag_app.ui.serving.settings import PageSettings
from rag_app.web.upload_settings import UploadSettings
from tests.architecture.tree import FOLDERS, MODULES
from tests.conftest import REPOSITORY

ARCHITECTURE = (REPOSITORY / "docs" / "architecture.md").read_text(encoding="utf-8")
REFERENCE = (REPOSITORY / "docs" / "reference.md").read_text(encoding="utf-8")
SETTINGS = (IndexSettings, AnswerSettings, PageSettings, UploadSettings, ServerSettings)
OWN_NAMES = {"openai_api_key": "OPENAI_API_KEY", "openai_base_url": "OPENAI_BASE_URL"}


def rows(text: str) -> list[list[str]]:
    """The cells of every row of a table in Markdown."""
    lines = [line for line in text.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines]


def section(text: str, heading: str) -> str:
    """What stands between a heading and the next one of any level."""
    assert heading in text, f"no heading {heading}"
    return re.split(r"^#", text.split(heading, 1)[1], maxsplit=1, flags=re.MULTILINE)[0]


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_module_is_named_under_its_folder(folder: str) -> None:
    there = {
        name.rpartition(".")[2]
        for name, path in MODULES.items()
        if name.rpartition(".")[0] == folder and path.name != "__init__.py"
    }
    if not there:
        return
    text = section(ARCHITECTURE, f"`{folder.replace('.', '/')}/`\n")
    told = {name for row in rows(text) for name in re.findall(r"`(\w+)`", row[0])}
    assert told == there


@pytest.mark.parametrize("kind", SETTINGS, ids=lambda kind: kind.table)
def test_every_setting_is_explained(kind: type[TableSettings]) -> None:
    told = {row[0]: row[1:3] for row in rows(section(REFERENCE, f"### `[{kind.table}]`"))}
    assert told == {
        f"`{name}`": [f"`{OWN_NAMES.get(name, f'RAG_{name.upper()}')}`", _default(field.default)]
        for name, field in kind.model_fields.items()
    }


def test_every_table_of_settings_is_looked_at() -> None:
    assert {kind.table for kind in SETTINGS} == set(TABLES)


def _default(value: object) -> str:
    if value in (None, ()):
        return "none" if value == () else "not set"
    return f"`{json.dumps(str(value) if isinstance(value, Path) else value)}`"


def test_every_error_is_explained() -> None:
    told = {row[0]: row[1] for row in rows(section(REFERENCE, "## Errors"))}
    assert told == {
        f"`{name}`": str(value.exit_code)
        for module in (ingest.errors, rag_app.errors)
        for name, value in vars(module).items()
        if isinstance(value, type) and issubclass(value, ingest.errors.RagError)
    }


def test_every_command_and_option_is_explained() -> None:
    commands = {row[0]: " ".join(row) for row in rows(section(REFERENCE, "## Commands"))}
    everywhere = {"-h", "--help", "--store", "--collection"}
    for name, options in _commands(_parser()):
        line = [row for cell, row in commands.items() if re.match(rf"`{name}\b", cell)]
        assert len(line) == 1, f"{name} has no row of its own"
        told = set(re.findall(r"(?<!\w)--?\w[\w-]*", line[0]))
        assert options - everywhere <= told, name


def _commands(parser: argparse.ArgumentParser) -> Iterator[tuple[str, set[str]]]:
    """Each command with all its options, those of its own commands too."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, command in action.choices.items():
                deeper = [options for _, options in _commands(command)]
                own = {text for one in command._actions for text in one.option_strings}
                yield name, own.union(*deeper)
