"""Summaries of documents of 100 to 300 pages, without an LLM: seconds, and sections covered.

    python -m benchmarks.wholes.long BENCH/insights/qmsum/val.jsonl [--store FOLDER]

Each document is transcripts of meetings as chapters, with a heading over every sixty turns, at 300
words a page. Covered: of the sections that the document has, those with a sentence in the summary.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter, process_time

from ingest import ingest_paths
from rag_app import AnswerSettings, open_engine
from rag_app.collection.sections import sections_of

PAGES = (100, 150, 200, 250, 300)
WORDS = 300
TURNS = 60


def main() -> None:
    """Write, ingest, sum up each twice, and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("meetings", type=Path)
    parser.add_argument("--store", type=Path, help="keep documents and store here")
    options = parser.parse_args()
    meetings = [json.loads(line) for line in options.meetings.read_text("utf-8").splitlines()]
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.store or Path(temporary)
        if not (folder / "store").exists():
            (folder / "documents").mkdir(parents=True, exist_ok=True)
            parts = chapters(meetings)
            for pages in PAGES:
                text, words = f"# Transcripts, {pages} pages\n\n", 0
                while words < pages * WORDS and (part := next(parts, None)):
                    text += part
                    words += len(part.split())
                (folder / "documents" / f"transcripts {pages}.md").write_text(text, "utf-8")
            ingest_paths([folder / "documents"], store=folder / "store")
        with open_engine(folder / "store", answers=AnswerSettings()) as engine:
            engine.ask("How many documents are there?")
            for document in engine.documents():
                with engine.parts.searcher.reading() as snapshot:
                    sections = sections_of(snapshot.view, document.name)
                words = len(engine.document_text(document.name).split())
                for _ in range(2):
                    started, began = perf_counter(), process_time()
                    answer = engine.ask(f"Summarise {document.name}")
                    seconds, cpu = perf_counter() - started, process_time() - began
                told = [
                    any(one.start <= cited.start < one.end for cited in answer.citations)
                    for one in sections
                ]
                print(
                    f"{document.name}: {words:,} words, {len(sections)} sections,"
                    f" {sum(told)} covered, {seconds:.2f} s,"
                    f" {cpu:.2f} s of a processor [{answer.model}] {answer.notes[:1]}"
                )


def chapters(meetings: list[dict[str, list[list[str]]]]) -> Iterator[str]:
    """Meetings in parts of sixty turns, each under a heading."""
    for number, meeting in enumerate(meetings, start=1):
        turns = meeting["turns"]
        for first in range(0, len(turns), TURNS):
            said = "\n\n".join(f"{who}: {words}" for who, words in turns[first : first + TURNS])
            yield f"## Meeting {number}, part {first // TURNS + 1}\n\n{said}\n\n"


if __name__ == "__main__":
    main()
