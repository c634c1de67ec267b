"""A question as searches and answers see it: analyzed once, and handed down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from ingest.embed.embedder import Embedder
from ingest.errors import UsageError
from ingest.similarity import COSINE, Vectors, unit
from ingest.text.analyzer import ENGLISH, sought_stems, words_with_stems
from ingest.text.numbers_and_codes import NUMBER_OR_CODE
from ingest.text.unicode import paired

LONGEST_QUESTION = 8_000


@dataclass(frozen=True, slots=True)
class Query:
    """A question that stands alone.

    ``stems`` are those of its words, in order; ``words`` the words that are looked for, as they
    are written, with their stems; ``codes`` its numbers and codes, folded. ``vector`` has shape
    (dimension,); None where only words are compared. ``language`` is the one that its words were
    read in, and that texts are read in to be compared with them. ``is_known`` says whether the
    embedding model knows that language, and, where it ``crosses`` to documents that are all in
    others, theirs: only then does ``vector`` tell anything. ``model`` is the name of that model.
    """

    text: str
    stems: tuple[str, ...]
    words: Mapping[str, tuple[str, ...]]
    codes: frozenset[str]
    vector: Vectors | None = field(compare=False, repr=False)
    language: str = ENGLISH
    is_known: bool = True
    crosses: bool = False
    model: str = ""


def analyzed(text: str, vector: Vectors | None = None, language: str = ENGLISH) -> Query:
    """A question that was checked, read as one of a language, with its vector if there is one."""
    codes = frozenset(NUMBER_OR_CODE.findall(text.casefold()))
    words = words_with_stems(text, language)
    return Query(text, tuple(sought_stems(text, language)), words, codes, vector, language)


def checked_question(text: str) -> str:
    """A question without the white space around it, and with U+FFFD for halves of surrogate pairs,
    as words of another encoding have on a command line. Raises UsageError if it is empty, or long.
    """
    text = paired(text).strip()
    if not text:
        raise UsageError("The question is empty; ask something, such as: What is covered?")
    if len(text) > LONGEST_QUESTION:
        raise UsageError(
            f"The question has {len(text):,} characters, at most {LONGEST_QUESTION:,} are read; "
            "shorten it, or ingest the text as a document"
        )
    return text


def vector_of(text: str, embedder: Embedder) -> Vectors:
    """The vector of a text of any length, shape (dimension,): what the model cannot read at once is
    read in parts, and their mean is taken. Of length one where cosine compares vectors."""
    spans = embedder.token_spans([text])[0]
    starts = [spans[first][0] for first in range(0, len(spans), embedder.max_tokens)] or [0]
    parts = [text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]
    mean = embedder.encode_queries(parts).mean(axis=0)
    return unit(mean) if embedder.similarity == COSINE else np.asarray(mean, dtype=np.float32)
