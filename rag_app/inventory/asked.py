"""What a question asks of the whole collection, and what a language has to say how it is asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
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


class Length(NamedTuple):
    """A question for how many pages a document has, by the words that name it."""

    named: str


Inventory = Mentions | Documents | Length


class Phrase:
    """A pattern for questions of at most 300 characters (``intent.LONGEST``), compiled when it is
    first needed. Some of them take time by the square of the text, so nothing longer is given."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(self._text, re.IGNORECASE)

    def match(self, text: str) -> re.Match[str] | None:
        return self._pattern.match(text)

    def search(self, text: str) -> re.Match[str] | None:
        return self._pattern.search(text)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        return self._pattern.finditer(text)

    def sub(self, by: str | Callable[[re.Match[str]], str], text: str) -> str:
        return self._pattern.sub(by, text)

    def split(self, text: str) -> list[str]:
        return self._pattern.split(text)


class Grammar(NamedTuple):
    """How a language asks for documents.

    ``asks`` are patterns with groups ``matter``, and ``scope`` where documents are named, ``after``
    where more of them follows, ``no`` where it is denied, and ``about`` where a matter is asked for
    rather than words. ``things`` are what may mention something, ``documents`` what is listed as
    such. ``lengths`` ask how long a document is, which their group ``named`` names. ``plain`` are
    words which say nothing of which documents.
    ``kinds`` and ``languages`` are by their words; what ``kinds`` lacks is known by its suffix.
    ``years`` are patterns with ``since``, ``before`` or ``year``, and ``until`` for the last one of
    a range. ``by`` finds the word for a field that documents are to be counted by, ``fields`` knows
    it. ``sentence`` finds the verb that makes a matter half a sentence: "documents containing
    personal data must be shredded" asks for no count."""

    asks: tuple[Phrase, ...]
    polite: Phrase
    lists: Phrase
    things: Phrase
    documents: Phrase
    lengths: tuple[Phrase, ...]
    plain: frozenset[str]
    kinds: Mapping[str, str]
    languages: Mapping[str, str]
    years: tuple[Phrase, ...]
    newest: frozenset[str]
    by: tuple[Phrase, ...]
    fields: Mapping[str, str]
    counts: Phrase
    yes_or_no: Phrase
    pages: Phrase
    sentence: Phrase
    before_matter: Phrase
    after_matter: Phrase
    connecting: frozenset[str]
    together: Phrase
    either: Phrase
    excepts: Phrase
    neither: Phrase
    nor: Phrase
    places: Phrase
