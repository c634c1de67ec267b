"""What a question asks of the whole collection, and what a language has to say how it is asked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple


class Documents(NamedTuple):
    """A question for documents as such: those of a kind ("type"), a folder, a language, a "year",
    "since" or "before" one, with a value of a field; all of them if nothing is said. Of several
    values of one field, one is enough. ``pages``: it asks for their pages; ``newest``: for the
    newest of them; ``by``: for how many there are of each value of a field."""

    values: tuple[tuple[str, str], ...] = ()
    pages: bool = False
    newest: bool = False
    by: str = ""


class Matter(NamedTuple):
    """Words as they were typed, and phrases in quotation marks, that a passage has all of."""

    words: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()


class Mentions(NamedTuple):
    """A question for the documents, of those of a ``scope``, that mention something: all of
    ``matters``, or one of them (``either``), and none of ``without``; or that do not (``negated``).
    ``exactly``: it asks for words; else for what is about a matter, of which words are a sign.
    ``pages``: it asks for pages."""

    matters: tuple[Matter, ...]
    scope: Documents = Documents()
    either: bool = False
    without: tuple[Matter, ...] = ()
    negated: bool = False
    exactly: bool = True
    yes_or_no: bool = False
    pages: bool = False


Inventory = Mentions | Documents


class Grammar(NamedTuple):
    """How a language asks for documents.

    ``asks`` are patterns with groups ``matter``, and ``scope`` where documents are named, ``after``
    where more of them follows, ``no`` where it is denied, and ``about`` where a matter is asked for
    rather than words. ``things`` are what may mention something, ``documents`` what is listed as
    such. ``plain`` are words which say nothing of which documents.
    ``kinds`` and ``languages`` are by their words; what ``kinds`` lacks is known by its suffix.
    ``years`` are patterns with ``since``, ``before`` or ``year``, and ``until`` for the last one of
    a range. ``by`` finds the word for a field that documents are to be counted by, ``fields`` knows
    it."""

    asks: tuple[re.Pattern[str], ...]
    polite: re.Pattern[str]
    lists: re.Pattern[str]
    things: re.Pattern[str]
    documents: re.Pattern[str]
    plain: frozenset[str]
    kinds: Mapping[str, str]
    languages: Mapping[str, str]
    years: tuple[re.Pattern[str], ...]
    newest: frozenset[str]
    by: tuple[re.Pattern[str], ...]
    fields: Mapping[str, str]
    counts: re.Pattern[str]
    yes_or_no: re.Pattern[str]
    pages: re.Pattern[str]
    before_matter: re.Pattern[str]
    after_matter: re.Pattern[str]
    connecting: frozenset[str]
    together: re.Pattern[str]
    either: re.Pattern[str]
    excepts: re.Pattern[str]
    neither: re.Pattern[str]
    nor: re.Pattern[str]
    places: re.Pattern[str]
