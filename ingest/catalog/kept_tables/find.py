"""Finding tables by words, and reading them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from ingest.catalog.filters import ALL, NAMED, Filter
from ingest.catalog.view import AT_ONCE, CatalogView
from ingest.tables.derive import table_of
from ingest.tables.records import Column, Table
from ingest.text.analyzer import stems, word_number

# Of the tables that have most of a question's words, so many are looked at.
LOOKED_AT = 60
MOST_RANKED = 3_000


class Found(NamedTuple):
    """A table that has words of a question: ``content`` and ``number`` are its key; ``document``
    is a name of its document, ``score`` how many of the question's words are in its cells, its
    caption, its columns' names or its document's name."""

    content: int
    number: int
    document: str
    score: float


def find_tables(
    view: CatalogView, words: Mapping[str, Iterable[str]], where: Filter | None = None
) -> list[Found]:
    """The tables that have most of some stems, or what else each may be called, most first, of
    documents that pass a filter."""
    meant: dict[int, set[tuple[str, bool]]] = {}
    for word, others in words.items():
        for one in (word, *others):
            meant.setdefault(word_number(one), set()).add((word, one == word))
    has: dict[tuple[int, int], set[tuple[str, bool]]] = {}
    for number, own in meant.items():
        rows = view.connection.execute(
            "SELECT content, number FROM table_words WHERE word = ?", (number,)
        )
        for key in rows:
            has.setdefault(key, set()).update(own)
    ranked = sorted(has, key=lambda key: (-_score(has[key]), key))[:MOST_RANKED]
    names = _names(view, {content for content, _ in ranked}, where)
    found = []
    for content, number in ranked:
        if content not in names:
            continue
        numbers = {word_number(stem) for stem in stems(names[content])}
        of_name = {one for own in numbers for one in meant.get(own, ())}
        score = _score(has[content, number] | of_name)
        found.append(Found(content, number, names[content], score))
    return sorted(found, key=lambda one: -one.score)[:LOOKED_AT]


def _score(has: set[tuple[str, bool]]) -> float:
    """How many words there are; what only means one counts a little less."""
    return sum(1.0 if (word, True) in has else 0.9 for word in {word for word, _ in has})


def _names(view: CatalogView, contents: set[int], where: Filter | None) -> dict[int, str]:
    """A name of each of some contents whose documents pass a filter."""
    condition, names = (where or ALL).names, dict[int, str]()
    wanted = sorted(contents)
    for first in range(0, len(wanted), AT_ONCE):
        batch = wanted[first : first + AT_ONCE]
        rows = view.connection.execute(
            f"SELECT documents.content, min(documents.name) FROM {NAMED} WHERE documents.content IN"
            f" ({', '.join('?' * len(batch))}) AND ({condition.sql}) GROUP BY documents.content",
            (*batch, *condition.values),
        )
        names.update(rows)
    return names


def table_key(view: CatalogView, found: Found) -> str:
    """What a table is known by, in all catalogs: the same for the same rows of the same bytes."""
    row = view.connection.execute(
        'SELECT digest, start, "end", caption, columns FROM tables'
        " JOIN contents ON contents.id = content WHERE content = ? AND number = ?",
        (found.content, found.number),
    ).fetchone()
    return json.dumps(row)


def read_table(view: CatalogView, found: Found) -> Table:
    """A table with its rows, out of its document's text."""
    caption, start, end, stored = view.connection.execute(
        'SELECT caption, start, "end", columns FROM tables WHERE content = ? AND number = ?',
        (found.content, found.number),
    ).fetchone()
    columns = [Column(**one | {"units": tuple(one["units"])}) for one in json.loads(stored)]
    [blocks] = view.connection.execute(
        "SELECT blocks FROM contents WHERE id = ?", (found.content,)
    ).fetchone()
    text = view.document_text(found.document) or ""
    spans = [
        (first, last) for _, first, last, _ in json.loads(blocks) if start <= first and last <= end
    ]
    table = table_of(text, spans, caption, columns)
    if table is None:
        raise ValueError(f"table {found.number} of content {found.content} is none")
    return table
