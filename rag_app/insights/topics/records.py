"""The data classes of topics."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

from ingest.text.wording import many
from rag_app.insights.base.records import Basis, Place


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic of one layer. ``id`` counts from 0, the largest first.

    ``words`` set it apart from the other topics of its layer, the most telling first. ``typical``
    are the passages nearest to its middle, ``passages`` and ``documents`` how many it has; a
    document counts where most of it belongs. ``loose`` of the passages belong to it only because
    no other topic is nearer: most of their nearest neighbours are elsewhere. ``parent`` is the id
    of the topic of the coarser layer that it is part of. ``by_month`` and ``by_year`` count
    documents with a date, as (YYYY-MM or YYYY, count) in order of time.
    """

    id: int
    name: str
    words: tuple[str, ...]
    passages: int
    documents: int
    loose: int
    typical: tuple[Place, ...]
    parent: int | None = None
    by_month: tuple[tuple[str, int], ...] = ()
    by_year: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Layer:
    """Topics that share all passages among them. ``of_passages`` and ``of_documents`` are the ids
    of the topics of ``Topics.chunk_ids`` and ``Topics.documents``."""

    topics: tuple[Topic, ...]
    of_passages: tuple[int, ...]
    of_documents: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Topics:
    """The topics of a collection, in layers, the coarsest first. ``main`` is the layer to show
    first. ``method`` says how they were found."""

    basis: Basis
    method: str
    layers: tuple[Layer, ...]
    main: int
    chunk_ids: tuple[str, ...]
    documents: tuple[str, ...]

    def rows(self) -> list[dict[str, object]]:
        """A topic a row."""
        return [
            {
                "layer": at,
                "topic": topic.id,
                "part_of": topic.parent,
                "name": topic.name,
                "words": ", ".join(topic.words),
                "passages": topic.passages,
                "loose": topic.loose,
                "documents": topic.documents,
                "typical_document": topic.typical[0].document,
                "typical_page": topic.typical[0].page,
                "typical_passage": topic.typical[0].text,
            }
            for at, layer in enumerate(self.layers)
            for topic in layer.topics
        ]

    def text(self) -> str:
        """The topics of the main layer."""
        shown = self.layers[self.main].topics
        lines = [f"{many(len(shown), 'topic')} in {many(self.basis.chunks, 'passage')}:"]
        for topic in shown:
            amount = f"{many(topic.passages, 'passage')}, {many(topic.documents, 'document')}"
            lines += [
                f"\n{topic.id + 1:3}. {topic.name} ({amount})",
                f"     {', '.join(topic.words)}",
                textwrap.indent(
                    textwrap.shorten(f"“{topic.typical[0].text}”", 160, placeholder=" …"), "     "
                ),
                f"     {topic.typical[0].document}",
            ]
        others = [len(layer.topics) for layer in self.layers if layer.topics is not shown]
        if others:
            lines.append(f"\nOther layers have {', '.join(map(str, others))} topics (--json).")
        return "\n".join(lines)
