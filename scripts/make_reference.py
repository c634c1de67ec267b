"""Writes ingest/embed/reference.json anew: python scripts/make_reference.py

Needed only when the default model, or the texts in ``ingest.embed.reference``, change.
"""

from __future__ import annotations

from ingest.embed.embedder import Embedder
from ingest.embed.reference import DEFAULT_REFERENCE, reference_of, write_reference


def main() -> None:
    """Ask sentence-transformers, in single precision on the processor."""
    reference = reference_of(Embedder(device="cpu", backend="torch").model)
    assert reference is not None
    write_reference(reference, DEFAULT_REFERENCE)
    print(f"{DEFAULT_REFERENCE}: {reference.dimension} dimensions")


if __name__ == "__main__":
    main()
