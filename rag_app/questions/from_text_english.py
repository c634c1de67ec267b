"""Sentences, rows and headings to questions, by rules for English.

Each rule takes a part of what it reads and asks for the rest, so that a question never holds the
words that answer it. What a rule makes is kept only if it leaves out enough of its sentence
(``MOST_SHARED``): a question that repeats it would measure nothing but the matching of words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ingest.records import StoredChunk
from ingest.text.analyzer import stems
from rag_app.retrieval.bm25 import coverage

# Of a sentence's content words, at most so many may be in its question.
MOST_SHARED = 0.6
LONGEST_TERM = 8  # words
FEWEST_WORDS, MOST_WORDS = 5, 60  # of a sentence

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
# What numbers a clause, a step or an item.
_ENUMERATION = re.compile(
    r"(?:\(?(?:\d{1,3}(?:\.\d{1,3})*|[a-z])[.)]|\d{1,3}(?:\.\d{1,3})+|[-*•–]) +"
)
_NUMBERING = "0123456789. "
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


class Candidate(NamedTuple):
    """A question, the words that name what it is about, and where it is answered: ``quote``
    stands at ``start`` in the document."""

    kind: str
    question: str
    about: str
    start: int
    page: int | None
    quote: str


class _Ask(NamedTuple):
    question: str
    about: str


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence with white space made even, its own words, and the heading above it."""

    text: str
    start: int
    page: int | None
    quote: str
    heading: str


def candidates(chunks: Sequence[StoredChunk]) -> Iterator[Candidate]:
    """All questions that the rules make of a document's chunks, which are in order."""
    for chunk in chunks:
        for sentence in _sentences(chunk):
            for kind, rule in _RULES:
                ask = rule(sentence)
                if ask is not None and asks_for_more(ask.question, sentence.text):
                    yield Candidate(kind, *ask, sentence.start, sentence.page, sentence.quote)
                    break
    yield from _of_headings(chunks)


def asks_for_more(question: str, sentence: str) -> bool:
    """Whether a question leaves out enough of the sentence that answers it."""
    wanted = stems(sentence)
    return len(set(wanted)) >= 3 and coverage(wanted, stems(question)) <= MOST_SHARED


def _sentences(chunk: StoredChunk) -> Iterator[_Sentence]:
    for start, end in chunk.sentences:
        raw = chunk.text[start - chunk.start : end - chunk.start]
        quote = raw.strip()
        text = " ".join(quote.split())
        text = text[match.end() :] if (match := _ENUMERATION.match(text)) else text
        first = start + len(raw) - len(raw.lstrip())
        if FEWEST_WORDS <= len(text.split()) <= MOST_WORDS:
            heading = chunk.headings[-1] if chunk.headings else ""
            yield _Sentence(text, first, chunk.page, quote, heading)


def _row(one: _Sentence) -> _Ask | None:
    """``Part: fuse F1; Price: 3.20`` asks for what stands under the last header."""
    if not _ROW.fullmatch(one.text):
        return None
    cells = [cell.partition(": ") for cell in one.text.rstrip(".").split("; ")]
    (key_header, _, key), (header, _, value) = cells[0], cells[-1]
    if not key or not value or _words(key) > LONGEST_TERM or key == value:
        return None
    if _words(header) <= 3 and not re.search(r"\d|^an? ", header, re.IGNORECASE):
        return _Ask(f"What is the {_lower(header)} of the {_lower(key_header)} {key}?", key)
    return _Ask(f"What is given under “{header}” for {key}?", key)


def _definition(one: _Sentence) -> _Ask | None:
    match = _DEFINITION.match(one.text)
    if not match or not _is_term(match["term"]):
        return None
    article = (match["article"] or "").lower()
    term = match["term"]
    return _Ask(f"What {match['verb'].lower()} {article}{_lower(term)}?", term)


def _meaning(one: _Sentence) -> _Ask | None:
    match = _MEANING.match(one.text)
    if not match or not _is_term(match["term"]):
        return None
    return _Ask(f"What is meant by {_lower(match['term'])}?", match["term"])


