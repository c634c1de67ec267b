"""The map of a collection: every passage at a place, near to what is alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ingest.text.wording import many
from rag_app.collection.collection import Collection
from rag_app.insights.base.points import reading
from rag_app.insights.base.records import Basis
from rag_app.insights.base.steps import QUIET, Steps
from rag_app.insights.map.projection import METHODS, Method, default_method, project
from rag_app.insights.map.trust import NEIGHBOURS, trustworthiness

NAMES: dict[Method, str] = {"pca": "PCA", "tsne": "t-SNE", "umap": "UMAP"}
DOUBTFUL = 0.9  # below this trustworthiness, a reader is told not to trust the eye


@dataclass(frozen=True, slots=True)
class PassageMap:
    """A map: for each chunk its position, each axis from -1 to 1, and its place in its document.

    ``owners`` are the rows of ``documents``; ``pages`` are 0 where there are none.
    ``trustworthiness`` at 15 neighbours, 0 to 1, says how far what is near on the map is near in
    meaning; None for very few passages.
    """

    basis: Basis
    method: Method
    trustworthiness: float | None
    chunk_ids: tuple[str, ...]
    x: tuple[float, ...]
    y: tuple[float, ...]
    owners: tuple[int, ...]
    pages: tuple[int, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    documents: tuple[str, ...]

    def rows(self) -> list[dict[str, object]]:
        """A passage a row."""
        return [
            {
                "chunk_id": self.chunk_ids[at],
                "x": self.x[at],
                "y": self.y[at],
                "document": self.documents[self.owners[at]],
                "page": self.pages[at] or None,
                "start": self.starts[at],
                "end": self.ends[at],
            }
            for at in range(len(self.chunk_ids))
        ]

    def text(self) -> str:
        """How it was made, and how far it can be trusted."""
        made = f"A map of {many(len(self.chunk_ids), 'passage')} by {NAMES[self.method]}."
        trust = "" if self.trustworthiness is None else f" {trust_in_words(self.trustworthiness)}"
        return f"{made}{trust} --output FILE writes the positions, the page “Explore” shows them."


def make_map(
    collection: Collection,
    where: Mapping[str, Any] | None = None,
    *,
    method: Method | None = None,
    seed: int = 0,
    steps: Steps = QUIET,
) -> PassageMap:
    """Place the passages that pass a filter on a plane, by PCA, t-SNE or UMAP; by t-SNE or PCA if
    nothing is said. Raises UsageError, also where a library is missing, StoreEmpty, StoreError,
    Stopped."""
    with reading(collection, where) as points:
        chosen = method or default_method(len(points))
        positions = project(points.vectors, chosen, seed, steps)
        steps("Measuring how far it can be trusted", 0.95)
        trust = trustworthiness(points.vectors, positions)
        x, y = positions.round(4).T.tolist()
        return PassageMap(
            basis=points.basis(),
            method=chosen,
            trustworthiness=trust,
            chunk_ids=tuple(points.ids),
            x=tuple(x),
            y=tuple(y),
            owners=tuple(points.owners.tolist()),
            pages=tuple(points.pages.tolist()),
            starts=tuple(points.starts.tolist()),
            ends=tuple(points.ends.tolist()),
            documents=tuple(one.name for one in points.documents),
        )


def trust_in_words(trust: float) -> str:
    """What the trustworthiness of a map means for who looks at it."""
    told = (
        "what is near on the map is mostly near in meaning"
        if trust >= DOUBTFUL
        else "much that is near on the map is not near in meaning"
    )
    return (
        f"Trustworthiness at {NEIGHBOURS}: {trust:.2f} of 1; {told}. A plane hides distances: two "
        "groups that lie apart may be close, and empty space means nothing."
    )


__all__ = ["METHODS", "PassageMap", "make_map", "trust_in_words"]
