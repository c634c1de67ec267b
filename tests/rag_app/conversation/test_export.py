"""Conversations exported, copied, and used as questions."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from ingest.errors import UsageError
from rag_app import (
    Conversation,
    Exchange,
    Feedback,
    Unsupported,
)
from rag_app.conversation.export import cited_text, to_json, to_markdown, to_questions
from rag_app.conversation.records import exchange_from
from rag_app.eval.questions import read_questions
from tests.rag_app.conversation.test_store import answered


def test_markdown_has_the_citations_as_footnotes() -> None:
    written = answered(
        text="**Ice** [1] on <b>it</b> ![x](y). So [1]. [7]",
        model="a-model",
        unsupported=(Unsupported(0, 11, "nothing says so"),),
        notes=("One *note*.",),
    )
    cited = written.answer
    assert cited is not None
    twice = replace(cited.citations[0], page=None, quote="Other\nwords.", supported=False)
    written = replace(written, answer=replace(cited, citations=(*cited.citations, twice)))
    conversation = Conversation(
        title="A # title",
        exchanges=(written, Exchange("1. Then?", error="It broke.", parent=written.id)),
    )
    conversation = replace(conversation, shown=conversation.exchanges[-1].id)
    text = to_markdown(conversation)
    assert "**Ice** [^1-1] (Not found in your documents: nothing says so)" in text
    assert "So [^1-2]" in text
    assert "[^1-1]: manual.pdf, page 8: “Ice \\*on\\* it.”" in text
    assert "[^1-2]: manual.pdf (does not support its sentence): “Other words.”" in text
    shown = MarkdownIt().render(text)
    assert "<h1>A # title</h1>" in shown and "<h2>1. Then?</h2>" in shown
    assert "<strong>Ice</strong>" in shown and "<em>It broke.</em>" in shown
    assert not any(tag in shown for tag in ("<b>", "<img", "<a ")), "nothing acts"
    assert "[7]" in shown and "One *note*." in shown


def test_quotes_are_exported_word_for_word() -> None:
    quote = "# No heading\n- no *item* | `code` <i>x</i> [a](b)"
    exchange = answered(text=f"{quote} [1]")
    text = to_markdown(Conversation(title="T", exchanges=(exchange,), shown=exchange.id))
    body = MarkdownIt().render(text.split("\n\n", 2)[2])
    for sign in ("# No heading", "no *item* | `code` &lt;i&gt;x&lt;/i&gt; [a](b)"):
        assert sign in body


def test_json_has_every_branch_and_comes_back() -> None:
    first, other = answered("\ud800 é"), answered("Two")
    conversation = Conversation(title="T", exchanges=(first, other), shown=other.id)
    values = json.loads(to_json(conversation))
    assert values["shown"] == [other.id]
    assert tuple(map(exchange_from, values["exchanges"])) == (first, other)


def test_an_answer_is_copied_with_its_sources() -> None:
    answer = answered().answer
    assert answer is not None
    assert cited_text(answer) == "Ice [1].\n\n[1] manual.pdf, page 8: “Ice *on* it.”"


def rated(exchange: Exchange, verdict: str, comment: str = "") -> Exchange:
    assert verdict in ("up", "down")
    return replace(exchange, feedback=Feedback(verdict, comment))  # type: ignore[arg-type]


def test_feedback_becomes_questions(tmp_path: Path) -> None:
    refused = answered("Who is king?", "Not there.", refused=True, citations=())
    lines = [
        rated(answered(standalone="What does E22 mean at sea?"), "up"),
        rated(refused, "up", "Right."),
        rated(answered("Wrong?"), "down", "No."),
        rated(Exchange("Broken", error="x"), "down"),
        answered("Not rated"),
    ]
    file = tmp_path / "feedback.jsonl"
    file.write_text(to_questions(lines), encoding="utf-8")
    good, unanswerable = read_questions(file)
    assert good.text == "What does E22 mean at sea?", "as it stands alone"
    assert [(one.document, one.page, one.quote) for one in good.gold] == [
        ("manual.pdf", 8, "Ice *on* it.")
    ]
    assert unanswerable.text == "Who is king?" and not unanswerable.answerable
    bad = json.loads(file.read_text(encoding="utf-8").splitlines()[2])
    assert (bad["review"], bad["comment"], bad["cited"][0]["page"]) == (True, "No.", 8)
    file.write_text(json.dumps(bad), encoding="utf-8")
    with pytest.raises(UsageError, match="to be reviewed"):
        read_questions(file)
