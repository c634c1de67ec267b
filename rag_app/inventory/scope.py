"""Which documents some words name: by kind, folder, language, year, and what is said of them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ingest.load.formats.detect import FORMATS, MODULES
from ingest.load.formats.families import FAMILIES
from rag_app.inventory.asked import Documents, Grammar


def scope_of(
    text: str, known: Iterable[tuple[str, str]], grammar: Grammar, *, is_whole: bool = True
) -> Documents | None:
    """The documents that a text names; None if it says anything else, or, where it ``is_whole``,
    names no documents. ``known`` are (field, value) of the collection."""
    if is_whole and grammar.things.search(text) is None:
        return None
    rest = f" {text.casefold().strip(' ?.!,:')} "
    values: list[tuple[str, str]] = []
    by = ""
    for pattern in grammar.by:
        if match := pattern.search(rest):
            by = _field(match["field"], known, grammar)
            if by:
                rest = f"{rest[: match.start()]} {rest[match.end() :]}"
                break
    # The longest value first: "policies/old" before "policies".
    for field, value in sorted(known, key=lambda pair: -len(pair[1])):
        if len(value) > 2 and (found := _word(value, rest)):
            values.append((field, value))
            rest = rest.replace(found, " ", 1)
    for pattern in grammar.years:
        for match in pattern.finditer(rest):
            values += _years(match)
        rest = pattern.sub(" ", rest)
    for called in sorted(grammar.kinds, key=lambda one: -len(one)):
        if found := _word(called, rest):
            values.append(("type", grammar.kinds[called]))
            rest = rest.replace(found, " ", 1)
    words = re.findall(r"[\w'’.-]+", rest)
    for word in words:
        if word in grammar.languages:
            values.append(("language", grammar.languages[word]))
        elif kind := FORMATS.get(f".{word.lstrip('.')}") or (word if word in MODULES else ""):
            values.append(("type", next((one for one in FAMILIES if one == kind), kind)))
        elif word not in grammar.plain and word not in grammar.newest:
            return None
    is_newest = not grammar.newest.isdisjoint(words)
    pages = bool(grammar.pages.search(rest))
    return Documents(tuple(dict.fromkeys(values)), pages, is_newest, by)


def _field(word: str, known: Iterable[tuple[str, str]], grammar: Grammar) -> str:
    """The field that a word means: a built-in one, or one of the documents' own; "" if none."""
    if word in grammar.fields:
        return grammar.fields[word]
    names = {field.casefold(): field for field, _ in known}
    return names.get(word) or names.get(word.removesuffix("s"), "")


def _years(match: re.Match[str]) -> list[tuple[str, str]]:
    """What a pattern of years says: "since" and "before" are a year's first day."""
    found = {name: year for name, year in match.groupdict().items() if year}
    said = ("since", "before", "year")
    values: list[tuple[str, str]] = [(name, found[name]) for name in said if name in found]
    values += [("since", str(int(found["after"]) + 1))] if "after" in found else []
    values += [("before", str(int(found["until"]) + 1))] if "until" in found else []
    return values


def _word(value: str, text: str) -> str | None:
    """A value where it stands as a word of its own in a text, or None."""
    match = re.search(rf"(?<![\w/]){re.escape(value.casefold())}(?![\w/])", text)
    return match[0] if match else None
