"""Align a document's text with the words on the PDF page that it was read from.

The text is not the page's: divided words were joined, bullets and running headers left out, and
the names of columns set before the cells of a table. So the two are compared as lists of words,
and the longest runs that both have are taken first, wherever they stand ("greedy string tiling":
M. J. Wise, "String Similarity via Greedy String Tiling and Running Karp-Rabin Matching", 1993).
What a run leaves over is found by shorter ones; a word that stands on the page often is so told by
what stands around it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from ingest.load.common.clean import clean
from ingest.load.common.hyphens import CONJUNCTIONS, HYPHEN

# Chinese, Japanese and Korean are compared sign by sign: lines of theirs are put together.
_SIGN = (
    "\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7a3\uf900-\ufaff"
)
_WORD = re.compile(rf"[{_SIGN}]|[^\s{_SIGN}]+")
# The last character of a word of a name, and the rest of the name.
_NAME = re.compile(r":|[^\n;:]{1,80}:(?!\S)")
# Looking for runs is quadratic where a page says one word over and over.
_MOST_PAIRS = 4_000_000


@dataclass(frozen=True, slots=True)
class Found:
    """Indexes of the words of a page that are those of a passage, in its order, and the words of
    the passage that were not found."""

    words: tuple[int, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Unit:
    """A word as it is compared, and the words of the page that it is made of."""

    text: str
    words: tuple[int, ...]


def pieces(word: str) -> list[tuple[int, int]]:
    """Where the pieces of a word begin and end by which it is compared: one in most scripts."""
    return [found.span() for found in _WORD.finditer(word)]


def find_words(text: str, spans: Iterable[tuple[int, int]], page_words: Sequence[str]) -> Found:
    """Find the words at ``spans``, (start, end) offsets into ``text``, that of the page, among the
    words of the page, or their ``pieces``; ``HYPHEN`` ends one that may be divided."""
    tokens = [(match.start(), match.end(), _plain(match[0])) for match in _WORD.finditer(text)]
    tokens = [token for token in tokens if token[2]]
    units = _units(page_words)
    wanted = [
        index
        for start, end in spans
        for index, (first, last, _) in enumerate(tokens)
        if first < end and last > start
    ]
    places = _tiled([token[2] for token in tokens], [unit.text for unit in units])
    _named_again(tokens, text, units, places, wanted)
    found = [units[places[index]] for index in wanted if index in places]
    missing = [text[slice(*tokens[index][:2])] for index in wanted if index not in places]
    return Found(tuple(word for unit in found for word in unit.words), tuple(missing))


def _plain(word: str) -> str:
    """The letters and digits of a word, by which two ways of writing it are the same."""
    whole = unicodedata.normalize("NFKC", clean(word)).casefold()
    return "".join(filter(str.isalnum, whole))


def _units(page_words: Sequence[str]) -> list[_Unit]:
    units: list[_Unit] = []
    index = 0
    while index < len(page_words):
        words = [index]
        text = _plain(page_words[index])
        while (
            page_words[words[-1]].endswith(HYPHEN)
            and words[-1] + 1 < len(page_words)
            and _plain(page_words[words[-1] + 1]) not in CONJUNCTIONS
        ):
            words.append(words[-1] + 1)
            text += _plain(page_words[words[-1]])
        if text:
            units.append(_Unit(text, tuple(words)))
        index = words[-1] + 1
    return units


def _tiled(tokens: Sequence[str], units: Sequence[str]) -> dict[int, int]:
    """By the index of a token, that of its unit; each unit once."""
    by_text: dict[str, list[int]] = defaultdict(list)
    for index, said in enumerate(units):
        by_text[said].append(index)
    if sum(len(by_text.get(token, ())) for token in tokens) > _MOST_PAIRS:
        return {}
    places: dict[int, int] = {}
    taken: set[int] = set()
    while True:
        runs = _longest_runs(tokens, by_text, places, taken)
        if not runs:
            return places
        length = runs[0][2]
        for token, unit, _ in runs:
            at, on = range(token, token + length), range(unit, unit + length)
            if not any(one in places for one in at) and taken.isdisjoint(on):
                places.update(zip(at, on, strict=True))
                taken.update(on)


def _longest_runs(
    tokens: Sequence[str],
    by_text: dict[str, list[int]],
    places: dict[int, int],
    taken: set[int],
) -> list[tuple[int, int, int]]:
    """(token, unit, length) for all the longest runs of free tokens and free units, in order."""
    runs: list[tuple[int, int, int]] = []
    # How long the run is that begins at a token and a unit: those of the token after, by unit.
    after: dict[int, int] = {}
    longest = 1
    for index in range(len(tokens) - 1, -1, -1):
        here: dict[int, int] = {}
        if index not in places:
            for unit in by_text.get(tokens[index], ()):
                if unit in taken:
                    continue
                length = here[unit] = after.get(unit + 1, 0) + 1
                if length > longest:
                    longest, runs = length, []
                if length == longest:
                    runs.append((index, unit, length))
        after = here
    return sorted(runs)


def _named_again(
    tokens: Sequence[tuple[int, int, str]],
    text: str,
    units: Sequence[_Unit],
    places: dict[int, int],
    wanted: Sequence[int],
) -> None:
    """Find the names of columns, which the text repeats in each row and the page has once: all of
    a row's as they stand side by side, or else each, or else word by word, where cells are merged.
    The nearest before the row is taken, or else the first after it."""
    on_page = [unit.text for unit in units]

    def starts(run: Sequence[int]) -> list[int]:
        said = [tokens[index][2] for index in run]
        last = len(on_page) - len(said)
        return [at for at in range(last + 1) if on_page[at : at + len(said)] == said]

    for names in _by_row(_names(tokens, text, places, wanted), tokens):
        heading = [index for name in names for index in name]
        row = next((places[one] for one in wanted if one > heading[0] and one in places), 0)
        runs = [heading] if starts(heading) else names
        for run in [
            part for one in runs for part in ([one] if starts(one) else [[word] for word in one])
        ]:
            nearest = min(starts(run), key=lambda at: (at > row, abs(at - row)), default=None)
            if nearest is not None:
                places.update(zip(run, range(nearest, nearest + len(run)), strict=True))


def _names(
    tokens: Sequence[tuple[int, int, str]],
    text: str,
    places: dict[int, int],
    wanted: Sequence[int],
) -> Iterator[list[int]]:
    """Words next to each other that were not found, of a name, which ends in a colon."""
    for is_found, group in groupby(wanted, key=lambda index: index in places):
        run = list(group)
        if not is_found and _NAME.match(text, tokens[run[-1]][1] - 1):
            yield run


def _by_row(
    names: Iterable[list[int]], tokens: Sequence[tuple[int, int, str]]
) -> list[list[list[int]]]:
    """Names of columns, by the rows that they begin: a name that comes again begins another."""
    rows: list[list[list[int]]] = []
    seen: set[str] = set()
    for name in names:
        said = " ".join(tokens[index][2] for index in name)
        if not rows or said in seen:
            rows.append([])
            seen.clear()
        seen.add(said)
        rows[-1].append(name)
    return rows
