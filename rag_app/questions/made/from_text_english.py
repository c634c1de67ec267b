"""Sentences and rows to questions for evaluation, by rules for English."""

from __future__ import annotations

import re

from ingest.text.analyzer import stems
from rag_app.questions.made.sentence import LONGEST_TERM, Ask, Making, Sentence, words

_POINTING = re.compile(
    r"(?:it|its|this|that|these|those|they|their|there|here|he|she|his|her|we|our|you|your|i|"
    r"what|which|who|one|both|such|some|all|each|any|no|none|another|"
    r"nobody|everyone|everybody|someone|somebody|anyone|nothing|everything|neither|either|"
    r"the (?:same|following|above|"
    r"latter|former|rest|first|second|other)|if|when|where|while|as|to|for|in|on|at|by|with|after|"
    r"before|until|because|and|but|or|not|only|please)\b",
    re.IGNORECASE,
)
_DEFINITION = re.compile(
    r"(?P<article>(?:an?|the) )?(?P<term>[^,;:.()]{2,70}?) (?P<verb>is|are) "
    r"(?P<rest>(?:an?|the|any|one of) .+)[.]$",
    re.IGNORECASE,
)
_MEANING = re.compile(
    r"(?P<term>[^,;:.]{2,60}?) (?:means|stands for|refers to) (?P<rest>.{8,})[.]$", re.IGNORECASE
)
_GLOSSARY = re.compile(r"(?P<term>[^:;.!?]{2,60}): (?P<rest>[^;]{15,})$")
_NOT_A_TERM = re.compile(
    r"(?:note|warning|caution|example|important|tip|see|figure|table|step|from|date|subject|page|"
    r"version|author|contents|e\.g|i\.e)\b",
    re.IGNORECASE,
)
_ROW = re.compile(r"[^:;]{1,60}: [^;]+(?:; [^:;]{1,60}: [^;]+)+$")
_UNITS = """
    seconds? minutes? hours? days? weeks? months? years? times? people users? persons? employees
    students patients percent % °C °F °
    mm cm km m metres? meters? miles? feet inches litres? ml l kg g mg tonnes? pounds? lb
    kW W V kV mA A Ah Wh kWh Hz kHz MHz GHz N kN Pa kPa bar dB KB MB GB TB kB bits? bytes?
    dollars? euros? pages? words? points? copies units pieces stations
""".split()
_NUMBER = re.compile(
    rf"(?<![\d,.])[,.]*+\d[\d,.]*+ ?(?:working |calendar |business )?"
    rf"(?P<unit>{'|'.join(_UNITS)})(?=[ ,.;)]|$)"
)
# A subject with these in it is more than a subject.
_CLAUSE = re.compile(
    r"\b(?:that|which|if|who|when|because|since|and|or|but|however|than|may|must|can|is|are|was|"
    r"were|has|have|not|will|should)\b",
    re.IGNORECASE,
)
_VERB = re.compile(
    r" (?:is|are|was|were|has|have|had|must|can|may|should|will|does|do|needs?|lasts?|takes?|runs?|"
    r"weighs?|measures?|holds?|costs?|covers?|keeps?|gets?|uses?|allows?|receives?|lies|stands|"
    r"reads?|sends?|includes?|contains?|requires?|applies|apply|remains?|ends?|starts?|begins?) "
)
_MODAL = re.compile(
    r"(?P<subject>[^,;:()]{3,60}?) (?P<verb>must|can|may|should|will|cannot) "
    r"(?P<rest>[^:]{15,})[.]$"
)
_HAS = re.compile(
    r"(?P<subject>[^,;:()]{3,60}?) (?P<verb>has|have|includes?|contains?|requires?|needs?|covers?) "
    r"(?P<rest>[^:]{12,})[.]$"
)
_CONDITION = re.compile(r"(?P<word>If|When) (?P<case>[^,;:]{8,90}), (?P<rest>.{12,})[.]$")
_PURPOSE = re.compile(r"To (?P<aim>[a-z][^,;:]{6,80}), (?P<rest>.{12,})[.]$")
_BECAUSE = re.compile(r"(?P<fact>[^,;:]{12,90}?),? because (?P<rest>.{12,})[.]$")
_UNCLEAR = re.compile(
    r"(?:this|that|it|they|these|those|which|its|their|he|she|his|her)\b", re.IGNORECASE
)
_BARE = {"has": "have", "includes": "include", "contains": "contain", "requires": "require",
         "needs": "need", "covers": "cover"}  # fmt: skip


