"""Warming up: what the first question would have to wait for."""

from __future__ import annotations

import gc
from contextlib import suppress

from ingest.errors import RagError
from rag_app.engine import Engine


def warm(engine: Engine) -> None:
    """Load the model, which takes seconds, before it is needed. What goes wrong here goes wrong
    again, and is told, when a question is asked."""
    with suppress(RagError):
        engine.embedder.encode(["ready"])
    # To look at all that has been loaded for good at each collection of garbage took 70 ms, in
    # which nothing else could run, four times a question.
    gc.collect()
    gc.freeze()
