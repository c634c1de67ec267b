"""Metadata filters in Chroma's grammar, compiled to SQL.

The grammar: https://docs.trychroma.com/docs/querying-collections/metadata-filtering. The fields are
those of ``ingest.catalog.fields``: what is built in, and what front matter, a file's own properties
and sidecars say.

- A filter is asked of a passage *under a name*: where equal bytes have two names, all of it has to
  hold for one of them, and the hit is shown under that one.
- A field with several values (a list, ``heading``, ``folder``) passes if one of them does.
- ``folder`` is the document's folder and each above it: ``{"folder": "a"}`` has ``a/b/c.txt``;
  ``{"folder": ""}`` has what is in no folder.
- ``modified`` is compared with a day or a moment, ISO 8601, in UTC where it says no zone: a day
  *is* every moment of it, so ``$gt`` means after it and ``$lte`` until its end.
- Values of two kinds, such as a number and a text, are neither equal nor before one another.
- ``$ne`` and ``$nin`` pass also where there is no such field, as in Chroma.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from ingest.catalog.fields import kind_of, storable
from ingest.errors import UsageError

COMPARISONS = {"$eq": "=", "$gt": ">", "$gte": ">=", "$lt": "<", "$lte": "<="}
CONNECTIVES = {"$and": "AND", "$or": "OR"}
NEGATIVE = {"$ne": "$eq", "$nin": "$in"}

TEXTS = {
    "document": "documents.name {}",
    "type": "contents.kind {}",
    "kind": "contents.kind {}",
    "title": "contents.title {}",
    "language": "contents.language {}",
    "heading": "EXISTS (SELECT 1 FROM json_each(chunks.headings) AS entry WHERE entry.value {})",
}
# Fields that two passages of one document may differ in.
OF_PASSAGES = frozenset({"page", "heading"})
# All documents under their names: what a filter is asked of.
NAMED = "documents JOIN contents ON contents.id = documents.content"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# SQLite's own limit is 32,766 (https://www.sqlite.org/limits.html).
MOST_VALUES = 30_000
DEEPEST = 50
# SQLite's time to prepare a query grows with the square of these.
MOST_CONDITIONS = 3_000
OWN_SIZE = 3  # a query within the query


class Condition(NamedTuple):
    """A condition in SQL, with the values of its question marks.

    It is over ``documents`` joined with ``contents``, and ``chunks`` if it is ``of_passages``.
    ``size`` is how many it is made of, one of the documents' own fields as ``OWN_SIZE``.
    """

    sql: str
    values: tuple[Any, ...] = ()
    of_passages: bool = False
    size: int = 1


NEVER = Condition("0")


class Filter(NamedTuple):
    """A parsed filter. ``chunks`` is a condition over the table of that name; ``names`` one over
    ``documents``, ``contents`` and one row of ``chunks``: the names that one chunk has. ``fields``
    are the names of the fields in it."""

    chunks: Condition
    names: Condition
    fields: frozenset[str]


# What passes everywhere.
ALL = Filter(Condition("1"), Condition("1"), frozenset())


def parse_filter(where: Mapping[str, Any] | None) -> Filter | None:
    """Parse a filter, once, where it comes in. Raises UsageError that names what is wrong."""
    if where is None:
        return None
    parts = _few(_parts(where))
    names = _all(parts)
    # What is the same for all passages of a document is asked once for each document.
    of_documents = [part for part in parts if not part.of_passages]
    conditions: list[Condition] = []
    if of_documents:
        chosen = _all(of_documents)
        sql = f"chunks.content IN (SELECT documents.content FROM {NAMED} WHERE {chosen.sql})"
        conditions.append(chosen._replace(sql=sql))
    if names.of_passages:
        sql = (
            f"EXISTS (SELECT 1 FROM {NAMED} WHERE documents.content = chunks.content"
            f" AND {names.sql})"
        )
        conditions.append(names._replace(sql=sql))
    chunks = _all(conditions)
    if len(chunks.values) > MOST_VALUES:
        raise UsageError(f"The filter has more than {MOST_VALUES:,} values; ask in several parts")
    return Filter(chunks, names, frozenset(_fields_in(where)))


def _fields_in(where: Mapping[str, Any]) -> Iterator[str]:
    for name, wanted in where.items():
        if name in CONNECTIVES:
            for part in wanted:
                yield from _fields_in(part)
        else:
            yield name


def _parts(where: Any, depth: int = 0) -> Iterator[Condition]:
    """What has to hold, all of it."""
    if not isinstance(where, Mapping) or not where:
        raise UsageError(f'A filter is a mapping such as {{"document": "a.pdf"}}, not {where!r}')
    if depth > DEEPEST:
        raise UsageError(f"The filter is nested more than {DEEPEST} deep; make it simpler")
    for name, wanted in where.items():
        if not isinstance(name, str):
            raise UsageError(f"A field's name is text, not {name!r}")
        if name in CONNECTIVES:
            if not isinstance(wanted, Sequence) or isinstance(wanted, str) or not wanted:
                raise UsageError(f"{name} takes a list of filters")
            inside = _few(_all(_few(_parts(part, depth + 1))) for part in wanted)
            if name == "$and":
                yield from inside
            else:
                yield _connected(inside, "OR")
        elif name.startswith("$"):
            raise UsageError(f"Unknown operator {name!r}; use $and or $or around fields")
        else:
            comparisons = wanted if isinstance(wanted, Mapping) else {"$eq": wanted}
            if not comparisons:
                raise UsageError(f"The filter of {name!r} is empty")
            for operator, value in comparisons.items():
                yield _compare(_storable_text(name, name), operator, value)


def _few(parts: Iterable[Condition]) -> list[Condition]:
    """Conditions, of which there may not be too many; none more is read then."""
    kept: list[Condition] = []
    size = 0
    for part in parts:
        kept.append(part)
        size += part.size
        if size > MOST_CONDITIONS:
            raise UsageError(
                f"The filter has more than {MOST_CONDITIONS:,} conditions, or "
                f"{MOST_CONDITIONS // OWN_SIZE:,} of the documents' own fields; put the values of "
                "one field into $in, or ask in several parts"
            )
    return kept


def _all(parts: Sequence[Condition]) -> Condition:
    return _connected(parts, "AND")


def _connected(parts: Sequence[Condition], connective: str) -> Condition:
    """Joined in halves: SQLite allows a thousand levels, and a chain has one for each part."""
    if len(parts) == 1:
        return parts[0]
    middle = len(parts) // 2
    one = _connected(parts[:middle], connective)
    other = _connected(parts[middle:], connective)
    return Condition(
        f"({one.sql} {connective} {other.sql})",
        one.values + other.values,
        one.of_passages or other.of_passages,
        one.size + other.size,
    )


def _compare(name: str, operator: str, value: Any) -> Condition:
    if operator in NEGATIVE:
        inside = _compare(name, NEGATIVE[operator], value)
        return inside._replace(sql=f"NOT coalesce({inside.sql}, 0)")
    if operator == "$in":
        if not isinstance(value, Sequence) or isinstance(value, str) or not value:
            raise UsageError(f"$in and $nin of {name!r} take a list of values")
        return _field(name, "=", [_scalar(name, one) for one in value])
    if operator in COMPARISONS:
        return _field(name, COMPARISONS[operator], [_scalar(name, value)])
    known = ", ".join([*COMPARISONS, "$in", *NEGATIVE])
    raise UsageError(f"Unknown operator {operator!r} for {name!r}; use one of {known}")


def _field(name: str, sign: str, wanted: Sequence[Any]) -> Condition:
    """A field compared with one value, or, for ``=``, with several of which one has to be it."""
    if name == "modified":
        return _connected(_few(_modified(sign, value) for value in wanted), "OR")
    if name == "folder":
        return _connected(_few(_folder(sign, value) for value in wanted), "OR")
    if name == "page" or name in TEXTS:
        column, kind = ("chunks.page {}", "number") if name == "page" else (TEXTS[name], "text")
        test, values = _test(sign, [value for value in wanted if kind_of(value) == kind])
        found = Condition(column.format(test), values) if values else NEVER
        return found._replace(of_passages=name in OF_PASSAGES)
    return _own(name, sign, wanted)


def _own(name: str, sign: str, wanted: Sequence[Any]) -> Condition:
    conditions: list[Condition] = []
    for kind in ("text", "number", "boolean"):
        test, values = _test(sign, [value for value in wanted if kind_of(value) == kind])
        if values:
            # The name is a value too, so that no field's name can be SQL.
            found = (
                f"SELECT document FROM fields WHERE name = ? AND kind = '{kind}' AND value {test}"
            )
            conditions.append(
                Condition(f"documents.name IN ({found})", (name, *values), False, OWN_SIZE)
            )
    return _connected(conditions, "OR")


def _test(sign: str, values: Sequence[Any]) -> tuple[str, tuple[Any, ...]]:
    stored = tuple(map(storable, values))
    if len(stored) > 1:
        return f"IN ({', '.join('?' * len(stored))})", stored
    return f"{sign} ?", stored


def _folder(sign: str, value: Any) -> Condition:
    if sign != "=":
        raise UsageError("'folder' is compared with $eq, $ne, $in and $nin")
    if not isinstance(value, str):
        return NEVER
    folder = value.rstrip("/")
    if not folder:
        return Condition("instr(documents.name, '/') = 0")
    # All names that begin with the folder: "0" is the sign after "/".
    return Condition("(documents.name >= ? AND documents.name < ?)", (f"{folder}/", f"{folder}0"))


def _modified(sign: str, value: Any) -> Condition:
    """A time is compared with all of the day, second or microsecond that is written."""
    start, end = _span(value)
    column = "documents.modified_ns"
    if sign == "=":
        return Condition(f"({column} >= ? AND {column} < ?)", (start, end))
    bound = {">": end, ">=": start, "<": start, "<=": end}[sign]
    return Condition(f"{column} {'>=' if sign in ('>', '>=') else '<'} ?", (bound,))


def _span(value: Any) -> tuple[Any, Any]:
    """The first nanosecond since 1970 of a day or moment, and the first after it."""
    try:
        day = date.fromisoformat(value)
        moment, length = datetime(day.year, day.month, day.day, tzinfo=UTC), timedelta(days=1)
    except (TypeError, ValueError):
        try:
            moment = datetime.fromisoformat(value)
        except (TypeError, ValueError):
            raise UsageError(
                f"'modified' is compared with a date or time such as 2026-01-31 or "
                f"2026-01-31T12:00:00+00:00, not {value!r}"
            ) from None
        length = timedelta(microseconds=1) if moment.microsecond else timedelta(seconds=1)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    start = (moment - EPOCH) // timedelta(microseconds=1) * 1000
    return storable(start), storable(start + length // timedelta(microseconds=1) * 1000)


def _scalar(name: str, value: Any) -> Any:
    if isinstance(value, str):
        return _storable_text(name, value)
    if isinstance(value, date):  # and so a datetime
        return value.isoformat()
    if kind_of(value) is None or not math.isfinite(float(storable(value))):
        raise UsageError(f"{name!r} is compared with text, numbers or true and false: {value!r}")
    return value


def _storable_text(name: str, text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise UsageError(f"The filter of {name!r} has text that is no Unicode: {text!r}") from None
    return text
