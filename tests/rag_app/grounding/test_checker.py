"""How a sentence stands to passages, by which words, and why."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ingest.embed.embedder import Embedder
from rag_app.grounding.checker import Checker
from tests.rag_app.grounding.passages import passage

BATTERY = passage(
    "The battery lasts 14 days without sun.",
    "It is replaced every 5 years.",
    "Elena Marsh must approve any other battery before 3 May 2024.",
    "The plan covers batteries but does not cover masts.",
)


@pytest.mark.parametrize(
    "claim",
    [
        "Without sun, the battery lasts fourteen days.",
        "The battery has to be replaced every five years.",
        "According to the passage, any other battery must be approved by Elena Marsh.",
        "Masts are not covered by the plan.",
        "- **The battery** lasts 14 days without sun",
        "The battery lasts 14 days without sun, and it is replaced every 5 years.",
    ],
)
def test_the_same_in_other_words_is_supported(claim: str, embedder: Embedder) -> None:
    verdict = Checker(embedder).check(claim, [BATTERY])
    assert verdict.status == "supported", verdict.reason


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        ("The battery lasts 21 days without sun.", "the passage says 14 days, not 21 days"),
        ("The battery lasts 14 weeks without sun.", "the passage says 14 days, not 14 weeks"),
        ("The battery does not last 14 days without sun.", "the passage does not say “not”"),
        ("The battery is replaced every 14 years.", "14 years"),
        ("Elena Marsh may approve any other battery.", "the passage says “must”, not “may”"),
        ("Elena Keller must approve any other battery.", "Keller"),
        ("Elena Marsh must approve any other battery after 3 May 2024.", "“before”, not “after”"),
        ("The plan covers batteries and masts.", "the passage says “not”"),
        ("Bananas grow well in warm countries.", "no passage says this"),
    ],
)
def test_what_is_not_there_is_named(claim: str, reason: str, embedder: Embedder) -> None:
    verdict = Checker(embedder).check(claim, [BATTERY])
    assert verdict.status in ("contradicted", "not_found")
    assert reason in (verdict.reason or "")


def test_the_words_are_one_sentence_or_as_many_as_it_takes() -> None:
    check = Checker()
    text, start = BATTERY.chunk.text, BATTERY.chunk.start
    (one,) = check.check("The battery lasts 14 days without sun.", [BATTERY]).windows
    assert text[one.start - start : one.end - start] == "The battery lasts 14 days without sun."
    (two,) = check.check(
        "The battery lasts 14 days without sun and is replaced every 5 years.", [BATTERY]
    ).windows
    assert text[two.start - start : two.end - start].endswith("replaced every 5 years.")


SENTENCES = st.lists(
    st.sampled_from(
        "The battery of Elena Marsh is not WS-40 14 days 3.5 % before 3 May 2024 never all some "
        "must may only E22 it they -20 °C 1,000 twelve (with) “more” less than [3] # *".split()
    ),
    min_size=1,
    max_size=14,
).map(lambda words: " ".join(words) + ".")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.one_of(SENTENCES, st.text(min_size=1)), min_size=1, max_size=5), st.data())
@example(["Not all of it."], None)
def test_a_sentence_of_the_passage_is_always_supported(
    sentences: list[str], data: st.DataObject | None
) -> None:
    given_ = passage(*sentences)
    claim = data.draw(st.sampled_from(sentences)) if data else sentences[0]
    verdict = Checker().check(claim, [given_])
    assert verdict.status == "supported", verdict.reason
    assert 100 <= verdict.windows[0].start <= verdict.windows[0].end <= given_.chunk.end


@given(st.text(), st.lists(SENTENCES, min_size=1, max_size=4))
def test_whatever_is_claimed_gets_words_of_the_passage(claim: str, sentences: list[str]) -> None:
    given_ = passage(*sentences)
    (support,) = Checker().check(claim, [given_]).windows
    starts = {start for start, _ in given_.chunk.sentences}
    ends = {end for _, end in given_.chunk.sentences}
    assert support.start in starts and support.end in ends and support.start < support.end
