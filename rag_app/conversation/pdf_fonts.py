"""Fonts of a PDF: those of this machine for all that ReportLab's own do not have.

A PDF has to bring its letters. ReportLab has those of Western European languages; most systems have
a font with many more. For Chinese, Japanese and Korean there are names of fonts that every viewer
knows, and that are not brought.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from xml.sax.saxutils import escape

# Regular and bold, in the order in which they are tried: DejaVu and Noto on Linux, then what comes
# with Windows and macOS.
SYSTEM = (
    ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"),
    ("NotoSans-Regular.ttf", "NotoSans-Bold.ttf"),
    ("LiberationSans-Regular.ttf", "LiberationSans-Bold.ttf"),
    ("segoeui.ttf", "segoeuib.ttf"),
    ("arial.ttf", "arialbd.ttf"),
    ("Arial Unicode.ttf", "Arial Unicode.ttf"),
)
OWN = ("Vera.ttf", "VeraBd.ttf")
# By the letters that tell a text's language: kana, hangul, and else Chinese.
ASIAN = (
    ("HeiseiKakuGo-W5", "\u3040", "\u30ff"),
    ("HYGothic-Medium", "\uac00", "\ud7af"),
    ("STSong-Light", "\u2e80", "\u9fff"),
)
UNKNOWN = "?"


class Fonts:
    """The fonts of one PDF; ``regular`` is the name of the one that most of it is set in."""

    def __init__(self) -> None:
        from reportlab.pdfbase import pdfmetrics
        from reportlab.pdfbase.ttfonts import TTFError, TTFont

        self._glyphs: dict[str, set[int]] = {}
        self._pairs: list[tuple[str, str]] = []
        own = Path(OWN[0]), Path(OWN[1])  # which ReportLab finds
        for pair in (*_found(), own):
            names = tuple(file.stem for file in pair)
            try:
                for name, file in zip(names, pair, strict=True):
                    font = TTFont(name, str(file))
                    pdfmetrics.registerFont(font)
                    self._glyphs[name] = set(font.face.charToGlyph)
            except (TTFError, OSError):
                continue  # the next one may do
            self._pairs.append((names[0], names[1]))
        self.regular = self._pairs[0][0]

    def xml(self, text: str, *, bold: bool = False) -> str:
        """Text as a paragraph of ReportLab takes it, each letter in a font that has it."""
        parts: list[str] = []
        for line in text.split("\n"):
            runs = groupby(line.replace("\t", "    "), lambda sign: self._font_of(sign, bold=bold))
            parts.append("".join(self._run(name, "".join(signs)) for name, signs in runs))
        return "<br/>".join(parts)

    def known(self, text: str) -> str:
        """The letters of a text that the regular font has."""
        return "".join(sign for sign in text if ord(sign) in self._glyphs[self.regular])

    def _run(self, font: str, signs: str) -> str:
        return f'<font name="{font}">{escape(signs)}</font>' if font else UNKNOWN * len(signs)

    def _font_of(self, sign: str, *, bold: bool) -> str:
        """The name of a font that has a letter; "" where none has."""
        for pair in self._pairs:
            if ord(sign) in self._glyphs[pair[bold]]:
                return pair[bold]
        for name, first, last in ASIAN:
            if first <= sign <= last:
                return _asian(name)
        return ""


def _asian(name: str) -> str:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont

    if name not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(name))
    return name


def _found() -> Iterator[tuple[Path, Path]]:
    """The fonts of this machine that are there, regular and bold."""
    for regular, bold in SYSTEM:
        for folder in _folders():
            if (folder / regular).is_file():
                bold_file = folder / bold
                yield folder / regular, bold_file if bold_file.is_file() else folder / regular
                break


def _folders() -> Iterator[Path]:
    if sys.platform == "win32":
        yield Path(os.environ.get("WINDIR", r"C:\Windows")) / "Fonts"
    elif sys.platform == "darwin":
        yield from map(Path, ("/Library/Fonts", "/System/Library/Fonts/Supplemental"))
    else:
        names = ("dejavu", "noto", "liberation", "liberation2", "dejavu-sans-fonts", "TTF")
        for root in (Path("/usr/share/fonts"), Path("/usr/share/fonts/truetype")):
            yield from (root / name for name in names)
