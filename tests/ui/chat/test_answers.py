"""How an answer is drawn: with a remark behind each sentence that is not simply supported."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rag_app import Engine
from rag_app.answer.part_by_part import NOTHING, quote_parts
from rag_app.finding import NO_EVIDENCE
from rag_app.records import Step
from rag_app.ui.chat.answers import answer_html, caption_html
from rag_app.ui.chat.sources.source import Source, marker_chips
from tests.rag_app.test_remarks import answer


def test_each_sentence_says_how_it_stands() -> None:
    html = answer_html(answer(), marker_chips(answer()))
    for kind, words in (
        ("contradicted", "<b>Your documents say otherwise: </b>the passage says ten, not eleven"),
        ("derived", "<b>Worked out: </b>2 × 20 pence = 40 pence"),
        ("not_found", "<b>Not found in your documents</b>"),
        ("not_checked", "<b>Couldn&#x27;t be checked: </b>the rules do not know this language"),
    ):
        assert f'<span class="rag-remark-on rag-{kind}" role="note">{words}</span>' in html
    assert html.count("rag-remark-on") == 5, "nothing behind what is supported"


def test_the_source_of_a_sentence_that_is_not_checked_is_not_drawn_as_a_wrong_one() -> None:
    supported, contradicted, derived, unchecked, _ = marker_chips(answer())[1]
    assert "rag-unsupported" in contradicted and "Contradicts its sentence." in contradicted
    assert "rag-unchecked" in unchecked and "rag-unsupported" not in unchecked
    assert "Not checked against its sentence." in unchecked
    assert not any("rag-un" in one for one in (supported, derived))
    assert not Source("a.md", None, "Rule", marker=1, standing="not_checked").is_in_doubt


def test_a_note_on_quotes_stands_before_them() -> None:
    html = answer_html(replace(answer(), model="quotes", notes=("None.",)), marker_chips(answer()))
    assert html.index("None.") < html.index("rag-quote")


def test_the_words_over_each_part_of_quotes_stand_over_it(sample_engine: Engine) -> None:
    parts = [
        (f"<b>{code}</b>", sample_engine.evidence(f"What does error code {code} mean?"))
        for code in ("E22", "E07")
    ]
    draft = quote_parts([*parts, ("Else", NO_EVIDENCE)])
    made = replace(answer(), model="quotes", text=draft.text, citations=draft.citations, checks=())
    html = answer_html(made, marker_chips(made))
    heads = [f'<p class="rag-note">{one}:</p>' for one in (
        "&lt;b&gt;E22&lt;/b&gt;", "&lt;b&gt;E07&lt;/b&gt;", "Else"
    )]  # fmt: skip
    places = [html.index(one) for one in heads]
    assert places == sorted(places) and html.index("rag-quote") > places[0]
    assert html.endswith(f'{heads[2]}<p class="rag-note">{NOTHING}</p></div>')


def test_the_steps_to_an_answer_can_be_opened() -> None:
    step = Step("search", {"query": "<b>"}, "Searched for “<b>”: 5 passages")
    html = answer_html(replace(answer(), steps=(step, step)), marker_chips(answer()))
    assert '<details class="rag-steps"><summary>2 steps</summary><ol><li>Searched' in html
    assert "“&lt;b&gt;”" in html and "<b>”" not in html


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ("table", "Computed from the rows of a table"),
        ("comparison", "Compared sentence by sentence"),
        ("summary", "In the documents&#x27; own sentences"),
    ],
)
def test_an_answer_that_no_model_has_written_says_how_it_was_made(model: str, words: str) -> None:
    made = replace(answer(), model=model, notes=("From all 9 rows.",))
    assert caption_html(made).startswith(f'<p class="rag-caption">{words} · ')
    assert "Written by" not in caption_html(made)
    told = '<p class="rag-note rag-quiet">From all 9 rows.</p>'
    assert told in answer_html(made, marker_chips(made)), "it warns of nothing"
    failed = replace(made, failure="The model did not answer.")
    assert told not in answer_html(failed, marker_chips(failed))
