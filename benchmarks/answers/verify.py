"""How well unsupported sentences are told: python -m benchmarks.answers.verify --bench-data DIR

Sentences of SQuAD 2.0, SciFact and Chroma's corpora, changed by rules
(``benchmarks.answers.changes``), each cited to the passage that it is from among three others.
Those of every second document ("even") are for tuning; the figures are those of the others. Some
minutes on two cores.
"""

from __future__ import annotations

import argparse
import random
import re
import statistics
import time
import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.answers.changes import (
    NAMES,
    SAYS_ANOTHER_THING,
    SAYS_THE_SAME,
    first_name_changed,
    name_changed,
    reworded,
)
from benchmarks.answers.judges import HELP, judge_of
from ingest.embed.embedder import Embedder
from ingest.records import StoredChunk
from ingest.text.sentences import split_sentences
from rag_app.eval.bench_sets import read_set
from rag_app.grounding.checker import Checker
from rag_app.grounding.citations import cite
from rag_app.retrieval.passage import Passage

SETS = ("squad2", "scifact", "chunking")
LONGEST_PASSAGE = 900
SHORTEST, LONGEST = 8, 45
OTHERS = 3
ELSEWHERE = ("of another passage", "of another document")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A sentence that cites the first of some passages."""

    kind: str
    text: str
    source: str
    passages: tuple[Passage, ...]
    supported: bool


def main() -> None:
    """Measure each kind, and all together."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bench-data", type=Path, required=True)
    parser.add_argument("--half", choices=["even", "odd"], default="odd")
    parser.add_argument("--sources", type=int, default=150, help="sentences of each set")
    parser.add_argument("--judge", help=HELP)
    parser.add_argument("--show", type=int, default=0, help="so many errors of each kind")
    options = parser.parse_args()
    checker = Checker(Embedder(), judge_of(options.judge))
    outcomes: dict[str, list[bool]] = defaultdict(list)
    labels: dict[str, bool] = {}
    seconds: list[float] = []
    for one in _labelled(options.bench_data, options.half, options.sources):
        started = time.perf_counter()
        cited = cite(f"{one.text} [1]", one.passages, checker)
        seconds.append(time.perf_counter() - started)
        unsupported = bool(cited.unsupported)
        outcomes[one.kind].append(unsupported)
        labels[one.kind] = one.supported
        if unsupported == one.supported and len(outcomes[one.kind]) <= 10_000:
            wrong = sum(o == one.supported for o in outcomes[one.kind])
            if wrong <= options.show:
                reason = cited.unsupported[0].reason if unsupported else "-"
                found = cited.citations[0].quote if cited.citations else ""
                print(f"{one.kind}: {one.text}\n  SOURCE {one.source}\n  {reason} {found!r}")
    _report(outcomes, labels)
    print(
        f"milliseconds a sentence: median {1000 * statistics.median(seconds):.1f}, 95th percentile "
        f"{1000 * sorted(seconds)[int(0.95 * len(seconds))]:.1f}"
    )


def _report(outcomes: dict[str, list[bool]], labels: dict[str, bool]) -> None:
    print(f"{'kind':28} sentences  unsupported")
    for kind, found in sorted(outcomes.items(), key=lambda one: not labels[one[0]]):
        print(f"{kind:28} {len(found):9}  {sum(found) / len(found):.3f}")
    raised = sum(sum(found) for kind, found in outcomes.items() if labels[kind])
    for name, kinds in (
        ("changed facts", [k for k in labels if not labels[k] and k not in ELSEWHERE]),
        ("changed facts and others'", [k for k in labels if not labels[k]]),
    ):
        caught = sum(sum(outcomes[kind]) for kind in kinds)
        total = sum(len(outcomes[kind]) for kind in kinds)
        print(f"{name}: precision {caught / (caught + raised):.3f}, recall {caught / total:.3f}")


