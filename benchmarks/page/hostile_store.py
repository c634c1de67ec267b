"""Strings where a page shows what others wrote: conversations in which every field holds some, and
files that are called so and say so."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import NamedTuple

from rag_app import Answer, Citation, Conversation, Conversations, Exchange, Feedback, Hit
from rag_app.answer.draft import QUOTES
from rag_app.records import Unsupported, Usage
from rag_app.retrieval.passage import Ranks

LONGEST_NAME = 200
WHEN = "2026-01-01T00:00:00.000+00:00"


def strings_of(folder: Path) -> list[str]:
    """All strings of the lists in a folder, each once: ``*.txt`` has one a line, ``blns.json`` a
    list."""
    found: list[str] = []
    for path in sorted(folder.rglob("*.txt")):
        if path.with_suffix(".json").exists() or path.name.startswith("LICENSE"):
            continue
        lines = path.read_bytes().decode("utf-8", "surrogateescape").split("\n")
        found += [line.rstrip("\r") for line in lines]
    for path in sorted(folder.rglob("*.json")):
        found += json.loads(path.read_text(encoding="utf-8"))
    return [string for string in dict.fromkeys(found) if string.strip()]


def batches(strings: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    """The strings, so many at a time."""
    for start in range(0, len(strings), size):
        yield strings[start : start + size]


def conversation_of(kept: Conversations, strings: Sequence[str]) -> str:
    """Keep a conversation in which each string stands in every place; returns its id. It has an
    answer of an LLM, one of quotes, a refusal, an error and an answer that was stopped."""
    conversation = Conversation(title=strings[0])
    joined = "\n".join(strings)
    many = {"document": {"$in": list(strings)}}
    outcomes = [
        Exchange(joined, _written(strings), where=many, record=_record(strings)),
        Exchange(joined, _quoted(strings), feedback=Feedback("down", joined)),
        Exchange(joined, _refused(strings)),
        Exchange(joined, error=joined),
        Exchange(joined, partial="\n\n".join(strings)),
    ]
    parent = None
    for exchange in outcomes:
        kept.put(conversation, replace(exchange, parent=parent))
        parent = exchange.id
    return conversation.id


def titled_conversations(kept: Conversations, strings: Sequence[str], word: str) -> None:
    """Keep a conversation for each string, which is its title; all are found by a word."""
    for string in strings:
        kept.put(Conversation(title=string), Exchange(word, error="-"))


def _citation(marker: int, string: str) -> Citation:
    return Citation(marker, string, None, 0, len(string), string, False, 0.5, string)


def _hit(string: str) -> Hit:
    return Hit(string, 1, 0, len(string), string, 0.5, _chunk_id(string))


def _chunk_id(string: str) -> str:
    return f"none-{hash(string)}"


def _written(strings: Sequence[str]) -> Answer:
    """As an LLM wrote it: each string is a paragraph with its marker, before one that is in doubt:
    of what stands in the line that begins a block of code, nothing is shown."""
    text, doubts = "", []
    for number, string in enumerate(strings, start=1):
        text += f"{string} [{number}]\n\nIt is so.\n\n"
        doubts.append(Unsupported(len(text) - 2, len(text) - 2, string))
    return Answer(
        "", text, False,
        citations=tuple(_citation(number, one) for number, one in enumerate(strings, start=1)),
        hits=tuple(map(_hit, strings)), model=" ".join(strings), seconds=1.0, usage=Usage(1, 1),
        notes=tuple(strings), unsupported=tuple(doubts), standalone="\n".join(strings),
    )  # fmt: skip


def _quoted(strings: Sequence[str]) -> Answer:
    citations = tuple(_citation(number, one) for number, one in enumerate(strings, start=1))
    return Answer("", "", False, citations, (), model=QUOTES, seconds=1.0)


def _refused(strings: Sequence[str]) -> Answer:
    hits = tuple(map(_hit, strings[:3]))
    return Answer("", "\n".join(strings), True, (), hits, model=QUOTES, seconds=1.0)


def _record(strings: Sequence[str]) -> dict[str, object]:
    """What the inspector shows: passages, and what was sent to an LLM and came back."""
    passages = [
        {
            "chunk_id": _chunk_id(string), "document": string, "page": 1, "headings": [string],
            "score": 0.5, "ranks": asdict(Ranks(dense=1)),
        }
        for string in strings
    ]  # fmt: skip
    joined = "\n".join(strings)
    call = {
        "messages": [{"role": string, "content": string} for string in strings],
        "text": joined, "notes": list(strings), "given": 2,
    }  # fmt: skip
    return {
        "passages": passages, "call": call, "rewriting": None, "time": WHEN, "confidence": 0.5,
        "settings": {"reranker": None}, "collection": {"generation": 1, "documents": {}},
        "seconds": {strings[0]: 1.0},
    }  # fmt: skip


class Files(NamedTuple):
    """Files that were written: what those say that hold the strings, and which names there are."""

    texts: dict[str, list[str]]
    names: dict[str, str]


def files_of(folder: Path, strings: Sequence[str], size: int = 120) -> Files:
    """Write them: so many strings a file, in turns as text, Markdown, a table, and HTML in which
    they stand escaped and as they are; and a file of each name that a file system can hold."""
    texts: dict[str, list[str]] = {}
    for number, some in enumerate(batches(strings, size)):
        kind = ("txt", "md", "csv", "html", "htm")[number % 5]
        name = f"text-{number:04}.{kind}"
        text = _file(kind, some).replace("\0", "")  # a file with these is no text
        (folder / name).write_text(text, encoding="utf-8", errors="ignore")
        texts[name] = list(some)
    names: dict[str, str] = {}
    for string in strings:
        name = _file_name(string)
        if name and not (folder / name).exists():
            (folder / name).write_text("The lamps are lit at nine in the evening.\n")
            names[name] = string
    return Files(texts, names)


def houses_of(folder: Path, strings: Sequence[str]) -> None:
    """Write a file for each string, whose heading it is and what its metadata says."""
    folder.mkdir()
    said = []
    for number, string in enumerate(strings):
        name, line = f"house-{number}.md", one_line(string)
        text = f"# {line}\n\nThe lamp of house {number} is lit at nine.\n\n{line}\n"
        (folder / name).write_text(text, encoding="utf-8")
        said.append(json.dumps({"document": name, "keeper": line}))
    (folder / "metadata.jsonl").write_text("\n".join(said), encoding="utf-8")


def one_line(text: str) -> str:
    """The text as UTF-8 can hold it, on one line."""
    return " ".join(text.encode("utf-8", "replace").decode().replace("\0", "").split())


def _file(kind: str, strings: Sequence[str]) -> str:
    if kind == "csv":
        return "text\n" + "".join('"{}"\n'.format(one.replace('"', '""')) for one in strings)
    if kind == "html":
        return "".join(f"<p>{html.escape(one)}</p>\n" for one in strings)
    return "\n\n".join(strings) + "\n"


def _file_name(string: str) -> str:
    """The string as the name of a text file; empty if there can be none."""
    name = string.replace("/", "\u2215").replace("\0", "").encode("utf-8", "ignore")
    kept = name[:LONGEST_NAME].decode("utf-8", "ignore").strip().lstrip(".~")
    return f"{kept}.txt" if kept else ""
