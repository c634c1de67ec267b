"""Whether quotes have both texts that a question of several steps needs, without an LLM.

    python -m benchmarks.answers.broad.multihop --bench-data DIR --store DIR [--sample N]

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
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import mean
from typing import NamedTuple

from benchmarks.answers.broad.sets import Item, read
from benchmarks.speed.report import Table
from ingest import ingest_paths
from ingest.embed.embedder import Embedder
from ingest.text.wording import capital
from rag_app import AnswerSettings, Engine, open_engine
from rag_app.questions.parted.parts_english import parts_english

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
    options = parser.parse_args()
    found = read("multihop", options.bench_data, options.store)
    lines = (options.bench_data / "insights" / "multihop" / "questions.jsonl").read_text("utf-8")
    set_of = {row["id"]: row["set"] for row in map(json.loads, lines.splitlines())}
    embedder, store = Embedder(), options.store / "multihop"
    ingest_paths([found.documents(options.store)], store=store, embedder=embedder, sync=True)
    settings = AnswerSettings(openai_api_key=None, openai_base_url=None, llm_path=None)
    rows, everything = [], []
    with open_engine(store, answers=settings, embedder=embedder) as engine:
        for name in sorted(set(set_of.values())):
            items = [one for one in found.items if set_of[one.id] == name]
            if options.sample:
                items = random.Random(0).sample(items, min(options.sample, len(items)))
            asked = [_ask(engine, one) for one in items]
            rows.append(_row(name, asked))
            everything += asked
    rows.append(_row("all", everything))
    print(Table("multihop", "Questions of several steps, without an LLM", COLUMNS, rows).markdown())


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
