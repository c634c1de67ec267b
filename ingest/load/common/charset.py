"""Detect the character set of a file, and decode it."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

from ingest.errors import BrokenFile

if TYPE_CHECKING:
    from charset_normalizer import CharsetMatch

_MARKS = (
    # UTF-32 first: its mark begins with that of UTF-16.
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_COMMON = "cp1252"
_BINARY = "binary data, not text"
_CONTROLS = bytes({*range(0x20)} - {*b"\t\n\v\f\r\x1b"})

# A guess needs a page or two; on the whole of a large file it takes seconds.
_SAMPLE = 64 * 1024


def decode(data: bytes, declared: str | None = None) -> str:
    """The text of a file, without its byte-order mark.

    In this order: a byte-order mark; UTF-8; UTF-8 with a few damaged characters, which become
    U+FFFD; the character set that the file ``declared``; the best guess of charset-normalizer,
    where Windows-1252 comes first among those that fit equally well. Raises BrokenFile for
    binary data: NUL bytes without a mark, or more than one control character in ten.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            text = data[len(mark) :].decode(encoding, errors="replace")
            if "\0" in text:
                raise BrokenFile(_BINARY)
            return text
    sample = data[:_SAMPLE]
    if b"\0" in data or 10 * (len(sample) - len(sample.translate(None, _CONTROLS))) > len(sample):
        raise BrokenFile(_BINARY)
    if declared and b"\x1b" in data:
        # ISO-2022 is made of ASCII bytes and would pass for UTF-8.
        text_or_none = _try(data, declared)
        if text_or_none is not None:
            return text_or_none
    return _without_mark(data, declared)


def _without_mark(data: bytes, declared: str | None) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    damaged = data.decode("utf-8", errors="replace")
    lost = damaged.count("\ufffd")
    whole = sum(not character.isascii() for character in damaged) - lost
    if whole >= 2 * lost:
        return damaged
    text = _try(data, declared) if declared else None
    if text is None:
        text = _try(data, _guess(data[:_SAMPLE]))
    return data.decode(_COMMON, errors="replace") if text is None else text


def _try(data: bytes, encoding: str) -> str | None:
    try:
        text = data.decode(encoding)
    except (LookupError, UnicodeError):
        return None
    return None if "\0" in text else text


def _guess(sample: bytes) -> str:
    from charset_normalizer import from_bytes

    matches = from_bytes(sample)
    best = matches.best()
    if best is None:
        return _COMMON
    alike = [match for match in matches if _merit(match) <= _merit(best)]
    if any(_COMMON in match.could_be_from_charset for match in alike):
        return _COMMON
    return best.encoding


def _merit(match: CharsetMatch) -> tuple[float, float]:
    return match.chaos, -match.coherence
