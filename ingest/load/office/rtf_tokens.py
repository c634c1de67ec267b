"""The tokens of RTF, and the character sets of its fonts."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,9})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|[\r\n]+|"
    rb"([^\\{}\r\n]+)|\\",
    re.S,
)

# https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-wmf/0d0b32ac-a836-4bd2-a112-b6000a1b4fc9
_CHARSETS = {
    0: "cp1252",
    77: "mac_roman",
    78: "shift_jis",
    128: "cp932",
    129: "cp949",
    130: "johab",
    134: "gbk",
    136: "big5",
    161: "cp1253",
    162: "cp1254",
    163: "cp1258",
    177: "cp1255",
    178: "cp1256",
    186: "cp1257",
    204: "cp1251",
    222: "cp874",
    238: "cp1250",
    254: "cp437",
    255: "cp850",
}
_BY_WORD = {"ansi": "cp1252", "mac": "mac_roman", "pc": "cp437", "pca": "cp850"}


@dataclass(frozen=True, slots=True)
class Token:
    """One of: a control ``word`` with its ``number``, a ``brace``, or ``data``, bytes of text.

    A control symbol, such as ``*``, is a word of one character that is no letter.
    """

    word: str = ""
    number: int | None = None
    brace: str = ""
    data: bytes = b""


def tokens(data: bytes) -> Iterator[Token]:
    """The tokens of a file, binary data between them left out."""
    position = 0
    while found := _TOKEN.match(data, position):
        position = found.end()
        word, number, code, symbol, brace, text = found.groups()
        if word:
            value = int(number) if number else None
            if word == b"bin":
                position += max(value or 0, 0)
            else:
                yield Token(word=word.decode("ascii"), number=value)
        elif code:
            yield Token(data=bytes.fromhex(code.decode("ascii")))
        elif symbol:
            yield Token(word=symbol.decode("latin-1"))
        elif brace:
            yield Token(brace=brace.decode("ascii"))
        elif text:
            yield Token(data=text)


def charset_of_font(number: int) -> str | None:
    """The character set of ``\\fcharsetN``, or None where it says nothing, as for symbols."""
    return _CHARSETS.get(number)


def charset_of_word(token: Token) -> str | None:
    """The character set that a word of the header sets for the whole file, if it does."""
    if token.word in ("ansicpg", "cpg") and token.number:
        name = f"cp{token.number}" if token.number != 10000 else "mac_roman"
        try:
            return codecs.lookup("utf-8" if name == "cp65001" else name).name
        except LookupError:
            return None
    return _BY_WORD.get(token.word)
