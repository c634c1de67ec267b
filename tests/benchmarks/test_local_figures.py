"""The figures of a local model's answers: right, wrong, marked, and whether the LLM was asked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks.answers.local_figures import Asked, is_right, is_unmarked, is_wrong, measured
from benchmarks.answers.local_model import sampled
from benchmarks.answers.never_asked import OVER_SAMPLES, is_asked
from benchmarks.answers.right.server import AnsweringServer
from ingest.embed.embedder import Embedder
from rag_app import AnswerSettings, open_engine
from rag_app.answer.record import AnswerRecord, CollectionState
from rag_app.records import Answer, Check, Citation, LLMCall, Unsupported

GOLD = Asked("q1", "How long does it last?", "No. It lasts five days without sun.", ("falls to 5",))
OTHER = Asked("q2", "Who made it?", None, ())


def record(text: str, **fields: Any) -> AnswerRecord:
    answer = Answer(GOLD.question, text, False, (), (), "model", 1.0)
    call = LLMCall((), text, "model", "stop", 0)
    return AnswerRecord(
        GOLD.question, (), None, None, CollectionState("default", 1, {}, {}), {}, None, 1.0, None,
        call, replace(answer, **fields), {},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "right", "wrong"),
    [
        ("No, without sun it lasts 5 days [1].", True, False),
        ("It lasts five days without any sun.", True, False),
        ("Yes, without sun it lasts 5 days [1].", False, True),
        ("It lasts 14 days without sun [1].", False, True),
        ("It falls to 5 [1].", True, False),
        ("Twenty-five days, and then five without sun.", True, False),
    ],
)
def test_an_answer_is_compared_with_the_gold(text: str, *, right: bool, wrong: bool) -> None:
    assert is_right(GOLD, record(text)) is right
    assert is_wrong(GOLD, record(text)) is wrong


def test_quotes_can_be_right_where_the_text_is_wrong() -> None:
    quote = Citation(
        1, "a.pdf", 1, 0, 10, "At a 1-minute interval this falls to 5 days.", True, 1.0
    )
    said = record("It depends on the weather [1].", citations=(quote,))
    assert is_right(GOLD, said)
    assert is_wrong(GOLD, said)
    assert not is_right(GOLD, record("The documents do not answer this.", refused=True))


def test_a_mark_on_the_first_sentence_counts() -> None:
    marked = Unsupported(0, 5, "no passage says this")
    unchecked = Check(0, 5, "not_checked", 0.0, "why")
    assert is_unmarked(record("It lasts 14 days."))
    assert not is_unmarked(record("It lasts 14 days.", unsupported=(marked,)))
    assert not is_unmarked(record("It lasts 14 days.", checks=(unchecked,)))
    assert not is_unmarked(record("It lasts 14 days.", model="quotes"))
    assert is_unmarked(record("Yes! It lasts 14 days.", unsupported=(Unsupported(5, 22, "no"),)))


def test_what_is_counted() -> None:
    found = {GOLD.question: record("It lasts 14 days."), OTHER.question: record("Somebody did.")}
    figures = measured([GOLD, OTHER], found)
    assert figures["answerable"] == {
        "all": 1, "ends in a refusal": 0.0, "right": 0.0, "unmarked and wrong": 1.0,
    }  # fmt: skip
    assert figures["not answerable"] == {
        "all": 1, "ends in a refusal": 0, "quotes": 0, "shown without a mark": 1,
    }  # fmt: skip
    assert sampled([GOLD, OTHER], 1) == [GOLD, OTHER]


@pytest.mark.long
def test_the_llm_is_asked_whatever_the_question_looks_like(
    sample: Path, embedder: Embedder
) -> None:
    with AnsweringServer() as server:
        settings = AnswerSettings(openai_base_url=server.address, openai_api_key="-")
        with open_engine(sample, answers=settings, embedder=embedder) as engine:
            replies = {one: is_asked(engine, server, one) for one in OVER_SAMPLES[::3]}
    # What a table was computed for is exact, and no LLM is asked.
    unasked = {one: answer for one, (was, answer) in replies.items() if not was}
    assert {one: answer.model for one, answer in unasked.items()} == {
        "Which parts cost more than 4000?": "table"
    }
    (computed,) = unasked.values()
    assert [dict(one.cells)["Price"] for one in computed.citations] == ["£4,260"]
