"""Why a passage was found or not: where it stood at each step from the question to the prompt."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from ingest.catalog.chunk_vectors import places_in
from ingest.catalog.view import CatalogView
from ingest.errors import UsageError
from ingest.records import FileReceipt, StoredChunk
from ingest.text.analyzer import stems
from rag_app.evidence.evidence import POOL, Evidence
from rag_app.retrieval.passage import Passage, Ranks, passage_stems
from rag_app.retrieval.retriever import LISTED

if TYPE_CHECKING:
    from rag_app.engine import Engine

# So many expected passages are looked at; words that are everywhere explain nothing.
MOST = 20


@dataclass(frozen=True, slots=True)
class ExplainedPassage:
    """An expected passage. Ranks count from 1: by meaning, by words, as it was found by both, and
    ``rank`` among the evidence, after any re-ranking; None if it is not among it. ``missing`` are
    the question's words that it does not have."""

    document: str
    page: int | None
    start: int
    end: int
    text: str
    dense_rank: int | None
    similarity: float | None
    keyword_rank: int | None
    share: float | None
    found_rank: int | None
    found_score: float | None
    rank: int | None
    score: float | None
    in_prompt: bool
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """What became of the expected passages, and the same in ``words``, line by line.

    ``listed`` is how many each list gives, ``pool`` how many are kept of both together, and
    ``passages`` how many of these an answer is made from. ``receipts`` are those that may say why
    what was expected is not there.
    """

    question: str
    mode: str
    reranker: str | None
    chunks: int
    listed: int
    pool: int
    passages: int
    confidence: float
    enough: float
    expected: tuple[ExplainedPassage, ...]
    receipts: tuple[FileReceipt, ...]
    words: tuple[str, ...]


def explain(
    engine: Engine,
    question: str,
    expect: str | None = None,
    document: str | None = None,
    page: int | None = None,
) -> Explanation:
    """What becomes of the passages that hold some words, or are of a document or a page of it.

    Raises UsageError if nothing is expected, and what asking raises.
    """
    if not (expect and expect.strip()) and document is None:
        raise UsageError(
            'Say what you expected: --expect "words of the passage", or --document NAME with or '
            "without --page N"
        )
    evidence = engine.evidence(question)
    with engine.reading() as view:
        among = {passage.chunk.id for passage in evidence.passages}
        ids = sorted(_expected(view, expect, document, page), key=lambda id_: id_ not in among)
        found = list(view.chunks(ids[:MOST]).values())
        chunks = view.chunk_count()
    ranks = engine.ranks(question, ids[:MOST])
    used = engine.answer_settings.passages
    place = {passage.chunk.id: at for at, passage in enumerate(evidence.passages, start=1)}
    passages = {passage.chunk.id: passage for passage in evidence.passages}
    wanted = list(dict.fromkeys(stems(question)))
    expected = tuple(
        sorted(
            (
                _explained(chunk, ranks[chunk.id], passages, place, used, wanted)
                for chunk in found
                if chunk.id in ranks
            ),
            key=lambda one: (one.rank or len(passages) + 1, -(one.similarity or 0)),
        )
    )
    receipts = () if found else tuple(_telling(engine.receipts(), document))
    names = [document.name for document in engine.documents()]
    return Explanation(
        question=question,
        mode=engine.answer_settings.mode,
        reranker=engine.answer_settings.reranker,
        chunks=chunks,
        listed=LISTED,
        pool=POOL,
        passages=used,
        confidence=evidence.confidence,
        enough=evidence.calibration.enough,
        expected=expected,
        receipts=receipts,
        words=tuple(_in_words(expected, len(ids), receipts, evidence, document, names)),
    )


def _expected(
    view: CatalogView, words: str | None, document: str | None, page: int | None
) -> Iterator[str]:
    """The ids of the chunks that overlap the words, or are of the document or page."""
    pattern = None
    if words and words.strip():
        pattern = re.compile(r"\s+".join(map(re.escape, words.split())), re.IGNORECASE)
    for one in view.documents():
        if (document is not None and document not in (one.name, *one.same_as)) or (
            one.same_as and one.name > min(one.same_as)  # the same bytes, under another name
        ):
            continue
        spans = [(0, one.characters)]
        if pattern is not None:
            text = view.document_text(one.name) or ""
            spans = [match.span() for match in pattern.finditer(text)]
        for chunk in places_in(view, one.name):
            on_page = page is None or chunk.page == page
            if on_page and any(chunk.start < end and start < chunk.end for start, end in spans):
                yield chunk.id


