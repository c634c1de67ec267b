"""Chunking: along sentences, headings and pages, measured in the model's own tokens.

A document is first cut into *pieces*: a sentence, a table row, a heading, a line of code, and of
what is too long for one chunk, parts of it. Pieces are then packed into chunks. A chunk ends
where the next piece would not fit, where a page ends, and where a heading begins a new section,
unless what stands before it is too little to be found on its own.

Why tokens: all-MiniLM-L6-v2 reads 256 of its own and drops the rest without a word.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from ingest.records import Chunk, LoadedDocument, PlacedBlock
from ingest.text.sentences import split_sentences
from ingest.tracing.attributes import of_chunking
from ingest.tracing.traced import traced

# A section shorter than this part of a chunk is joined with the one after it: a heading with one
# line under it says too little to stand alone.
SHORT_SECTION = 0.25
# A tokenizer needs some 200 bytes for each token, so it is given little at a time. In characters.
CHARACTERS_AT_ONCE = 100_000
LONGEST_SENTENCE = 8_000
# A block is split into sentences in parts of so many characters, for the same reason.
LONGEST_BLOCK = 200_000
# Where a sentence is too long for one chunk, it is cut after one of these, the best first, as
# long as that does not throw away more than half of the room.
CUT_AFTER = ("\n", ";", ",", " ")


class Tokens(Protocol):
    """What chunking needs to know of an embedding model; ``ingest.embed.embedder.Embedder`` is
    one."""

    @property
    def max_tokens(self) -> int: ...

    def token_spans(self, texts: Sequence[str]) -> list[list[tuple[int, int]]]: ...


class Span(NamedTuple):
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ChunkedDocument:
    """The chunks of a document and, for each, the sentences in it as offsets of the document."""

    chunks: tuple[Chunk, ...]
    sentences: tuple[tuple[Span, ...], ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """The smallest unit of packing. ``headings`` is the path of headings that it stands under;
    ``is_said`` whether it can be an answer: headings and context only lead to one."""

    start: int
    end: int
    tokens: int
    page: int | None
    headings: tuple[str, ...]
    is_heading: bool
    is_said: bool


@traced("chunk", "CHAIN", of_chunking)
def chunk_document(
    document: LoadedDocument, tokens: Tokens, *, chunk_tokens: int, overlap_tokens: int = 0
) -> ChunkedDocument:
    """Cut a document into chunks of at most ``chunk_tokens`` tokens.

    Every character that is not white space is in some chunk; ``context + text`` of each chunk
    has at most ``tokens.max_tokens`` tokens.
    """
    limit = min(chunk_tokens, tokens.max_tokens)
    pieces = _cut_pieces(document, tokens, limit)
    packed = list(_pack(pieces, limit, overlap_tokens))
    contexts = _contexts(document, packed, tokens)
    chunks = tuple(
        Chunk(
            start=group[0].start,
            end=group[-1].end,
            page=group[0].page,
            headings=_last_path(group),
            context=context,
        )
        for group, context in zip(packed, contexts, strict=True)
    )
    sentences = tuple(
        tuple(Span(piece.start, piece.end) for piece in group if piece.is_said) for group in packed
    )
    return ChunkedDocument(chunks, sentences)


def embedding_text(document: LoadedDocument, chunk: Chunk) -> str:
    """What is embedded for a chunk: its context, then its text."""
    text = document.text[chunk.start : chunk.end]
    return f"{chunk.context}\n{text}" if chunk.context else text


def _cut_pieces(document: LoadedDocument, tokens: Tokens, limit: int) -> list[Piece]:
    spans: list[Span] = []
    owners: list[tuple[PlacedBlock, tuple[str, ...]]] = []
    path: list[tuple[int, str]] = []
    for block in document.blocks:
        if block.kind == "heading":
            path = [entry for entry in path if entry[0] < block.level]
            path.append((block.level, document.text[block.start : block.end]))
        headings = tuple(text for _, text in path)
        for span in _sentences(document.text, block, document.language):
            spans.append(span)
            owners.append((block, headings))
    pieces: list[Piece] = []
    for first, last in _batches(spans):
        texts = [document.text[span.start : span.end] for span in spans[first:last]]
        for place, inside in enumerate(tokens.token_spans(texts), start=first):
            block, headings = owners[place]
            for part, count in _cut_long(document.text, spans[place], inside, limit):
                page = bisect_right(document.page_starts, part.start) or None
                is_heading = block.kind == "heading"
                is_said = not is_heading and block.kind != "context"
                pieces.append(
                    Piece(part.start, part.end, count, page, headings, is_heading, is_said)
                )
    return pieces


def _batches(spans: Sequence[Span]) -> Iterator[tuple[int, int]]:
    """Where to begin and end, so that not too many characters are tokenized at once."""
    first = characters = 0
    for place, span in enumerate(spans):
        characters += span.end - span.start
        if characters > CHARACTERS_AT_ONCE:
            yield first, place + 1
            first, characters = place + 1, 0
    yield first, len(spans)


def _sentences(text: str, block: PlacedBlock, language: str | None) -> Iterator[Span]:
    """The sentences of a block of a language, without the white space around them; of what is no
    sentence by its length, parts of it."""
    for portion in _cut(text, Span(block.start, block.end), LONGEST_BLOCK):
        inside = text[portion.start : portion.end]
        if block.kind in ("heading", "row"):
            parts = [inside]
        elif block.kind == "code":
            parts = inside.splitlines(keepends=True)
        else:
            parts = split_sentences(inside, language) if language else split_sentences(inside)
        start = portion.start
        for part in parts:
            for span in _cut(text, Span(start, start + len(part)), LONGEST_SENTENCE):
                piece = text[span.start : span.end]
                stripped = piece.strip()
                if stripped:
                    first = span.start + piece.index(stripped)
                    yield Span(first, first + len(stripped))
            start += len(part)


def _cut(text: str, span: Span, longest: int) -> Iterator[Span]:
    """Cut what would take much memory, after white space where there is some."""
    start, end = span
    while end - start > longest:
        last = start + longest
        middle = start + longest // 2
        cut = max(text.rfind(" ", middle, last), text.rfind("\n", middle, last)) + 1 or last
        yield Span(start, cut)
        start = cut
    yield Span(start, end)


def _cut_long(
    text: str, span: Span, token_spans: list[tuple[int, int]], limit: int
) -> Iterator[tuple[Span, int]]:
    """Cut a sentence that has more tokens than the limit, between tokens."""
    first = 0
    start = span.start
    while len(token_spans) - first > limit:
        cut = _best_cut(text, span.start, token_spans, first, first + limit)
        end = span.start + token_spans[cut - 1][1]
        yield Span(start, end), cut - first
        first, start = cut, span.start + token_spans[cut][0]
    yield Span(start, span.end), len(token_spans) - first


def _best_cut(
    text: str, offset: int, token_spans: list[tuple[int, int]], first: int, last: int
) -> int:
    """The number of the token to cut before: after punctuation or a space, in the second half."""
    for sign in CUT_AFTER:
        for number in range(last, first + (last - first) // 2, -1):
            before, after = token_spans[number - 1], token_spans[number]
            if sign in text[offset + before[0] : offset + after[0]]:
                return number
    # Never inside one character's own tokens (an emoji is several): both would get all of it.
    number = last
    while number > first + 1 and token_spans[number][0] < token_spans[number - 1][1]:
        number -= 1
    return number


def _pack(pieces: Sequence[Piece], limit: int, overlap: int) -> Iterator[list[Piece]]:
    group: list[Piece] = []
    size = 0
    for piece in pieces:
        begins_section = piece.is_heading and size >= limit * SHORT_SECTION
        if group and (piece.page != group[0].page or begins_section or size + piece.tokens > limit):
            rest = _headings_at_end(group)
            if len(rest) < len(group):
                yield group[: len(group) - len(rest)]
            continues = not rest and not begins_section and piece.page == group[0].page
            group = rest or (
                _overlap(group, min(overlap, limit - piece.tokens)) if continues else []
            )
            size = sum(part.tokens for part in group)
            if size + piece.tokens > limit or (group and piece.page != group[0].page):
                # Headings alone, when a long sentence or a new page follows them.
                yield group
                group, size = [], 0
        group.append(piece)
        size += piece.tokens
    if group:
        yield group


def _headings_at_end(group: list[Piece]) -> list[Piece]:
    """The headings that a chunk ends with: they belong to what comes after."""
    count = 0
    while count < len(group) and group[-1 - count].is_heading:
        count += 1
    return group[len(group) - count :]


def _overlap(group: list[Piece], overlap: int) -> list[Piece]:
    """The last pieces of a chunk that fit into the overlap; never all of it."""
    kept: list[Piece] = []
    for piece in reversed(group[1:]):
        if sum(part.tokens for part in kept) + piece.tokens > overlap:
            break
        kept.insert(0, piece)
    return kept


def _last_path(group: list[Piece]) -> tuple[str, ...]:
    """The headings of a chunk: those of its first piece that is not a heading itself."""
    return next((piece.headings for piece in group if not piece.is_heading), group[-1].headings)


def _contexts(document: LoadedDocument, packed: Sequence[list[Piece]], tokens: Tokens) -> list[str]:
    """The title and the headings above each chunk, as far as the model has room for them."""
    full: list[str] = []
    for group in packed:
        inside = {document.text[piece.start : piece.end] for piece in group if piece.is_heading}
        parts = [document.title or "", *_last_path(group)]
        full.append(" > ".join(dict.fromkeys(p for p in parts if p and p not in inside)))
    distinct = list(dict.fromkeys(full))
    spans = dict(zip(distinct, tokens.token_spans(distinct), strict=True))
    contexts: list[str] = []
    for group, context in zip(packed, full, strict=True):
        room = tokens.max_tokens - sum(piece.tokens for piece in group)
        kept = spans[context][: max(room, 0)]
        contexts.append(context if len(kept) == len(spans[context]) else context[: _end(kept)])
    return contexts


def _end(token_spans: list[tuple[int, int]]) -> int:
    return token_spans[-1][1] if token_spans else 0