def _labelled(folder: Path, half: str, sources: int) -> Iterator[Labelled]:
    for name in SETS:
        chance = random.Random(name)
        everything = list(_passages(folder, name))
        names = sorted({found for one in everything for found in NAMES.findall(one.chunk.text)})
        places = [
            place
            for place, one in enumerate(everything)
            if (zlib.crc32(one.chunk.documents[0].encode()) % 2 == 0) == (half == "even")
        ]
        chance.shuffle(places)
        for place in places[:sources]:
            # The others are its neighbours: about the same.
            near = [everything[(place + step) % len(everything)] for step in range(OTHERS + 2)]
            given, unseen = tuple(near[: OTHERS + 1]), near[-1]
            far = everything[chance.randrange(len(everything))]
            text = "\n".join(one.chunk.text for one in given)
            strangers = [one for one in chance.sample(names, 30) if not _shares(one, text)]
            sentence = _sentence(given[0], chance)
            if sentence is None:
                continue
            for kind, made, same in _made(sentence, chance, strangers, given[0].chunk.text):
                yield Labelled(kind, made, sentence, given, same)
            for kind, other in zip(ELSEWHERE, (unseen, far), strict=True):
                foreign = _sentence(other, chance)
                if foreign and foreign not in text and other not in given:
                    yield Labelled(kind, foreign, sentence, given, False)


def _made(
    sentence: str, chance: random.Random, names: Sequence[str], passage: str
) -> Iterator[tuple[str, str, bool]]:
    for kind, change in SAYS_THE_SAME.items():
        if made := change(sentence, chance):
            yield kind, made, True
    for kind, change in SAYS_ANOTHER_THING.items():
        for before in (sentence, reworded(sentence, chance)):
            if before and (made := change(before, chance)):
                yield kind, made, False
    own = [one for one in NAMES.findall(passage) if not _shares(one, sentence)]
    for kind, pool in (("another name", names), ("another name of the passage", own)):
        if made := name_changed(sentence, chance, pool):
            yield kind, made, False
    if made := first_name_changed(sentence, chance, names, passage):
        yield "another first name", made, False


def _shares(name: str, text: str) -> bool:
    return any(re.search(rf"\b{word[:5]}", text, re.IGNORECASE) for word in name.split())


def _sentence(passage: Passage, chance: random.Random) -> str | None:
    chunk = passage.chunk
    texts = [chunk.text[start - chunk.start : end - chunk.start] for start, end in chunk.sentences]
    good = [
        text
        for text in texts
        if SHORTEST <= len(text.split()) <= LONGEST
        and re.fullmatch(r"[A-Z][^\n|#*_\[\]\\]+\.", text)
    ]
    return chance.choice(good) if good else None


def _passages(folder: Path, name: str) -> Iterator[Passage]:
    for document, text in sorted(read_set(folder, name).texts.items()):
        title, _, body = text.partition("\n\n") if text.startswith("# ") else ("", "", text)
        for paragraph in re.split(r"\n\s*\n", body)[:400]:
            plain = re.sub(r"\\(.)", r"\1", " ".join(paragraph.split()))
            for part in _cut(plain):
                yield passage_of(document, title.lstrip("# "), part)


def _cut(text: str) -> Iterator[list[str]]:
    """Runs of sentences of at most so many characters, as chunks are."""
    run: list[str] = []
    for sentence in split_sentences(text):
        if run and sum(map(len, run)) + len(sentence) > LONGEST_PASSAGE:
            yield run
            run = []
        run.append(sentence)
    if sum(map(len, run)) > 60:
        yield run


def passage_of(document: str, title: str, sentences: Sequence[str]) -> Passage:
    spans: list[tuple[int, int]] = []
    end = 0
    for sentence in sentences:
        spans.append((end, end + len(sentence.rstrip())))
        end += len(sentence)
    text = "".join(sentences).rstrip()
    chunk = StoredChunk(
        id=f"{document}:{text[:20]}",
        documents=(document,),
        start=0,
        end=len(text),
        page=None,
        text=text,
        headings=(title,) if title else (),
        sentences=tuple(spans),
        metadata={},
    )
    return Passage(chunk, 0.5)


if __name__ == "__main__":
    main()
