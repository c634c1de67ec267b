"""Whether an answer has both texts that a question of several steps needs.

    python -m benchmarks.answers.broad.multihop --bench-data DIR --store DIR [--sample N]
    python -m benchmarks.answers.broad.multihop … --sample 4 --llm FILE.gguf

Without an LLM the answers are quotes; with the file of one, ``quick`` and ``thorough`` stand beside
them, over the same questions.

HotpotQA, MuSiQue and 2WikiMultihopQA, as ``benchmarks.answers.broad`` reads them: 428 questions
over the paragraphs of all, each of which two to four texts answer together. Five minutes to ingest,
which the store keeps; two to ask.

*all cited*: share of the questions whose texts are all among those that the answer cites; *some
cited*; *all among eight*: among the passages that the answer has; *refused*; *split*: answered part
by part; *seconds* of a question.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import mean
from typing import NamedTuple

from benchmarks.answers.broad.sets import BroadSet, Item, read
from benchmarks.speed.report import Table
from ingest import ingest_paths
from ingest.embed.embedder import Embedder
from ingest.text.wording import capital
from rag_app import AnswerSettings, Engine, open_engine
from rag_app.questions.parted.parts_english import parts_english
from rag_app.records import Effort

EFFORTS: tuple[Effort, ...] = ("quick", "thorough")
COLUMNS = (
    "set", "questions", "all cited", "some cited", "all among eight", "gold held", "refused",
    "split", "characters", "seconds",
)  # fmt: skip


class _Asked(NamedTuple):
    all_cited: bool
    some_cited: bool
    among: bool
    held: bool | None
    refused: bool
    split: bool
    characters: int
    seconds: float


def main() -> None:
    """Ingest what is new, ask, and print one table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--bench-data", type=Path, required=True)
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--sample", type=int, help="questions of each set; all if not given")
    parser.add_argument("--llm", help="the file of a model (GGUF)")
    options = parser.parse_args()
    found = read("multihop", options.bench_data, options.store)
    lines = (options.bench_data / "insights" / "multihop" / "questions.jsonl").read_text("utf-8")
    set_of = {row["id"]: row["set"] for row in map(json.loads, lines.splitlines())}
    embedder, store = Embedder(), options.store / "multihop"
    ingest_paths([found.documents(options.store)], store=store, embedder=embedder, sync=True)
    asked_of = [
        one
        for name in sorted(set(set_of.values()))
        for one in _of(name, found, set_of, options.sample)
    ]
    rows = []
    for way, settings in _ways(options.llm):
        with open_engine(store, answers=settings, embedder=embedder) as engine:
            asked = [(set_of[one.id], _ask(engine, one)) for one in asked_of]
        for name in sorted({name for name, _ in asked}):
            rows.append(_row(f"{name}, {way}", [one for its, one in asked if its == name]))
        rows.append(_row(f"all, {way}", [one for _, one in asked]))
        print(*rows[-1], file=sys.stderr, flush=True)
    print(Table("multihop", "Questions of several steps", COLUMNS, rows).markdown())


def _ways(llm: str | None) -> Iterator[tuple[str, AnswerSettings]]:
    """How the questions are answered, by the name of that."""
    alone = AnswerSettings(openai_api_key=None, openai_base_url=None, llm_path=None)
    yield "quotes", alone
    for effort in EFFORTS if llm else ():
        # What is measured is what becomes of the answers, however slow the machine is.
        slow = {"llm_idle_seconds": 600, "llm_total_seconds": 900}
        yield effort, alone.model_copy(update={"llm_path": llm, "effort": effort, **slow})


def _of(name: str, found: BroadSet, set_of: Mapping[str, str], sample: int | None) -> list[Item]:
    items = [one for one in found.items if set_of[one.id] == name]
    return random.Random(0).sample(items, min(sample, len(items))) if sample else items


def _ask(engine: Engine, item: Item) -> _Asked:
    began = time.monotonic()
    answer = engine.ask(item.question)
    seconds = time.monotonic() - began
    gold = {one.document for one in item.gold}
    cited = {one.document for one in answer.citations}
    quoted = " ".join(one.quote for one in answer.citations).casefold()
    return _Asked(
        gold <= cited,
        bool(gold & cited),
        gold <= {one.document for one in answer.hits[:8]},
        any(one.casefold() in quoted for one in item.answers) if item.answers else None,
        answer.refused,
        answer.text.partition("\n\n")[0] in _part_heads(item.question),
        len(answer.text),
        seconds,
    )


def _part_heads(question: str) -> list[str]:
    return [f"{capital(one.words)}:" for one in parts_english(question)]


def _row(name: str, asked: Sequence[_Asked]) -> tuple[str, ...]:
    held = [one.held for one in asked if one.held is not None]
    return (
        name,
        str(len(asked)),
        f"{mean(one.all_cited for one in asked):.3f}",
        f"{mean(one.some_cited for one in asked):.3f}",
        f"{mean(one.among for one in asked):.3f}",
        f"{mean(held):.3f}" if held else "-",
        f"{mean(one.refused for one in asked):.3f}",
        f"{mean(one.split for one in asked):.3f}",
        f"{mean(one.characters for one in asked if not one.refused):.0f}",
        f"{mean(one.seconds for one in asked):.2f}",
    )


if __name__ == "__main__":
    main()
