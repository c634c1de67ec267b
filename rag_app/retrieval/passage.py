"""A passage: a live chunk that was found, and where it stood on its way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ingest.records import StoredChunk
from ingest.text.analyzer import stems
from rag_app.records import Citation, Hit


@dataclass(frozen=True, slots=True)
class Ranks:
    """Where a passage stood on its way, from 1, and with which score: by meaning, by words, and as
    it was found, before any re-ranking. None: in a list that was not asked, or not among its best.
    """

    dense: int | None = None
    similarity: float | None = None
    keyword: int | None = None
    share: float | None = None
    found: int | None = None
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """A live chunk, and how well it matches the question. ``joined`` are the ids of the chunks
    that were joined to it from beside it."""

    chunk: StoredChunk
    score: float
    ranks: Ranks = Ranks()
    joined: tuple[str, ...] = ()

    def to_hit(self) -> Hit:
        """This passage as the API gives it."""
        chunk = self.chunk
        return Hit(
            document=chunk.documents[0],
            page=chunk.page,
            start=chunk.start,
            end=chunk.end,
            text=chunk.text,
            score=self.score,
            chunk_id=chunk.id,
            metadata={
                **chunk.metadata,
                "headings": list(chunk.headings),
                "documents": list(chunk.documents),
            },
        )

    def to_citation(
        self, marker: int, start: int, end: int, *, score: float = 1.0, reason: str | None = None
    ) -> Citation:
        """The words ``[start, end)`` of its document under a marker. They support what they are
        cited for, unless there is a ``reason`` why not."""
        chunk = self.chunk
        return Citation(
            marker=marker,
            document=chunk.documents[0],
            page=chunk.page,
            start=start,
            end=end,
            quote=chunk.text[start - chunk.start : end - chunk.start],
            supported=reason is None,
            score=score,
            reason=reason,
            by_ocr=chunk.by_ocr,
        )


def passage_stems(passage: Passage, language: str | None = None) -> list[str]:
    """The stems of a passage with what stands over it, read in a language."""
    return stems(full_text(passage), language)


def full_text(passage: Passage) -> str:
    """A passage under its file's name, title and headings."""
    return f"{text_over(passage.chunk)}\n{passage.chunk.text}"


def text_over(chunk: StoredChunk) -> str:
    """The name of a chunk's file, its title and its headings, a line each."""
    return "\n".join([chunk.documents[0], *titles_over(chunk)])


def titles_over(chunk: StoredChunk) -> list[str]:
    """The title of a chunk's document, "" if it has none, and its headings."""
    return [str(chunk.metadata.get("title") or ""), *chunk.headings]


def heading_of_each(chunk: StoredChunk) -> list[str]:
    """The heading over each sentence of a chunk, "" for none: the chunk's, or the last line between
    its sentences that is none of them."""
    heading = chunk.headings[-1] if chunk.headings else ""
    found: list[str] = []
    end = chunk.start
    for start, last in chunk.sentences:
        between = chunk.text[end - chunk.start : start - chunk.start].strip()
        if any(map(str.isalpha, between)):
            heading = between.rpartition("\n")[2]
        found.append(heading)
        end = last
    return found


def names_over(chunk: StoredChunk, heading: str) -> str:
    """What names a sentence under this heading: as ``text_over``, but where it is not the chunk's,
    which stands over the chunk's beginning alone, the heading in place of the chunk's."""
    if not heading or heading in chunk.headings:
        return text_over(chunk)
    return "\n".join([chunk.documents[0], str(chunk.metadata.get("title") or ""), heading])


def ids_of(passages: Iterable[Passage]) -> list[str]:
    """The ids of the chunks that passages are made of."""
    return [id_ for one in passages for id_ in (one.joined or (one.chunk.id,))]
