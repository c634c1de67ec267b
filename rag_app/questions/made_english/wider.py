"""More sentences asked for, by rules for English that are less sure to ask for what matters than
those of ``asking``: of "A user can lock files" it is asked what a user can do.

As there, a rule gives a question without its capital and its mark, or None.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.text.analyzer import stems
from rag_app.questions.made_english.asking import NUMBER, SUBJECT, TIME, Rule
from rag_app.questions.made_english.naming import POINTING, VERB, WORDED, small

LONGEST_TERM = 8  # words
LONGEST_DEED = 6

# Words that mean something only beside the sentence before.
ELSEWHERE = re.compile(
    r"\b(?:it|its|itself|they|them|their|this|these|those|such|above|below|following|latter|former|"
    r"he|him|his|she|her|we|us|our|i|my|me|so|otherwise|instead|there|here)\b",
    re.IGNORECASE,
)
_IS_A = re.compile(
    rf"{SUBJECT} (?P<verb>is|are) (?!(?:the|a) (?:most|least|only|main|same|first|last|best|worst|"
    r"[a-z]+est)\b)(?:an?|the|any|one of) .{8,}[.:]$"
)  # "Surgery is the most common treatment" says what it is like, not what it is
_TERM_OF = re.compile(r"(?P<term>[^,;:.]{2,60}?) (?:means|stands for|refers to) .{8,}[.]$")
_GLOSSARY = re.compile(r"(?P<term>[^:;.!?]{2,60}): (?P<rest>(?:[Aa]n?|the) [^;]{12,})$")
_LABEL = re.compile(
    r"(?:note|warning|caution|example|important|tip|figure|table|step|date|subject|page|"
    r"version|author|contents|[^\W\d_]+ed|[^\W\d_]+ing)\b",
    re.IGNORECASE,
)
_MODALS = r"can|cannot|must|may|should|will"
_BE = rf"is|are|was|were|{_MODALS}"
_ABOUT = (
    r"(?:(?:at least|at most|up to|no more than|not more than|no less than|more than|less than|"
    r"about|around|approximately|roughly|nearly|almost|only|exactly|just|over|under) )?"
)
# "is kept on file for six months", "are inspected every 12 months"
_STATED = re.compile(
    rf"{SUBJECT} (?P<verb>{_BE}) (?P<deed>[^,;:()\d]{{0,50}}?)"
    rf"(?P<word>\b(?:for|within|after|before|every|each)) {_ABOUT}{NUMBER} "
    rf"(?P<unit>(?:working |calendar |business )?{TIME})\b",
    re.IGNORECASE,
)
_HIGH = re.compile(
    rf"{SUBJECT} (?P<verb>{_BE}) (?:be )?{_ABOUT}{NUMBER} ?[^\W\d_]{{1,12}} "
    r"(?P<how>high|long|wide|deep|tall|thick|heavy|old|apart|away)\b"
)
_DOES = re.compile(
    rf"{SUBJECT} (?P<verb>costs?|takes?|holds?|needs?|requires?|has|have) {_ABOUT}"
    rf"(?P<money>[£$€] ?)?{NUMBER} ?"
    r"(?P<unit>%|(?:[a-z-]{2,20} )?[a-z]{2,20}(?<![aius])s|people)?"
    r"(?=[ ,.;)]|$)"
)
_BECAUSE = re.compile(
    rf"{SUBJECT} (?P<verb>{_BE}) (?P<deed>[^,;:]{{4,80}}?),? because (?!of\b).{{12,}}[.]$"
)
_ONLY_WHEN = re.compile(
    rf"{SUBJECT} (?P<verb>{_BE}) (?P<deed>[^,;:()]{{4,50}}?),? "
    r"(?P<word>only (?:if|when|where)|if|when|where|as soon as) .{8,}[.]$"
)
_DEED = re.compile(rf"{SUBJECT} (?P<verb>{_MODALS}) (?P<rest>[^:]{{15,}})[.]$")
# After "must": no deed, or one that is done to it.
_NO_DEED = re.compile(
    r"(?:(?:not|also|only|never|always|usually|often|still|then|therefore|sometimes|generally) )*"
    r"(?:be|have|seem|appear|become|remain|include)\b"
)
_HAS = re.compile(
    rf"{SUBJECT} (?P<verb>has|have|includes?|contains?|requires?|needs?|covers?) [^:]{{12,}}[.]$"
)
# "Researchers have found …" is no having.
_OWNED = re.compile(
    r".*? (?:has|have) (?!(?:an?|the|no|two|three|four|five|several|its|their|\d[\d,.]*+) )"
)
_BARE = {"has": "have", "includes": "include", "contains": "contain", "requires": "require",
         "needs": "need", "covers": "cover", "costs": "cost", "takes": "take",
         "holds": "hold"}  # fmt: skip
# A deed that goes on, or ends in the middle.
_CUT = re.compile(
    r"\b(?:and|or|but|that|which|who|while|if|when|where|than)\b|"
    r"\b(?:an?|the|of|by|at|from|between|over|under|above|below|not|less|more)$"
)


def is_term(words: str) -> bool:
    """Whether words name something by themselves."""
    enough = 0 < len(words.split()) <= LONGEST_TERM and len(words) > 1
    speaks = POINTING.match(words) or VERB.search(words) or ELSEWHERE.search(words)
    counts = re.match(rf"(?:{WORDED}|\d)", words, re.IGNORECASE)
    return enough and not speaks and not counts and bool(stems(words))


def meant(term: str) -> str:
    """The question what a term means."""
    return f"what is meant by {small(term)}"


def _is_a(text: str) -> str | None:
    """``A derivative is the slope …`` asks: What is a derivative?"""
    found = _IS_A.match(text)
    return f"what {_turned(found)}" if found and is_term(found["subject"]) else None


def _meaning(text: str) -> str | None:
    found = _TERM_OF.match(text)
    term = found["term"].strip('"“”‘’') if found else ""
    return meant(term) if is_term(term) else None


def _glossary(text: str) -> str | None:
    """``Datum: the level to which all heights refer`` asks: What is meant by datum?"""
    found = _GLOSSARY.match(text)
    if not found or not is_term(term := found["term"].strip()) or _LABEL.match(term):
        return None
    # What says its own name explains nothing.
    explains = len(term.split()) <= 4 and not set(stems(term)) <= set(stems(found["rest"]))
    return meant(term) if explains else None


def _stated(text: str) -> str | None:
    """``A warning is kept on file for six months`` asks: For how many months is a warning kept on
    file?"""
    found = _STATED.match(text)
    if not found or not is_term(found["subject"]):
        return None
    deed, word = found["deed"].strip(), found["word"].lower()
    if deed and not _is_deed(deed):
        return None
    if word in ("every", "each"):
        return f"how often {_turned(found)} {deed}" if deed else None
    unit = found["unit"].lower()
    return f"{word} how many {unit.removesuffix('s')}s {_turned(found)} {deed}".strip()


def _high(text: str) -> str | None:
    found = _HIGH.match(text)
    return f"how {found['how']} {_turned(found)}" if found and is_term(found["subject"]) else None


def _does(text: str) -> str | None:
    """``The mast needs three people`` asks: How many people does the mast need?"""
    found = _DOES.match(text)
    if not found or not is_term(found["subject"]):
        return None
    does, unit = _does_it(found), found["unit"] or ""
    if found["verb"].startswith("cost"):
        return f"how much {does}"
    if found["verb"].startswith("take"):
        return f"how long {does}" if re.fullmatch(TIME, unit) else None
    return f"how many {unit} {does}" if unit.isalpha() and not found["money"] else None


def _because(text: str) -> str | None:
    """``The mast is low because …`` asks: Why is the mast low?"""
    found = _BECAUSE.match(text)
    return f"why {_turned(found)} {found['deed']}" if found and is_term(found["subject"]) else None


def _only_when(text: str) -> str | None:
    """``A car may be used where …`` asks: When may a car be used?"""
    found = _ONLY_WHEN.match(text)
    if not found or not is_term(found["subject"]) or not _is_deed(found["deed"]):
        return None
    if found["word"] == "where" and found["verb"] not in ("can", "may"):
        return None  # a place, not a case
    return f"when {_turned(found)} {found['deed']}"


def _deed(text: str) -> str | None:
    found = _DEED.match(text)
    if not found or not is_term(found["subject"]) or _NO_DEED.match(found["rest"]):
        return None
    return f"what {_turned(found)} do"


def _has(text: str) -> str | None:
    found = _HAS.match(text)
    if not found or not is_term(found["subject"]) or _OWNED.match(text):
        return None
    return f"what {_does_it(found)}"


def _turned(found: re.Match[str]) -> str:
    """The verb and the subject, as a question has them."""
    verb, subject = found["verb"].lower(), small(found["subject"])
    return f"can {subject} not" if verb == "cannot" else f"{verb} {subject}"


def _does_it(found: re.Match[str]) -> str:
    verb, subject = found["verb"], small(found["subject"])
    return f"{'does' if verb in _BARE else 'do'} {subject} {_BARE.get(verb, verb)}"


def _is_deed(words: str) -> bool:
    """Whether words go on from a verb, to an end: "be deferred in Skein"."""
    plain = re.fullmatch(r"[^\W\d_]+(?:[ -][^\W_]+)*+", words)
    begins = re.match(r"(?:the|an?|not)\b", words)
    return bool(plain and not begins and not _CUT.search(words)) and (
        len(words.split()) <= LONGEST_DEED
    )


# In the order in which a sentence is offered to them; the first that fits asks.
WIDER: Sequence[Rule] = (
    _is_a, _meaning, _glossary, _stated, _high, _does, _because, _only_when, _deed, _has,
)  # fmt: skip
