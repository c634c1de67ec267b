"""Sets of many kinds, each as documents and questions of one form.

``data`` is the sample collection; ``northwind`` and ``squad2`` are read by
``rag_app.eval.bench_sets``; ``everyday`` is the half "tune" of the set beside this one;
``chunking`` lies in the benchmark data, and in its sub-folder ``insights`` the others: TAT-QA,
WikiTableQuestions, MedQuAD, QMSum, and in ``multihop`` HotpotQA, MuSiQue and 2WikiMultihopQA.
"""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from benchmarks.answers.everyday import items as everyday
from rag_app.eval.bench_sets import BenchSet, as_markdown, read_set
from rag_app.eval.questions import read_questions

DATA = Path(__file__).resolve().parents[3] / "data"


@dataclass(frozen=True, slots=True)
class Item:
    """A question. ``where`` filters what is asked. ``gold`` are the places that answer it: a
    document, perhaps a page or a span of characters. ``answers`` are short answers, of which one
    has to be shown, or, if ``each``, a share of them counts; ``words`` a long one, of which a share
    of the words counts."""

    id: str
    question: str
    answerable: bool = True
    where: Mapping[str, Any] | None = None
    gold: tuple[Place, ...] = ()
    answers: tuple[str, ...] = ()
    each: bool = False
    words: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """What of a document answers: all of it, a page, or characters."""

    document: str
    page: int | None = None
    span: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class BroadSet:
    """Documents, as a folder or as texts by file name, and questions."""

    name: str
    items: Sequence[Item]
    folder: Path | None = None
    texts: Mapping[str, str] = field(default_factory=dict)

    def documents(self, work: Path) -> Path:
        """Where the documents are: texts are written to a folder of ``work``."""
        if self.folder is not None:
            return self.folder
        folder = work / f"{self.name}-documents"
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in self.texts.items():
            path = folder / name
            if not path.is_file() or path.read_text(encoding="utf-8") != text:
                path.write_text(text, encoding="utf-8")
        return folder


def names(bench: Path | None) -> list[str]:
    """The sets that are there."""
    return [
        name
        for name, (path, _) in SETS.items()
        if path is None or (bench is not None and (bench / path).is_dir())
    ]


def read(name: str, bench: Path | None, work: Path) -> BroadSet:
    """Read a set."""
    path, reader = SETS[name]
    return replace(reader(work if path is None or bench is None else bench / path), name=name)


def sample(items: Sequence[Item], number: int) -> list[Item]:
    """So many of either kind, answerable or not, the same each time, in the order of the set."""
    chosen: list[Item] = []
    for answerable in (True, False):
        kind = [one for one in items if one.answerable == answerable]
        ids = range(len(kind))
        picked = random.Random(0).sample(ids, min(number, len(kind)))
        chosen += [kind[place] for place in sorted(picked)]
    return chosen


def _data(_: Path) -> BroadSet:
    items = [
        Item(
            one.id,
            one.text,
            one.answerable,
            gold=tuple(Place(gold.document, gold.page) for gold in one.gold),
            words=" ".join(gold.quote or "" for gold in one.gold),
        )
        for one in read_questions(DATA / "questions.jsonl")
    ]
    return BroadSet("", items, folder=DATA / "documents")


def _everyday(_: Path) -> BroadSet:
    items = [
        Item(
            one.question,
            one.question,
            one.kind != everyday.UNANSWERABLE,
            gold=(Place(one.document),) if one.document else (),
        )
        for one in everyday.read_questions()
        if one.half == "tune"
    ]
    return BroadSet("", items, folder=everyday.DOCUMENTS)


def _northwind(folder: Path) -> BroadSet:
    return _of_bench(read_set(folder.parent, "northwind"))


def _squad2(folder: Path) -> BroadSet:
    return _of_bench(read_set(folder.parent, "squad2"))


def _of_bench(bench: BenchSet) -> BroadSet:
    items = [
        Item(
            one.id,
            one.text,
            one.answerable,
            gold=tuple(Place(gold.document, gold.page) for gold in one.gold),
            answers=tuple(bench.answers.get(one.id, ())) if one.answerable else (),
        )
        for one in bench.questions
    ]
    return BroadSet("", items, folder=bench.folder, texts=bench.texts)


