"""Questions about the whole collection: which they are, and that the counts are those of the
texts."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest import ingest_paths
from ingest.embed.embedder import Embedder
from ingest.load.formats.detect import MODULES
from ingest.load.formats.families import FAMILIES
from ingest.text.analyzer import stems
from rag_app import Answer, AnswerSettings, Engine, open_engine
from rag_app.inventory.intent import inventory_of
from rag_app.inventory.intent_english import ENGLISH
from rag_app.inventory.intent_german import GERMAN
from tests.conftest import DATA
from tests.support.llm_servers import ScriptedServer, reply

ASKED = [json.loads(line) for line in (DATA / "coverage.jsonl").read_text().splitlines()]
KNOWN = [
    ("folder", "policies"),
    ("folder", "sales"),
    ("author", "Colin Fairweather"),
]
WORDS = ["inhaler", "child", "children", "café", "WS-40", "£12", "mask", "filter"]


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: asked["question"][:50])
def test_what_is_counted_and_what_is_not(asked: dict[str, object]) -> None:
    counted = inventory_of(str(asked["question"]), lambda: KNOWN) is not None
    assert counted == asked["whole"]


def test_ordinary_questions_are_not_counted() -> None:
    lines = (DATA / "questions.jsonl").read_text().splitlines()
    assert [q for q in (json.loads(line)["question"] for line in lines) if inventory_of(q)] == []


@pytest.mark.parametrize(
    "question",
    [
        "Do documents containing personal data have to be shredded?",
        "Which documents containing personal data must be shredded?",
        "Welche Dokumente mit Kundendaten müssen vernichtet werden?",
    ],
)
def test_what_is_to_be_done_with_documents_is_not_counted(question: str) -> None:
    assert inventory_of(question) is None


def test_how_many_days_is_answered_by_quotes(sample_engine: Engine) -> None:
    answer = sample_engine.ask("How many working days does a repair take on average?")
    assert answer.model == "quotes"
    assert "10 working days" in answer.text


def test_what_mentions_something(sample_engine: Engine) -> None:
    answer = sample_engine.ask("Which documents mention Bettina Clough?")
    having = [
        document.name
        for document in sample_engine.documents()
        if "Bettina Clough" in sample_engine.document_text(document.name)
    ]
    assert [citation.document for citation in answer.citations] == having
    assert answer.model == "count" and not answer.refused
    assert answer.text.startswith("2 of 11 documents have “Bettina” and “Clough”, in 3 passages:")
    assert "all 162 passages of 11 documents" in answer.notes[0]
    for citation in answer.citations:
        text = sample_engine.document_text(citation.document)
        assert text[citation.start : citation.end] == citation.quote
        assert "Bettina Clough" in citation.quote and citation.supported


def test_what_mentions_nothing(sample_engine: Engine) -> None:
    answer = sample_engine.ask("Does any document mention helicopters?")
    assert answer.text == "No. No passage of the collection has “helicopters”."
    assert not answer.refused and answer.citations == ()


def test_a_phrase_is_matched_as_it_is(sample_engine: Engine) -> None:
    words = sample_engine.ask("Which documents contain unit and loan?")
    phrase = sample_engine.ask('Which documents contain the phrase "loan unit"?')
    turned = sample_engine.ask('Which documents contain the phrase "unit loan"?')
    assert len(words.citations) >= len(phrase.citations) == 2
    assert all("loan unit" in citation.quote.casefold() for citation in phrase.citations)
    assert turned.text.startswith("No passage")


def test_a_filter_bounds_what_is_counted(sample_engine: Engine) -> None:
    where = {"folder": "policies"}
    answer = sample_engine.ask("Which documents mention Skein?", where=where)
    assert {citation.document.split("/")[0] for citation in answer.citations} == {"policies"}
    assert "of 3 documents" in answer.text
    assert "There are 3 documents" in sample_engine.ask("List all documents.", where=where).text


@pytest.mark.parametrize(
    ("question", "begins", "documents"),
    [
        ("How many documents are there?", "There are 11 documents:", 11),
        ("Which PDFs are there?", "There are 2 documents of 11, type pdf:", 2),
        ("List the documents in the policies folder.", "There are 3 documents of 11", 3),
        ("Which documents were written by Colin Fairweather?", "There is 1 document of 11", 1),
        ("Which documents are in German?", "There are 0 documents of 11, language de.", 0),
        ("How many pages are in the collection?", "There are 11 documents, with 16 pages:", 11),
    ],
)
def test_documents_of_the_catalog(
    sample_engine: Engine, question: str, begins: str, documents: int
) -> None:
    answer = sample_engine.ask(question)
    assert answer.text.startswith(begins)
    assert len(answer.citations) == documents


@pytest.mark.parametrize(
    ("question", "begins"),
    [
        ("Which documents in the policies folder mention Skein?", "1 of 3 documents (folder pol"),
        ("How many PDFs mention Skein?", "2 of 2 documents (type pdf) have “Skein”"),
        ("Which documents mention Skein or sunshades?", "9 of 11 documents have “Skein” or"),
        ("Which documents mention Skein but not sunshades?", "6 of 11 documents have “Skein”, but"),
        ("Which documents don't mention Skein?", "4 of 11 documents do not have “Skein”:"),
        ("In welchen Dokumenten wird Skein erwähnt?", "7 von 11 Dokumenten enthalten “Skein”"),
        ("Welche Dokumente im Ordner policies erwähnen nicht Skein?", "2 von 3 Dokumenten"),
        ("Wie viele PDFs gibt es?", "Es gibt 2 Dokumente von 11, type pdf:"),
        ("How many documents are there per folder?", "11 documents, by folder:"),
        ("How many spreadsheets are there?", "There are 0 documents of 11, type spreadsheet."),
    ],
)
def test_which_documents_mention_and_which_do_not(
    sample_engine: Engine, question: str, begins: str
) -> None:
    answer = sample_engine.ask(question)
    assert answer.text.startswith(begins)
    assert answer.model == "count" and answer.notes[0].startswith(("Counted", "Gezählt"))
    for citation in answer.citations:
        text = sample_engine.document_text(citation.document)
        assert text[citation.start : citation.end] == citation.quote


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("How many pages does the manual have?", "manuals/ws-40-manual.pdf has 11 pages. [1]"),
        (
            "What is the page count of the service agreement?",
            "contracts/service-agreement.pdf has 5",
        ),
        ("How many pages are there in the glossary?", "without pages; it has 521 words. [1]"),
    ],
)
def test_how_long_a_document_is(sample_engine: Engine, question: str, told: str) -> None:
    answer = sample_engine.ask(question)
    assert told in answer.text
    assert answer.citations[0].document in answer.text
    assert sample_engine.ask("How many pages has the order form?").model == "quotes"


def test_how_long_a_document_is_in_german() -> None:
    asked = inventory_of("Wie viele Seiten hat das Handbuch?")
    assert asked is not None and asked[0] == "das Handbuch"


def test_every_format_has_a_name_that_people_use() -> None:
    named = {kind for kinds in FAMILIES.values() for kind in kinds}
    assert named == set(MODULES)
    for grammar in (ENGLISH, GERMAN):
        assert set(grammar.kinds.values()) <= set(FAMILIES) | set(MODULES)


def test_all_of_something_is_all_of_it_or_says_from_how_much(sample_engine: Engine) -> None:
    answer = sample_engine.ask("List all allowances.")
    assert answer.model == "table" and len(answer.citations) == 9
    answer = sample_engine.ask("List all duties of the customer.")
    assert answer.model == "quotes"
    assert any("from 8 of 162 passages" in note for note in answer.notes)
    answer = sample_engine.ask("Which allowance is there for tools?")
    assert answer.notes == () and answer.text.startswith("Allowance: Tools; Amount: £120 a year")


def test_with_an_llm_the_count_is_still_ours(sample: Path, embedder: Embedder) -> None:
    with ScriptedServer(reply("Forty-two documents [1].")) as server:
        answers = AnswerSettings(openai_base_url=server.base_url, llm_model="scripted")
        with open_engine(sample, answers=answers, embedder=embedder) as engine:
            answer = engine.ask("How many documents mention Skein?")
        assert server.requests == []
    assert answer.model == "count"


texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join)


@pytest.mark.slow
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    documents=st.dictionaries(
        st.sampled_from(["a", "b", "inhaler", "child-mask"]), texts, min_size=1
    ),
    wanted=st.lists(st.sampled_from(WORDS), min_size=1, max_size=2, unique=True),
)
def test_counting_is_a_plain_count_over_the_texts(
    documents: dict[str, str],
    wanted: list[str],
    embedder: Embedder,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Also where the words are in the names of documents, which keyword search counts."""
    root = tmp_path_factory.mktemp("texts")
    for name, text in documents.items():
        (root / f"{name}.txt").write_text(f"Of {name[0]}{len(name)} there is {text}.")
    report = ingest_paths([root], store=root / "store", embedder=embedder)
    assert report.counts["failed"] == 0
    stemmed = {stem for word in wanted for stem in stems(word)}
    having = {
        f"{name}.txt"
        for name, text in documents.items()
        if stemmed <= set(stems(f"Of {name[0]}{len(name)} there is {text}."))
    }
    with open_engine(root / "store", answers=AnswerSettings(), embedder=embedder) as engine:
        answer: Answer = engine.ask(f"Which documents mention {' and '.join(wanted)}?")
    named = set(re.findall(r"^- (\S+):", answer.text, re.MULTILINE))
    assert named == having
