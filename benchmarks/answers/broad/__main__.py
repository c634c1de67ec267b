"""How quotes and refusals do on sets of many kinds, without an LLM.

    python -m benchmarks.answers.broad --bench-data DIR --store DIR [--set NAME ...] [--sample N]

Each set is ingested into a collection of the store, which is kept, so that a second run only asks.
Of each set, 150 questions of either kind are drawn with a fixed seed, if ``--sample`` says nothing
else. Eight minutes to ingest, three to ask.

*refused*: share of the questions that the documents answer; *gold held*: share of the gold that
the quotes hold: one of the short answers as it is written, or of a list each, or of a long answer
its words, as stems; *characters* of an answer; *cited first*, *among five*: the first citation, or
one of the best five passages, lies where the gold is (a document; a page of Northwind and ``data``;
turns of QMSum); *AUC* of the confidence over both kinds of questions.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from benchmarks.answers.broad.ask import COLUMNS, ask, row
from benchmarks.answers.broad.sets import names, read, sample
from benchmarks.speed.report import Table
from ingest import ingest_paths
from ingest.embed.embedder import Embedder
from rag_app import AnswerSettings, open_engine


def main() -> None:
    """Ingest what is new, ask, and print one table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--bench-data", type=Path)
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--set", nargs="+", dest="sets", metavar="NAME")
    parser.add_argument("--sample", type=int, default=150)
    options = parser.parse_args()
    embedder = Embedder()
    settings = AnswerSettings(openai_api_key=None, openai_base_url=None, llm_path=None)
    rows = []
    for name in options.sets or names(options.bench_data):
        began = time.monotonic()
        found = read(name, options.bench_data, options.store)
        store = options.store / name
        ingest_paths([found.documents(options.store)], store=store, embedder=embedder, sync=True)
        ingested = time.monotonic()
        with open_engine(store, answers=settings, embedder=embedder) as engine:
            asked = [ask(engine, one) for one in sample(found.items, options.sample)]
        rows.append(row(name, asked))
        print(
            " ".join(rows[-1]),
            f"({ingested - began:.0f} s to ingest, {time.monotonic() - ingested:.0f} s to ask)",
            file=sys.stderr,
            flush=True,
        )
    print(Table("broad", "Quotes and refusals on sets of many kinds", COLUMNS, rows).markdown())


if __name__ == "__main__":
    main()
