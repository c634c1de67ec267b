"""How the claims of an answer stand, as the terminal, exports, kept answers and replays tell it."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

from rag_app import Answer, Citation, Conversation, Exchange, Unsupported
from rag_app.cli.main import answer_lines
from rag_app.conversation.export import to_markdown
from rag_app.conversation.records import answer_from
from rag_app.records import Check, Status
from rag_app.remarks import citation_statuses, remarks_on
from rag_app.replay.differences import _checks

UNKNOWN = "not checked: the rules do not know this language"
CLAIMS: tuple[tuple[Status, str, str | None], ...] = (
    ("supported", "The gate is locked at nine. [1]", None),
    ("contradicted", "Watering ends at eleven. [1]", "the passage says ten, not eleven"),
    ("derived", "Two days cost 40 pence. [1]", "2 × 20 pence = 40 pence"),
    ("not_found", "A unicorn is on it.", "no passage says this"),
    ("not_checked", "Le portail est vert. [1]", UNKNOWN),
    ("not_checked", "Il est grand. [1]", UNKNOWN),
)


def answer() -> Answer:
    """One sentence for each way in which a sentence can stand."""
    text, checks, citations = "", [], []
    for status, claim, reason in CLAIMS:
        checks.append(Check(len(text), len(text) + len(claim), status, 0.5, reason))
        text += f"{claim} "
        if "[1]" in claim:
            holds = status in ("supported", "derived")
            why = None if holds else reason
            citations.append(Citation(1, "rules.md", None, 0, 4, "Rule", holds, 0.5, why))
    lost = tuple(
        Unsupported(one.start, one.end, one.reason or "")
        for one in checks
        if one.status in ("not_found", "contradicted")
    )
    return Answer(
        "q", text.strip(), False, tuple(citations), (), "a-model", 1.0, unsupported=lost,
        checks=tuple(checks),
    )  # fmt: skip


REMARKS = [
    "eleven. [1] (Your documents say otherwise: the passage says ten, not eleven) Two",
    "pence. [1] (Worked out: 2 × 20 pence = 40 pence) A",
    "on it. (Not found in your documents) Le",
    "vert. [1] (Couldn't be checked: the rules do not know this language) Il",
    "grand. [1] (Couldn't be checked)",
]


def test_the_terminal_says_how_each_sentence_stands() -> None:
    lines = answer_lines(answer(), width=2_000)
    assert [one for one in REMARKS if one not in lines] == []
    assert "at nine. [1] Watering" in lines
    assert "(contradicts its sentence: the passage says ten, not eleven)" in lines
    assert "(not checked against its sentence: the rules do not know this language)" in lines


def test_an_export_says_how_each_sentence_stands() -> None:
    exchange = Exchange("q", answer())
    text = to_markdown(Conversation(title="T", exchanges=(exchange,), shown=exchange.id))
    assert "(Your documents say otherwise: the passage says ten, not eleven)" in text
    assert "(Worked out: 2 × 20 pence = 40 pence)" in text
    assert "[^1-2]: rules.md (contradicts its sentence): “Rule”" in text
    assert "[^1-4]: rules.md (not checked against its sentence): “Rule”" in text


def test_checks_are_in_json_and_come_back() -> None:
    values = json.loads(json.dumps(asdict(answer())))
    assert [one["status"] for one in values["checks"]] == [status for status, *_ in CLAIMS]
    assert values["checks"][2]["reason"] == "2 × 20 pence = 40 pence"
    assert answer_from(values) == answer()


def test_an_answer_that_was_kept_without_checks_opens_with_its_doubts() -> None:
    values = asdict(answer())
    del values["checks"]
    old = answer_from(values)
    assert [one.status for one in remarks_on(old)] == ["not_found", "not_found"]
    assert citation_statuses(old)[:3] == ("supported", "not_found", "supported")


def test_a_replay_tells_of_a_status_that_changed() -> None:
    then = answer()
    known = [replace(one, status="supported", reason=None) for one in then.checks[3:]]
    now = replace(then, unsupported=then.unsupported[:1], checks=(*then.checks[:3], *known))
    assert [one.text for one in _checks(then, now)] == [
        "No longer marked as unsupported, now supported: “A unicorn is on it.”.",
        "Now supported, was not checked: “Le portail est vert.”.",
        "Now supported, was not checked: “Il est grand.”.",
    ]


def test_why_the_documents_own_words_stand_there_is_said_before_them() -> None:
    quotes = replace(answer(), model="quotes", checks=(), unsupported=(), notes=("No answer.",))
    lines = answer_lines(quotes)
    assert lines.index("Note: No answer.") < lines.index("The gate is locked")