def _explained(
    chunk: StoredChunk,
    ranks: Ranks,
    passages: dict[str, Passage],
    place: dict[str, int],
    used: int,
    wanted: Sequence[str],
) -> ExplainedPassage:
    passage = passages.get(chunk.id)
    rank = place.get(chunk.id)
    there = set(passage_stems(Passage(chunk, 0.0)))
    return ExplainedPassage(
        document=chunk.documents[0],
        page=chunk.page,
        start=chunk.start,
        end=chunk.end,
        text=chunk.text,
        dense_rank=ranks.dense,
        similarity=ranks.similarity,
        keyword_rank=ranks.keyword,
        share=ranks.share,
        found_rank=passage.ranks.found if passage else None,
        found_score=passage.ranks.score if passage else None,
        rank=rank,
        score=passage.score if passage else None,
        in_prompt=rank is not None and rank <= used,
        missing=tuple(stem for stem in wanted if stem not in there),
    )


def _telling(receipts: Sequence[FileReceipt], document: str | None) -> Iterator[FileReceipt]:
    """The receipts of a document, or else of all that was not read, or not all of it."""
    for receipt in receipts:
        about = document is not None and (
            receipt.path == document or receipt.path.endswith(f"/{document}")
        )
        incomplete = document is None and receipt.reason is not None and receipt.same_as is None
        if about or incomplete:
            yield receipt


def _in_words(
    expected: Sequence[ExplainedPassage],
    count: int,
    receipts: Sequence[FileReceipt],
    evidence: Evidence,
    document: str | None,
    names: Sequence[str],
) -> Iterator[str]:
    if not count:
        yield "What you expected is not in the collection."
        if document is not None and document not in names:
            near = get_close_matches(document, names, n=3, cutoff=0.5)
            yield f"There is no document {document!r}" + (
                f"; did you mean {' or '.join(near)}?" if near else "; see: rag-app status"
            )
        for receipt in receipts:
            yield f"{receipt.path}: {receipt.status}, {receipt.reason or 'no reason was noted'}"
        if not receipts:
            yield "No receipt says why: was its file in the folders that you ingested?"
        return
    if count > MOST:
        yield f"{count} passages are as you expected; {MOST} are shown, the best first."
    best = expected[0]
    if best.in_prompt:
        yield f"It is passage {best.rank} of those that the answer is made from."
    elif best.rank is not None:
        yield (
            f"It was found, as passage {best.rank}, but an answer is made from fewer: raise "
            "`passages` (RAG_PASSAGES), or ask in words nearer to the passage's."
        )
    elif min(best.dense_rank or LISTED + 1, best.keyword_rank or LISTED + 1) <= LISTED:
        yield f"It was in a list, but {POOL} others match better by meaning and words together."
    else:
        yield f"It is not among the first {LISTED} by meaning, nor by words."
    if best.missing and not best.in_prompt:
        yield f"It does not have these words of the question: {', '.join(best.missing)}."
    if not evidence.is_enough:
        yield (
            f"The question is refused: that the documents answer it has a probability of "
            f"{evidence.confidence:.2f}, and {evidence.calibration.enough:g} is asked for."
        )


def table(explanation: Explanation) -> str:
    """The explanation for a terminal."""
    lines = list(explanation.words)
    for one in explanation.expected:
        page = f", page {one.page}" if one.page else ""
        lines += [
            "",
            f"{one.document}{page}, characters {one.start}-{one.end}",
            f"  {' '.join(one.text.split())[:160]}",
            f"  by meaning   {_place(one.dense_rank, explanation)}{_score(one.similarity)}",
            f"  by words     {_place(one.keyword_rank, explanation)}{_score(one.share)}",
            f"  together     {_among(one.found_rank, explanation)}{_score(one.found_score)}",
            *(
                [f"  re-ranked    {_among(one.rank, explanation)}{_score(one.score)}"]
                if explanation.reranker
                else []
            ),
            f"  in prompt    {'yes' if one.in_prompt else 'no'} (the first {explanation.passages})",
        ]
    return "\n".join(lines)


def _place(rank: int | None, explanation: Explanation) -> str:
    if rank is None:
        return "has none of them"
    beyond = f", beyond the first {explanation.listed}" if rank > explanation.listed else ""
    return f"{rank} of {explanation.chunks}{beyond}"


def _among(rank: int | None, explanation: Explanation) -> str:
    return f"not among the first {explanation.pool}" if rank is None else str(rank)


def _score(score: float | None) -> str:
    return "" if score is None else f"  ({score:.3f})"
