"""Questions that a person would ask, made of what a document says, by rules for English.

Each rule takes a sentence that states a number, a time, a person, a permission or what a thing is,
and asks for just that: "A sabbatical lasts six weeks" becomes "How long does a sabbatical last?".
What is not surely such a sentence asks nothing, for a wrong question is worse than none. A heading
that is a question is one in any language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from typing import NamedTuple

from ingest.records import StoredChunk
from rag_app.questions.made_english.asking import RULES, Rule
from rag_app.questions.made_english.naming import (
    POINTING,
    VAGUE,
    VERB,
    names_in,
    small,
    with_article,
    with_names,
)

ENGLISH = frozenset({None, "en"})
FEWEST, MOST = 4, 32  # words of a sentence
LONGEST = 90  # characters of a question

ROW = re.compile(r"(?P<head>[^:;]{2,40}): (?P<key>[^;:]{3,50}); (?P<rest>.+)$", re.DOTALL)
CELL = re.compile(r"(?P<head>[^:;]{3,30}): (?P<value>[^;]{1,40})")
# Heads of columns that one asks for, and the values that answer.
PRICED = re.compile(r"(?:price|cost|fee|deposit|rate|rent|charge)s?$", re.IGNORECASE)
ASKED = re.compile(
    r"(?:amount|limit|warranty|notice|deadline|allowance|maximum|minimum|duration)$",
    re.IGNORECASE,
)
ENUMERATION = re.compile(
    r"^(?:\(?(?:\d{1,3}(?:\.\d{1,3})*|[a-z])[.)]|\d{1,3}(?:\.\d{1,3})+|[-*•–]) +"
)
NUMBERING = re.compile(r"^(?:§\s*)?[\d.()]{1,8}[.)]?\s+")
QUESTION = re.compile(r"[^\W\d_].{8,}\?$")


class Natural(NamedTuple):
    """A question, and the place that answers it: ``start`` and ``end`` are the document's."""

    question: str
    start: int
    end: int


def natural_questions(chunks: Sequence[StoredChunk]) -> Iterator[Natural]:
    """The questions that a document's chunks, in order, answer; none twice."""
    seen: set[str] = set()
    names = names_in(chunk.text for chunk in chunks)
    for chunk in chunks:
        for one in (*_of_heading(chunk), *_of_sentences(chunk, names)):
            if one.question not in seen and len(one.question) <= LONGEST:
                seen.add(one.question)
                yield one


def _of_heading(chunk: StoredChunk) -> Iterator[Natural]:
    heading = NUMBERING.sub("", " ".join(chunk.headings[-1].split())) if chunk.headings else ""
    if QUESTION.match(heading) and heading.count("?") == 1:
        yield Natural(heading, chunk.start, chunk.end)


def _of_sentences(chunk: StoredChunk, names: Set[str]) -> Iterator[Natural]:
    if chunk.metadata.get("language") not in ENGLISH:
        return
    for start, end in chunk.sentences:
        raw = chunk.text[start - chunk.start : end - chunk.start]
        text = ENUMERATION.sub("", " ".join(raw.split()), count=1)
        if not FEWEST <= len(text.split()) <= MOST or text.endswith("?"):
            continue
        rules: Sequence[Rule] = (_row,) if ROW.match(text) else RULES
        for rule in rules:
            if text[-1] not in ".;" and rule is not _row:
                break
            if question := rule(text):
                question = with_names(question, names)
                yield Natural(f"{question[:1].upper()}{question[1:]}?", start, end)
                break


def _row(text: str) -> str | None:
    """``Part: sun shade; Price: £12`` asks for the price of the sun shade."""
    found = ROW.match(text)
    if not found or VERB.search(found["key"]) or VAGUE.search(found["key"]):
        return None
    key = found["key"].strip()
    if not 1 <= len(key.split()) <= 5 or not re.search(r"[a-z]{3}", key) or "," in key:
        return None  # a bare code tells a stranger nothing
    if POINTING.match(key):
        return None
    for cell in CELL.finditer(found["rest"]):
        head, value = cell["head"].strip(), cell["value"]
        if re.search(r"\d", value) and PRICED.search(head) and len(head.split()) <= 2:
            return f"what is the {head.lower()} of {with_article(key)}"
        if ASKED.search(head) and len(head.split()) <= 2 and re.search(r"\w{2}", value):
            # "Allowance: Tools; Amount: £120" is the allowance for tools.
            if head.lower() == "amount":
                return f"what is the {found['head'].lower()} for {small(key)}"
            return f"what is the {head.lower()} for {with_article(key, 'a')}"
    return None
