"""Sentences, rows and headings to questions with the place that answers them, by rules for English.

A rule that cannot make plain English of a sentence makes nothing: there are enough sentences.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from difflib import SequenceMatcher

from ingest.records import StoredChunk
from rag_app.questions.candidate import Candidate, asks_for_more
from rag_app.questions.made_english.asking import RULES
from rag_app.questions.made_english.headings import of_heading
from rag_app.questions.made_english.naming import names_in, with_names
from rag_app.questions.made_english.rows import is_row, of_row
from rag_app.questions.made_english.wider import ELSEWHERE, WIDER

FEWEST_WORDS, MOST_WORDS = 5, 60  # of a sentence
LONGEST_QUESTION = 20  # words
_MOST_SIGNS = 0.1  # of a text in words, neither letters, digits nor spaces
# What numbers a clause, a step, an item or a note.
_ENUMERATION = re.compile(
    r"(?:\(?(?:\d{1,3}(?:\.\d{1,3})*|[a-z])[.)]|\d{1,3}(?:\.\d{1,3})+|\[\d{1,3}\]|[-*•–]) +"
)
_TERM = re.compile(r"(?!.*\b(?:an?|the|by|in|of|at|on|for|to|with)\b)[^\W\d_][^.:;,!?]{1,30}[.]")
_ARTICLE = re.compile(r"(?:An?|The) ")
_DEFINES = re.compile(r"what (?:is|are) |what does “", re.IGNORECASE)
_COUNTS = re.compile(r"(?:\w+ )?how (?!do\b)\w+ ", re.IGNORECASE)
_WORD = re.compile(r"[^\s?:;,.“”\"()]+(?:[.,:][^\s?:;,.“”\"()]+)*+")
_PAIRS = (("(", ")"), ("[", "]"), ("{", "}"), ("“", "”"))


def candidates_english(chunks: Sequence[StoredChunk], most_shared: float) -> Iterator[Candidate]:
    """All questions that the rules make of chunks of a document, which are in order;
    ``most_shared`` is how many of a sentence's content words one may have, from 0 to 1."""
    names = names_in(chunk.text for chunk in chunks)
    for chunk in chunks:
        for start, quote, text in _sentences(chunk):
            for kind, asked in _asked(text):
                question = _written(with_names(asked, names))
                if asks_for_more(question, text, "en", most_shared):
                    about = _shared(question, text)
                    yield Candidate(kind, question, about, start, chunk.page, quote)
                    break
    yield from _of_sections(chunks, names)


def _asked(text: str) -> Iterator[tuple[str, str]]:
    """What each rule that fits asks of a sentence, in plain English, with its kind."""
    if is_row(text):
        if asked := of_row(text):
            yield "table row", asked
    elif not _is_code(text):
        for rule in (*RULES, *WIDER):
            if (asked := rule(text)) and _is_plain(asked):
                yield _kind(asked), asked


def _kind(asked: str) -> str:
    if _DEFINES.match(asked) and not asked.endswith(" do"):
        return "definition"
    return "number" if _COUNTS.match(asked) else "sentence"


def _is_plain(asked: str) -> bool:
    """Whether a question can be read by itself: nothing of it points elsewhere or was cut off."""
    return (
        not ELSEWHERE.search(asked)
        and len(asked.split()) <= LONGEST_QUESTION
        and not _is_code(asked)
        and not any(sign in asked for sign in ("--", "*", '"'))
        and all(asked.count(first) == asked.count(last) for first, last in _PAIRS)
    )


def _is_code(text: str) -> bool:
    """Whether a text has too many signs for one in words."""
    signs = sum(not (sign.isalnum() or sign.isspace()) for sign in text)
    return signs > max(3, _MOST_SIGNS * len(text))


def _written(asked: str) -> str:
    return f"{asked[:1].upper()}{asked[1:]}?"


def _shared(question: str, text: str) -> str:
    """The longest run of words that both have: what is asked about."""
    asked, said = _WORD.findall(question.casefold()), _WORD.findall(text.casefold())
    run = SequenceMatcher(None, asked, said, autojunk=False).find_longest_match()
    return " ".join(asked[run.a : run.a + run.size])


def _sentences(chunk: StoredChunk) -> Iterator[tuple[int, str, str]]:
    """Where each sentence stands, its words as they stand there, and with white space made even.

    "Backlog. The reports that a station keeps." is one, as if there were a colon.
    """
    term, begin = "", 0
    for start, end in chunk.sentences:
        raw = chunk.text[start - chunk.start : end - chunk.start]
        first = start + len(raw) - len(raw.lstrip())
        text = " ".join(raw.split())
        text = text[match.end() :] if (match := _ENUMERATION.match(text)) else text
        if term and _ARTICLE.match(text):
            text, first = f"{term}: {text[:1].lower()}{text[1:]}", begin
        term, begin = text[:-1] if _TERM.fullmatch(text) else "", first
        if FEWEST_WORDS <= len(text.split()) <= MOST_WORDS:
            yield first, chunk.text[first - chunk.start : end - chunk.start].rstrip(), text


def _of_sections(chunks: Sequence[StoredChunk], names: Set[str]) -> Iterator[Candidate]:
    """Asks what a section says, where it is one chunk: then that is the one place."""
    said = " ".join(" ".join(chunk.text for chunk in chunks).split()).casefold()
    sections: dict[tuple[str, ...], list[StoredChunk]] = {}
    for chunk in chunks:
        sections.setdefault(chunk.headings, []).append(chunk)
    for headings, (chunk, *more) in sections.items():
        if not headings or more or not (asked := of_heading(headings[-1], said)):
            continue
        # The heading may be in the chunk; what is under it is the answer.
        under = chunk.text.find(headings[-1])
        begin = under + len(headings[-1]) if under >= 0 else 0
        quote = chunk.text[begin:].strip()
        question = _written(with_names(asked, names))
        if asks_for_more(question, quote, "en"):
            start = chunk.start + chunk.text.index(quote, begin)
            about = _shared(question, headings[-1])
            yield Candidate("heading", question, about, start, chunk.page, quote)
