"""The words of questions and cells as they are compared: without case, accents and endings."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from ingest.text.analyzer import first_stem

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
