"""An LLM's answer to sentences with citations that were checked.

A marker counts only if its number was given to the LLM; what it points at is narrowed down from
the passage to the words that say what the sentence says; and whether they really do is checked:
every number, name and code of the sentence must be in the passage, and most of its words. A
sentence that cites nothing, or the wrong passage, gets the one that supports it, if there is one;
what no passage supports is shown as unsupported.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.sentences import split_sentences
from ingest.words import stems
from rag_app.evidence import full_text, passage_stems
from rag_app.lexical import coverage
from rag_app.records import Citation
from rag_app.retrieve import Passage

# [1], [1, 2], [1][2], 【1】, [passage 3]
MARKER = re.compile(r"\s*[\[【]\s*(?:passages?\s*)?(\d{1,3}(?:\s*[,;]\s*\d{1,3})*)\s*[\]】]", re.I)
# The share of a sentence's words that the cited passage must have.
MOST_WORDS = 0.6
# Names and codes: a capital inside a sentence, or letters and digits in one word.
CODE = re.compile(r"\b(?=[\w-]*\d)(?=[\w-]*[^\W\d_])[\w-]+\b")
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
NAME = re.compile(r"(?<=[\w,;:] )[^\W\d_a-z][\w-]+")


@dataclass(frozen=True, slots=True)
class CitedAnswer:
    """The answer with only the markers that were given, and what they point at."""

    text: str
    citations: tuple[Citation, ...]
    invented: int
    uncited: int

    @property
    def is_grounded(self) -> bool:
        """Whether anything in it is supported."""
        return any(citation.supported for citation in self.citations)


def cite(answer: str, passages: Sequence[Passage]) -> CitedAnswer:
    """Resolve and check the markers of an answer. ``passages`` are as they were numbered."""
    parts: list[str] = []
    citations: list[Citation] = []
    invented = uncited = 0
    for sentence, space, markers in _sentences_with_markers(answer):
        known = [marker for marker in markers if 1 <= marker <= len(passages)]
        invented += len(markers) - len(known)
        found = [_citation(sentence, marker, passages[marker - 1]) for marker in known]
        if not any(citation.supported for citation in found):
            # Wrongly cited or not at all, it may still be true.
            rescued = _best_support(sentence, passages)
            found = [rescued] if rescued is not None else found
        if not found and stems(sentence):
            uncited += 1
        citations += found
        parts.append(sentence + "".join(f" [{one.marker}]" for one in found) + space)
    return CitedAnswer("".join(parts).strip(), tuple(citations), invented, uncited)


def _sentences_with_markers(answer: str) -> list[tuple[str, str, list[int]]]:
    """Each sentence without its markers, the white space after it, and the markers' numbers."""
    bare: list[str] = []
    places: list[tuple[int, int]] = []
    position = length = 0
    for match in MARKER.finditer(answer):
        bare.append(answer[position : match.start()])
        length += match.start() - position
        places += [(length, int(number)) for number in re.findall(r"\d+", match[1])]
        position = match.end()
    bare.append(answer[position:])
    text = "".join(bare)
    result: list[tuple[str, str, list[int]]] = []
    start = 0
    parts = [part for line in text.splitlines(keepends=True) for part in split_sentences(line)]
    for number, part in enumerate(parts):
        sentence = part.rstrip()
        # A marker belongs to the sentence that ends where it stands, or that it stands in.
        end = len(text) if number == len(parts) - 1 else start + len(part)
        markers = [one for place, one in places if start < place <= end or (place == start == 0)]
        places = [(place, one) for place, one in places if place > end]
        result.append((sentence, part[len(sentence) :], list(dict.fromkeys(markers))))
        start += len(part)
    return result


def _citation(sentence: str, marker: int, passage: Passage) -> Citation:
    """The words of a passage that a sentence rests on, and whether it does."""
    chunk = passage.chunk
    wanted = stems(sentence)
    best = (chunk.start, chunk.end)
    best_share = -1.0
    for start, end in chunk.sentences:
        share = coverage(wanted, stems(chunk.text[start - chunk.start : end - chunk.start]))
        if share > best_share:
            best, best_share = (start, end), share
    if coverage(wanted, stems(chunk.text)) > best_share + 0.25:
        # It takes more than one sentence of the passage to say this.
        best = (chunk.start, chunk.end)
    start, end = best
    share = coverage(wanted, passage_stems(passage))
    return Citation(
        marker=marker,
        document=chunk.documents[0],
        page=chunk.page,
        start=start,
        end=end,
        quote=chunk.text[start - chunk.start : end - chunk.start],
        supported=share >= MOST_WORDS and not _missing(sentence, passage),
        score=share,
    )


def _best_support(sentence: str, passages: Sequence[Passage]) -> Citation | None:
    """The passage that supports a sentence best, if any supports it."""
    if not stems(sentence):
        return None
    candidates = [_citation(sentence, number, one) for number, one in enumerate(passages, start=1)]
    supporting = [citation for citation in candidates if citation.supported]
    return max(supporting, key=lambda citation: citation.score, default=None)


def _missing(sentence: str, passage: Passage) -> set[str]:
    """Numbers, names and codes of a sentence that the passage and its headings do not have."""
    text = full_text(passage).casefold()
    numbers = {number.replace(",", "") for number in NUMBER.findall(text)}
    missing = {
        number for number in NUMBER.findall(sentence) if number.replace(",", "") not in numbers
    }
    for pattern in (CODE, NAME):
        missing |= {word for word in pattern.findall(sentence) if word.casefold() not in text}
    return missing
