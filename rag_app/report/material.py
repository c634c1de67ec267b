"""The material of a report: the passages that a first search finds for the topic, and the sentences
of theirs that have most to do with it, under the headings that they stand under."""

from __future__ import annotations

from typing import NamedTuple

from ingest.catalog.filters import Filter
from rag_app.collection.told import Told
from rag_app.evidence.evidence import Evidence
from rag_app.evidence.sentences import Sentence, order_sentences
from rag_app.finding import evidence_for, speak_as_asked
from rag_app.parts import Parts
from rag_app.retrieval.passage import Passage, heading_of_each

MOST_SECTIONS = 6
# Passages that are looked at, and what a sentence has to have of the score of the best. A search of
# a small collection finds all of it, so the rank alone says nothing.
LOOKED_AT = 24
SHARE_OF_BEST = 0.6
MOST_OF_A_SECTION = 4


class OwnSection(NamedTuple):
    """Sentences of the documents on the topic, under the heading that they stand under."""

    heading: str
    told: tuple[Told, ...]


class Material(NamedTuple):
    """What the collection has on a topic. ``sections`` are in the order of the documents."""

    evidence: Evidence
    sections: tuple[OwnSection, ...] = ()

    @property
    def passages(self) -> tuple[Passage, ...]:
        """The best passages of the first search."""
        return self.evidence.passages[:LOOKED_AT]


def material_for(parts: Parts, topic: str, where: Filter | None) -> Material:
    """What the collection has on a topic, which is searched once.

    Raises StoreEmpty, StoreError, FingerprintMismatch, EmbedderError, RerankerError.
    """
    with parts.searcher.reading() as snapshot:
        speak_as_asked(topic, snapshot)
        evidence = evidence_for(parts, snapshot, topic, where)
    if not evidence.passages or evidence.query is None:
        return Material(evidence)
    passages = evidence.passages[:LOOKED_AT]
    sentences = order_sentences(evidence.query, passages, parts.searcher.recent)
    return Material(evidence, _by_heading(sentences))


def _by_heading(sentences: tuple[Sentence, ...]) -> tuple[OwnSection, ...]:
    """The best sentences, each once, under their headings: those of the document with the best one
    first, and within a document in the order of its text."""
    least = SHARE_OF_BEST * max((one.score for one in sentences), default=0.0)
    near = [one for one in sentences if one.score >= least]
    documents = list(dict.fromkeys(one.passage.chunk.documents[0] for one in near))
    found: dict[tuple[str, str], dict[int, Told]] = {}
    for one in near:
        chunk = one.passage.chunk
        place = next(at for at, span in enumerate(chunk.sentences) if span[0] == one.start)
        heading = heading_of_each(chunk)[place]
        key = chunk.documents[0], _titled(chunk.documents[0], one.passage, heading, documents)
        if key not in found and len(found) == MOST_SECTIONS:
            continue
        told = found.setdefault(key, {})
        if len(told) < MOST_OF_A_SECTION:
            told.setdefault(one.start, Told(chunk, one.start, one.end, heading))
    firsts = sorted(found, key=lambda key: (documents.index(key[0]), min(found[key])))
    return tuple(
        OwnSection(key[1], tuple(found[key][start] for start in sorted(found[key])))
        for key in firsts
    )


def _titled(document: str, passage: Passage, heading: str, documents: list[str]) -> str:
    """The heading of a section, with the title of its document where there are several."""
    title = " ".join(str(passage.chunk.metadata.get("title") or document).split())
    heading = " ".join(heading.split())
    if not heading or heading == title:
        return title
    return f"{title}: {heading}" if len(documents) > 1 else heading
