"""What is answered, and what is not: other forms of the same, codes, typos, tables, languages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest import ingest_paths
from ingest.embed.embedder import Embedder
from rag_app import Answer, AnswerSettings, open_engine
from rag_app.engine import Engine

STAFF = "\n".join(
    f"{name};{team};{pay};{days}"
    for name, team, pay, days in [
        ("Name", "Team", "Pay", "Holidays"),
        ("Ada Lund", "Bottling", "31000", "28"),
        ("Ben Osei", "Logistics", "29500", "26"),
        ("Cleo Marsh", "Bottling", "33250", "30"),
        ("Dov Katz", "Logistics", "41000", "25"),
        ("Edie Park", "Tasting", "38800", "27"),
    ]
)
TEXTS = {
    "house.md": """\
# House rules

## Network

The Wi-Fi key is Heron-71. Guests use the open network in the lobby.

## Money

A receipt is needed for taxi rides above 1,250 EUR. An e-mail to the office is enough. IATA asks \
for two signatures. Storing a bicycle costs 12 EUR a month.

## Machines

The KX-310 press turns 90 times a minute. The KX-450 press turns 120 times a minute. Alarm F17 \
means that the belt is loose. Alarm F31 means that the lid is open.
""",
    "results.txt": "The gross margin of Ostrava Steel was 31.5% in the third quarter of 2018. "
    "In FY2019, after a weak Q2, it fell to 28.0%.\n",
    "staff.csv": STAFF,
    "hausordnung.txt": """\
Hausordnung der Wohnanlage am Lindenhof

Die Nachtruhe beginnt um zweiundzwanzig Uhr und endet um sechs Uhr. In dieser Zeit bleiben Musik \
und Maschinen ausgeschaltet.

Die Kellerräume werden jeden zweiten Montag gereinigt. Fahrräder stehen im Innenhof, und die \
Waschmaschinen dürfen bis zwanzig Uhr benutzt werden.
""",
}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[Engine]:
    folder: Path = tmp_path_factory.mktemp("answerable")
    for name, text in TEXTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    store = folder / "store"
    ingest_paths([folder / name for name in TEXTS], store=store, embedder=embedder)
    with open_engine(store, answers=AnswerSettings(), embedder=embedder) as opened:
        yield opened


def quoted(answer: Answer) -> str:
    return "\n".join(one.quote for one in answer.citations)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("How fast is the KX310?", "90 times"),
        ("What does IATA want?", "two signatures"),
        ("Do I need a receipt for taxis over 1250 euros?", "above 1,250 EUR"),
        ("Is an email to the office enough?", "An e-mail to the office"),
        ("wat is teh wifi key", "Heron-71"),
        ("bicicle storing cost", "12 EUR"),
        ("What was the gross margin of Ostrava Steel in the latest 10-Q?", "31.5%"),
        ("What was the gross margin of Ostrava Steel in FY2018?", "31.5%"),
        ("What was the gross margin of Ostrava Steel in Q3?", "31.5%"),
        ("What does alarm F17 mean?", "belt is loose"),
        ("Wann beginnt die Nachtruhezeit?", "zweiundzwanzig Uhr"),
        ("Wo stelle ich mein Fahrrad ab, im Innenhof?", "Fahrräder stehen im Innenhof"),
    ],
)
def test_what_is_there_in_another_form_is_answered(
    engine: Engine, question: str, answer: str
) -> None:
    found = engine.ask(question)
    assert not found.refused
    assert answer in quoted(found)


@pytest.mark.parametrize(
    "question",
    [
        "What does alarm F88 mean?",
        "Who painted the Mona Lisa?",
        "How do I knit a scarf for a penguin?",
        "Wer hat den Eiffelturm in Paris gebaut?",
    ],
)
def test_what_is_not_there_is_refused(engine: Engine, question: str) -> None:
    assert engine.ask(question).refused


def test_a_refusal_shows_the_best_passage_round_its_best_sentence(engine: Engine) -> None:
    text = engine.ask("What does alarm F88 mean?").text
    assert "Alarm F17 means that the belt is loose. Alarm F31 means that the lid is open." in text
    assert "The KX-310 press turns 90 times a minute." in text


@pytest.mark.parametrize(
    ("question", "needs", "row"),
    [
        ("What is the total pay of everyone employed?", "the sum", "Pay:"),
        ("What do the people in logistics earn on average?", "the average", "Team: Logistics"),
        ("How many people work in bottling?", "the count", "Team: Bottling"),
        ("Which of our colleagues has the highest pay?", "the comparison", "Pay:"),
        ("Which people who work here have pay of more than 35000?", "the comparison", "Pay:"),
    ],
)
def test_what_rows_hold_and_has_to_be_worked_out_is_said_with_the_rows(
    engine: Engine, question: str, needs: str, row: str
) -> None:
    answer = engine.ask(question)
    assert not answer.refused
    assert answer.text.startswith(f"The rows of a table hold this, but {needs} could")
    assert row in quoted(answer)


@pytest.mark.parametrize(
    ("question", "said", "rows"),
    [
        (
            "What is the total pay of all the staff?",
            "The sum of Pay over 5 rows is 173,550.",
            ["Ada Lund", "Ben Osei", "Cleo Marsh", "Dov Katz", "Edie Park"],
        ),
        (
            "What is the average pay in logistics?",
            "The mean of Pay over 2 rows where Team is logistics is 35,250.",
            ["Ben Osei", "Dov Katz"],
        ),
        ("Who has the highest pay?", "The highest Pay:", ["Dov Katz"]),
        (
            "Which staff have pay of more than 35000?",
            "In 2 of 5 rows Pay is over 35,000:",
            ["Dov Katz", "Edie Park"],
        ),
    ],
)
def test_what_the_words_of_a_table_ask_for_is_worked_out(
    engine: Engine, question: str, said: str, rows: list[str]
) -> None:
    answer = engine.ask(question)
    assert answer.model == "table" and answer.text.startswith(f"{said}\n\n| Name ")
    assert [dict(one.cells)["Name"] for one in answer.citations] == rows
    assert all(
        one.quote.startswith(f"Name: {row}")
        for one, row in zip(answer.citations, rows, strict=True)
    )


@pytest.mark.parametrize(
    "question",
    [
        "How many holidays does Edie Park have?",
        "How many days of holidays for Cleo Marsh?",
        "What is the pay of Dov Katz?",
    ],
)
def test_what_one_row_says_is_quoted_and_nothing_more(engine: Engine, question: str) -> None:
    answer = engine.ask(question)
    assert not answer.refused and "worked out" not in answer.text
