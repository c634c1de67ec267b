"""Tables of PDFs: how many cells stand under the name of their column, in the row of their label.

    python -m benchmarks.pdf_tables [--each 15] [--seed 1] [--show]

The tables are made here: ruled, without lines, with merged cells, and over several pages; with
texts of several lines, numbers to the right, empty cells and headers in bold type or not. A cell
counts as right if one line of the text has it after the name of its column, and the row's label.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable, Sequence
from io import BytesIO
from typing import NamedTuple

from reportlab.lib import colors
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from ingest.errors import LoadError
from ingest.load.read import load_bytes

THINGS = """Pump Valve Filter Hose Gasket Bearing Rotor Clamp Sensor Relay Switch Motor Nozzle
    Seal""".split()
PLACES = "Bergen Aarhus Leith Gdansk Rostock Malmo Turku Riga Kiel Bremen Antwerp Dover".split()
NAMES = (
    "Stock", "Price", "Supplier", "Weight kg", "Delivery", "Owner", "Last check", "Minimum order",
    "Site", "Pressure", "Rating", "Contract", "Remarks", "Due",
)  # fmt: skip
GROUPS = ("Spring", "Summer", "North", "South", "Plan", "Actual")
PARTS = ("Sales", "Costs", "Orders", "Returns")
PHRASES = (
    "Replace every second year or after a leak",
    "Second source in Poland by June; safety stock of 300 pieces",
    "Only for salt water, never for fuel",
    "To be agreed with the yard before winter",
)
LINES = [("GRID", (0, 0), (-1, -1), 0.6, colors.black)]
SIZE = getSampleStyleSheet()["BodyText"]


class Made(NamedTuple):
    """A PDF, and of each cell the label of its row, the name of its column, and its text."""

    data: bytes
    cells: list[tuple[str, str, str]]


def main() -> None:
    """Make and read all, and print a row for each kind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--each", type=int, default=15)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", action="store_true", help="the lines of the worst of each kind")
    chosen = parser.parse_args()
    print("| kind | tables | cells | under their column's name |")
    for kind, make in KINDS.items():
        chance = random.Random(f"{chosen.seed} {kind}")
        right = there = 0
        worst, worst_share = "", 2.0
        for _ in range(chosen.each):
            made = make(chance)
            text = read(made.data)
            found = sum(is_right(text, *cell) for cell in made.cells)
            right, there = right + found, there + len(made.cells)
            if found / len(made.cells) < worst_share:
                worst, worst_share = text, found / len(made.cells)
        print(f"| {kind} | {chosen.each} | {there} | {right / there:.3f} |", flush=True)
        if chosen.show:
            print(f"worst: {worst_share:.2f}\n{worst}\n")


def read(data: bytes) -> str:
    """The text of a PDF, "" for one that is not read."""
    try:
        return load_bytes(data, "made.pdf").text
    except LoadError:
        return ""


def is_right(text: str, label: str, name: str, cell: str) -> bool:
    """Whether a line says what a cell says of what."""
    said = f"{name}: {cell}"
    return any(label in line and f"{said};" in f"{line};" for line in text.split("\n"))


def plain(chance: random.Random, rows: int, columns: int) -> tuple[list[str], list[list[str]]]:
    """The names of columns, and rows of texts, some of which are empty."""
    names = chance.sample(NAMES, columns - 1)
    things = chance.sample([f"{one} {place}" for one in THINGS for place in PLACES], rows)
    makers: list[Callable[[], str]] = [
        lambda: str(chance.randint(1, 900)),
        lambda: f"{chance.randint(1, 90)}.{chance.randint(10, 99)}",
        lambda: chance.choice(PLACES),
        lambda: f"{chance.choice('ABC')}-{chance.randint(10, 99)}",
    ]
    own = [chance.choice(makers) for _ in names]
    if chance.random() < 0.5:
        own[chance.randrange(len(own))] = lambda: chance.choice(PHRASES)
    table = [
        [thing] + ["" if chance.random() < 0.06 else make() for make in own] for thing in things
    ]
    return ["Part", *names], table


