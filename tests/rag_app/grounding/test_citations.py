"""Citations: only markers that were given, the exact words, and a check that can fail."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag_app.grounding.citations import cite
from rag_app.retrieval.passage import Passage
from tests.rag_app.grounding import passages


def passage(text: str, *, document: str = "manual.pdf", offset: int = 100) -> Passage:
    """A passage whose sentences end with a full stop."""
    return passages.passage(
        *text.replace(". ", ".\n").split("\n"), document=document, offset=offset
    )


BATTERY = passage("The battery lasts 14 days without sun. It is replaced every 5 years.")
MAST = passage("The mast is 10 metres high. Elena Marsh approves any other height.")


def test_a_marker_gets_the_words_it_rests_on() -> None:
    answer = cite("Without sun the battery lasts 14 days [1].", [BATTERY, MAST])
    (citation,) = answer.citations
    assert citation.quote == "The battery lasts 14 days without sun."
    assert (citation.start, citation.end) == (100, 138)
    assert (citation.document, citation.page, citation.marker) == ("manual.pdf", 4, 1)
    assert citation.supported
    assert answer.text == "Without sun the battery lasts 14 days. [1]"


@pytest.mark.parametrize(
    "wrong",
    [
        "Without sun the battery lasts 21 days [1].",
        "The mast is 90 metres high [1].",
        "The battery of the WS-90 lasts 14 days without sun [1].",
        "According to Helen Marsh the battery lasts 14 days without sun [1].",
        "Customers are very happy about the warranty of their purchase [1].",
    ],
)
def test_what_the_passage_does_not_say_is_unsupported(wrong: str) -> None:
    (citation,) = cite(wrong, [BATTERY]).citations
    assert not citation.supported


def test_invented_markers_are_dropped_and_counted() -> None:
    answer = cite("The battery lasts 14 days without sun [1][9]. [0]", [BATTERY])
    assert answer.invented == 2
    assert [citation.marker for citation in answer.citations] == [1]
    assert "[9]" not in answer.text and "[0]" not in answer.text


def test_each_sentence_has_its_own_markers() -> None:
    text = (
        "The battery lasts 14 days without sun [1]. The mast is 10 metres high [2]!\n\n"
        "- Elena Marsh approves another height [2, 1]"
    )
    answer = cite(text, [BATTERY, MAST])
    assert [(one.marker, one.supported) for one in answer.citations] == [
        (1, True),
        (2, True),
        (2, True),
        (1, False),
    ]
    assert answer.text == (
        "The battery lasts 14 days without sun. [1] The mast is 10 metres high! [2]\n\n"
        "- Elena Marsh approves another height [2] [1]"
    )


def test_a_wrong_citation_is_moved_to_what_supports_the_sentence() -> None:
    answer = cite("The mast is 10 metres high [1].", [BATTERY, MAST])
    assert [(one.marker, one.supported) for one in answer.citations] == [(2, True)]
    assert answer.text == "The mast is 10 metres high. [2]"


def test_a_sentence_without_a_marker_gets_what_supports_it() -> None:
    answer = cite("The mast is 10 metres high.", [BATTERY, MAST])
    assert [one.marker for one in answer.citations] == [2]
    assert answer.uncited == 0
    lonely = cite("Bananas are yellow and rich in potassium.", [BATTERY, MAST])
    assert lonely.uncited == 1
    assert not lonely.is_related


def test_an_unsupported_sentence_is_named_with_its_place_and_why() -> None:
    answer = cite(
        "The mast is 90 metres high [2]. The mast is 10 metres high [2].", [BATTERY, MAST]
    )
    (one,) = answer.unsupported
    assert answer.text[one.start : one.end] == "The mast is 90 metres high. [2]"
    assert one.reason == "the passage says 10 metres, not 90 metres"
    assert [citation.reason for citation in answer.citations] == [one.reason, None]


def test_an_unsupported_sentence_is_left_out_where_that_is_set() -> None:
    text = "- The mast is 90 metres high [2].\n- The mast is 10 metres high [2].\n\nBananas grow."
    answer = cite(text, [BATTERY, MAST], unproven="drop")
    assert answer.text == "- The mast is 10 metres high. [2]"
    assert (answer.unsupported, answer.dropped) == ((), 2)


def test_a_sentence_put_together_from_two_passages_cites_both() -> None:
    text = "The battery lasts 14 days without sun, and the mast is 10 metres high [1]."
    answer = cite(text, [BATTERY, MAST])
    assert [(one.marker, one.supported) for one in answer.citations] == [(1, True), (2, True)]
    assert answer.unsupported == ()


@pytest.mark.parametrize(
    "text",
    [
        "Here is what I found:",
        "## The battery",
        "**Power:**",
        "Yes.",
        "The passages do not say how heavy it is.",
        "Do you want to know more about it?",
        "This is stated in the passage.",
        "This information can be found in the WS-40 manual.",
    ],
)
def test_what_claims_nothing_needs_no_citation(text: str) -> None:
    answer = cite(text, [BATTERY, MAST])
    assert (answer.text, answer.citations, answer.unsupported) == (text, (), ())


def test_a_heading_with_a_fact_that_is_not_there_is_a_claim() -> None:
    assert cite("According to Helen Marsh, after 21 days:", [BATTERY, MAST]).unsupported
    assert cite("This is stated in clause 77.3 of the agreement.", [BATTERY, MAST]).unsupported
    assert cite("This was found by hikers on the mast.", [BATTERY, MAST]).unsupported


@pytest.mark.parametrize(
    "marker", ["[^1]", "【1†source】", "[passage 1]", "［1］", "[1-1]", "[#1]"]
)
def test_markers_in_other_forms(marker: str) -> None:
    answer = cite(f"The battery lasts 14 days without sun {marker}.", [BATTERY, MAST])
    assert answer.text == "The battery lasts 14 days without sun. [1]"


def test_a_marker_stays_inside_a_row_of_a_table() -> None:
    answer = cite("| The battery lasts 14 days without sun [1] |", [BATTERY])
    assert answer.text == "| The battery lasts 14 days without sun [1] |"


@given(
    st.lists(
        st.sampled_from(
            [
                "Battery lasts 14 days",
                " [1]",
                "[2]",
                "[7]",
                ". ",
                "\n",
                "[1, 3]",
                "* ",
                "[x]",
                "5.",
                "!",
            ]
        )
    )
)
def test_whatever_it_writes_offsets_hold_and_markers_are_given_ones(parts: list[str]) -> None:
    passages = [BATTERY, MAST]
    answer = cite("".join(parts), passages)
    for one in answer.unsupported:
        assert answer.text[one.start : one.end].strip()
    for citation in answer.citations:
        chunk = passages[citation.marker - 1].chunk
        assert (
            chunk.text[citation.start - chunk.start : citation.end - chunk.start] == citation.quote
        )
