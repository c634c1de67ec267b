"""Suggested questions of a collection, each with what is quoted first for it, to be read.

    python -m benchmarks.answers.suggested STORE [--documents N] [--each N] [--most N]

Of each of N documents, spread over the collection, at most so many questions are tried. Whether a
person would click on them is for a reader to say; what is printed is answered by its first quote.
"""

from __future__ import annotations

import argparse
from itertools import islice
from pathlib import Path
from time import perf_counter

from rag_app import AnswerSettings, open_engine
from rag_app.conversation.suggestions import first_questions, from_collection


def main() -> None:
    """Print the questions, and how long the first three take to be found."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("store", type=Path)
    parser.add_argument("--collection", default="default")
    parser.add_argument("--documents", type=int, default=20)
    parser.add_argument("--each", type=int, default=3)
    parser.add_argument("--most", type=int, default=20)
    options = parser.parse_args()
    settings = AnswerSettings(openai_api_key=None, openai_base_url=None, llm_path=None)
    with open_engine(options.store, collection=options.collection, answers=settings) as engine:
        engine.evidence("Is all that is needed in memory?")
        for label in ("first time", "again"):
            started = perf_counter()
            found = first_questions(engine)
            print(f"{len(found)} to begin with, {label}: {perf_counter() - started:.3f} s")
        wanted = from_collection(engine, options.documents, options.each)
        for number, one in enumerate(islice(wanted, options.most), start=1):
            print(f"{number}. {one.question}  ({one.document})")
            print(f"   {' '.join(one.quote.split())}")


if __name__ == "__main__":
    main()