def _glossary(one: _Sentence) -> _Ask | None:
    match = _GLOSSARY.match(one.text)
    if not match or not _is_term(match["term"]) or _NOT_A_TERM.match(match["term"]):
        return None
    return _Ask(f"What do we know about {_lower(match['term'])}?", match["term"])


def _number(one: _Sentence) -> _Ask | None:
    """``The mast is 10 m high.`` asks: How many m are given for the mast?"""
    match, verb = _NUMBER.search(one.text), _VERB.search(one.text)
    if not match or not verb or verb.start() > match.start():
        return None
    unit, subject = match["unit"], one.text[: verb.start()]
    if not _is_term(subject):
        return None
    heading = one.heading.lstrip(_NUMBERING)
    about = f", as to {_lower(heading)}" if heading and _words(heading) <= 6 else ""
    return _Ask(f"How many {unit} are given for {_lower(subject)}{about}?", subject)


def _condition(one: _Sentence) -> _Ask | None:
    match = _CONDITION.match(one.text)
    if not match or _UNCLEAR.match(match["case"]):
        return None
    word, case = match["word"].lower(), match["case"]
    return _Ask(f"What happens or is to be done {word} {case}?", case)


def _purpose(one: _Sentence) -> _Ask | None:
    match = _PURPOSE.match(one.text)
    return _Ask(f"How does one {match['aim']}?", match["aim"]) if match else None


def _because(one: _Sentence) -> _Ask | None:
    match = _BECAUSE.match(one.text)
    if not match or _UNCLEAR.match(match["fact"]):
        return None
    return _Ask(f"Why is it that {_lower(match['fact'])}?", match["fact"])


def _modal(one: _Sentence) -> _Ask | None:
    match = _MODAL.match(one.text)
    if not match or not _is_term(match["subject"]):
        return None
    verb = "can not" if match["verb"] == "cannot" else match["verb"]
    return _Ask(f"What {verb} {_lower(match['subject'])} do or be?", match["subject"])


def _has(one: _Sentence) -> _Ask | None:
    match = _HAS.match(one.text)
    if not match or not _is_term(match["subject"]):
        return None
    verb = match["verb"]
    do = "does" if verb in _BARE else "do"
    subject = match["subject"]
    return _Ask(f"What {do} {_lower(subject)} {_BARE.get(verb, verb)}?", subject)


# In the order in which a sentence is offered to them; the first that fits asks.
_RULES: Sequence[tuple[str, Callable[[_Sentence], _Ask | None]]] = (
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
)


def _of_headings(chunks: Sequence[StoredChunk]) -> Iterator[Candidate]:
    """Asks what a section says, where it is one chunk: then that is the one place."""
    sections: dict[tuple[str, ...], list[StoredChunk]] = {}
    for chunk in chunks:
        sections.setdefault(chunk.headings, []).append(chunk)
    for headings, (chunk, *more) in sections.items():
        if not headings or more:
            continue
        heading = headings[-1].strip().rstrip(":.").lstrip(_NUMBERING)
        if heading.endswith("?") or not heading[:1].isalpha() or not 2 <= _words(heading) <= 10:
            continue
        # The heading may be in the chunk; what is under it is the answer.
        under = chunk.text.find(headings[-1])
        begin = under + len(headings[-1]) if under >= 0 else 0
        quote = chunk.text[begin:].strip()
        question = f"What are the rules for {_lower(heading)}?"
        if asks_for_more(question, quote):
            start = chunk.start + chunk.text.index(quote, begin)
            yield Candidate("heading", question, heading, start, chunk.page, quote)


def _is_term(words: str) -> bool:
    """Whether words name something by themselves."""
    enough = 0 < _words(words) <= LONGEST_TERM and len(words) > 1
    speaks = _POINTING.match(words) or _CLAUSE.search(words)
    return enough and not speaks and bool(stems(words))


def _words(text: str) -> int:
    return len(text.split())


def _lower(words: str) -> str:
    """Without the capital that only begins a sentence: ``WS-40`` and ``Northwind Plus`` stay."""
    first, *rest = words.split(" ")
    is_name = any(sign.isupper() or sign.isdigit() for sign in first[1:]) or any(
        word[:1].isupper() for word in rest
    )
    if is_name and first.lower() not in ("the", "a", "an", "every", "each"):
        return words
    return words[:1].lower() + words[1:]