def _tatqa(folder: Path) -> BroadSet:
    """A table in Markdown with its paragraphs is one document."""
    texts: dict[str, str] = {}
    items: list[Item] = []
    for row in _rows(folder / "test.jsonl"):
        name = f"{row['id'][:12]}.md"
        lines = [f"| {' | '.join(map(_cell, cells))} |" for cells in row["table"]]
        lines.insert(1, "|" + "---|" * len(row["table"][0]))
        paragraphs = [as_markdown("", one).strip() for one in row["paragraphs"]]
        texts[name] = "\n\n".join(["\n".join(lines), *paragraphs]) + "\n"
        for one in row["questions"]:
            told = one["answer"] if one["type"] in ("span", "multi-span") else []
            items.append(
                Item(
                    one["id"],
                    one["question"],
                    gold=(Place(name),),
                    answers=tuple(map(str, told)),
                    each=True,
                )
            )
    return BroadSet("", items, texts=texts)


def _cell(text: str) -> str:
    return as_markdown("", text).strip() if text.strip() else " "


def _wikitablequestions(folder: Path) -> BroadSet:
    """Questions name nothing of their table, so each is asked within it."""
    items = []
    for row in _rows(folder / "questions.jsonl"):
        name = Path(row["table"]).name
        items.append(
            Item(
                row["id"],
                row["question"],
                where={"document": name},
                gold=(Place(name),),
                answers=tuple(row["answer"]),
                each=True,
            )
        )
    return BroadSet("", items, folder=folder / "tables")


def _medquad(folder: Path) -> BroadSet:
    texts: dict[str, str] = {}
    items = []
    for row in _rows(folder / "test.jsonl"):
        name = f"{row['id']}.md"
        texts[name] = as_markdown(row["focus"], row["answer"])
        items.append(Item(row["id"], row["question"], gold=(Place(name),), words=row["answer"]))
    return BroadSet("", items, texts=texts)


def _multihop(folder: Path) -> BroadSet:
    texts = {
        f"{row['id']}.md": as_markdown(row["title"], row["text"])
        for row in _rows(folder / "paragraphs.jsonl")
    }
    items = [
        Item(
            row["id"],
            row["question"],
            gold=tuple(Place(f"{gold}.md") for gold in row["gold"]),
            answers=tuple(one for one in row["answers"] if one.casefold() not in ("yes", "no")),
        )
        for row in _rows(folder / "questions.jsonl")
    ]
    return BroadSet("", items, texts=texts)


def _qmsum(folder: Path) -> BroadSet:
    """A meeting is a document of one paragraph a turn; the turns that answer are the gold."""
    texts: dict[str, str] = {}
    items = []
    for row in _rows(folder / "val.jsonl"):
        name = f"{row['id']}.txt"
        turns = [f"{who}: {' '.join(said.split())}" for who, said in row["turns"]]
        starts, place = [], 0
        for turn in turns:
            starts.append(place)
            place += len(turn) + 2
        texts[name] = "\n\n".join(turns) + "\n"
        for number, one in enumerate(row["specific"]):
            spans = [(starts[a], starts[b] + len(turns[b])) for a, b in one["spans"]]
            items.append(
                Item(
                    f"{row['id']} {number}",
                    one["query"],
                    where={"document": name},
                    gold=tuple(Place(name, span=span) for span in spans),
                    words=one["summary"],
                )
            )
    return BroadSet("", items, texts=texts)


def _chunking(folder: Path) -> BroadSet:
    """Five long texts; the words of the stretches that answer are the gold."""
    with (folder / "questions.csv").open(encoding="utf-8", newline="") as file:
        items = [
            Item(
                f"chunking {number}",
                row["question"],
                gold=(Place(f"{row['corpus_id']}.md"),),
                words=" ".join(one["content"] for one in json.loads(row["references"])),
            )
            for number, row in enumerate(csv.DictReader(file))
        ]
    return BroadSet("", items, folder=folder / "corpora")


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


# Where each lies below the benchmark data; None: in this repository.
SETS: Mapping[str, tuple[str | None, Callable[[Path], BroadSet]]] = {
    "data": (None, _data),
    "everyday": (None, _everyday),
    "northwind": ("northwind", _northwind),
    "squad2": ("squad2", _squad2),
    "tatqa": ("insights/tatqa", _tatqa),
    "wikitablequestions": ("insights/wikitablequestions", _wikitablequestions),
    "medquad": ("insights/medquad", _medquad),
    "multihop": ("insights/multihop", _multihop),
    "qmsum": ("insights/qmsum", _qmsum),
    "chunking": ("chunking", _chunking),
}
