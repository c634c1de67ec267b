"""The words of questions and cells as they are compared: without case, accents and endings."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import NamedTuple

from ingest.tables.values import unit_of
from ingest.text.analyzer import first_stem

SCALES = {"k": 1_000, "thousand": 1_000, "tausend": 1_000, "million": 10**6, "millions": 10**6,
          "mn": 10**6, "billion": 10**9, "bn": 10**9}  # fmt: skip
SCALE = re.compile(r"\b(thousand|millions?|billion)s?\b|\((k|m|mn|bn)\)", re.IGNORECASE)
WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W_]+(?:['’][^\W_]+)?|[%$€£#]")


class Token(NamedTuple):
    """A word of a text: as it is compared, whether it is a stop word, and where it stands."""

    key: str
    is_stop: bool
    start: int
    end: int


@lru_cache(maxsize=100_000)
def key(word: str) -> str:
    """A word as it is compared."""
    word = word.replace("’", "'")
    return first_stem(word) or _plain(word)


def tokens_of(text: str) -> list[Token]:
    """The words of a text, in order."""
    return [
        Token(key(match[0]), first_stem(match[0]) is None, match.start(), match.end())
        for match in WORD.finditer(text)
    ]


def key_of(text: str) -> str:
    """A text as it is compared: its words, with spaces between."""
    return " ".join(map(key, WORD.findall(text))) or _plain(text.strip())


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


def scale_of(name: str) -> int | None:
    """What the numbers of a column are to be multiplied by, as its name says: "Sales (millions)",
    "Viewers (m)", where that is no metre; None if it says nothing."""
    match = SCALE.search(name)
    word = (match[1] or match[2]).casefold() if match else ""
    return 10**6 if word == "m" else SCALES.get(word)


def amount_in(text: str, match: re.Match[str], name: str) -> tuple[Decimal, str, int] | None:
    """A number of a comparison, its unit, and where it ends."""
    if name not in match.re.groupindex or match[name] is None:
        return None
    digits = re.search(r"\d[\d.,]*", match[name])
    assert digits is not None
    written = digits[0].rstrip(".,")
    written = re.sub(r",(?=\d{3})", "", written)
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+", written) and "." in written and written.count(".") > 1:
        written = written.replace(".", "")
    try:
        number = Decimal(written.replace(",", "."))
    except InvalidOperation:
        return None
    end = match.end(name)
    symbol = match[name][: digits.start()].strip()
    after = re.match(r"\s?(%|€|\$|£|[^\W\d_]+)(?:\s+([^\W\d_]+))?", text[end:])
    unit = unit_of(symbol) if symbol else ""
    if after:
        word = after[1].casefold()
        if word in SCALES:
            number *= SCALES[word]
            end += after.end(1)
            word = (after[2] or "").casefold()
        if not unit and word:
            unit = unit_of(word.upper() if word.upper() in ("EUR", "USD", "GBP", "CHF") else word)
            if unit != word or unit == "%":
                end = max(
                    end,
                    match.end(name)
                    + after.end(2 if after[2] and word == after[2].casefold() else 1),
                )
    return number, unit, end