def _row(one: Sentence) -> Ask | None:
    """``Part: fuse F1; Price: 3.20`` asks for what stands under the last header."""
    if not _ROW.fullmatch(one.text):
        return None
    cells = [cell.partition(": ") for cell in one.text.rstrip(".").split("; ")]
    (key_header, _, key), (header, _, value) = cells[0], cells[-1]
    if not key or not value or words(key) > LONGEST_TERM or key == value:
        return None
    if words(header) <= 3 and not re.search(r"\d|^an? ", header, re.IGNORECASE):
        return Ask(f"What is the {_lower(header)} of the {_lower(key_header)} {key}?", key)
    return Ask(f"What is given under “{header}” for {key}?", key)


def _definition(one: Sentence) -> Ask | None:
    match = _DEFINITION.match(one.text)
    if not match or not _is_term(match["term"]):
        return None
    article = (match["article"] or "").lower()
    term = match["term"]
    return Ask(f"What {match['verb'].lower()} {article}{_lower(term)}?", term)


def _meaning(one: Sentence) -> Ask | None:
    match = _MEANING.match(one.text)
    if not match or not _is_term(match["term"]):
        return None
    return Ask(f"What is meant by {_lower(match['term'])}?", match["term"])


def _glossary(one: Sentence) -> Ask | None:
    match = _GLOSSARY.match(one.text)
    if not match or not _is_term(match["term"]) or _NOT_A_TERM.match(match["term"]):
        return None
    return Ask(f"What do we know about {_lower(match['term'])}?", match["term"])


def _number(one: Sentence) -> Ask | None:
    """``The mast is 10 m high.`` asks: How many m are given for the mast?"""
    match, verb = _NUMBER.search(one.text), _VERB.search(one.text)
    if not match or not verb or verb.start() > match.start():
        return None
    unit, subject = match["unit"], one.text[: verb.start()]
    if not _is_term(subject):
        return None
    heading = one.heading
    about = f", as to {_lower(heading)}" if heading and words(heading) <= 6 else ""
    return Ask(f"How many {unit} are given for {_lower(subject)}{about}?", subject)


def _condition(one: Sentence) -> Ask | None:
    match = _CONDITION.match(one.text)
    if not match or _UNCLEAR.match(match["case"]):
        return None
    word, case = match["word"].lower(), match["case"]
    return Ask(f"What happens or is to be done {word} {case}?", case)


def _purpose(one: Sentence) -> Ask | None:
    match = _PURPOSE.match(one.text)
    return Ask(f"How does one {match['aim']}?", match["aim"]) if match else None


def _because(one: Sentence) -> Ask | None:
    match = _BECAUSE.match(one.text)
    if not match or _UNCLEAR.match(match["fact"]):
        return None
    return Ask(f"Why is it that {_lower(match['fact'])}?", match["fact"])


def _modal(one: Sentence) -> Ask | None:
    match = _MODAL.match(one.text)
    if not match or not _is_term(match["subject"]):
        return None
    verb = "can not" if match["verb"] == "cannot" else match["verb"]
    return Ask(f"What {verb} {_lower(match['subject'])} do or be?", match["subject"])


def _has(one: Sentence) -> Ask | None:
    match = _HAS.match(one.text)
    if not match or not _is_term(match["subject"]):
        return None
    verb = match["verb"]
    do = "does" if verb in _BARE else "do"
    subject = match["subject"]
    return Ask(f"What {do} {_lower(subject)} {_BARE.get(verb, verb)}?", subject)


def _is_term(term: str) -> bool:
    """Whether words name something by themselves."""
    enough = 0 < words(term) <= LONGEST_TERM and len(term) > 1
    speaks = _POINTING.match(term) or _CLAUSE.search(term)
    return enough and not speaks and bool(stems(term))


def _lower(words: str) -> str:
    """Without the capital that only begins a sentence: ``WS-40`` and ``Northwind Plus`` stay."""
    first, *rest = words.split(" ")
    is_name = any(sign.isupper() or sign.isdigit() for sign in first[1:]) or any(
        word[:1].isupper() for word in rest
    )
    if is_name and first.lower() not in ("the", "a", "an", "every", "each"):
        return words
    return words[:1].lower() + words[1:]


ENGLISH = Making(
    rules=(
        ("table row", _row),
        ("definition", _definition),
        ("definition", _meaning),
        ("glossary line", _glossary),
        ("number", _number),
        ("sentence", _condition),
        ("sentence", _purpose),
        ("sentence", _because),
        ("sentence", _modal),
        ("sentence", _has),
    ),
    of_heading=lambda heading: f"What are the rules for {_lower(heading)}?",
    language="en",
)
