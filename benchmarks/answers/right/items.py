"""Questions with a right answer: the sets of ``right_answers``, read from their files."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.text.sentences import split_sentences
from rag_app.eval.questions import read_lines

DATA = Path(__file__).resolve().parents[3] / "data"
GROUNDED = DATA / "grounded"
LANGUAGES = ("en", "de", "fr", "es")
HALVES = ("tune", "held", "all", "fresh")
MARKERS = re.compile(r"\s*(?:\[\d+\])+")


@dataclass(frozen=True, slots=True)
class Gold:
    """What holds an answer: words of a document, a page of it or, with neither, whatever passage
    of it has most of the answer's words."""

    document: str | None = None
    page: int | None = None
    quote: str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """A question and a right answer, whose markers [1], [2] point at the entries of ``gold``.

    ``documents`` is what has to be ingested. ``half`` is "tune", "held" or "fresh".
    """

    id: str
    kind: str
    language: str
    question: str
    answer: str
    gold: tuple[Gold, ...]
    documents: Path
    half: str


def read_items(
    name: str, *, cases: Path | None, bench_data: Path | None, fresh: bool = False
) -> list[Item]:
    """The items of a set; with ``fresh`` those of a language that were written later, to work on.
    Raises UsageError for a file that cannot be read, and SystemExit where its folder is not given.
    """
    if name in LANGUAGES:
        return list(_grounded(name, "fresh" if fresh else name))
    folder = {"cases": cases, "northwind": bench_data}[name]
    if folder is None:
        option = "--cases" if name == "cases" else "--bench-data"
        raise SystemExit(f"--set {name} needs {option} with the folder that holds it")
    reader: Mapping[str, Callable[[Path], Iterator[Item]]] = {
        "cases": _cases,
        "northwind": _northwind,
    }
    return list(reader[name](folder))


def _grounded(language: str, file: str) -> Iterator[Item]:
    documents = DATA / "documents" if language == "en" else GROUNDED / "documents" / language
    for row in _rows(GROUNDED / f"{file}.jsonl"):
        if row["language"] != language:
            continue
        gold = tuple(Gold(one["document"], one["page"], one["quote"]) for one in row["gold"])
        yield Item(
            row["id"],
            row["kind"],
            language,
            row["question"],
            row["answer"],
            gold,
            documents,
            row["half"],
        )


def _cases(folder: Path) -> Iterator[Item]:
    """Lines of ``good.txt``: what is ingested || question || answer. All of them are for tuning."""
    for number, line in enumerate((folder / "good.txt").read_text("utf-8").splitlines(), start=1):
        where, question, answer = (part.strip() for part in line.split("||"))
        documents = DATA.parent / where if where.startswith("data/") else folder / where
        kind = "data" if where.startswith("data/") else Path(where).name
        yield Item(f"case{number:02}", kind, "", question, answer, (Gold(),), documents, "tune")


def _northwind(folder: Path) -> Iterator[Item]:
    """The gold answers over their PDFs, each sentence with the marker of every gold page."""
    pdfs = folder / "northwind" / "pdfs"
    for row in _rows(folder / "northwind" / "questions.jsonl"):
        if not row["answerable"]:
            continue
        gold = tuple(Gold(one["file"], one["page"]) for one in row["gold"])
        markers = "".join(f"[{number}]" for number in range(1, len(gold) + 1))
        answer = "\n".join(
            "".join(_cited(one, markers) for one in split_sentences(line))
            for line in row["answer"].splitlines()
        )
        # Every second question, in the order of the file.
        half = "tune" if int(row["id"].rpartition("-")[2]) % 2 == 0 else "held"
        yield Item(row["id"], "northwind", "en", row["question"], answer, gold, pdfs, half)


def _cited(sentence: str, markers: str) -> str:
    body = sentence.rstrip()
    if not body:
        return sentence
    end = len(body.rstrip(".!?:"))
    return f"{body[:end]} {markers}{body[end:]}{sentence[len(body) :]}"


def _rows(path: Path) -> list[dict[str, Any]]:
    return [row for _, row in read_lines(path, "rows")]
