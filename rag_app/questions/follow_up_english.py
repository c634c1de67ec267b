"""A follow-up question to one that can be searched for by itself, by rules for English.

"And for part-time staff?" finds nothing alone. What a question leaves out is put back from the
conversation: a pronoun gets the words it stands for, a fragment the question that it varies. A
question that says itself what it is about is left as it is, so that a new topic drags nothing
along. Where there is an LLM, ``rag_app.questions.rewrite`` asks it, and comes back here if that
fails.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from ingest.text.analyzer import stems
from rag_app.records import Turn

OPENING = re.compile(
    r"^(?:(?:and|but|or|so|then|also|ok|okay|yes|no)\b[\s,]*)*"
    r"(?P<about>(?:what|how) about\b\s*)?",
    re.IGNORECASE,
)
ASKING = r"what|which|who|whom|whose|when|where|why|how"
HELPING = (
    r"is|are|was|were|do|does|did|can|could|may|might|must|should|shall|will|would|has|have|had"
    r"|am|be|been|being"
)
CLAUSE = re.compile(rf"\b(?:{ASKING}|{HELPING})\b", re.IGNORECASE)
PREPOSITION = re.compile(
    r"^(?:in|on|at|for|from|with|without|of|to|by|under|over|above|below|before|after|during|until"
    r"|since|between|within|through|outside|inside|if|not|only)\b",
    re.IGNORECASE,
)
# Words after which an earlier word of the same question can be what a pronoun stands for.
BOUNDARY = (
    r"(?:,|;|:|\b(?:if|when|that|which|who|after|before|while|because|and|or|once|until|how|what"
    r"|where)\b)"
)
# "It" that stands for nothing, and "that" and "there" that point at nothing.
EMPTY = re.compile(
    rf"(?<!what )(?<!which )(?<!who )\b(?:{HELPING}|take|takes|matter|matters)\s+it\b"
    r"(?=.{0,400}\b(?:to|that|if|when)\s+\w)"
    r"|\bit(?:\s+(?:is|was|takes|took)|['’]s)\b(?=.{0,400}\b(?:to|that|if|when)\b)"
    r"|\b(?:does|did|do|will|can)\s+it\s+(?:take|cost|matter|need)\b(?=.{0,400}\bto\b)"
    rf"|\b(?:{HELPING})\s+there\b|\bthere\s+(?:{HELPING})\b"
    r"|\b(?:this|these|those|that)\s+(?:year|month|week|day|morning|evening|summer|winter|spring"
    r"|autumn|time)s?\b"
    r"|\bthose\s+(?:who|of|that|with)\b|\bthe same\s+(?:as|time)\b|\bat the same\b"
    rf"|\b(?!(?:{HELPING}|{ASKING}|for|of|about|by|to|after|before|than|with|like|do|mean)\b)"
    r"[\w'’-]{1,60}+\s+that\s+(?=\w)",
    re.IGNORECASE,
)
PRONOUN = re.compile(
    r"\b(?:it|its|they|them|their|theirs|that|this|those|these|he|she|him|his|her|hers|there"
    r"|(?:the\s+)?(?:first|second|third|fourth|fifth|last|other|latter|former)\s+ones?"
    r"|(?:(?:the|that|this|which)\s+)ones?|(?<=\bof )one(?=\W*$)|(?<=\bget )one(?=\W*$)"
    r"|the (?:latter|former|other|same))\b",
    re.IGNORECASE,
)
PERSON = re.compile(r"^(?:he|she|him|his|her|hers)$", re.IGNORECASE)
OWNING = re.compile(r"^(?:its|their|theirs|his|her|hers)$", re.IGNORECASE)
ORDER = ("first", "second", "third", "fourth", "fifth")
NAME = re.compile(r"\b[A-Z][a-z]+(?: [A-Z][a-z]+)+\b")
# What asks for the size of something, and does not say of what.
MEASURES = frozenset(
    stem for word in "long often far soon quickly late early big high old expensive cost costs pay"
    " paid decides decide approves approve allowed not".split() for stem in stems(word)
)  # fmt: skip
# The words with which a question begins before it comes to its matter.
LEAD = re.compile(
    rf"^(?:(?:{ASKING}|{HELPING}|much|many|long|often|far|soon|quickly|late|i|we|you|one|there|it"
    r"|all right|possible|to|not|get|need|know|tell me|about|please)\b[\s,]*)+",
    re.IGNORECASE,
)
DETERMINER = r"(?:the|a|an|my|our|your|each|every|any)"
# A noun and what belongs to it: until a verb, or a word that begins another part of the question.
NOUN = re.compile(
    rf"\b{DETERMINER}\s+((?!(?:{HELPING}|that|which|who|if|when|after|before|until|and|or|to|in|on"
    r"|at|by|with|without|from|under|above|below|during|i|we|you|it|they)\b)[\w'’/.-]*\w[ ]?){1,6}",
    re.IGNORECASE,
)
SOMEBODY = re.compile(
    rf"{NOUN.pattern}|\b(?:people|person|staff|employees|somebody|someone|anybody|anyone|everybody"
    r"|everyone|nobody|users?|customers?|visitors|applicants)\b",
    re.IGNORECASE,
)
ARTICLE = re.compile(rf"^{DETERMINER}\s+", re.IGNORECASE)
# What may stand behind a noun in a question and is no part of it.
BEHIND = re.compile(
    r"(?<!\s)\s++(?:for|of|about|like|cost|mean|paid|kept|work|last|called|[a-z]{2,}ed)$"
)
NAMED = re.compile(r"^(?:[A-Z]|(?=[\w-]*\d))[\w-]*(?:\s+(?:[A-Z]|(?=[\w-]*\d))[\w-]*)*$")
# A question that has been put together does not grow beyond this, in characters.
LONGEST = 300
ITEM_WORDS = 16
ITEM_SIGNS = re.compile(r"^\s*(?:[-*•]|\d+[.)])\s*|(?:(?<!\s)\s++)?\[\d+\]")


class Resolved(NamedTuple):
    """A question as it is searched for. ``base`` is the whole question that fragments vary, and
    ``subject`` the one that says what is spoken of: what was joined to it says it no better."""

    text: str
    base: str
    subject: str


# A question with a fragment in the place of a part of it, if it has one: ``in_its_place``.
Placing = Callable[[str, str, str], str | None]


def standalone_question(
    question: str, history: Sequence[Turn], placing: Placing = lambda *_: None
) -> str:
    """The question with what it leaves out, from the turns before it; as it is where it leaves
    nothing out, or nothing was said before. Raises what ``placing`` raises."""
    earlier: Resolved | None = None
    answer = ""
    for turn in history:
        if turn.role == "user":
            earlier = _resolved(turn.content, earlier, answer, placing)
        answer = turn.content if turn.role == "assistant" else ""
    return _resolved(question, earlier, answer, placing).text


def leaves_out(question: str) -> bool:
    """Whether a question needs what was said before it, as far as its words tell."""
    return _is_fragment(question) or pronoun_in(question) is not None


def _resolved(question: str, earlier: Resolved | None, answer: str, placing: Placing) -> Resolved:
    question = question.strip()
    if earlier is None or len(question) > LONGEST:
        return Resolved(question, question, question)
    found = pronoun_in(question)
    if found is not None:
        text = _with_referent(question, found, earlier, answer)
        if text is None:
            joined = _joined(question, earlier.subject)
            return Resolved(joined, joined, earlier.subject)
        return Resolved(text, text, text)
    if _is_fragment(question):
        return _varied(earlier, question, placing)
    return Resolved(question, question, question)


def without_opening(question: str) -> tuple[str, bool]:
    """A question without "And …" and "What about …", and whether it had the latter."""
    match = OPENING.match(question)
    assert match is not None  # it matches nothing, too
    return question[match.end() :], match["about"] is not None


def _is_fragment(question: str) -> bool:
    """Whether a question is a part of one, which varies the question before it."""
    rest, about = without_opening(question)
    opened = rest != question
    if about:
        return True
    own = set(stems(rest))
    is_clause = CLAUSE.search(rest) is not None
    if PREPOSITION.match(rest) and not is_clause:
        return True
    if not is_clause:
        # "And masts?" varies; "Sabbatical?" and "notice period?" are questions.
        return opened or not own
    if re.match(r"(?:what|who|where)(?:['’]s|\s+(?:is|are|was|were))\b", rest, re.IGNORECASE):
        return not own
    return not own - MEASURES


def pronoun_in(question: str) -> re.Match[str] | None:
    """The first word that stands for something that the question itself does not name."""
    covered = [match.span() for match in EMPTY.finditer(question)]
    for match in PRONOUN.finditer(question):
        if any(start <= match.start() < end for start, end in covered):
            continue
        before = question[: match.start()]
        if PERSON.match(match[0]) and NAME.search(before):
            continue
        # "Does the station keep its records" says whose they are.
        if OWNING.match(match[0]) and SOMEBODY.search(before):
            continue
        # "… the receipt …, can I claim it" names what it means, in a clause before.
        parts = re.split(BOUNDARY, without_opening(before)[0], flags=re.IGNORECASE)
        if any(len(stems(part)) >= 1 for part in parts[:-1]):
            continue
        return match
    return None


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
    referent = item or _noun(topic_of(earlier.text)) or _noun(topic_of(earlier.subject))
    if referent is None:
        return None
    before, after = question[: pronoun.start()], question[pronoun.end() :]
    if OWNING.match(word) and (word != "her" or re.match(r"\s+\w", after)):
        referent += "'s"
    return _joined(before + referent + after)


def _varied(earlier: Resolved, question: str, placing: Placing) -> Resolved:
    """The question before with a fragment in it: in the place of what stands behind the same
    preposition, or of what is most like it, or in front of it all."""
    rest = without_opening(question)[0].strip(" ?.!")
    own = set(stems(rest))
    if not own or own <= MEASURES:
        return Resolved(_joined(rest or question, earlier.subject), earlier.base, earlier.subject)
    placed: str | None
    if preposition := PREPOSITION.match(rest):
        before, found, after = earlier.base.rpartition(f" {preposition[0].lower()} ")
        if found and not CLAUSE.search(after) and not re.search(r"[,;:]", after):
            placed = _joined(f"{before} {rest[0].lower()}{rest[1:]}")
            return Resolved(placed, earlier.base, placed)
    elif placed := placing(earlier.base, rest, ARTICLE.sub("", rest)):
        placed = _joined(placed)
        return Resolved(placed, placed, placed)
    joined = _joined(rest, earlier.base)
    return Resolved(joined, earlier.base, joined)


def topic_of(question: str) -> str:
    """What a question is about: its words without those with which it asks."""
    plain = question.strip(" ?.!")
    topic = LEAD.sub("", plain).strip(" ,")
    return topic if stems(topic) else plain


def _noun(topic: str) -> str | None:
    """A topic that is nothing but a thing with its name: what "it" can be replaced by."""
    topic = BEHIND.sub("", topic)
    if NAMED.match(topic):
        return topic
    found = NOUN.match(topic)
    more = found is None or set(stems(topic)) - set(stems(found[0]))
    return None if found is None or more else found[0].strip()


def _joined(text: str, earlier: str = "") -> str:
    """A question with the one that it goes on from behind it, or without."""
    text = text.strip(" ?.!")
    first = text.split(maxsplit=1)[0] if text else ""
    whole = f"{text[:1].upper()}{text[1:]}" if first.islower() else text
    if earlier:
        asks = CLAUSE.match(earlier) is not None
        begin = earlier[:1].lower() if asks else earlier[:1]
        whole += f": {begin}{earlier[1:].strip(' ?.!')}"
    return f"{whole[:LONGEST]}?"


def _item(place: int, question: str, answer: str) -> str | None:
    """What was named at a place of a list: in the answer, or between "or" in the question."""
    lines = [line for line in answer.splitlines() if line.strip()]
    items = [ITEM_SIGNS.sub("", line) for line in lines]
    if len(items) < 2:
        items = re.split(r",|\bor\b", topic_of(question)) if " or " in question else []
    if not -len(items) <= place < len(items):
        return None
    return " ".join(items[place].split()[:ITEM_WORDS]).strip(" .,:;") or None


def _only_name(text: str) -> str | None:
    names = set(NAME.findall(text))
    return names.pop() if len(names) == 1 else None
