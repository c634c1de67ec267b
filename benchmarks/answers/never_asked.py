"""Whether the LLM is asked at all: python -m benchmarks.answers.never_asked --cases DIR

Questions that were once refused before any LLM was asked: typos, other forms of codes, numbers and
dates, thresholds over tables, other languages than the documents'. Those of the folder (``g1.txt``
over its texts, ``g2.txt`` and ``g3.txt`` over its sheet) and ``OVER_SAMPLES``, half a minute. A
server on loopback counts the requests and answers nothing; for comparison, questions that have
nothing to do with the documents.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.answers.right.items import DATA, Item
from benchmarks.answers.right.server import AnsweringServer
from ingest import ingest_paths
from ingest.embed.embedder import Embedder
from rag_app import Answer, AnswerSettings, Engine, open_engine

# Over the sample documents: 29 more of the same kinds.
OVER_SAMPLES = (
    "wat does eror E22 meen",
    "tempreture sensor acuracy of the WS40",
    "gauranty on bateries",
    "milage rate own car",
    "How do I clibrate the rain guage?",
    "sabatical rules",
    "satelite modem shortge",
    "How do I set up the WS40?",
    "What does 401000S cost?",
    "What does 40.1000.S cost?",
    "Which error has the code E-22?",
    "What was fixed under FW1151?",
    "What is SKN115?",
    "Is firmware v3.4 out?",
    "What did the board decide on 12.03.2026?",
    "Which parts cost more than 4000?",
    "Which spare parts cost less than £20?",
    "Which items cost over 1,000 pounds?",
    "List everything below 50",
    "Which trips over 300 need approval?",
    "How many parts are cheaper than £100?",
    "Was kostet eine WS-40?",
    "Wie viele Urlaubstage habe ich nach sechs Jahren?",
    "Was bedeutet der Fehler E22?",
    "Combien de jours de congé ai-je après six ans ?",
    "Que signifie le code E22 ?",
    "¿Cuánto cuesta la estación WS-40?",
    "¿Qué significa el error E22?",
    "Summarize all documents",
)
UNRELATED = (
    "How do I keep a sourdough starter alive?",
    "Who wrote Pride and Prejudice?",
    "how to sort a list in python in descending order",
)
# What the server is to say; it holds nothing that is sought.
NOTHING = Item("", "", "en", "", "", (), DATA, "tune")


def main() -> None:
    """Ask them, and print which were refused before the LLM was asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=Path, required=True)
    folder = parser.parse_args().cases
    texts = sorted((folder / "files").glob("*.md")) + sorted((folder / "files").glob("*.txt"))
    sheets = sorted((folder / "files").glob("*.xlsx"))
    asked = total = counted = 0
    for documents, questions in (
        (texts, _lines(folder, "g1.txt")),
        (sheets, _lines(folder, "g2.txt") + _lines(folder, "g3.txt")),
        ([DATA / "documents"], OVER_SAMPLES),
    ):
        with _engine(documents) as (engine, server):
            for one in questions:
                was, answer = is_asked(engine, server, one)
                total, asked = total + 1, asked + was
                # What is counted, or computed of a table, needs no LLM.
                counted += not was and not answer.refused
                if not was:
                    print(f"not asked: {one}\n  {answer.text[:100]!r}")
            others = sum(is_asked(engine, server, one)[0] for one in UNRELATED)
    print(f"asked: {asked} of {total}; answered without: {counted}; unrelated: {others} of 3")


@contextmanager
def _engine(documents: Sequence[Path]) -> Iterator[tuple[Engine, AnsweringServer]]:
    embedder = Embedder()
    with tempfile.TemporaryDirectory() as store, AnsweringServer() as server:
        ingest_paths(list(documents), store=Path(store), embedder=embedder)
        settings = AnswerSettings(openai_base_url=server.address, openai_api_key="-")
        with open_engine(store, answers=settings, embedder=embedder) as engine:
            yield engine, server


def is_asked(engine: Engine, server: AnsweringServer, question: str) -> tuple[bool, Answer]:
    """Whether the LLM was asked a question, and the answer."""
    server.item, server.asked = NOTHING, False
    answer = engine.ask(question)
    return server.asked, answer


def _lines(folder: Path, name: str) -> list[str]:
    return [line for line in (folder / name).read_text("utf-8").splitlines() if line.strip()]


if __name__ == "__main__":
    main()
