"""The inverted index for keyword search: written in the transaction of the document.

So they are true whenever the catalog is. Chunks have numbers that are never used again; those of a
document follow each other. Of the newest chunks the words stand chunk by chunk (``chunk_words``);
once there are enough for a block, they are turned around: for each word, in which chunks of the
block it is and how often (``postings``; Zobel and Moffat, "Inverted Files for Text Search Engines",
2006). What is deleted has the length 0 and is passed over; of a block that is mostly gone, the
postings are written anew.

SQLite's own FTS5 was measured against this: its idf ends at 0 for words of more than half of the
chunks, and eight words took 30 ms over 100,000 chunks, where these take 10 over a million
(docs/LOG.md, 2026-11-21).
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ingest.text.analyzer import counted, stems
from ingest.text.language import passage_language

# How words are made of texts; the postings of a catalog that was written otherwise are made anew.
# To be raised with any change of ``ingest.text.analyzer``.
WORDS, ANALYSIS = "words", "3"
# Chunks of a block: a place in one takes 16 bits, and few chunks stand outside of any.
BLOCK = 16_384
# A block is written anew when less than one chunk in so many is left of it.
LEFT_SHARE = 2
LONGEST = 65_535


class Row(NamedTuple):
    """A row of ``chunk_words``: the words of one chunk."""

    number: int
    length: int
    begins: bool
    words: bytes
    counts: bytes


def write(connection: sqlite3.Connection, content: int) -> None:
    """Index the chunks of a content, which must be the newest."""
    connection.executemany(
        "INSERT INTO chunk_words VALUES (?, ?, ?, ?, ?)", _rows_of(connection, content)
    )


def _rows_of(connection: sqlite3.Connection, content: int) -> Iterator[Row]:
    """The rows of a content's chunks, in order.

    The names of its files, its title and its headings count as if they stood in each chunk. The
    language of the content decides what its words are, a chunk's own where that is another.
    """
    [title, language] = connection.execute(
        "SELECT title, language FROM contents WHERE id = ?", (content,)
    ).fetchone()
    names = connection.execute("SELECT name FROM documents WHERE content = ?", (content,))
    lines = [title or "", *(name for (name,) in names)]
    above = [stem for part in lines for stem in stems(part, language)]
    chunks = connection.execute(
        "SELECT number, headings, text FROM chunks WHERE content = ? ORDER BY number", (content,)
    )
    before = None
    for number, headings, text in chunks:
        own = passage_language(text, language)
        words = [*above, *stems(" ".join(json.loads(headings)), own), *stems(text, own)]
        numbers, counts = counted(words)
        begins = headings != before
        yield Row(number, min(len(words), LONGEST), begins, numbers.tobytes(), counts.tobytes())
        before = headings


def write_all(connection: sqlite3.Connection) -> None:
    """Rebuild the whole index from the texts."""
    for table in ("chunk_words", "word_blocks", "postings"):
        connection.execute(f"DELETE FROM {table}")
    contents = connection.execute(
        "SELECT content, max(number) FROM chunks GROUP BY content ORDER BY min(number)"
    ).fetchall()
    for content, last in contents:
        write(connection, content)
        seal(connection, last + 1)
    connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (WORDS, ANALYSIS))


def remove(connection: sqlite3.Connection, numbers: Iterable[int]) -> None:
    """Remove chunks from the index."""
    by_block: defaultdict[int, list[int]] = defaultdict(list)
    for number in numbers:
        by_block[number // BLOCK].append(number)
    for block, chunks in by_block.items():
        row = connection.execute(
            "SELECT lengths FROM word_blocks WHERE block = ?", (block,)
        ).fetchone()
        if row is None:
            connection.executemany(
                "DELETE FROM chunk_words WHERE chunk = ?", ((number,) for number in chunks)
            )
            continue
        lengths = np.frombuffer(row[0], dtype="<u2").copy()
        lengths[np.array(chunks) - block * BLOCK] = 0
        connection.execute(
            "UPDATE word_blocks SET lengths = ? WHERE block = ?", (lengths.tobytes(), block)
        )


def seal(connection: sqlite3.Connection, next_number: int) -> None:
    """Invert the words of all blocks that no new chunk can join, into postings."""
    row = connection.execute("SELECT min(chunk) FROM chunk_words").fetchone()
    first = next_number if row[0] is None else int(row[0])
    for block in range(first // BLOCK, next_number // BLOCK):
        _seal(connection, block)


def tidy(connection: sqlite3.Connection) -> None:
    """Compact the postings of those blocks of which most chunks are gone."""
    mostly_gone: dict[int, npt.NDArray[np.uint16]] = {}
    for block, sealed, raw in connection.execute("SELECT block, chunks, lengths FROM word_blocks"):
        lengths = np.frombuffer(raw, dtype="<u2")
        if int(np.count_nonzero(lengths)) * LEFT_SHARE < sealed:
            mostly_gone[block] = lengths
    if mostly_gone:
        _write_anew(connection, mostly_gone)


def check(connection: sqlite3.Connection, *, at_most: int) -> tuple[int, int]:
    """Compare the index of some contents, spread over all, with their texts.

    Returns how many contents were compared, and how many differ.
    """
    contents = [row[0] for row in connection.execute("SELECT DISTINCT content FROM chunks")]
    chosen = contents[:: max(1, len(contents) // at_most)]
    wrong = sum(
        not all(_is_there(connection, row) for row in _rows_of(connection, content))
        for content in chosen
    )
    return len(chosen), wrong


def _is_there(connection: sqlite3.Connection, row: Row) -> bool:
    found = connection.execute(
        "SELECT length, words, counts FROM chunk_words WHERE chunk = ?", (row.number,)
    ).fetchone()
    if found is not None:
        return bool(found == (row.length, row.words, row.counts))
    block, place = divmod(row.number, BLOCK)
    lengths = connection.execute(
        "SELECT lengths FROM word_blocks WHERE block = ?", (block,)
    ).fetchone()
    if lengths is None or np.frombuffer(lengths[0], dtype="<u2")[place] != row.length:
        return False
    for word, count in zip(np.frombuffer(row.words, dtype="<u4"), row.counts, strict=True):
        posting = connection.execute(
            "SELECT chunks, counts FROM postings WHERE block = ? AND word = ?", (block, int(word))
        ).fetchone()
        if posting is None:
            return False
        at = np.flatnonzero(np.frombuffer(posting[0], dtype="<u2") == place)
        if len(at) != 1 or posting[1][at[0]] != count:
            return False
    return True


def _seal(connection: sqlite3.Connection, block: int) -> None:
    first = block * BLOCK
    rows = connection.execute(
        "SELECT chunk, length, begins, words, counts FROM chunk_words"
        " WHERE chunk >= ? AND chunk < ?",
        (first, first + BLOCK),
    ).fetchall()
    if not rows:
        return
    places = np.array([row[0] - first for row in rows], dtype="<u2")
    lengths = np.zeros(BLOCK, dtype="<u2")
    begins = np.zeros(BLOCK, dtype=np.uint8)
    lengths[places] = [row[1] for row in rows]
    begins[places] = [row[2] for row in rows]
    words = np.frombuffer(b"".join(row[3] for row in rows), dtype="<u4")
    counts = np.frombuffer(b"".join(row[4] for row in rows), dtype=np.uint8)
    order = np.argsort(words, kind="stable")
    places = np.repeat(places, [len(row[4]) for row in rows])[order]
    words, counts = words[order], counts[order]
    starts = np.flatnonzero(np.r_[True, words[1:] != words[:-1]][: len(words)])
    connection.executemany(
        "INSERT INTO postings VALUES (?, ?, ?, ?)",
        (
            (int(words[start]), block, places[start:end].tobytes(), counts[start:end].tobytes())
            for start, end in zip(starts, np.r_[starts[1:], len(words)], strict=True)
        ),
    )
    connection.execute(
        "INSERT INTO word_blocks VALUES (?, ?, ?, ?)",
        (block, len(rows), lengths.tobytes(), begins.tobytes()),
    )
    connection.execute(
        "DELETE FROM chunk_words WHERE chunk >= ? AND chunk < ?", (first, first + BLOCK)
    )


def _write_anew(
    connection: sqlite3.Connection, blocks: Mapping[int, npt.NDArray[np.uint16]]
) -> None:
    """Leave out what is gone from the postings of some blocks, whose lengths are given. The
    postings of a block are all over the table, so all of it is read, once."""
    changed: list[tuple[bytes, bytes, int, int]] = []
    gone: list[tuple[int, int]] = []
    marks = ", ".join("?" * len(blocks))
    for word, block, raw, counts in connection.execute(
        f"SELECT word, block, chunks, counts FROM postings WHERE block IN ({marks})",
        list(blocks),
    ):
        places = np.frombuffer(raw, dtype="<u2")
        there = blocks[block][places] > 0
        if not there.any():
            gone.append((word, block))
        elif not there.all():
            times = np.frombuffer(counts, dtype=np.uint8)[there]
            changed.append((places[there].tobytes(), times.tobytes(), word, block))
    connection.executemany("DELETE FROM postings WHERE word = ? AND block = ?", gone)
    connection.executemany(
        "UPDATE postings SET chunks = ?, counts = ? WHERE word = ? AND block = ?", changed
    )
    for block, lengths in blocks.items():
        if left := int(np.count_nonzero(lengths)):
            connection.execute("UPDATE word_blocks SET chunks = ? WHERE block = ?", (left, block))
        else:
            connection.execute("DELETE FROM word_blocks WHERE block = ?", (block,))
