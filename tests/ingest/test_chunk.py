"""Chunks: nothing cut off, nothing lost, exact offsets, along headings and pages."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.chunk import chunk_document, embedding_text
from ingest.embed.embedder import Embedder
from ingest.load.common.compose import compose
from ingest.records import Block, LoadedDocument

EMBEDDER = Embedder()  # only its tokenizer is used here; the weights are not loaded

WORDS = st.sampled_from(
    "the station reports every minute unless voltage 3.5 V drops; e.g. error-E22 über 你好 "
    "antidisestablishmentarianism 😀👩‍👩‍👧 https://example.org/a/b?c=d .".split(" ")
)
SENTENCE = st.lists(WORDS, min_size=1, max_size=40).map(lambda words: " ".join(words) + ".")
BLOCK = st.builds(
    Block,
    kind=st.sampled_from(["heading", "paragraph", "item", "row", "code"]),
    text=st.lists(SENTENCE, min_size=1, max_size=6).map(" ".join),
    level=st.integers(1, 4),
)


def make(blocks: list[Block], pages: bool = False) -> LoadedDocument:
    if pages:
        blocks = [
            Block(block.kind, block.text, block.level, page=1 + number // 2)
            for number, block in enumerate(blocks)
        ]
    return compose("text", blocks, title="A title", pages=blocks[-1].page or 0)


@settings(deadline=None, max_examples=60)
@given(
    blocks=st.lists(BLOCK, min_size=1, max_size=12),
    pages=st.booleans(),
    chunk_tokens=st.sampled_from([16, 40, 200, 254, 1000]),
    overlap=st.sampled_from([0, 8]),
)
def test_chunks_fit_cover_and_keep_their_place(
    blocks: list[Block], pages: bool, chunk_tokens: int, overlap: int
) -> None:
    document = make(blocks, pages)
    chunked = chunk_document(document, EMBEDDER, chunk_tokens=chunk_tokens, overlap_tokens=overlap)
    covered = [False] * len(document.text)
    for chunk, sentences in zip(chunked.chunks, chunked.sentences, strict=True):
        text = document.text[chunk.start : chunk.end]
        assert text and text == text.strip()
        tokens = EMBEDDER.token_spans([embedding_text(document, chunk), text])
        assert len(tokens[0]) <= EMBEDDER.max_tokens, "the model would drop the rest"
        assert len(tokens[1]) <= min(chunk_tokens, EMBEDDER.max_tokens)
        assert all(chunk.start <= start < end <= chunk.end for start, end in sentences)
        for place in range(chunk.start, chunk.end):
            covered[place] = True
    missed = [sign for sign, there in zip(document.text, covered, strict=True) if not there]
    assert not "".join(missed).strip()


def test_a_section_begins_a_chunk_and_headings_are_its_context() -> None:
    document = make(
        [
            Block("heading", "Travel", 1),
            Block("paragraph", "Trips are booked through the travel desk. " * 12),
            Block("heading", "Hotels", 2),
            Block("paragraph", "A night costs at most 110 pounds. " * 20),
            Block("heading", "Meals", 2),
            Block("paragraph", "Dinner costs at most 30 pounds. " * 20),
        ]
    )
    chunks = chunk_document(document, EMBEDDER, chunk_tokens=100).chunks
    texts = [document.text[chunk.start : chunk.end] for chunk in chunks]
    assert texts[0].startswith("Travel")
    assert all("Hotels" not in text or text.startswith("Hotels") for text in texts)
    meals = [chunk for chunk in chunks if chunk.headings == ("Travel", "Meals")]
    assert len(meals) > 1
    assert meals[-1].context == "A title > Travel > Meals"
    assert meals[0].context == "A title > Travel", "the heading it holds itself is not repeated"


def test_a_heading_is_never_left_at_the_end() -> None:
    filler = "One two three four five six seven eight nine ten. "
    for count in range(4, 20):
        document = make(
            [
                Block("paragraph", filler * count),
                Block("heading", "Next", 1),
                Block("paragraph", filler * 8),
            ]
        )
        for chunk in chunk_document(document, EMBEDDER, chunk_tokens=120).chunks:
            assert not document.text[chunk.start : chunk.end].endswith("Next")


def test_a_chunk_stays_on_its_page() -> None:
    document = make(
        [Block("paragraph", f"Page {n // 2 + 1} speaks. " * 5) for n in range(8)], pages=True
    )
    for chunk in chunk_document(document, EMBEDDER, chunk_tokens=200).chunks:
        assert chunk.page is not None
        assert f"Page {chunk.page} speaks." in document.text[chunk.start : chunk.end]
        assert f"Page {chunk.page + 1}" not in document.text[chunk.start : chunk.end]


def test_overlap_repeats_whole_sentences() -> None:
    sentences = [f"Sentence number {n} says something of its own." for n in range(30)]
    document = make([Block("paragraph", " ".join(sentences))])
    chunks = chunk_document(document, EMBEDDER, chunk_tokens=60, overlap_tokens=20).chunks
    for before, after in pairwise(chunks):
        repeated = document.text[after.start : before.end]
        assert repeated in [" ".join(pair) for pair in pairwise(sentences)], "two fit into 20"
