"""Public question sets, read from a folder that has one sub-folder for each.

    northwind/pdfs/*.pdf          northwind/questions.jsonl     gold pages
    chunking/corpora/*.md         chunking/questions.csv        gold spans of characters
    scifact/corpus.jsonl          scifact/queries.jsonl  scifact/qrels.tsv    gold documents
    squad2/paragraphs.jsonl       squad2/questions.jsonl        gold paragraphs

Northwind is Microsoft's sample of benefit plans; chunking is Chroma's (Smith and Troynikov,
"Evaluating Chunking Strategies for Retrieval", 2024); SciFact as in BEIR (Wadden et al., 2020;
Thakur et al., 2021); SQuAD 2.0 is Rajpurkar et al., 2018.
"""

from __future__ import annotations

import csv
import json
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ingest.errors import UsageError
from ingest.text.invisible import without_invisible
from rag_app.eval.metrics import SPAN_MEASURES
from rag_app.eval.questions import Gold, Question, read_lines, read_questions
from rag_app.eval.run import Scoring

# What Markdown would read as its own sign.
_SIGNS = re.compile(r"([\\`*_{}\[\]<>#|~&])")


@dataclass(frozen=True, slots=True)
class BenchSet:
    """Documents and questions. The documents are the files of ``folder``, or else ``texts``: the
    text of a file by its name. ``answers`` are the words that count as an answer, by question.
    """

    name: str
    questions: Sequence[Question]
    scoring: Scoring
    folder: Path | None = None
    texts: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, Sequence[str]] = field(default_factory=dict)


def sets_in(folder: Path) -> list[str]:
    """The names of the sets that a folder has. Raises UsageError if there is none."""
    if not folder.is_dir():
        raise UsageError(f"There is no folder {folder}; --bench-data is the folder of the sets")
    names = [name for name in _READERS if (folder / name).is_dir()]
    if not names:
        raise UsageError(f"{folder} has none of the folders {', '.join(_READERS)}")
    return names


def read_set(folder: Path, name: str) -> BenchSet:
    """Read a set. Raises UsageError if it is unknown, absent, or not of the form."""
    if name not in _READERS:
        raise UsageError(f"There is no set {name!r}; there are {', '.join(_READERS)}")
    if not (folder / name).is_dir():
        raise UsageError(f"{folder} has no folder {name}; it has {', '.join(sets_in(folder))}")
    try:
        found = _READERS[name](folder / name)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"The set in {folder / name} cannot be read: {error!r}") from None
    if not found.questions:
        raise UsageError(f"The set in {folder / name} holds no questions")
    return found


def write_documents(bench: BenchSet, folder: Path) -> Path:
    """Where the documents of a set are: its own files, or ``folder``, which gets its texts.

    Files that are the same are left alone, others removed. Raises UsageError.
    """
    if bench.folder is not None:
        return bench.folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path in folder.iterdir():
            if path.name not in bench.texts:
                path.unlink()
        for name, text in bench.texts.items():
            path, data = folder / name, text.encode("utf-8")
            if not (path.is_file() and path.read_bytes() == data):
                path.write_bytes(data)
    except OSError as error:
        raise UsageError(
            f"The documents of the set cannot be written to {folder} "
            f"({error.strerror or error}); choose another folder with --work"
        ) from None
    return folder


def _northwind(folder: Path) -> BenchSet:
    """A hit is one of the first k passages on a gold page."""
    questions = read_questions(folder / "questions.jsonl")
    if not (folder / "pdfs").is_dir():
        raise UsageError(f"{folder} has no folder pdfs")
    return BenchSet("northwind", questions, Scoring(key="hit@3"), folder=folder / "pdfs")


def _chunking(folder: Path) -> BenchSet:
    """Characters of five passages. As plain text, so that offsets are the corpora's own, less the
    invisible characters before them."""
    texts = {
        f"{path.stem}.txt": path.read_bytes().decode("utf-8")
        for path in sorted((folder / "corpora").glob("*.md"))
    }
    questions: list[Question] = []
    with (folder / "questions.csv").open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file)):
            gold = tuple(
                Gold(
                    f"{row['corpus_id']}.txt",
                    quote=one["content"],
                    span=_as_read(
                        texts[f"{row['corpus_id']}.txt"],
                        (int(one["start_index"]), int(one["end_index"])),
                    ),
                )
                for one in json.loads(row["references"])
            )
            questions.append(Question(str(number), row["question"], gold))
    scoring = Scoring((*SPAN_MEASURES, "hit@1", "hit@5"), hits=5, key="iou")
    return BenchSet("chunking", questions, scoring, texts=texts)


def _as_read(text: str, span: tuple[int, int]) -> tuple[int, int]:
    """A span of a file's text as one of the text that is read from it."""
    start, end = (len(without_invisible(text[:offset])) for offset in span)
    return start, end


def _scifact(folder: Path) -> BenchSet:
    """An abstract stands where its best passage does."""
    abstracts, questions = read_scifact(folder)
    texts = {name: as_markdown(*words) for name, words in abstracts.items()}
    # Of an abstract, passages for a hundred documents: the longest have ten.
    scoring = Scoring(("ndcg@10", "recall@10", "recall@100"), hits=500, by_document=True)
    return BenchSet("scifact", questions, scoring, texts=texts)


def read_scifact(folder: Path) -> tuple[dict[str, tuple[str, str]], list[Question]]:
    """Title and text of each abstract, by the name of its document; and the claims."""
    relevant: dict[str, list[Gold]] = defaultdict(list)
    for line in (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        query, document, score = line.split("\t")
        if int(score) > 0:
            relevant[query].append(Gold(f"{document}.md"))
    questions = [
        Question(str(row["_id"]), row["text"], tuple(relevant[str(row["_id"])]))
        for row in _rows(folder / "queries.jsonl")
        if str(row["_id"]) in relevant
    ]
    rows = _rows(folder / "corpus.jsonl")
    return {f"{row['_id']}.md": (row["title"], row["text"]) for row in rows}, questions


def _squad2(folder: Path) -> BenchSet:
    """A paragraph stands where its best passage does."""
    rows = _rows(folder / "questions.jsonl")
    questions = [
        Question(
            row["_id"],
            row["question"],
            () if row["is_impossible"] else (Gold(f"{row['paragraph_id']}.md"),),
        )
        for row in rows
    ]
    texts = {
        f"{row['_id']}.md": as_markdown(row["title"], row["text"])
        for row in _rows(folder / "paragraphs.jsonl")
    }
    scoring = Scoring(("hit@1", "hit@5", "mrr"), hits=30, by_document=True, key="hit@1")
    answers = {row["_id"]: row["answers"] for row in rows}
    return BenchSet("squad2", questions, scoring, texts=texts, answers=answers)


def as_markdown(title: str, text: str) -> str:
    """A title and a paragraph that are read as they are, whatever signs are in them."""
    words = [_SIGNS.sub(r"\\\1", " ".join(part.split())) for part in (title, text)]
    return f"# {words[0]}\n\n{words[1]}\n" if words[0] else f"{words[1]}\n"


def _rows(path: Path) -> list[dict[str, Any]]:
    return [row for _, row in read_lines(path, "rows")]


_READERS: Mapping[str, Callable[[Path], BenchSet]] = {
    "northwind": _northwind,
    "chunking": _chunking,
    "scifact": _scifact,
    "squad2": _squad2,
}
