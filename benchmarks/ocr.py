"""How much of scans is read: pages of PDFs printed to pictures, receipts, and old pages.

    python -m benchmarks.ocr --bench-data DIR [--pages 24]

The words of a printed page are those of its text layer; of all others, people's. *Words* is the
share of them that were read, each as often as it stands there, in whatever order; *wrong* the share
of what was read that does not stand there. *Characters* is 1 − Levenshtein distance / length, over
the text in the order in which it was read, so that another order of columns counts as wrong.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pypdfium2
from PIL import Image

from ingest.load.image.frames import as_array, pixels_a_point
from ingest.load.pdf.scanned.scan import scan_of
from ingest.load.pdf.tables import in_order

WORD = re.compile(r"\w+")
LEAST = 200  # characters: a page with fewer has little to be read


class Page(NamedTuple):
    """What stands on a picture."""

    picture: Image.Image
    said: str


def main() -> None:
    """Read all, and print a row for each set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bench-data", type=Path, required=True)
    parser.add_argument("--pages", type=int, default=24, help="of the printed pages")
    chosen = parser.parse_args()
    printed = list(northwind(chosen.bench_data, chosen.pages))
    read(printed[0].picture)  # loads the models
    show("set", "words", "wrong", "characters", "pages/s", "pages")
    for dpi in (150, 200):
        for degrees in (0, 90, 180, 270):
            pages = [Page(turned(one.picture, dpi, degrees), one.said) for one in printed]
            measure(f"printed, {dpi} dpi, turned {degrees}", pages)
    measure("receipts", list(receipts(chosen.bench_data)))
    measure("old pages", list(old_pages(chosen.bench_data)))


def measure(name: str, pages: Sequence[Page]) -> None:
    """A row of the table."""
    right = there = found = 0
    characters: list[float] = []
    started = time.perf_counter()
    texts = [read(page.picture) for page in pages]
    seconds = time.perf_counter() - started
    for page, text in zip(pages, texts, strict=True):
        gold, got = words(page.said), words(text)
        right += sum((gold & got).values())
        there, found = there + sum(gold.values()), found + sum(got.values())
        characters.append(alike(" ".join(page.said.split()), " ".join(text.split())))
    show(
        name,
        f"{right / there:.3f}",
        f"{1 - right / max(found, 1):.3f}",
        f"{np.mean(characters):.3f}",
        f"{len(pages) / seconds:.2f}",
        str(len(pages)),
    )


def read(picture: Image.Image) -> str:
    """The text of a page, line by line in its order."""
    scan = scan_of(as_array(picture), 1, pixels_a_point(picture))
    return "\n".join(fragment.text for fragment in in_order(scan.fragments))


def northwind(data: Path, count: int) -> Iterator[Page]:
    """Pages of PDFs, at 200 dpi, spread over all of them."""
    found: list[tuple[Path, int]] = []
    for path in sorted((data / "northwind" / "pdfs").glob("*.pdf")):
        document = pypdfium2.PdfDocument(path)
        found += [(path, number) for number in range(len(document))]
        document.close()
    for path, number in found[:: max(1, len(found) // count)][:count]:
        document = pypdfium2.PdfDocument(path)
        page = document[number]
        said = page.get_textpage().get_text_range()
        if len(said) >= LEAST:
            yield Page(page.render(scale=200 / 72).to_pil().convert("RGB"), said)
        document.close()


def turned(picture: Image.Image, dpi: int, degrees: int) -> Image.Image:
    """A page that was drawn at 200 dpi, at another, and turned left."""
    size = (picture.width * dpi // 200, picture.height * dpi // 200)
    return picture.resize(size, Image.Resampling.LANCZOS).rotate(degrees, expand=True)


def receipts(data: Path) -> Iterator[Page]:
    """Scanned receipts, with the text of each line."""
    folder = data / "insights" / "receipts"
    for line in (folder / "receipts.jsonl").read_text("utf-8").splitlines():
        told: dict[str, Any] = json.loads(line)
        said = "\n".join(one["text"] for one in told["lines"])
        yield Page(Image.open(folder / told["file"]).convert("RGB"), said)


def old_pages(data: Path) -> Iterator[Page]:
    """Pages of magazines and books."""
    for path in sorted((data / "insights" / "ocr_pages").glob("*.tif")):
        said = path.with_suffix(".txt").read_text("utf-8", errors="replace")
        yield Page(Image.open(path).convert("RGB"), said)


def words(text: str) -> Counter[str]:
    """Each word, and how often it stands there."""
    return Counter(WORD.findall(text.casefold()))


def alike(one: str, other: str) -> float:
    """1 − Levenshtein distance / length of ``one`` (Wagner and Fischer, 1974), row by row."""
    if not one:
        return 1.0
    codes = np.array([ord(sign) for sign in other])
    row = np.arange(len(other) + 1)
    steps = np.arange(len(other) + 1)
    for number, sign in enumerate(one, 1):
        changed = np.minimum(row[1:] + 1, row[:-1] + (codes != ord(sign)))
        new = np.concatenate(([number], changed))
        row = np.minimum.accumulate(new - steps) + steps
    return max(0.0, 1 - float(row[-1]) / len(one))


def show(*cells: str) -> None:
    """Print a row."""
    print("| " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
