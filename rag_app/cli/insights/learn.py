"""The command ``rag-app insights learn``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.cli import show
from rag_app.cli.insights.command import add_insight, run_insight

if TYPE_CHECKING:
    from rag_app.engine import Engine
    from rag_app.insights.learning.records import LearningPath


def add_learn_command(commands: argparse._SubParsersAction[Any]) -> None:
    """Add ``learn`` and its arguments."""
    parser = add_insight(
        commands, "learn", "objectives in the order to learn them, with material and questions",
        _learn,
    )  # fmt: skip
    add = parser.add_argument
    add("objectives", nargs="+", metavar="OBJECTIVE",
        help="what is to be learned, or @FILE for a text, an objective a line")  # fmt: skip
    add("-k", type=int, default=3, metavar="N", help="passages for each objective (3)")
    add("--export", type=Path, metavar="FILE", help="write the path: .md, .json or .csv")
    add("--user", default="", metavar="NAME", help="whose answers count; nobody's if left out")
    add("--answer", nargs=2, action="append", default=[], metavar=("ID", "RATING"),
        help="keep how well you knew a question: again, hard, good or easy")  # fmt: skip
    add("--next", action="store_true", help="only what to learn and to repeat now")


def _learn(options: argparse.Namespace) -> int:
    from rag_app.insights.learning.learner import Learner, progress
    from rag_app.insights.learning.path import learning_path
    from rag_app.insights.learning.records import LearningPath
    from rag_app.insights.learning.written import progress_in_words, write_path

    objectives = [one for given in options.objectives for one in _read(given)]
    lines: list[str] = []

    def finish(engine: Engine, path: LearningPath) -> None:
        learner = Learner(engine.store, options.user)
        for check, known in options.answer:
            learner.answer(path.check(check).id, known)
        answers = learner.answers()
        if options.next or answers:
            lines.append(progress_in_words(progress(path, answers)))
        if options.export:
            write_path(options.export, path)

    code = run_insight(
        options,
        LearningPath,
        {"objectives": objectives, "k": options.k},
        lambda engine, where, steps: learning_path(
            engine, objectives, where, k=options.k, steps=steps
        ),
        finish,
        is_shown=not options.next,
    )
    if lines and not options.json:
        show("\n".join(lines))
    return code


def _read(given: str) -> list[str]:
    """The objectives of an argument: a text, or ``@FILE``."""
    from ingest.errors import UsageError
    from rag_app.insights.learning.objectives import objectives_of, read_objectives

    if given[:1] == "@":
        return read_objectives(Path(given[1:]))
    try:
        is_file = Path(given).is_file()
    except OSError:  # too long for a name
        is_file = False
    if is_file:
        raise UsageError(f"{given} is a file; to read the objectives in it, write @{given}")
    return objectives_of(given)
