"""A learning path: the story, from objectives to pieces in order, each with its material."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ingest.records import StoredChunk
from ingest.settings import DEFAULT_MODEL
from ingest.similarity import Vectors, unit
from ingest.text.wording import many
from rag_app.engine import Engine
from rag_app.insights.base.points import Points, reading
from rag_app.insights.base.records import Place
from rag_app.insights.base.steps import QUIET, Steps
from rag_app.insights.learning.checks import checks_for
from rag_app.insights.learning.order import in_order, named_needs
from rag_app.insights.learning.prerequisites import (
    Floats,
    known_pairs,
    needs,
    reference_distance,
)
from rag_app.insights.learning.records import LearningPath, Piece, Teaches
from rag_app.records import Hit

PASSAGES = 3  # of each objective
# Of a search's score: what is below teaches something else. On three courses, 0.94 of their
# objectives have material from here on, and 0.12 of those of the other courses
# (benchmarks.insights.learning).
ENOUGH = 0.4


def learning_path(
    engine: Engine,
    objectives: Sequence[str],
    where: Mapping[str, Any] | None = None,
    *,
    k: int = PASSAGES,
    steps: Steps = QUIET,
) -> LearningPath:
    """Put objectives in the order in which they are to be learned, each with up to ``k`` passages
    that teach it and questions to check oneself.

    What comes before what is worked out from the objectives and the passages near to them, so it
    is a proposal. Raises StoreEmpty, StoreError, EmbedderError, Stopped, and UsageError for a wrong
    filter or one that nothing passes, an empty objective, or a ``k`` below 1.
    """
    objectives = list(dict.fromkeys(objectives))
    found: list[list[Hit]] = []
    for at, objective in enumerate(objectives):
        steps("Looking for material", 0.8 * at / len(objectives))
        found.append([hit for hit in engine.search(objective, k, where) if hit.score >= ENOUGH])
    with reading(engine.collection, where) as points:
        steps("Putting it in order", 0.8)
        vectors = unit(engine.embedder.encode(objectives))
        scores = _needs(engine, points, objectives, vectors)
        order = in_order(scores)
        named = named_needs(scores, order)
        best = _best_for(found)
        chunks = points.view.chunks([hit.chunk_id for hits in found for hit in hits])
        pieces: list[Piece] = []
        used: set[str] = set()
        for row in order:
            steps("Making questions", 0.85 + 0.15 * len(pieces) / len(order))
            # What was deleted since it was found is left out.
            hits = [hit for hit in found[row] if hit.chunk_id in chunks]
            # A passage is asked about where it teaches most, if that leaves something for all.
            asked = [hit for hit in hits if best[hit.chunk_id] == row] or hits
            own: list[StoredChunk] = [chunks[hit.chunk_id] for hit in asked]
            pieces.append(
                Piece(
                    objective=objectives[row],
                    needs=tuple(objectives[one] for one in named[row]) if hits else (),
                    passages=tuple(Teaches(_place(hit), hit.score) for hit in hits),
                    checks=checks_for(objectives[row], own, engine.embedder, used),
                )
            )
        return LearningPath(points.basis(*_notes(pieces, len(objectives))), tuple(pieces))


def _needs(engine: Engine, points: Points, objectives: Sequence[str], vectors: Vectors) -> Floats:
    """How much each objective needs each."""
    references = reference_distance(objectives, vectors, points.vectors, points.texts)
    is_default = engine.embedder.name == DEFAULT_MODEL
    return needs(vectors, references, known_pairs() if is_default else None)


def _best_for(found: Sequence[Sequence[Hit]]) -> dict[str, int]:
    """The row of the objective that each passage teaches most, by chunk."""
    scored = sorted(
        (hit.score, row, hit.chunk_id) for row, hits in enumerate(found) for hit in hits
    )
    return {chunk: row for _, row, chunk in scored}


def _place(hit: Hit) -> Place:
    return Place(hit.document, hit.page, hit.start, hit.end, hit.text, hit.chunk_id)


def _notes(pieces: Sequence[Piece], count: int) -> list[str]:
    notes = ["The order is worked out from words and vectors: a proposal, not a curriculum."]
    if count == 1:
        notes = ["There is one objective, so there is nothing to put in order."]
    if missing := sum(piece.is_gap for piece in pieces):
        notes.append(f"For {many(missing, 'objective')}, no passage was found that teaches it.")
    return notes
