"""Why a passage was found or not: where it stood at each step from the question to the prompt."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from ingest.catalog.chunk_vectors import places_in
from ingest.catalog.view import CatalogView
from ingest.errors import UsageError
from ingest.records import FileReceipt, StoredChunk
from rag_app.evidence.evidence import POOL, Evidence
from rag_app.retrieval.passage import Passage, Ranks, passage_stems
from rag_app.retrieval.retriever import LISTED, ranks
from rag_app.retrieval.snapshot import Snapshot
from rag_app.settings import AnswerSettings

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


@dataclass(frozen=True, slots=True)
class Expected:
    """What was expected: passages with some words, or of a document or a page of it. Raises
    UsageError if it is nothing."""

    words: str | None = None
    document: str | None = None
    page: int | None = None

    def __post_init__(self) -> None:
        if not (self.words and self.words.strip()) and self.document is None:
            raise UsageError(
                'Say what you expected: --expect "words of the passage", or --document NAME with '
                "or without --page N"
            )


def explain(
    snapshot: Snapshot, evidence: Evidence, expected: Expected, settings: AnswerSettings
) -> Explanation:
    """What became of the passages that were expected, in the snapshot of the evidence."""
    view, query = snapshot.view, evidence.query
    assert query is not None, "evidence that was found has its question"
    among = {passage.chunk.id for passage in evidence.passages}
    ids = sorted(_expected_ids(view, expected), key=lambda id_: id_ not in among)
    found = list(view.chunks(ids[:MOST]).values())
    ranked = ranks(snapshot, query, ids[:MOST])
    used = settings.passages
    place = {passage.chunk.id: at for at, passage in enumerate(evidence.passages, start=1)}
    passages = {passage.chunk.id: passage for passage in evidence.passages}
    wanted = list(dict.fromkeys(query.stems))
    explained = tuple(
        sorted(
            (
                _explained(chunk, ranked[chunk.id], passages, place, used, wanted)
                for chunk in found
                if chunk.id in ranked
            ),
            key=lambda one: (one.rank or len(passages) + 1, -(one.similarity or 0)),
        )
    )
    document = expected.document
    receipts = () if found else tuple(_telling(view.receipts().values(), document))
    names = [document.name for document in view.documents()]
    return Explanation(
        question=query.text,
        mode=settings.mode,
        reranker=settings.reranker,
        chunks=view.chunk_count(),
        listed=LISTED,
        pool=POOL,
        passages=used,
        confidence=evidence.confidence,
        enough=evidence.calibration.enough,
        expected=explained,
        receipts=receipts,
        words=tuple(_in_words(explained, len(ids), receipts, evidence, document, names)),
    )


def _expected_ids(view: CatalogView, expected: Expected) -> Iterator[str]:
    """The ids of the chunks that overlap the words, or are of the document or page."""
    words, document, page = expected.words, expected.document, expected.page
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


def _telling(receipts: Iterable[FileReceipt], document: str | None) -> Iterator[FileReceipt]:
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