def drawn(
    chance: random.Random,
    rows: Sequence[Sequence[str]],
    style: Sequence[tuple[object, ...]],
    headers: int = 1,
    repeat: int = 0,
) -> bytes:
    """A PDF with a table between two paragraphs."""
    looks = list(style)
    if chance.random() < 0.5:
        looks.append(("FONTNAME", (0, 0), (-1, headers - 1), "Helvetica-Bold"))
    looks.append(("VALIGN", (0, 0), (-1, -1), chance.choice(("TOP", "MIDDLE"))))
    if chance.random() < 0.5:
        looks.append(("ALIGN", (1, headers), (-1, -1), "RIGHT"))
    shown = [[Paragraph(cell, SIZE) if len(cell) > 24 else cell for cell in row] for row in rows]
    widths = [
        130 if any(len(row[column]) > 24 for row in rows) else None
        for column in range(len(rows[0]))
    ]
    file = BytesIO()
    parts: list[Flowable] = [
        Paragraph("What is kept in the stores of the yard is listed here.", SIZE),
        Spacer(1, 12),
        Table(shown, colWidths=widths, style=TableStyle(looks), repeatRows=repeat),
        Spacer(1, 12),
        Paragraph("All figures were checked in March.", SIZE),
    ]
    SimpleDocTemplate(file).build(parts)
    return file.getvalue()


def gold(names: Sequence[str], rows: Sequence[Sequence[str]]) -> list[tuple[str, str, str]]:
    """What must be found of each cell that is not empty."""
    return [
        (row[0], name, cell)
        for row in rows
        for name, cell in zip(names, row, strict=True)
        if cell and cell != row[0]
    ]


def ruled(chance: random.Random) -> Made:
    names, rows = plain(chance, chance.randint(3, 9), chance.randint(3, 5))
    return Made(drawn(chance, [names, *rows], LINES), gold(names, rows))


def borderless(chance: random.Random) -> Made:
    names, rows = plain(chance, chance.randint(3, 9), chance.randint(3, 5))
    return Made(drawn(chance, [names, *rows], []), gold(names, rows))


def merged_without_lines(chance: random.Random) -> Made:
    """The same, where nothing but the places of words tells which cells are merged."""
    return merged(chance, [("ALIGN", (2, 0), (-1, 0), "CENTER")])


def merged(chance: random.Random, looks: Sequence[tuple[object, ...]] = LINES) -> Made:
    """Groups of columns above their names, and labels over two rows."""
    groups = chance.sample(GROUPS, 2)
    parts = chance.sample(PARTS, chance.randint(2, 3))
    count = len(parts)
    things = chance.sample(THINGS, chance.randint(2, 4))
    top = ["Part", "Site"] + [cell for group in groups for cell in (group, *[""] * (count - 1))]
    below = ["", "", *parts, *parts]
    names = [f"{group} {part}" for group in groups for part in parts]
    spans: list[tuple[object, ...]] = [("SPAN", (0, 0), (0, 1)), ("SPAN", (1, 0), (1, 1))]
    spans += [("SPAN", (2 + count * at, 0), (1 + count * (at + 1), 0)) for at in range(len(groups))]
    rows: list[list[str]] = []
    cells: list[tuple[str, str, str]] = []
    for thing in things:
        first = len(rows) + 2
        spans.append(("SPAN", (0, first), (0, first + 1)))
        for half, place in enumerate(chance.sample(PLACES, 2)):
            values = [str(chance.randint(100, 999)) for _ in names]
            rows.append(["" if half else thing, place, *values])
            cells += [
                (f"{thing}; Site: {place}", *pair) for pair in zip(names, values, strict=True)
            ]
            cells.append((place, "Part", thing))
    return Made(drawn(chance, [top, below, *rows], [*looks, *spans], 2), cells)


def over_pages(chance: random.Random) -> Made:
    """Rows of two or three pages, with a header on each or only on the first."""
    names, rows = plain(chance, chance.randint(60, 90), chance.randint(3, 5))
    repeat = chance.randint(0, 1)
    looks = LINES if chance.random() < 0.5 else []
    return Made(drawn(chance, [names, *rows], looks, repeat=repeat), gold(names, rows))


KINDS: dict[str, Callable[[random.Random], Made]] = {
    "ruled": ruled,
    "without lines": borderless,
    "merged cells": merged,
    "merged cells, without lines": merged_without_lines,
    "over several pages": over_pages,
}


if __name__ == "__main__":
    main()
