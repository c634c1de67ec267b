"""A fragment in the place of the part of an earlier question that is most like it by meaning: "And
the multimeter?" after "How much is the laser level?" asks how much the multimeter is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.embed.embedder import Embedder
from ingest.similarity import similarities, unit
from ingest.text.analyzer import words_with_stems

WORD = re.compile(r"[^\W_][\w'’.,/£$€%-]*[\w%]|[^\W_]")
MOST_WORDS = 4
# Below, nothing of the question is of its kind. Of ten right places the least has 0.25.
ALIKE = 0.24
# A longer part is the whole of what a shorter one names while it is nearly as much alike.
NEARLY = 0.07


def in_its_place(
    question: str, fragment: str, bare: str, embedder: Embedder, language: str | None = None
) -> str | None:
    """The question with a fragment, ``bare`` of its article, in the place of a part of it; None if
    no part is like it. Raises EmbedderError."""
    parts = list(_parts(question, language))
    if not parts or not words_with_stems(fragment, language):
        return None
    texts = [question[start:end] for start, end in parts]
    vectors = unit(embedder.encode([fragment, *texts]))
    cosines = similarities(vectors[1:], vectors[0]).tolist()
    best = max(cosines)
    if best < ALIKE:
        return None
    first, last = parts[cosines.index(best)]
    around = [
        (end - start, start, end)
        for (start, end), cosine in zip(parts, cosines, strict=True)
        if start <= first and last <= end and cosine >= best - NEARLY
    ]
    _, start, end = max(around)
    return f"{question[:start]}{bare}{question[end:]}"


def _parts(question: str, language: str | None) -> Iterator[tuple[int, int]]:
    """Where one to four words stand that are looked for, next to each other."""
    words = [
        (*found.span(), bool(words_with_stems(found[0], language)))
        for found in WORD.finditer(question)
    ]
    for at, (start, _, _) in enumerate(words):
        for _, end, is_looked_for in words[at : at + MOST_WORDS]:
            if not is_looked_for:
                break
            yield start, end
