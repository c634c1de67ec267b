"""Summaries of whole documents, of sections and of a collection, in the documents' own words."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from ingest import ingest_paths
from ingest.embed.embedder import Embedder
from rag_app import AnswerSettings, Engine, open_engine
from rag_app.summary.intent_english import wish_english
from rag_app.summary.intent_german import wish_german
from tests.conftest import DATA
from tests.support.llm_servers import ScriptedServer, error, reply
from tests.support.word_for_word import assert_word_for_word

AGREEMENT = "Summarise the service agreement"
MINUTES = """# Minutes of 3 May

## Heating

Olga reported that the boiler lost pressure twice in April. The valve was exchanged on 28 April.

## Roof

The roof over bay four leaks when the wind is from the west. A quote for the repair is £4,150.

## Staff

Two apprentices begin in September. Their desks are in room 12.
"""
HANDOVER = """# Handover notes

Anna will send the keys of bay four to the landlord by Friday. The meter in bay two was read on
Monday. Tom has to order new filters before the end of June. The kitchen was painted in March.
"""
GERMAN = """# Hausordnung

## Ruhe

Zwischen 22 Uhr und 6 Uhr ist es im ganzen Haus still. Musik ist dann nur in Zimmerlautstärke
erlaubt.

## Treppenhaus

Im Treppenhaus steht nichts, was den Weg versperrt. Kinderwagen stehen im Keller.

## Müll

Der Müll wird nach Papier, Glas und Rest getrennt. Die Tonnen werden am Montag geleert.
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Path:
    """A store of three short documents."""
    root = tmp_path_factory.mktemp("summaries")
    files = {
        "minutes-may.md": MINUTES,
        "handover.md": HANDOVER,
        "hausordnung.md": GERMAN,
    }
    for name, text in files.items():
        (root / name).write_text(text, encoding="utf-8")
    store = root / "store"
    report = ingest_paths([root / name for name in files], store=store, embedder=embedder)
    assert report.counts["failed"] == 0
    return store


@pytest.fixture
def engine(folder: Path, embedder: Embedder) -> Engine:
    return open_engine(folder, answers=AnswerSettings(), embedder=embedder)


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("Summarise the lease", "lease"),
        ("Please summarize lease.pdf for me.", "lease.pdf"),
        ("Could you give me a short summary of the employee handbook?", "employee handbook"),
        ("TL;DR of the minutes", "minutes"),
        ("What is the travel policy about?", "travel policy"),
        ("what's this all about?", ""),
        ("What are the key points of the service agreement?", "service agreement"),
        ("Main takeaways from the report", "report"),
        ("Summarize all documents", ""),
        ("What are these documents about?", ""),
        ("Sum up everything", ""),
        ("Explain section 4 of the manual", "section 4 of the manual"),
        ("What does the pension notice say?", "pension notice"),
        ("Give me an overview of “Terms 2026”", "Terms 2026"),
    ],
)
def test_questions_for_a_whole_document(question: str, named: str) -> None:
    wish = wish_english(question)
    assert wish is not None and not wish.actions
    assert wish.named == named


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("Fasse die Hausordnung zusammen", "Hausordnung"),
        ("Kannst du mir bitte den Mietvertrag zusammenfassen?", "Mietvertrag"),
        ("Worum geht es in diesem Dokument?", ""),
        ("Gib mir eine kurze Zusammenfassung der Hausordnung", "Hausordnung"),
        ("Was sind die wichtigsten Punkte des Vertrags?", "Vertrags"),
        ("Fass alles kurz zusammen", ""),
    ],
)
def test_german_questions_for_a_whole_document(question: str, named: str) -> None:
    wish = wish_german(question)
    assert wish is not None
    assert wish.named == named


@pytest.mark.parametrize(
    "question",
    [
        "What does the handbook say about parental leave?",
        "What is the notice period?",
        "What are the main dimensions of the mast?",
        "Explain why the alarm came twice",
        "How do I write a summary?",
        "What is it about the sunshade that matters?",
        "Who wrote the minutes?",
        "Was kostet die Zusammenfassung?",
    ],
)
def test_ordinary_questions(question: str) -> None:
    assert wish_english(question) is None
    assert wish_german(question) is None


def test_no_question_of_the_samples_is_taken_for_one(sample_engine: Engine) -> None:
    lines = (DATA / "questions.jsonl").read_text("utf-8").splitlines()
    asked = [json.loads(line)["question"] for line in lines]
    wished = [one for one in asked if wish_english(one) or wish_german(one)]
    assert [one for one in wished if sample_engine.ask(one).model == "summary"] == []


def test_a_summary_has_a_sentence_of_each_section(sample_engine: Engine) -> None:
    answer = sample_engine.ask(AGREEMENT)
    assert answer.model == "summary" and not answer.refused
    assert {one.document for one in answer.citations} == {"contracts/service-agreement.pdf"}
    for number in range(1, 14):
        assert f"**{number} " in answer.text
    assert_word_for_word(sample_engine, answer)
    assert "from all" in answer.notes[0]


def test_a_summary_of_a_section(sample_engine: Engine) -> None:
    answer = sample_engine.ask("Explain chapter 7 of the manual")
    assert answer.model == "summary"
    assert "› 7 Normal operation" in answer.text
    assert "**7.3 Alarms:**" in answer.text and "**8 " not in answer.text
    assert {one.page for one in answer.citations} <= {6, 7}
    assert_word_for_word(sample_engine, answer)


