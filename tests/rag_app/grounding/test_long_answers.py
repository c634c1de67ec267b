"""Checking takes seconds of no answer, however long it is and whatever the passages are."""

from __future__ import annotations

from time import process_time

import pytest

from ingest.embed.embedder import Embedder
from rag_app.answer.llm_answer import check_answer
from rag_app.grounding.checker import Checker
from rag_app.grounding.citations import MOST_CLAIMS, TOO_MANY, cite
from rag_app.grounding.output_guard import Guard
from rag_app.retrieval.passage import full_text
from rag_app.settings import AnswerSettings
from tests.rag_app.grounding.passages import passage

MOST_SECONDS = 8.0  # of the processor: 1 on a quiet machine, three times that on a busy one
LETTERS = "bcdefghk"
WORDS = "battery mast station valve pump charger sensor antenna filter cable".split()
PROSE = [
    passage(
        *(
            f"The {WORDS[(i + j) % 10]} of the {WORDS[i]} is checked every {7 * j + i} days."
            for j in range(6)
        ),
        document=f"{i}.pdf",
    )
    for i in range(8)
]
# A list of parts: hundreds of sentences in one passage, all of which share a word.
PARTS = [
    passage(*(f"Ab {LETTERS[i]}{LETTERS[j % 8]}{j}." for j in range(150)), document=f"{i}.txt")
    for i in range(8)
]
ANSWERS = {
    "sentences": " ".join(
        f"The {WORDS[i % 10]} or {WORDS[i // 10 % 10]} is Ab {LETTERS[i % 8]}{i}."
        for i in range(1000)
    ),
    "lines": "\n".join(f"- {WORDS[i % 10]} {WORDS[i // 10 % 10]} days" for i in range(1000)),
    "markers": " ".join(f"Ab b{i} checked [{i % 8 + 1}]." for i in range(1000)),
    "one sentence": " ".join(f"Ab {WORDS[i % 10]}" for i in range(2000))[:20_000],
    "markers in lines": "".join(f"[1][2][3]{i} days\n" for i in range(1000)),
}


@pytest.mark.parametrize("passages", [PROSE, PARTS], ids=["prose", "parts"])
@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_a_long_answer_is_checked_soon(
    answer: str, passages: list, embedder: Embedder, settings: AnswerSettings
) -> None:
    embedder.encode(["loaded"])
    guard = Guard(map(full_text, passages))
    start = process_time()
    cited, _ = check_answer(answer, passages, guard, Checker(embedder), settings)
    assert process_time() - start < MOST_SECONDS
    assert cited.text


@pytest.mark.long
def test_what_comes_after_a_thousand_sentences_is_not_checked_and_said_so() -> None:
    said = PROSE[0].chunk.text.split(". ")[0] + "."
    answer = "\n".join([said] * (MOST_CLAIMS + 1))
    cited = cite(answer, PROSE, Checker())
    assert len(cited.citations) == MOST_CLAIMS
    unchecked = [one.reason for one in cited.checks if one.status == "not_checked"]
    assert unchecked == [TOO_MANY]


@pytest.fixture
def settings() -> AnswerSettings:
    return AnswerSettings()
