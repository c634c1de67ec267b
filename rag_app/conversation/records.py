"""The data classes of conversations, and how they become JSON and come back.

A conversation is a tree: a question that was edited, or answered again, stands beside the one
before, and both are kept. What is shown is one branch, from the first question to a last one.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from typing import Any, Literal, TypeVar

from rag_app.records import (
    Answer,
    Check,
    Citation,
    Effort,
    Failure,
    Hit,
    Step,
    Turn,
    Unsupported,
    Usage,
)

Record = TypeVar("Record")
LONGEST_TITLE = 80
NOBODY = ""  # the owner of conversations where nobody logs in
Verdict = Literal["up", "down"]


def new_id() -> str:
    """An id that nobody guesses: 128 bits by chance, fit for an address and a command."""
    return secrets.token_hex(16)


def now() -> str:
    """This moment, as ISO 8601 in UTC."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def title_of(question: str) -> str:
    """A question as a title: one line, cut at a word where it is long."""
    line = " ".join(question.split())
    if len(line) <= LONGEST_TITLE:
        return line
    cut = line[:LONGEST_TITLE]
    return (cut[: cut.rfind(" ")] if " " in cut else cut) + " …"


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a reader thinks of an answer."""

    verdict: Verdict
    comment: str = ""
    given: str = field(default_factory=now)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and what came of it: an answer, an error, or ``partial`` if it was stopped. While
    nothing has come of it yet, it ``is_open``.

    ``where`` is the filter with which it was asked, ``parent`` the exchange before it, ``effort``
    what was asked of an LLM, None for what the settings say.
    ``record`` is the whole record of how the answer came about, as plain values for JSON, where
    one was made.
    """

    question: str
    answer: Answer | None = None
    error: str | None = None
    partial: str = ""
    where: dict[str, Any] | None = None
    id: str = field(default_factory=new_id)
    parent: str | None = None
    asked: str = field(default_factory=now)
    feedback: Feedback | None = None
    record: dict[str, Any] | None = None
    is_open: bool = False
    effort: Effort | None = None

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The two messages that later questions may refer to; none if there is no answer."""
        if self.answer is None:
            return ()
        return (
            Turn("user", self.question, self.answer.standalone),
            Turn("assistant", self.answer.text),
        )

    @property
    def text(self) -> str:
        """What was said to the question, whatever it was."""
        return self.answer.text if self.answer else self.error or self.partial

    def says_the_same_as(self, other: Exchange) -> bool:
        """Whether both have an answer, and a reader would see no difference."""
        one, two = self.answer, other.answer
        return one is not None and two is not None and _seen(one) == _seen(two)

    def to_json(self) -> dict[str, Any]:
        """Plain values for JSON, from which ``exchange_from`` makes this exchange again."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Summary:
    """A conversation in a list. Times are ISO 8601 in UTC."""

    id: str
    title: str
    created: str
    changed: str
    exchanges: int


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a reader has read a conversation: when it had changed last, and up to which number
    nothing of it was open, and so will not become another."""

    changed: str = ""
    settled: int = 0


@dataclass(frozen=True, slots=True)
class News:
    """What has become of a conversation since a mark: the exchanges that are new or were open, and
    the ids of open ones that were withdrawn."""

    mark: Mark
    title: str
    exchanges: tuple[Exchange, ...]
    gone: frozenset[str]


@dataclass(frozen=True, slots=True)
class Conversation:
    """All exchanges of a conversation in the order in which they were asked, and the last one of
    the branch that is shown. ``mark`` says as of when it was read from the store."""

    id: str = field(default_factory=new_id)
    title: str = ""
    created: str = field(default_factory=now)
    exchanges: tuple[Exchange, ...] = ()
    shown: str | None = None
    mark: Mark = field(default=Mark(), compare=False)

    def find(self, id_: str | None) -> Exchange | None:
        """The exchange of an id, if there is one."""
        return next((one for one in self.exchanges if one.id == id_), None)

    def branch(self) -> tuple[Exchange, ...]:
        """The exchanges that are shown, from the first question on."""
        by_id = {exchange.id: exchange for exchange in self.exchanges}
        branch: list[Exchange] = []
        at = self.shown
        while at in by_id:
            branch.append(by_id.pop(at))
            at = branch[-1].parent
        return tuple(reversed(branch))

    def versions(self, exchange: Exchange) -> tuple[Exchange, ...]:
        """The exchanges that stand at the same place, oldest first; the given one is one."""
        return tuple(other for other in self.exchanges if other.parent == exchange.parent)

    def newest_after(self, exchange: Exchange) -> str:
        """The id of the newest exchange that goes on from one; its own if none does."""
        after = {exchange.id}
        last = exchange.id
        for other in self.exchanges:
            if other.parent in after:
                after.add(other.id)
                last = other.id
        return last


def _seen(answer: Answer) -> tuple[object, ...]:
    """What a reader sees of an answer: not its time, cost and scores."""
    cited = [(one.marker, one.document, one.page, one.quote) for one in answer.citations]
    places = [(hit.document, hit.page) for hit in answer.hits] if answer.refused else []
    standing = [(one.start, one.end, one.status, one.reason) for one in answer.checks]
    return answer.text, answer.refused, answer.notes, cited, places, standing


def exchange_from(values: Mapping[str, Any]) -> Exchange:
    """The exchange of which ``to_json`` made these values. Names that are not known, as a later
    version may have written them, are passed over."""
    answer, feedback = values.get("answer"), values.get("feedback")
    changed = {
        "answer": answer_from(answer) if answer else None,
        "feedback": _build(Feedback, feedback) if feedback else None,
    }
    return _build(Exchange, {**values, **changed})


def answer_from(values: Mapping[str, Any]) -> Answer:
    """The answer of which ``dataclasses.asdict`` made these values."""
    usage, failure = values.get("usage"), values.get("failure")
    changed = {
        "citations": tuple(map(_citation, values["citations"])),
        "closest": tuple(map(_citation, values.get("closest", ()))),
        "hits": _build_all(Hit, values["hits"]),
        "unsupported": _build_all(Unsupported, values.get("unsupported", ())),
        "checks": _build_all(Check, values.get("checks", ())),
        "steps": tuple(map(_step, values.get("steps", ()))),
        "notes": tuple(values.get("notes", ())),
        "usage": _build(Usage, usage) if usage else None,
        "failure": _build(Failure, failure) if failure else None,
    }
    return _build(Answer, {**values, **changed})


def _citation(values: Mapping[str, Any]) -> Citation:
    best, cells = values.get("best"), tuple(map(tuple, values.get("cells", ())))
    return _build(Citation, {**values, "best": tuple(best) if best else None, "cells": cells})


def _step(values: Mapping[str, Any]) -> Step:
    return _build(Step, {**values, "passages": tuple(values.get("passages", ()))})


def _build_all(kind: type[Record], many: Iterable[Mapping[str, Any]]) -> tuple[Record, ...]:
    return tuple(_build(kind, values) for values in many)


def _build(kind: type[Record], values: Mapping[str, Any]) -> Record:
    known = [one.name for one in fields(kind)]  # type: ignore[arg-type]  # they are data classes
    return kind(**{name: values[name] for name in known if name in values})