def test_a_whole_collection_is_told_document_by_document(engine: Engine) -> None:
    answer = engine.ask("What are these documents about?")
    assert answer.text.startswith("3 documents, each in a sentence of its own:")
    assert [one.document for one in answer.citations] == [
        "handover.md",
        "hausordnung.md",
        "minutes-may.md",
    ]
    assert_word_for_word(engine, answer)
    assert "There are too few passages to tell topics apart." in answer.notes


def test_a_whole_collection_is_told_by_its_topics_too(sample_engine: Engine) -> None:
    answer = sample_engine.ask("What are these documents about?")
    documents, _, topics = answer.text.partition("\n\nWhat they are about")
    lines = topics.splitlines()[2:]
    assert documents.count("\n- ") == 11 and 2 <= len(lines) <= 8
    shares = [int(re.findall(r"\((\d+)% of the passages\)", line)[0]) for line in lines]
    assert shares == sorted(shares, reverse=True) and sum(shares) <= 104
    [leave] = [line for line in lines if "weeks" in line.partition("(")[0]]
    cited = answer.citations[int(re.findall(r"\[(\d+)\]", leave)[0]) - 1]
    assert cited.document == "policies/employee-handbook.docx"
    assert_word_for_word(sample_engine, answer)


def test_a_filter_says_which_document_this_is(engine: Engine) -> None:
    answer = engine.ask("What is this about?", where={"document": "minutes-may.md"})
    assert answer.model == "summary"
    assert {one.document for one in answer.citations} == {"minutes-may.md"}
    assert all(title in answer.text for title in ("Heating", "Roof", "Staff"))


def test_a_german_document_in_german_words(engine: Engine) -> None:
    answer = engine.ask("Fasse die Hausordnung zusammen.")
    assert answer.model == "summary"
    assert all(title in answer.text for title in ("Ruhe", "Treppenhaus", "Müll"))


def test_what_is_to_be_done(engine: Engine) -> None:
    answer = engine.ask("What are the action items in the handover notes?")
    assert [one.quote for one in answer.citations] == [
        "Anna will send the keys of bay four to the landlord by Friday.",
        "Tom has to order new filters before the end of June.",
    ]


def test_a_table_of_actions_is_shown_as_it_is(sample_engine: Engine) -> None:
    answer = sample_engine.ask("List the action items in the minutes")
    rows = [dict(one.cells) for one in answer.citations]
    assert len(rows) == 8
    assert rows[0]["Owner"] == "Priyanka Dell" and rows[-1]["Due"] == "30 June 2026"
    assert_word_for_word(sample_engine, answer)


def test_nothing_to_do_is_said(engine: Engine) -> None:
    answer = engine.ask("What are the action items in the Hausordnung?")
    assert answer.refused
    assert "Hausordnung says what is to be done" in answer.text


def test_what_is_no_document_is_searched_for(engine: Engine) -> None:
    answer = engine.ask("Summarise the roof repair")
    assert answer.model == "quotes"
    assert "£4,150" in answer.text


def test_words_that_mean_several_documents(embedder: Embedder, tmp_path: Path) -> None:
    for year, price in (("2025", "£10"), ("2026", "£12")):
        text = f"# Price list\n\nA day in bay four costs {price}. Prices include cleaning.\n"
        (tmp_path / f"price-list-{year}.md").write_text(text, encoding="utf-8")
    store = tmp_path / "store"
    ingest_paths([tmp_path], store=store, embedder=embedder)
    with open_engine(store, answers=AnswerSettings(), embedder=embedder) as engine:
        answer = engine.ask("Summarise the price list")
    assert {one.document for one in answer.citations} == {"price-list-2026.md"}
    assert "Other documents go by these words too: price-list-2025.md." in answer.notes


def test_an_llm_sums_up_passages_of_all_sections(folder: Path, embedder: Embedder) -> None:
    said = "The valve was exchanged on 28 April [2]. Two apprentices begin in September [3]."
    with ScriptedServer(reply(said)) as server:
        answers = AnswerSettings(openai_base_url=server.base_url, llm_model="scripted")
        with open_engine(folder, answers=answers, embedder=embedder) as engine:
            answer = engine.ask("Summarise the minutes")
        [request] = server.requests
    asked = json.dumps(request.body["messages"], ensure_ascii=False)
    assert all(words in asked for words in ("boiler lost pressure", "£4,150", "apprentices"))
    assert answer.model == "scripted-reported" and not answer.refused
    assert {one.document for one in answer.citations} == {"minutes-may.md"}


def test_where_the_llm_fails_the_documents_own_sentences_are_shown(
    folder: Path, embedder: Embedder
) -> None:
    for behaviour in (error(401, "no"), reply("NOT IN THE DOCUMENTS")):
        with ScriptedServer(behaviour) as server:
            answers = AnswerSettings(openai_base_url=server.base_url, llm_model="scripted")
            with open_engine(folder, answers=answers, embedder=embedder) as engine:
                answer = engine.ask("Summarise the minutes")
        assert answer.model == "summary" and not answer.refused
        assert all(title in answer.text for title in ("Heating", "Roof", "Staff"))
