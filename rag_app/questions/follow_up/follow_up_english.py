"""A follow-up question to one that can be searched for by itself, by rules for English.

"And for part-time staff?" finds nothing alone. What a question leaves out is put back from the
conversation: a pronoun gets the words it stands for, a fragment the question that it varies. A
question that says itself what it is about is left as it is, so that a new topic drags nothing
along; for one that may lean on the subject all the same, "What is the target?" after a question on
a drill, there is the form that carries it, which is searched for too (``rag_app.finding``). Where
there is an LLM, ``rag_app.questions.rewrite`` asks it, and comes back here if that fails.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.text.analyzer import stems
from rag_app.questions.follow_up.pronouns_english import NAME, ORDER, OWNING, PERSON, pronoun_in
from rag_app.questions.follow_up.resolved import (
    LONGEST,
    FollowUps,
    Placing,
    Resolved,
    alone,
    follow_up,
    may_lean,
)
from rag_app.questions.follow_up.topic_english import (
    ARTICLE,
    ASKING,
    HELPING,
    thing_of,
    topic_of,
    without_opening,
)
from rag_app.records import Turn

HELPS = re.compile(rf"\b(?:{HELPING})\b", re.IGNORECASE)
CLAUSE = re.compile(rf"\b(?:{ASKING}|{HELPING})\b", re.IGNORECASE)
PREPOSITION = re.compile(
    r"^(?:in|on|at|for|from|with|without|of|to|by|under|over|above|below|before|after|during|until"
    r"|since|between|within|through|outside|inside|if|not|only)\b",
    re.IGNORECASE,
)
# What asks for the size of something, and does not say of what.
MEASURES = frozenset(
    stem for word in "long often far soon quickly late early big high old expensive cost costs pay"
    " paid decides decide approves approve allowed not".split() for stem in stems(word)
)  # fmt: skip
ITEM_WORDS = 16
LISTED = re.compile(r"\s*(?:[-*•]|\d+[.)])\s")
ITEM_SIGNS = re.compile(rf"^{LISTED.pattern}*|(?:(?<!\s)\s++)?\[\d+\]")


def standalone_question(
    question: str, history: Sequence[Turn], placing: Placing = lambda *_: None
) -> str:
    """An English question with what it leaves out, as ``follow_up`` gives it."""
    return follow_up(ENGLISH, question, history, placing).text


def leaves_out(question: str) -> bool:
    """Whether a question needs what was said before it, as far as its words tell."""
    return _is_fragment(question) or pronoun_in(question) is not None


def _resolved(question: str, earlier: Resolved | None, answer: str, placing: Placing) -> Resolved:
    question = question.strip()
    if earlier is None or len(question) > LONGEST:
        return alone(question)
    found = pronoun_in(question)
    if found is not None:
        text = _with_referent(question, found, earlier, answer)
        if text is None:
            joined = _joined(without_opening(question)[0], earlier.subject)
            return Resolved(joined, joined, earlier.subject, question)
        return alone(text)
    if _is_fragment(question):
        return _varied(earlier, question, placing)
    return alone(question)


def _carried(question: str, found: Resolved, earlier: Resolved | None) -> str | None:
    """A question that says what it is about, with the subject before it all the same."""
    if earlier is None or not may_lean(question, found, earlier):
        return None
    text = without_opening(found.text)[0]
    if thing := thing_of(earlier.subject):
        subject = f"{thing}:"
    else:
        subject = f"{earlier.subject.strip(' ?.!')}, and"
    if len(text) > LONGEST or set(stems(subject)) <= set(stems(text)):
        return None
    return _joined(f"{subject} {text[:1].lower()}{text[1:]}")


def _is_fragment(question: str) -> bool:
    """Whether a question is a part of one, which varies the question before it."""
    rest, about = without_opening(question)
    opened = rest != question
    if about:
        return True
    own = set(stems(rest))
    is_clause = CLAUSE.search(rest) is not None
    # "On which days?" and "Within how long?" have no verb.
    if PREPOSITION.match(rest) and not HELPS.search(rest):
        return not is_clause or len(own) <= 1
    if not is_clause:
        # "And masts?" varies; "Sabbatical?" and "notice period?" are questions.
        return opened or not own
    if re.match(r"(?:what|who|where)(?:['’]s|\s+(?:is|are|was|were))\b", rest, re.IGNORECASE):
        return not own
    return not own - MEASURES


def _with_referent(
    question: str, pronoun: re.Match[str], earlier: Resolved, answer: str
) -> str | None:
    """The question with what a pronoun stands for in its place; None if no words are that."""
    word = pronoun[0].casefold()
    place = next((at for at, order in enumerate(ORDER) if order in word), None)
    item = None if place is None else _item(place, earlier.text, answer)
    if "last one" in word or "latter" in word:
        item = _item(-1, earlier.text, answer)
    if PERSON.match(word):
        item = _only_name(answer) or _only_name(earlier.text)
    referent = item or thing_of(earlier.own) or thing_of(earlier.subject)
    if referent is None:
        return None
    before, after = question[: pronoun.start()], question[pronoun.end() :]
    if OWNING.match(word) and (word != "her" or re.match(r"\s+\w", after)):
        referent += "'s"
    return _joined(before + referent + after)


def _varied(earlier: Resolved, question: str, placing: Placing) -> Resolved:
    """The question before with a fragment in it: in the place of what stands behind the same
    preposition, of what is most like it, or of the thing asked about; or in front of it all."""
    rest = without_opening(question)[0].strip(" ?.!")
    own = set(stems(rest))
    if own <= MEASURES or CLAUSE.search(rest):
        text = _with_subject(rest or question, earlier.subject)
        return Resolved(text, earlier.base, earlier.subject, question)
    placed: str | None
    if preposition := PREPOSITION.match(rest):
        before, found, after = earlier.base.rpartition(f" {preposition[0].lower()} ")
        if found and not CLAUSE.search(after) and not re.search(r"[,;:]", after):
            placed = _joined(f"{before} {rest[0].lower()}{rest[1:]}")
            return Resolved(placed, earlier.base, placed, placed)
    elif placed := placing(earlier.base, rest, ARTICLE.sub("", rest)) or _for_thing(earlier, rest):
        return alone(_joined(placed))
    # What carries the subject goes on to do so behind a preposition; else the fragment is another.
    carries = preposition and earlier.base == earlier.own
    joined = _joined(rest, earlier.text if carries else earlier.base)
    return Resolved(joined, earlier.base, joined, joined)


def _for_thing(earlier: Resolved, fragment: str) -> str | None:
    """The question before with a fragment for the thing that it asks about, if it has one and both
    have an article or neither has: "abroad" is no thing."""
    thing = thing_of(earlier.base) or ""
    before, found, after = earlier.base.rpartition(thing) if thing else ("", "", "")
    alike = bool(ARTICLE.match(thing)) == bool(ARTICLE.match(fragment))
    return f"{before}{fragment}{after}" if found and alike and not CLAUSE.search(fragment) else None


def _with_subject(measure: str, subject: str) -> str:
    """What asks for the size of something, of the thing that is spoken of; words that are no
    clause, such as "How much?", lack its verb too."""
    thing = thing_of(subject)
    if thing is None or not HELPS.search(measure):
        return _joined(measure, subject)
    return _joined(f"{thing}: {measure[:1].lower()}{measure[1:]}")


def _joined(text: str, earlier: str = "") -> str:
    """A question with the one that it goes on from behind it, or without."""
    text = text.strip(" ?.!")
    first = text.split(maxsplit=1)[0] if text else ""
    whole = f"{text[:1].upper()}{text[1:]}" if first.islower() else text
    if earlier:
        is_name = not any(begins.match(earlier) for begins in (CLAUSE, PREPOSITION, ARTICLE))
        begin = earlier[:1] if is_name else earlier[:1].lower()
        # What is a join already gets no second colon.
        sign = "," if ": " in earlier else ":"
        whole += f"{sign} {begin}{earlier[1:].strip(' ?.!')}"
    return f"{whole[:LONGEST]}?"


def _item(place: int, question: str, answer: str) -> str | None:
    """What was named at a place of a list: in the answer, or between "or" in the question."""
    lines = [line for line in answer.splitlines() if LISTED.match(line)]
    items = [ITEM_SIGNS.sub("", line) for line in lines]
    if len(items) < 2:
        items = re.split(r",|\bor\b", topic_of(question)) if " or " in question else []
    if not -len(items) <= place < len(items):
        return None
    return " ".join(items[place].split()[:ITEM_WORDS]).strip(" .,:;") or None


def _only_name(text: str) -> str | None:
    names = set(NAME.findall(text))
    return names.pop() if len(names) == 1 else None


ENGLISH = FollowUps(
    _resolved,
    _carried,
    leaves_out,
    points_back=lambda question: pronoun_in(question) is not None,
    without_opening=lambda question: without_opening(question)[0],
    measures=MEASURES,
)
