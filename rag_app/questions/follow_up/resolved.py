"""A question of a conversation with what it leaves out: the walk through the turns before it, which
is the same in any language, and what the rules of a language are asked on the way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from rag_app.records import Turn

# A question that has been put together does not grow beyond this, in characters.
LONGEST = 300


class Resolved(NamedTuple):
    """A question as it is searched for. ``base`` is the whole question that fragments vary,
    ``subject`` the one that says what is spoken of: what was joined to it says it no better, and
    ``own`` the question by itself."""

    text: str
    base: str
    subject: str
    own: str


class FollowUp(NamedTuple):
    """A question with what it leaves out; and, where it seems to leave nothing out, with the
    subject of the conversation, on which it may lean."""

    text: str
    carried: str | None = None


# A question with a fragment in the place of a part of it, if it has one: ``in_its_place``.
Placing = Callable[[str, str, str], str | None]


class FollowUps(NamedTuple):
    """The rules of a language.

    ``resolve`` puts back what a question leaves out, from the one before it and its answer;
    ``carry`` joins the subject before it to one that leaves nothing out; ``leaves_out`` says
    whether a question needs what was said before, ``points_back`` whether by a word that stands for
    it; ``without_opening`` takes off "And …"; ``measures`` are the stems of what asks for the size
    of something, and does not say of what.
    """

    resolve: Callable[[str, Resolved | None, str, Placing], Resolved]
    carry: Callable[[str, Resolved, Resolved | None], str | None]
    leaves_out: Callable[[str], bool]
    points_back: Callable[[str], bool]
    without_opening: Callable[[str], str]
    measures: frozenset[str] = frozenset()


def follow_up(
    rules: FollowUps, question: str, history: Sequence[Turn], placing: Placing = lambda *_: None
) -> FollowUp:
    """The question with what it leaves out, from the turns before it; as it is where it leaves
    nothing out, or nothing was said before. Raises what ``placing`` raises."""
    earlier: Resolved | None = None
    answer = ""
    for turn in history:
        if turn.role == "user":
            found = rules.resolve(turn.content, earlier, answer, placing)
            earlier = _as_searched(turn, found, earlier)
        answer = turn.content if turn.role == "assistant" else ""
    found = rules.resolve(question, earlier, answer, placing)
    return FollowUp(found.text, rules.carry(question.strip(), found, earlier))


def alone(question: str) -> Resolved:
    """A question that leaves nothing out."""
    return Resolved(question, question, question, question)


def may_lean(question: str, found: Resolved, earlier: Resolved | None) -> bool:
    """Whether a question that says what it is about may lean on the subject before it all the
    same."""
    carries_on = earlier is not None and earlier.own != earlier.text
    return (
        earlier is not None
        and found.subject == found.text
        and (carries_on or found.text == question)
    )


def _as_searched(turn: Turn, found: Resolved, earlier: Resolved | None) -> Resolved:
    """A question of the conversation as it was searched for, if that is known: the same, with the
    subject before it, or as an LLM had put it."""
    if turn.standalone is None or turn.standalone == found.text:
        return found
    if earlier is not None and found.subject == found.text:
        return Resolved(turn.standalone, found.text, earlier.subject, found.text)
    return alone(turn.standalone)
