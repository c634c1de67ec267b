"""Quotes: the right sentences, widened where they would not be understood alone."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from ingest import ingest_paths
from ingest.embed.embedder import Embedder
from rag_app import Answer, AnswerSettings, open_engine

HANDBOOK = """\
# Handbook

## Notice

Employees are asked to tell us early. During probation the notice period is one week. It does \
not count towards holidays. We wish everybody well.

## Requests

To ask for a laptop you need:

- the form LT-4
- the signature of your manager

Laptops are ordered on Fridays.

## Codes

| Code | Meaning |
| --- | --- |
| E21 | The lamp is broken |
| E22 | The fan is blocked |

## Terms

**Mast.** A tall pole of steel.
"""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Path:
    folder = tmp_path_factory.mktemp("quotes")
    (folder / "handbook.md").write_text(HANDBOOK)
    ingest_paths([folder / "handbook.md"], store=folder / "store", embedder=embedder)
    return folder / "store"


def ask(store: Path, embedder: Embedder, question: str) -> Answer:
    with open_engine(store, answers=AnswerSettings(), embedder=embedder) as engine:
        answer = engine.ask(question)
        for citation in answer.citations:
            text = engine.document_text(citation.document)
            assert text[citation.start : citation.end] == citation.quote
    return answer


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("How long is the notice period during probation?", "notice period is one week"),
        ("What do I need for a laptop?", "the form LT-4\nthe signature of your manager"),
        ("What does E22 mean?", "Code: E22; Meaning: The fan is blocked"),
        ("What is a mast?", "Mast. A tall pole of steel."),
        ("Does probation notice count towards holidays?", "During probation the notice period"),
    ],
)
def test_the_first_quote_answers(
    store: Path, embedder: Embedder, question: str, words: str
) -> None:
    answer = ask(store, embedder, question)
    assert not answer.refused
    assert words in answer.citations[0].quote
    assert answer.text.startswith(" ".join(answer.citations[0].quote.split())[:20])
    assert answer.model == "quotes"
    assert answer.usage is None


def test_each_quote_is_cited_and_none_twice(store: Path, embedder: Embedder) -> None:
    answer = ask(store, embedder, "What is said about notice, laptops and holidays?")
    assert 1 <= len(answer.citations) <= 3
    spans = sorted((one.start, one.end) for one in answer.citations)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    for number, citation in enumerate(answer.citations, start=1):
        assert citation.marker == number
        assert f"[{number}]" in answer.text
        assert citation.supported


def test_other_codes_are_not_quoted(store: Path, embedder: Embedder) -> None:
    assert "E21" not in ask(store, embedder, "What does E22 mean?").text


@pytest.mark.parametrize(
    ("question", "lead"),
    [
        ("Who was Napoleon's mother?", "The documents do not answer this."),
        ("What does E99 mean?", "No passage clearly answers this."),
        ("sourdough recipe", "The documents do not answer this."),
    ],
)
def test_nothing_fits(store: Path, embedder: Embedder, question: str, lead: str) -> None:
    answer = ask(store, embedder, question)
    assert answer.refused
    assert answer.citations == ()
    assert answer.hits
    assert answer.text.startswith(lead)
    assert "handbook.md" in answer.text


def test_a_refusal_shows_the_words_that_may_answer_it_after_all(
    tmp_path: Path, embedder: Embedder
) -> None:
    """Other words for the same thing are enough for a probability that is too low."""
    caustic = "In the eyes: the eye-wash bottle by the door, 20 minutes, and an ambulance."
    (tmp_path / "cleaning.md").write_text(f"# Caustic soda\n\n{caustic} Wear gloves.\n")
    (tmp_path / "barrels.md").write_text("A barrel that is kept for a year costs 85 pounds.\n")
    ingest_paths([tmp_path], store=tmp_path / "store", embedder=embedder)
    answer = ask(tmp_path / "store", embedder, "My sight hurts from lye, what now?")
    assert answer.refused and answer.citations == ()
    lead, heading, nearest, *_ = answer.text.split("\n\n")
    assert (lead, heading) == ("No passage clearly answers this.", "Closest passages:")
    assert caustic in nearest and nearest.startswith("cleaning.md: “")
    assert answer.closest[0].document == "cleaning.md" and caustic in answer.closest[0].quote


def test_other_documents_come_before_more_of_the_same(tmp_path: Path, embedder: Embedder) -> None:
    """Whoever opens the first source sees the rest of it; the other file may be the right one."""
    (tmp_path / "one.md").write_text(
        "The battery of the station lasts long, that is four winters.\n\n"
        "The battery of the station is charged by the panel of the station.\n\n"
        "The battery of the station lasts long when it is warm.\n\n"
        "The battery of the station lasts less in frost.\n\n"
        "The battery of the station lasts as its maker says.\n"
    )
    (tmp_path / "notice.md").write_text(
        "How long the battery of the station lasts was measured in May: five winters.\n"
    )
    ingest_paths([tmp_path], store=tmp_path / "store", embedder=embedder)
    answer = ask(tmp_path / "store", embedder, "How long does the battery of the station last?")
    cited = [citation.document for citation in answer.citations]
    assert cited == ["one.md", "notice.md"]


def test_what_follows_the_best_sentence_is_quoted_with_it(
    tmp_path: Path, embedder: Embedder
) -> None:
    """The sentence that says the question again does not answer it."""
    steps = "Close the valve. Wait until the gauge is at zero. Turn the cap to the left."
    filler = "The office is open from nine to five. " * 40
    (tmp_path / "manual.txt").write_text(
        f"{filler}\n\nHow the filter of the pump is changed. {steps}\n\n{filler}"
    )
    ingest_paths([tmp_path], store=tmp_path / "store", embedder=embedder)
    answer = ask(tmp_path / "store", embedder, "How is the filter of the pump changed?")
    first = answer.citations[0]
    assert steps in first.quote and len(first.quote) <= 500
    assert answer.text.startswith(f"{first.quote} [1]")
    assert first.best is not None
    start, end = (place - first.start for place in first.best)
    assert first.quote[start:end] == "How the filter of the pump is changed."


def test_a_quote_ends_where_its_section_does(tmp_path: Path, embedder: Embedder) -> None:
    (tmp_path / "rules.md").write_text(
        "# Gate\n\nThe gate is locked at nine. Dogs stay out.\n\n# Water\n\nUse little.\n"
    )
    ingest_paths([tmp_path], store=tmp_path / "store", embedder=embedder)
    answer = ask(tmp_path / "store", embedder, "When is the gate locked?")
    assert answer.citations[0].quote == "The gate is locked at nine. Dogs stay out."


def test_a_row_is_quoted_without_the_others_of_its_table(
    tmp_path: Path, embedder: Embedder
) -> None:
    rows = ["Hammer,12.50,A1", "Saw,24.00,A2", "Laser level,89.95,B1", "Drill,59.00,B2"]
    (tmp_path / "prices.csv").write_text("Tool,Price,Shelf\n" + "\n".join(rows) + "\n")
    ingest_paths([tmp_path], store=tmp_path / "store", embedder=embedder)
    answer = ask(tmp_path / "store", embedder, "What is the price of the laser level?")
    assert answer.citations[0].quote == "Tool: Laser level; Price: 89.95; Shelf: B1"


@pytest.mark.parametrize(
    "question", ["How much annual leave is there?", "How many days of annual leave do I get?"]
)
def test_a_short_table_is_quoted_whole(tmp_path: Path, embedder: Embedder, question: str) -> None:
    """Its first row alone would be wrong for most readers."""
    rows = [("Less than 2 years", "25 days"), ("2 to 5 years", "27 days"), ("Longer", "30 days")]
    table = "\n".join(f"| {service} | {days} |" for service, days in rows)
    (tmp_path / "leave.md").write_text(
        "# Leave\n\nAnnual leave depends on the years of service, as shown in table 1.\n\n"
        f"Table 1: Annual leave\n\n| Years of service | Leave |\n| --- | --- |\n{table}\n"
    )
    ingest_paths([tmp_path], store=tmp_path / "store", embedder=embedder)
    answer = ask(tmp_path / "store", embedder, question)
    places = [answer.text.index(days) for _, days in rows]
    assert places == sorted(places), "in the order of the table"
    assert "Rows of a table" not in answer.text
    assert "Years of service: Less" not in answer.text, "and as one"


def test_a_refusal_says_what_was_looked_for_what_came_nearest_and_what_to_try(
    store: Path, embedder: Embedder
) -> None:
    with open_engine(store, answers=AnswerSettings(), embedder=embedder) as engine:
        answer = engine.ask("Who fixed the fan of the zeppelin, and its propeller?")
        filtered = engine.ask("Who built the zeppelin?", where={"document": "handbook.md"})
    assert answer.refused
    lead, _, nearest, *_, looked_for, advice = answer.text.split("\n\n")
    assert lead == "No passage clearly answers this."
    assert looked_for == "Looked for: fixed, fan, zeppelin, propeller"
    assert nearest.startswith("handbook.md: “") and "[" not in nearest
    assert "“fixed”, “zeppelin” and “propeller”, which are in no passage" in advice
    assert "“fan”" not in advice and "rag-app explain" in advice and "filter" not in advice
    assert len(answer.text) < 1200
    assert filtered.refused and "another filter, or none" in filtered.text
