"""Chunking takes time in proportion to the text: it runs outside of the reading process."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from time import process_time

import pytest

from ingest.chunk import chunk_document
from ingest.embed.embedder import Embedder
from ingest.load.read import load_bytes

SIZE = 40_000  # bytes
MOST_SECONDS = 2.0
MOST_GROWTH = 2.5  # with twice the text
MEASURABLE = 0.5  # seconds; growth is not judged below
COLUMNS = 5_000
TRIES = 3

# Each by the name of its file: what is repeated, or what makes a text of so many bytes.
KINDS: dict[str, str | Callable[[int], str]] = {
    "pictures.txt": "![",
    "no end.txt": "word ",
    "one word.txt": "a",
    "quotation marks.txt": '"a ',
    "abbreviations.txt": "approx. ",
    "paragraphs.txt": "a\n\n",
    "without spaces.txt": "这。",
    "code.py": "{\n",
    "headings.md": "# a\n",
    "under one heading.md": lambda size: (
        f"# {'word ' * (size // 10)}\n\n" + "## b\n\nc\n\n" * (size // 20)
    ),
    "list.md": lambda size: "".join(f"{'  ' * i}- a\n" for i in range(int(size**0.5))),
    "columns.csv": lambda size: f"{','.join('a' * COLUMNS)}\n" * (size // COLUMNS // 2),
    "rows.csv": "a,b\n",
}


@pytest.fixture(autouse=True)
def uncollected() -> Iterator[None]:
    """Python goes through all that other tests have left when it likes, which is not measured."""
    gc.disable()
    yield
    gc.enable()


@pytest.mark.parametrize("name", KINDS)
def test_twice_the_text_takes_twice_the_time(name: str, embedder: Embedder) -> None:
    embedder.token_spans(["loaded"])
    kind = KINDS[name]

    def seconds(size: int) -> float:
        text = kind(size) if callable(kind) else (kind * size)[:size]
        document = load_bytes(text.encode(), name)
        start = process_time()
        chunked = chunk_document(document, embedder, chunk_tokens=200)
        assert chunked.chunks
        return process_time() - start

    # What a machine with other work adds is not the text's: the best of a few tries counts.
    once, twice = seconds(SIZE), seconds(2 * SIZE)
    for _ in range(TRIES):
        if once < MOST_SECONDS and twice < max(MOST_GROWTH * once, MEASURABLE):
            break
        once, twice = min(once, seconds(SIZE)), min(twice, seconds(2 * SIZE))
    assert once < MOST_SECONDS
    assert twice < max(MOST_GROWTH * once, MEASURABLE)
