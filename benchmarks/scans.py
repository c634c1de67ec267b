"""Northwind asked over its scans, beside its text.

    python -m benchmarks.scans --bench-data DIR [--dpi 150] [--pages 40] [--keep FOLDER]

The pages on which the answers to some questions stand are printed to pictures; all others keep
their text, so that what else can be found is as before. Counted are the questions whose pages are
all pictures: whether a search finds one of them among its first five passages, and whether the
answer, quoted from the documents, cites one. The questions that came out otherwise follow. With
``--keep FOLDER`` the stores stay.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Collection, Sequence
from io import BytesIO
from pathlib import Path

import pypdfium2

from ingest import ingest_paths
from rag_app import open_engine
from rag_app.eval.questions import Question, read_questions
from rag_app.eval.report import Asked
from rag_app.eval.run import evaluate

_Page = tuple[str, int]
QUALITY = 85


def main() -> None:
    """Print a row for the text, and one for the scans."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bench-data", type=Path, required=True)
    parser.add_argument("--dpi", type=int, default=150)
    parser.add_argument("--pages", type=int, default=40, help="how many are printed")
    parser.add_argument("--keep", type=Path, help="where the stores are put, a new folder")
    chosen = parser.parse_args()
    folder = chosen.bench_data / "northwind"
    questions, pages = sample(read_questions(folder / "questions.jsonl"), chosen.pages)
    print("| set | hit@5 | page cited | pages by OCR | questions | seconds to ingest |", flush=True)
    with tempfile.TemporaryDirectory() as temporary:
        work = chosen.keep or Path(temporary)
        scans = Path(work, "scans")
        scans.mkdir(parents=True)
        for path in sorted((folder / "pdfs").glob("*.pdf")):
            printed = {number for name, number in pages if name == path.name}
            (scans / path.name).write_bytes(print_pages(path, printed, chosen.dpi))
        text = measure("text", folder / "pdfs", questions, Path(work, "text-store"), 0)
        name = f"scans at {chosen.dpi} dpi"
        scanned = measure(name, scans, questions, Path(work, "scans-store"), len(pages))
        print_otherwise(text, scanned)


def sample(questions: Sequence[Question], most: int) -> tuple[list[Question], set[_Page]]:
    """Questions, and the pages on which their answers stand: so many at most."""
    asked = [one for one in questions if one.gold and all(gold.page for gold in one.gold)]
    random.Random(1).shuffle(asked)
    pages: set[_Page] = set()
    for one in asked:
        more = pages | pages_of(one)
        if len(more) <= most:
            pages = more
    return [one for one in asked if pages_of(one) <= pages], pages


def pages_of(question: Question) -> set[_Page]:
    """The pages on which the answer to a question stands."""
    return {(gold.document, gold.page) for gold in question.gold if gold.page}


def print_pages(path: Path, numbers: Collection[int], dpi: int) -> bytes:
    """A PDF of which some pages, by their numbers from 1, are pictures and nothing else."""
    source, made = pypdfium2.PdfDocument(path), pypdfium2.PdfDocument.new()
    for index in range(len(source)):
        if index + 1 not in numbers:
            made.import_pages(source, [index])
            continue
        page = source[index]
        width, height = page.get_size()
        file = BytesIO()
        page.render(scale=dpi / 72).to_pil().convert("RGB").save(file, "JPEG", quality=QUALITY)
        picture = pypdfium2.PdfImage.new(made)
        picture.load_jpeg(file)
        picture.set_matrix(pypdfium2.PdfMatrix().scale(width, height))
        printed = made.new_page(width, height)
        printed.insert_obj(picture)
        printed.gen_content()
    result = BytesIO()
    made.save(result)
    return result.getvalue()


def measure(
    name: str, folder: Path, questions: Sequence[Question], store: Path, by: int
) -> Sequence[Asked]:
    """A row of the table, and what came of each question."""
    started = time.perf_counter()
    ingest_paths([folder], store=store)
    seconds = time.perf_counter() - started
    with open_engine(store) as engine:
        asked = evaluate(engine, questions, name="northwind").asked
    found, cited = zip(*map(outcome, asked), strict=True)
    print(
        f"| {name} | {sum(found) / len(found):.3f} | {sum(cited) / len(cited):.3f} | {by} "
        f"| {len(questions)} | {seconds:.0f} |",
        flush=True,
    )
    return asked


def outcome(one: Asked) -> tuple[bool, bool]:
    """Whether a page of a question's answer is among the first five, and whether it is cited."""
    return bool(one.scores["hit@5"]), one.answer is not None and bool(one.answer.cited)


def print_otherwise(text: Sequence[Asked], scanned: Sequence[Asked]) -> None:
    """The questions that the scans answer otherwise than the text, with both answers."""
    for one, other in zip(text, scanned, strict=True):
        if outcome(one) != outcome(other):
            gold = ", ".join(f"{gold.document} {gold.page}" for gold in one.question.gold)
            print(f"\n{one.question.text} ({gold})")
            for name, asked in (("text", one), ("scans", other)):
                said = asked.answer.text if asked.answer else ""
                print(f"  {name}: found, cited {outcome(asked)}, rank {asked.rank}: {said}")


if __name__ == "__main__":
    main()
