"""Thirty tables of six formats, made by a rule, and what is in them."""

# ruff: noqa: E501 (a phrase is one line)
from __future__ import annotations

import csv
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

FORMATS = ("csv", "xlsx", "docx", "pdf", "html", "md")
# stem | title | things | label | category: values | measure | unit | most | second measure | date
SPECS = """
products|Product list|products|Product|Category: Lighting, Furniture, Textiles, Kitchen|Price|EUR|900|Stock|Added
employees|Employees of the company|employees|Employee|Department: Sales, Finance, Legal, Logistics|Salary|USD|95000|Leave days|Hired
invoices|Invoices|invoices|Invoice|Customer: Alder Ltd, Birch Inc, Cedar AG, Dogwood plc|Amount|EUR|12000|Items|Issued
orders|Purchase orders|orders|Order|Supplier: Kestrel, Merlin, Osprey, Harrier|Total price|GBP|8000|Quantity|Ordered
machines|Machines in the plant|machines|Machine|Hall: North hall, South hall, West hall|Weight|kg|4000|Operators|Installed
cities|Cities of the region|cities|City|Province: Arden, Belmont, Corley|Population||400000|Schools|Founded
mountains|Mountains|mountains|Mountain|Range: Silver range, Copper range, Iron range|Height|m|4800|Huts|Climbed
rivers|Rivers|rivers|River|Country: Avalon, Borduria, Caledon|Length|km|900|Bridges|Surveyed
books|Books in the library|books|Book|Genre: Crime, Poetry, History, Travel|Pages||900|Copies|Published
films|Films shown|films|Film|Director: Aldo Rey, Bea Stone, Carl Thorn|Budget|USD|90000|Awards|Released
athletes|Athletes of the club|athletes|Athlete|Discipline: Rowing, Fencing, Judo|Points||500|Medals|Joined
trains|Train lines|lines|Line|Operator: Nordbahn, Ostbahn, Westbahn|Distance|km|700|Stops|Opened
hotels|Hotels under contract|hotels|Hotel|Town: Lindau, Murnau, Nesse|Room rate|EUR|320|Rooms|Signed
courses|Courses on offer|courses|Course|Teacher: Ann Bell, Bob Crane, Cora Dale|Fee|EUR|700|Participants|Begins
vehicles|Company vehicles|vehicles|Vehicle|Fuel: Diesel, Petrol, Electric|Mileage|km|190000|Seats|Registered
patents|Patents held|patents|Patent|Field: Optics, Chemistry, Robotics|Licence income|USD|60000|Claims|Granted
experiments|Experiments|experiments|Experiment|Method: Titration, Spectroscopy, Chromatography|Yield|%|98|Runs|Performed
drugs|Medicines in stock|medicines|Medicine|Form: Tablet, Syrup, Ointment|Dose|mg|800|Packs|Approved
schools|Schools of the district|schools|School|Type: Primary, Secondary, Vocational|Pupils||1400|Classes|Built
farms|Farms|farms|Farm|Crop: Wheat, Barley, Maize|Area|ha|600|Tractors|Leased
ships|Ships in the port|ships|Ship|Flag: Malta, Panama, Liberia|Tonnage|t|80000|Crew|Launched
servers|Servers|servers|Server|Site: Dublin, Oslo, Turin|Memory|GB|512|Disks|Purchased
projects|Projects|projects|Project|Manager: Ida Frost, Jon Glade, Kay Heath|Cost|USD|240000|Milestones|Started
museums|Museums|museums|Museum|Theme: Art, Science, Maritime|Visitors||300000|Galleries|Inaugurated
wines|Wine list|wines|Wine|Grape: Riesling, Merlot, Syrah|Bottle price|EUR|90|Bottles|Bottled
contracts|Contracts|contracts|Contract|Partner: Vela GmbH, Wega KG, Xenia SE|Value|EUR|150000|Annexes|Concluded
donations|Donations received|donations|Donation|Campaign: Spring, Summer, Winter|Gift|GBP|3000|Letters|Received
stations|Weather stations|stations|Station|Valley: Upper valley, Lower valley, Side valley|Rainfall|mm|1900|Sensors|Erected
sales_2023|Sales of the shops in 2023|shops|Shop|Region: Coast, Hills, Plain|Turnover|EUR|90000|Staff|Inspected
sales_2024|Sales of the shops in 2024|shops|Shop|Region: Coast, Hills, Plain|Turnover|EUR|90000|Staff|Inspected
"""
SYLLABLES = "bar cor del fen gar hul ivo jas kem lor mir nax opal pell quin rusk sol tarn ulm vex wyn yar zeb".split()


