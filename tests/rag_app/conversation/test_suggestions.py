"""What could be asked next: drawn from the documents, and answered by them."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

import pytest

from ingest.records import StoredChunk
from rag_app import Engine
from rag_app.conversation.suggestions import first_questions, follow_ups, from_collection
from rag_app.questions.made_english.natural import natural_questions

ASKED = (
    "What does error code E22 mean?",
    "Can I put up the 3 m mast without guy wires?",
    "What is the cap on liability in the service agreement?",
)


def test_what_is_suggested_is_answered_and_new(sample_engine: Engine) -> None:
    offered = 0
    for question in ASKED:
        answer = sample_engine.ask(question)
        suggested = follow_ups(sample_engine, answer)
        assert len(set(suggested)) == len(suggested) <= 3
        assert question not in suggested
        assert not any(sample_engine.ask(one).refused for one in suggested)
        offered += len(suggested)
        again = follow_ups(sample_engine, answer, asked=suggested)
        assert not set(again) & set(suggested), "was asked"
    assert offered >= 4


def test_a_filter_holds_for_what_is_suggested_too(sample_engine: Engine) -> None:
    where = {"document": "manuals/ws-40-manual.pdf"}
    answer = sample_engine.ask(ASKED[0], where=where)
    assert follow_ups(sample_engine, answer, where=where)
    nothing = {"document": "glossary.md"}
    assert follow_ups(sample_engine, answer, where=nothing) == ()


def test_a_refusal_suggests_nothing(sample_engine: Engine) -> None:
    answer = sample_engine.ask("What is the capital of Australia?")
    assert answer.refused
    assert follow_ups(sample_engine, answer) == ()


def test_to_begin_with_there_are_three_that_their_documents_answer(sample_engine: Engine) -> None:
    found = list(islice(from_collection(sample_engine), 12))
    assert len({one.document for one in found}) >= 6
    for one in found:
        answer = sample_engine.ask(one.question)
        assert not answer.refused
        first = answer.citations[0]
        assert first.document == one.document
        assert first.start < one.end and one.start < first.end
    begin = first_questions(sample_engine)
    assert begin == tuple(one.question for one in found[:3])
    assert begin == first_questions(sample_engine)


def chunk(text: str, heading: str = "", language: str = "en") -> StoredChunk:
    metadata = {"language": language}
    headings = (heading,) if heading else ()
    return StoredChunk(
        "0", ("a.md",), 0, len(text), None, text, headings, ((0, len(text)),), metadata
    )


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        ("A reading pass lasts six weeks.", "How long does a reading pass last?"),
        ("Video tapes are kept for 20 days.", "How long are video tapes kept?"),
        ("A spare key costs £14.", "How much does a spare key cost?"),
        ("The late fee is £3 a week.", "How much is the late fee?"),
        ("The reading room opens at 9 on weekdays.", "When does the reading room open?"),
        ("A loan abroad is approved by the head librarian.", "Who approves a loan abroad?"),
        ("Rare maps must not be copied.", "May rare maps be copied?"),
        ("Rare maps must not be copied at home.", "May rare maps be copied at home?"),
        ("Our atlas was written by Ada Byrd.", None),
        ("The town atlas was written by Ada Byrd.", "Who wrote the town atlas?"),
        ("If the fire alarm rings, leave by the hall.", "What happens if the fire alarm rings?"),
        ("If the alarm rings, leave by the back door.", None),
        ("To renew a loan, show your card at the desk.", "How do I renew a loan?"),
        ("To learn more, the readers were asked again.", None),
        ("Item: Tote bag; Price: £6", "What is the price of the tote bag?"),
        ("Item: Locker in Hall B; Limit: £16", "What is the limit for a locker in Hall B?"),
        ("Grant: Paper; Amount: £60 a year", "What is the grant for paper?"),
        ("The salty air may harm old paper.", "Can the salty air harm old paper?"),
        ("Numerous signs of Roman work can be seen.", None),
        ("Code: KX-20; Price: £6", None),
        ("What: Every further day; Price: £6", None),
        ("Video tapes can be lent for at most nine days.", "How long can video tapes be lent?"),
        ("A turn lasts six weeks.", None),
        ("A record is a line with a time and a place.", None),
        ("Support ends on 31 March 2030.", None),
        ("Readers cannot all be in the hall at noon.", None),
        ("It lasts six weeks.", None),
        ("This one costs £14.", None),
        ("Lovely weather in the valley.", None),
        ("Since 1902 the mayor is elected by the council.", None),
        ("Normally tea is a drink for the afternoon.", None),
        ("Loans can therefore be renewed at the desk.", None),
        ("The club's £37.6 fee is the highest of the valley.", None),
        ("A clear goal can be a great help to readers.", None),
        ("Gauge C was repaired in 2024 after a lightning strike.", "When was Gauge C repaired?"),
        ("Bills must be sent to us within 30 days.", None),
        ("Bills must be sent to Rome within 30 days.", "When must bills be sent to Rome?"),
        ("The spare keys are kept in the safe.", "Where are the spare keys kept?"),
        ("The report is kept in full.", None),
        ("The Ridge tent has two doors.", "How many doors does the Ridge tent have?"),
        ("Passwords have at least 14 characters.", "How many characters do passwords have?"),
        ("The WS-40 weighs 12 kg with its case.", "How much does the WS-40 weigh?"),
    ],
)  # fmt: skip
def test_a_sentence_is_asked_for_what_it_states(sentence: str, question: str | None) -> None:
    asked = [one.question for one in natural_questions([chunk(sentence)])]
    assert asked == ([] if question is None else [question])


def test_a_name_that_begins_a_sentence_keeps_its_capital() -> None:
    text = "Brandt syndrome is a rare condition of horses."
    told = chunk(f"Horses may have Brandt syndrome. {text}")
    start = told.text.index(text)
    found = natural_questions([replace(told, sentences=((start, len(told.text)),))])
    assert [one.question for one in found] == ["What is Brandt syndrome?"]


def test_other_languages_have_the_questions_that_are_headings() -> None:
    german = chunk("Ein Ausweis kostet £14.", "Was kostet ein Ausweis?", "de")
    assert [one.question for one in natural_questions([german])] == ["Was kostet ein Ausweis?"]
    assert not list(natural_questions([chunk("A card costs £14.", "Kosten", "de")]))
