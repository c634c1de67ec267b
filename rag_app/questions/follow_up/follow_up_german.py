"""A follow-up question to one that can be searched for by itself, as ``follow_up_english`` makes
it. By rules for German.

A pronoun is not replaced, for its case would be wrong: what it stands for is put before the
question, "Die Kaution: wann bekomme ich sie zurück?". Which thing of the question before is meant
is told by gender; where none fits, the whole of it is put behind.
"""

from __future__ import annotations

import re

from rag_app.questions.follow_up.resolved import (
    LONGEST,
    FollowUps,
    Placing,
    Resolved,
    alone,
    may_lean,
)
from rag_app.questions.follow_up.topic_german import (
    ASKING,
    DETERMINER,
    HELPING,
    PREPOSITION,
    SAME,
    THING,
    pronoun_in,
    stems_of,
    thing_of,
    things_in,
    without_opening,
)

MEASURES = frozenset(
    stems_of(
        "lange oft weit bald schnell spät früh groß alt teuer hoch viel viele kostet kosten zahlt "
        "bezahlt dauert entscheidet genehmigt erlaubt nicht"
    )
)
ARTICLE = re.compile(rf"^{DETERMINER}\s+", re.IGNORECASE)


def leaves_out(question: str) -> bool:
    """Whether a question needs what was said before it, as far as its words tell."""
    return _is_fragment(question) or pronoun_in(question) is not None


def _resolve(
    question: str,
    earlier: Resolved | None,
    answer: str,  # noqa: ARG001 (lists in it are pointed at in English only)
    placing: Placing,
) -> Resolved:
    question = question.strip()
    if earlier is None or len(question) > LONGEST:
        return alone(question)
    found = pronoun_in(question)
    rest, about = without_opening(question)
    if found is not None and not about:
        for said in (earlier.own, earlier.subject):
            if thing := thing_of(said, found.genders):
                return alone(_behind(thing, rest))
        joined = _joined(rest, earlier.subject)
        return Resolved(joined, joined, earlier.subject, question)
    return _varied(earlier, question, placing) if _is_fragment(question) else alone(question)


def _carry(question: str, found: Resolved, earlier: Resolved | None) -> str | None:
    if earlier is None or not may_lean(question, found, earlier):
        return None
    text = without_opening(found.text)[0]
    thing = thing_of(earlier.subject)
    subject = thing or earlier.subject
    if len(text) > LONGEST or stems_of(subject) <= stems_of(text):
        return None
    return _behind(thing, text) if thing else _joined(earlier.subject, text)


def _is_fragment(question: str) -> bool:
    """Whether a question is a part of one, which varies the question before it."""
    rest, about = without_opening(question)
    if about:
        return True
    own = stems_of(rest)
    asks = ASKING.search(rest) is not None
    if PREPOSITION.match(rest) and not asks:
        return not HELPING.search(rest)
    if asks:
        return own <= MEASURES and pronoun_in(rest) is None
    # "Und der Keller?" varies; "Kaution?" is a question, and so is "Endet der Vertrag?".
    is_thing = re.fullmatch(rf"(?:(?i:auch|nur)\s+)?{THING.pattern}\W*", rest) is not None
    return (rest != question and is_thing) or not own


def _varied(earlier: Resolved, question: str, placing: Placing) -> Resolved:
    """The question before with a fragment in it: in the place of what stands behind the same
    preposition, of what is most like it, or of the one thing asked about; or in front of it all."""
    rest = without_opening(question)[0].strip(" ?.!")
    if stems_of(rest) <= MEASURES or ASKING.search(rest):
        thing = thing_of(earlier.subject) if HELPING.search(rest) else None
        text = _behind(thing, rest) if thing else _joined(rest or question, earlier.subject)
        return Resolved(text, earlier.base, earlier.subject, question)
    if preposition := PREPOSITION.match(rest):
        if placed := _behind_the_same(earlier.base, preposition[0].lower(), rest):
            return Resolved(placed, earlier.base, placed, placed)
    elif placed := placing(earlier.base, rest, ARTICLE.sub("", rest)) or _for_thing(
        earlier.base, rest
    ):
        return alone(_joined(placed))
    carries = preposition and earlier.base == earlier.own
    joined = _joined(rest, earlier.text if carries else earlier.base)
    return Resolved(joined, earlier.base, joined, joined)


def _behind_the_same(base: str, preposition: str, fragment: str) -> str | None:
    """The question with a fragment for the last thing in it behind the same preposition."""
    plain = SAME.get(preposition, preposition)
    alike = "|".join({preposition, plain, *(one for one, is_ in SAME.items() if is_ == plain)})
    found = list(re.finditer(rf"\b(?i:{alike})\s+(?:{THING.pattern})", base))
    if not found or ASKING.search(fragment):
        return None
    start, end = found[-1].span()
    if start == 0:
        return None
    return _joined(f"{base[:start]}{_small(fragment)}{base[end:]}")


def _for_thing(base: str, fragment: str) -> str | None:
    """The question with a fragment for the one thing in it that has an article, as it has."""
    things = [one for one in things_in(base) if one["article"]]
    if len(things) != 1 or not ARTICLE.match(fragment):
        return None
    if of := things[0]["of"]:  # "Die Garantie der Waschmaschine": it is the machine that varies
        return f"{ARTICLE.sub('', fragment)}: {_small(base.replace(of, ''))}"
    start, end = things[0].span()
    return f"{base[:start]}{_small(fragment)}{base[end:]}"


def _behind(thing: str, question: str) -> str:
    """A question with the thing that it is about before it."""
    return _joined(f"{thing}: {_small(question)}")


def _small(text: str) -> str:
    """A text as it goes on behind others: only what is no noun loses its capital."""
    begins = any(one.match(text) for one in (ASKING, HELPING, PREPOSITION, ARTICLE))
    return f"{text[:1].lower()}{text[1:]}" if begins else text


def _joined(text: str, earlier: str = "") -> str:
    """A question with the one that it goes on from behind it, or without."""
    whole = text.strip(" ?.!")
    if earlier:
        sign = "," if ": " in earlier else ":"
        whole += f"{sign} {_small(earlier).strip(' ?.!')}"
    return f"{whole[:1].upper()}{whole[1:LONGEST]}?"


GERMAN = FollowUps(
    _resolve,
    _carry,
    leaves_out,
    points_back=lambda question: pronoun_in(question) is not None,
    without_opening=lambda question: without_opening(question)[0],
    measures=MEASURES,
)