@dataclass(frozen=True, slots=True)
class Made:
    """A table that was made: ``rows`` are label, category, measure, second measure, date (ISO)."""

    stem: str
    kind: str
    title: str
    things: str
    label: str
    category: str
    measure: str
    unit: str
    second: str
    date: str
    rows: tuple[tuple[str, str, Decimal, Decimal, str], ...]

    @property
    def heads(self) -> list[str]:
        measure = self.measure
        if self.unit and not self.in_cells:
            measure += f" ({self.unit})"
        return [self.label, self.category, measure, self.second, self.date]

    @property
    def in_cells(self) -> bool:
        """Whether the unit stands in the cells."""
        return len(self.stem) % 2 == 0 and bool(self.unit)

    def cells(self) -> list[list[str]]:
        return [
            [label, category, self._measure(amount), str(second), date]
            for label, category, amount, second, date in self.rows
        ]

    def _measure(self, amount: Decimal) -> str:
        text = f"{amount:,}" if self.kind in ("docx", "html", "pdf") else str(amount)
        symbols = {"EUR": "€", "USD": "$", "GBP": "£"}
        if not self.in_cells:
            return text
        return f"{symbols[self.unit]}{text}" if self.unit in symbols else f"{text} {self.unit}"


def made_tables() -> list[Made]:
    """The thirty tables."""
    found: list[Made] = []
    for at, line in enumerate(SPECS.strip().splitlines()):
        stem, title, things, label, category, measure, unit, most, second, date = line.split("|")
        head, values = category.split(": ")
        chance = random.Random(stem)
        labels: list[str] = []
        while len(labels) < 12 + at % 5 * 6:
            name = "".join(chance.sample(SYLLABLES, 2)).title()
            if name not in labels:
                labels.append(name)
        rows = tuple(
            (
                name,
                chance.choice(values.split(", ")),
                _amount(chance, int(most), unit),
                Decimal(chance.randint(1, 60)),
                f"20{chance.randint(18, 24)}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}",
            )
            for name in labels
        )
        found.append(
            Made(
                stem,
                FORMATS[at % 6] if not stem.startswith("sales") else "csv",
                title,
                things,
                label,
                head,
                measure,
                unit,
                second,
                date,
                rows,
            )
        )
    return found


def _amount(chance: random.Random, most: int, unit: str) -> Decimal:
    whole = Decimal(chance.randint(most // 20, most))
    cents = unit in ("EUR", "USD", "GBP") and most < 20_000
    return whole + Decimal(chance.randint(0, 99)) / 100 if cents else whole


def write(tables: Sequence[Made], folder: Path) -> None:
    """Write each table to a file of its format."""
    folder.mkdir(parents=True, exist_ok=True)
    for one in tables:
        WRITERS[one.kind](one, folder / f"{one.stem}.{one.kind}")


def _csv(one: Made, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([one.heads, *one.cells()])


def _xlsx(one: Made, path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.title = one.title[:30]
    sheet.append(one.heads)
    for cells, (_, _, amount, second, _) in zip(one.cells(), one.rows, strict=True):
        numbers = [cells[2] if one.in_cells else float(amount), int(second)]
        sheet.append([*cells[:2], *numbers, cells[4]])
    book.save(path)


def _docx(one: Made, path: Path) -> None:
    from docx import Document

    document = Document()
    document.add_heading(one.title, 1)
    document.add_paragraph("The table below was drawn up by the office and is complete.")
    table = document.add_table(rows=0, cols=5)
    for row in [one.heads, *one.cells()]:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    document.save(str(path))


def _pdf(one: Made, path: Path) -> None:
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Table

    style = [("GRID", (0, 0), (-1, -1), 0.5, "black")]
    story = [
        Paragraph(one.title, getSampleStyleSheet()["Heading1"]),
        Table([one.heads, *one.cells()], style=style, repeatRows=1),
    ]
    SimpleDocTemplate(str(path), pagesize=A4).build(story)


def _html(one: Made, path: Path) -> None:
    head = "".join(f"<th>{text}</th>" for text in one.heads)
    rows = "".join(f"<tr>{''.join(f'<td>{text}</td>' for text in row)}</tr>" for row in one.cells())
    path.write_text(
        f"<html><body><h1>{one.title}</h1><p>Kept up to date by the office.</p>"
        f"<table><tr>{head}</tr>{rows}</table></body></html>",
        encoding="utf-8",
    )


def _md(one: Made, path: Path) -> None:
    lines = [f"# {one.title}", "", "| " + " | ".join(one.heads) + " |", "|---|---|---|---|---|"]
    lines += ["| " + " | ".join(row) + " |" for row in one.cells()]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


WRITERS: dict[str, Callable[[Made, Path], None]] = {
    "csv": _csv, "xlsx": _xlsx, "docx": _docx, "pdf": _pdf, "html": _html, "md": _md,
}  # fmt: skip
