"""Writes the references of the packaged models anew: python scripts/make_reference.py

Needed only when a model, or the texts in ``ingest.embed.reference``, change. The centres of
multilingual-e5-small are the means over what ``benchmarks.languages`` has.
"""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np

from ingest.embed.embedder import Embedder
from ingest.embed.packed_e5 import NAME
from ingest.embed.reference import Reference, reference_of, write_reference
from ingest.embed.weights import PACKAGED
from ingest.text.sentences import split_sentences

SETS = Path(__file__).parent.parent / "benchmarks" / "languages" / "sets"


def main() -> None:
    """Ask sentence-transformers, in single precision on the processor."""
    for name, packaged in PACKAGED.items():
        embedder = Embedder(name, device="cpu", backend="torch")
        reference = reference_of(embedder.model)
        assert reference is not None
        if name == NAME:
            reference = centred(reference, embedder)
        write_reference(reference, packaged.reference)
        print(f"{packaged.reference}: {reference.dimension} dimensions")


def centred(reference: Reference, embedder: Embedder) -> Reference:
    """With the means of what the sets have, each language as much as any other."""
    documents: list[str] = []
    questions: list[str] = []
    for path in sorted(SETS.glob("*.toml")):
        found = tomllib.loads(path.read_text(encoding="utf-8"))
        for text in found["documents"].values():
            documents += [part.strip() for part in split_sentences(text, path.stem)]
        questions += [question for _, question, _ in found["questions"]["dev"]]
    model = embedder.model
    means = (
        np.asarray(encode(texts, normalize_embeddings=True)).mean(axis=0)
        for encode, texts in ((model.encode_document, documents), (model.encode_query, questions))
    )
    of_documents, of_queries = (tuple(round(x, 6) for x in mean.tolist()) for mean in means)
    return replace(reference, document_centre=of_documents, query_centre=of_queries)


if __name__ == "__main__":
    main()
