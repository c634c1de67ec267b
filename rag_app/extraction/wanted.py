"""The fields of a schema, to be compared with the words of documents by meaning and stems."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ingest.embed.embedder import Embedder
from ingest.similarity import Vectors, unit
from ingest.text.analyzer import stems
from rag_app.extraction.records import Field
from rag_app.extraction.schema import in_words

# What shared words count beside the cosine, and what a description counts beside the name.
WORDS = 0.25
DESCRIBED = 0.95


class Wanted:
    """The fields of a schema with what is compared of them."""

    def __init__(self, fields: Sequence[Field], embedder: Embedder) -> None:
        self.fields, self.embedder = tuple(fields), embedder
        names = [in_words(one.name) for one in self.fields]
        forms_of = [
            [name, one.description, f"{name}: {one.description}"] if one.description else [name]
            for name, one in zip(names, self.fields, strict=True)
        ]
        flat = [form for forms in forms_of for form in forms]
        vectors = unit(embedder.encode(flat))
        self._rows: list[Vectors] = []
        at = 0
        for forms in forms_of:
            self._rows.append(vectors[at : at + len(forms)])
            at += len(forms)
        # "Date" is in all names of dates.
        kinds = [frozenset(stems(one.kind)) for one in self.fields]
        own = [frozenset(stems(name)) for name in names]
        self._stems = [a - b or a for a, b in zip(own, kinds, strict=True)]
        self._all_stems = [
            own | frozenset(stems(one.description))
            for own, one in zip(self._stems, self.fields, strict=True)
        ]

    @property
    def vectors(self) -> Sequence[Vectors]:
        """Of each field those of its name and description, shape (forms, dimension)."""
        return self._rows

    def scores(self, texts: Sequence[str], vectors: Vectors) -> Vectors:
        """How well each text names each field, shape (texts, fields)."""
        found = np.zeros((len(texts), len(self.fields)), dtype=np.float32)
        own = [frozenset(stems(text)) for text in texts]
        for column, rows in enumerate(self._rows):
            cosines = vectors @ rows.T
            cosines[:, 1:] *= DESCRIBED
            found[:, column] = cosines.max(axis=1)
            found[:, column] += WORDS * np.array([self._shared(column, one) for one in own])
        return found

    def scores_of(self, texts: Sequence[str]) -> dict[str, Vectors]:
        """The same by text, each embedded once. Raises EmbedderError."""
        once = list(dict.fromkeys(filter(None, texts)))
        if not once:
            return {}
        vectors = unit(self.embedder.encode(once))
        return dict(zip(once, self.scores(once, vectors), strict=True))

    def _shared(self, column: int, own: frozenset[str]) -> float:
        """The share of words that a text and a field have in common."""
        wanted, wider = self._stems[column], self._all_stems[column]
        if not wanted or not own:
            return 0.0
        return max(
            len(wanted & own) / len(wanted | own),
            len(wider & own) / (len(wider | own)) if wider else 0.0,
        )
