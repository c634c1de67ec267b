"""Questions that tables answer, asked of the whole application: no LLM, a real store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest

from ingest import ingest_paths
from ingest.embed.embedder import Embedder
from rag_app import Answer, open_engine
from rag_app.tables.compute import Amount
from rag_app.tables.wording import in_words

PRODUCTS = """Name,Category,Price (EUR),Stock,Added
Lamp,Lighting,49.90,12,2024-03-01
Desk,Furniture,529.00,3,2024-05-12
Chair,Furniture,n/a,7,2023-11-30
Sofa,Furniture,1200.10,0,2024-03-15
"""
PAYMENTS = """Payer,Amount,Fee
Alder,€100.10,0
Birch,$50,0
Cedar,€0.20,0
"""
STAFF = """# Staff in 2024

| Person | City | List price | Dealer price |
|---|---|---|---|
| Ann | Berlin | 5 | 4 |
| Bob | Hamburg | 7 | 6 |

There is one meeting a week. The office closes at six.
"""
ALARMS = """# Alarms of the KD-9

| Alarm | Cause |
|---|---|
| A1 | The door is open |
| A2 | The fan is blocked (KD-9 only) |
| A3 | Too hot |
"""
LEAVE = """# Annual leave of employees

| Complete years of service on 1 January | Leave in a year | May be carried over |
|---|---|---|
| Less than 2 years | 25 days | 5 days |
| 2 years or more, less than 5 | 27 days | 5 days |
| 5 years or more, less than 10 | 30 days | 7 days |
| 10 years or more | 33 days | 8 days |
"""
# More of the question's words than any table with prices, and nothing to compute.
CENTRES = """Product,Cost centre,More
Lamp,North,no
Desk,South,yes
"""
Ask = Callable[[str], Answer]


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[Ask]:
    folder = tmp_path_factory.mktemp("tables")
    files = folder / "files"
    files.mkdir()
    (files / "products.csv").write_text(PRODUCTS)
    (files / "payments.csv").write_text(PAYMENTS)
    (files / "products_costs.csv").write_text(CENTRES)
    for place, rows in {"north": "Cup,4\nVase,150\n", "south": "Rug,300\nMat,9\n"}.items():
        (files / f"wares_{place}.csv").write_text(f"Ware,Price\n{rows}")
    (files / "staff.md").write_text(STAFF)
    (files / "kd-9.md").write_text(ALARMS)
    (files / "annual-leave.md").write_text(LEAVE)
    for year in ("2023", "2024"):
        rows = f"Shop,Region,Turnover\nMitte{year},North,1{year[3]}\nAltona{year},South,20\n"
        (files / f"shops_{year}.csv").write_text(rows)
    ingest_paths([files], store=folder / "store", embedder=embedder)
    with open_engine(folder / "store", embedder=embedder) as engine:

        def asked(question: str) -> Answer:
            answer = engine.ask(question)
            for one in answer.citations:
                assert engine.document_text(one.document)[one.start : one.end] == one.quote
            return answer

        yield asked


def cited(answer: Answer) -> list[str]:
    return [one.cells[0][1] for one in answer.citations]


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        ("Which products cost more than 500?", ["Desk", "Sofa"]),
        ("List the products with a price between 40 and 600", ["Lamp", "Desk"]),
        ("Which products were added in March 2024?", ["Lamp", "Sofa"]),
        ("Which products are not in Furniture?", ["Lamp"]),
        ("What are the top 2 products by price?", ["Sofa", "Desk"]),
        ("Which product has the highest stock?", ["Lamp"]),
        ("What is the difference between the Desk and the Sofa?", ["Desk", "Sofa"]),
        ("Welche products kosten mehr als 500?", ["Desk", "Sofa"]),
    ],
)
def test_rows_are_found_and_each_is_cited(ask: Ask, question: str, rows: list[str]) -> None:
    answer = ask(question)
    assert answer.model == "table"
    assert cited(answer) == rows
    assert all(one.supported and one.document == "products.csv" for one in answer.citations)
    assert not answer.refused


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("How many products are in Furniture?", "In 3 of 4 rows Category is Furniture."),
        ("What is the total stock of the products?", "The sum of Stock over 4 rows is 22."),
        ("Total stock of the products per category", "Lighting: 12; Furniture: 10."),
        (
            "What is the difference in price between Desk and Lamp?",
            "The difference of Price (EUR) where Name is Desk (529 EUR) and Price (EUR) where "
            "Name is Lamp (49.90 EUR) is 479.10 EUR.",
        ),
        (
            "What is the average price of the products?",
            "The mean of Price (EUR) over 3 rows is 593",
        ),
    ],
)
def test_results_are_computed_exactly_and_said_in_words(ask: Ask, question: str, says: str) -> None:
    assert says in ask(question).text.split("\n")[0]


@pytest.mark.parametrize(
    ("number", "unit", "says"),
    [
        ("299.4818181818181818", "GBP", "about 299.48 GBP"),
        ("0.6666666666666666667", "", "about 0.6667"),
        ("0.000123456789123", "kg", "about 0.0001235 kg"),
        ("0.125", "EUR", "0.125 EUR"),
    ],
)
def test_what_does_not_end_is_rounded_and_says_so(number: str, unit: str, says: str) -> None:
    assert in_words(Amount(Decimal(number), unit)) == says


def test_what_is_no_number_is_left_out_and_said(ask: Ask) -> None:
    answer = ask("What is the total price of the products?")
    assert "1,779 EUR" in answer.text
    assert "1 row without a number in “Price (EUR)” is left out." in answer.notes


def test_currencies_are_never_added_to_each_other(ask: Ask) -> None:
    answer = ask("What is the sum of the amount of the payments?")
    assert "100.30 EUR and 50 USD" in answer.text
    assert "not added up" in answer.text


def test_a_division_by_zero_is_said(ask: Ask) -> None:
    answer = ask("What is the ratio of the stock of Desk to that of Sofa?")
    assert "divided by zero" in answer.text


def test_an_empty_result_is_said(ask: Ask) -> None:
    answer = ask("Which products cost more than 99999?")
    assert answer.text.startswith("There is no row where Price (EUR) is over 99,999, of 4.")
    assert not answer.citations


def test_two_columns_that_may_be_meant_are_named(ask: Ask) -> None:
    answer = ask("Which staff have a price above 6?")
    assert any("List price” and" in n or "“List price”, “Dealer price”" in n for n in answer.notes)


def test_tables_with_the_same_columns_are_asked_together(ask: Ask) -> None:
    answer = ask("What is the total turnover of the shops?")
    assert "over 4 rows is 67" in answer.text
    assert {one.document for one in answer.citations} == {"shops_2023.csv", "shops_2024.csv"}


@pytest.mark.parametrize(
    ("question", "begins"),
    [
        ("Which wares cost more than 100?", "In 2 of 4 rows Price is over 100:"),
        ("How many wares cost more than 100?", "In 2 of 4 rows Price is over 100."),
    ],
)
def test_prices_of_several_tables_are_compared(ask: Ask, question: str, begins: str) -> None:
    answer = ask(question)
    assert answer.text.startswith(begins) and cited(answer) == ["Vase", "Rug"]
    both = "4 rows of 2 tables with the same columns, in wares_north.csv, wares_south.csv."
    assert answer.notes[0] == f"Computed from all {both}"


@pytest.mark.parametrize("question", ["List all alarms of the KD-9.", "Which alarms has a KD-9?"])
def test_the_document_is_named_and_no_row_of_it(ask: Ask, question: str) -> None:
    assert cited(ask(question)) == ["A1", "A2", "A3"]
    assert ask(question.replace("KD-9", "KD-12")).model != "table", "of another one"


@pytest.mark.parametrize(
    "question",
    [
        "When does the office close?",
        "Which products are popular in Italy?",
        "How many meetings are there a week?",
        "How many employees left the company in 2023?",
        "What does “turnover” mean?",  # a verb, and no average
        "Which shops are cheaper than €20?",  # numbers without a currency are no prices
        "How much annual leave do I get after 5 years of service?",  # not the row below that
        "What is the total dealer price in Hamburg?",  # one row, which a search finds
    ],
)
def test_other_questions_go_the_ordinary_way(ask: Ask, question: str) -> None:
    assert ask(question).model != "table"
