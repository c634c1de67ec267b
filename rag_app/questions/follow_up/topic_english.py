"""What a question is about: its words without those with which it asks, and the thing that they
name, by rules for English."""

from __future__ import annotations

import re

from ingest.text.analyzer import stems

OPENING = re.compile(
    r"^(?:(?:and|but|or|so|then|also|ok|okay|yes|no|hi|hello|hey|thanks|thank you|great)\b"
    r"[\s,.!]*)*"
    r"(?P<about>(?:what|how) about\b\s*)?",
    re.IGNORECASE,
)
ASKING = r"what|which|who|whom|whose|when|where|why|how"
HELPING = (
    r"is|are|was|were|do|does|did|can|could|may|might|must|should|shall|will|would|has|have|had"
    r"|am|be|been|being"
)
# The words with which a question begins before it comes to its matter.
LEAD = re.compile(
    rf"^(?:(?:how\s+\w+(?=\s+(?:{HELPING})\b)|{ASKING}|{HELPING}|much|many|long|often|far|soon|quickly|late|i|we|you|one|there|it"
    r"|all right|possible|to|not|get|need|know|tell me|about|please)\b[\s,]*)+",
    re.IGNORECASE,
)
DETERMINER = r"(?:the|a|an|my|our|your|each|every|any)"
# A word of a noun: not a verb, nor one that begins another part of the question.
NOUN_WORD = (
    rf"(?!(?:{HELPING}|that|which|who|if|when|after|before|until|and|or|to|in|on|at|by|with|without"
    r"|from|under|above|below|during|i|we|you|it|they)\b)[\w'’/.-]*\w"
)
# A noun and what belongs to it.
NOUN = re.compile(rf"\b{DETERMINER}\s+({NOUN_WORD}[ ]?){{1,6}}", re.IGNORECASE)
PEOPLE = (
    r"people|person|staff|employees|somebody|someone|anybody|anyone|everybody|everyone|nobody"
    r"|users?|customers?|visitors|applicants"
)
SOMEBODY = re.compile(rf"{NOUN.pattern}|\b(?:{PEOPLE})\b", re.IGNORECASE)
ARTICLE = re.compile(rf"^{DETERMINER}\s+", re.IGNORECASE)
# What may stand behind a noun in a question and is no part of it.
BEHIND = re.compile(
    r"(?<!\s)\s++(?:for|of|about|like|cost|mean|paid|kept|work|last|called|[a-z]{2,}ed)$"
)
NAMED = re.compile(r"^(?:[A-Z]|(?=[\w-]*\d))[\w-]*(?:\s+(?:[A-Z]|(?=[\w-]*\d))[\w-]*)*$")
# "What was decided about the lift": whatever was done, it is the lift that is spoken of.
ABOUT = re.compile(
    rf"\babout\s+(?P<thing>(?:{DETERMINER}\s+)?{NOUN_WORD}(?:\s+{NOUN_WORD}){{0,4}})"
    r"(?=\s*$|\s+(?:in|on|at|from|by|during|before|after|and)\b)",
    re.IGNORECASE,
)
# "How long did the drill take": a verb that asks for a property of the thing before it.
PROPERTY = re.compile(
    rf"\b(?:do|does|did|can|could|must|should|will|would)\s+(?!(?:{PEOPLE}|one)\b)"
    rf"(?P<thing>(?:{DETERMINER}\s+)?{NOUN_WORD}(?:\s+{NOUN_WORD}){{0,4}}?)\s+"
    r"(?:cost|take|start|begin|end|finish|stop|last|need|go|open|close|run|mean|weigh|work|happen"
    r"|expire|arrive|change|look|belong|come|fit|hold|charge)"
    r"(?:\s+(?:up|down|off|out|away|back|place|like|to|(?:a|an|per|each|every)\s+\w+))?$",
    re.IGNORECASE,
)
# What has its verb behind the noun.
DOES = re.compile(r".{0,40}?\b(?:do|does|did)\b", re.IGNORECASE)


def without_opening(question: str) -> tuple[str, bool]:
    """A question without "And …" and "What about …", and whether it had the latter."""
    match = OPENING.match(question)
    assert match is not None  # it matches nothing, too
    return question[match.end() :], match["about"] is not None


def topic_of(question: str) -> str:
    """What a question is about: its words without those with which it asks."""
    plain = question.strip(" ?.!")
    topic = LEAD.sub("", plain).strip(" ,")
    return topic if stems(topic) else plain


def thing_of(question: str) -> str | None:
    """The thing that a question is about, with its name: what "it" can be replaced by. None where
    its words say more than that."""
    plain = question.strip(" ?.!")
    for pattern in (ABOUT, PROPERTY):
        if found := pattern.search(plain):
            return _named(found["thing"])
    topic = BEHIND.sub("", topic_of(question))
    if NAMED.match(topic):
        return topic
    noun = NOUN.match(topic)
    if noun and DOES.match(plain) and plain.endswith(noun[0].strip()):
        return None  # the verb is in it
    more = noun is None or set(stems(topic)) - set(stems(noun[0]))
    return None if noun is None or more else _named(BEHIND.sub("", noun[0].strip()))


def _named(thing: str) -> str | None:
    """A thing, if its words name it: "the new one" is something else."""
    return thing if stems(thing) and not re.search(r"\bones?$", thing) else None
