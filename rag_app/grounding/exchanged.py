"""A name of a claim that stands in the place of another: all else of it is in one sentence, which
has another name.

A name is a word with a capital where a sentence does not ask for one. In German every noun has
one: there a noun alone has to be named elsewhere in the passages, or it may be another word for
the same; two in a row, such as a person's, need not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass

from rag_app.grounding.facts.reading import NO_NAMES, WORD, plain
from rag_app.grounding.language.clauses import Read
from rag_app.grounding.language.words import content

# The share of the rest of a claim's words that a sentence has of which it is said.
REST = 0.75
FEWEST_SHARED = 2
# Words that begin alike may be related: genehmigt and Genehmigung.
ALIKE = 5
SHOWN = 2
GERMAN = "de"
BEGINS = re.compile(r"[.!?;•\n]")
NUMBERED = re.compile(r"\d\W{1,2}$")


@dataclass(frozen=True, slots=True)
class _Name:
    """Words with capitals, with their stems; ``labels`` where a number stands beside them."""

    words: tuple[str, ...]
    stems: frozenset[str]
    labels: bool

    def __str__(self) -> str:
        return " ".join(self.words)


def exchanged(
    claim: str, said: Read, texts: Sequence[str], sent: Set[str], given: Set[str]
) -> str | None:
    """The name that a claim (``said``) has in the place of another, as a reader is told; None if
    there is none. ``texts`` are the sentences that speak of what it does, ``sent`` the stems of all
    passages, ``given`` those of the question and of headings."""
    words, language = said.wording, said.wording.language
    grammar = words.must | words.may | words.should | words.being | words.particles
    stems = set(content(claim, language))
    stems -= {one for token, one in zip(said.tokens, said.stems, strict=True) if token in grammar}
    read = [(frozenset(content(text, language)), text) for text in texts]
    most = max((len(stems & own) for own, _ in read), default=0)
    if most < FEWEST_SHARED:
        return None
    for own, text in read:
        if len(stems & own) < most:
            continue
        names = list(_names(claim, language, own | given))
        others = [one for one in _names(text, language, stems | given) if not one.labels]
        for name in names:
            if name.labels or _related(name.stems, own) or not others:
                continue
            rest = stems - name.stems - given
            pair = min(len(name.words), max(len(one.words) for one in others)) > 1
            is_known = name.stems & sent or pair or language != GERMAN
            if is_known and len(_related(rest, own)) >= REST * len(rest):
                there = " and ".join(map(str, others[:SHOWN]))
                return f"the passage says {there}, not {name}"
    return None


def _related(stems: Set[str], others: Set[str]) -> set[str]:
    """Those that are in others, or begin as one of them does."""
    roots = {one[:ALIKE] for one in others}
    return {one for one in stems if one in others or one[:ALIKE] in roots}


def _names(text: str, language: str, known: Set[str]) -> Iterator[_Name]:
    """The names of a text, without the words whose stems are known."""
    run: list[re.Match[str]] = []
    end = 0
    for match in WORD.finditer(text):
        before = text[end : match.start()]
        begins = not end or BEGINS.search(before) is not None
        stems = content(match[0], language)
        is_name = match[0][0].isupper() and plain(match[0]) not in NO_NAMES and stems
        if run and not (is_name and before == " "):
            yield _named(text, run, language)
            run = []
        if is_name and not known >= set(stems) and not (begins and language != GERMAN):
            run.append(match)
        end = match.end()
    if run:
        yield _named(text, run, language)


def _named(text: str, run: Sequence[re.Match[str]], language: str) -> _Name:
    words = tuple(one[0] for one in run)
    before, after = text[: run[0].start()], text[run[-1].end() :].lstrip(" (")
    labels = NUMBERED.search(before) is not None or after[:1].isdigit()
    return _Name(words, frozenset(content(" ".join(words), language)), labels)
