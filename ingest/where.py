"""Filters in Chroma's grammar, as conditions of SQL over the catalog.

Fields: ``document`` (any of the names), ``page``, ``kind``, ``title``, ``heading`` (any above the
passage), and whatever else a document's metadata has. Grammar:
https://docs.trychroma.com/docs/querying-collections/metadata-filtering
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ingest.errors import UsageError

COMPARISONS = {"$eq": "=", "$gt": ">", "$gte": ">=", "$lt": "<", "$lte": "<="}
CONNECTIVES = {"$and": " AND ", "$or": " OR "}
NEGATIVE = {"$ne": "$eq", "$nin": "$in"}

COLUMNS = {"page": "chunks.page", "kind": "contents.kind", "title": "contents.title"}
# Fields with several values: a filter holds if it holds for one of them.
LISTS = {
    "document": "SELECT 1 FROM documents WHERE documents.content = chunks.content"
    " AND documents.name {}",
    "heading": "SELECT 1 FROM json_each(chunks.headings) AS entry WHERE entry.value {}",
}


def to_sql(where: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """A condition over ``chunks`` joined with ``contents``, and its values.

    Raises UsageError that names what is wrong with the filter.
    """
    if not isinstance(where, Mapping) or not where:
        raise UsageError(f"A filter is a mapping such as {{'document': 'a.pdf'}}, not {where!r}")
    conditions: list[str] = []
    values: list[Any] = []
    for name, wanted in where.items():
        if name in CONNECTIVES:
            condition, inside = _connect(name, wanted)
        elif name.startswith("$"):
            raise UsageError(f"Unknown operator {name!r}; use $and or $or around fields")
        else:
            condition, inside = _field(name, wanted)
        conditions.append(condition)
        values += inside
    return "(" + " AND ".join(conditions) + ")", values


def _connect(operator: str, parts: Any) -> tuple[str, list[Any]]:
    if not isinstance(parts, Sequence) or isinstance(parts, str) or not parts:
        raise UsageError(f"{operator} takes a list of filters")
    compiled = [to_sql(part) for part in parts]
    condition = CONNECTIVES[operator].join(condition for condition, _ in compiled)
    return f"({condition})", [value for _, values in compiled for value in values]


def _field(name: str, wanted: Any) -> tuple[str, list[Any]]:
    comparisons = wanted if isinstance(wanted, Mapping) else {"$eq": wanted}
    if not comparisons:
        raise UsageError(f"The filter of {name!r} is empty")
    conditions: list[str] = []
    values: list[Any] = []
    for operator, value in comparisons.items():
        condition, inside = _compare(name, operator, value)
        conditions.append(condition)
        values += inside
    return "(" + " AND ".join(conditions) + ")", values


def _compare(name: str, operator: str, value: Any) -> tuple[str, list[Any]]:
    if operator in NEGATIVE:
        # As in Chroma, "not" holds also where there is no such field.
        condition, values = _compare(name, NEGATIVE[operator], value)
        return f"NOT coalesce({condition}, 0)", values
    if operator in COMPARISONS:
        test, values = f"{COMPARISONS[operator]} ?", [_scalar(name, value)]
    elif operator == "$in":
        if not isinstance(value, Sequence) or isinstance(value, str) or not value:
            raise UsageError(f"$in and $nin of {name!r} take a list of values")
        test = f"IN ({', '.join('?' * len(value))})"
        values = [_scalar(name, one) for one in value]
    else:
        known = ", ".join([*COMPARISONS, "$in", *NEGATIVE])
        raise UsageError(f"Unknown operator {operator!r} for {name!r}; use one of {known}")
    if name in LISTS:
        return f"EXISTS ({LISTS[name].format(test)})", values
    if name in COLUMNS:
        return f"{COLUMNS[name]} {test}", values
    # The name is a value too, so that no field's name can be SQL.
    return f"json_extract(contents.metadata, ?) {test}", [_json_path(name), *values]


def _json_path(name: str) -> str:
    if '"' in name:
        raise UsageError(f"A field's name cannot hold a quotation mark: {name!r}")
    return f'$."{name}"'


def _scalar(name: str, value: Any) -> Any:
    if not isinstance(value, str | int | float | bool):
        raise UsageError(f"{name!r} is compared with text, numbers or true and false: {value!r}")
    return value
