"""The numbers that Word puts in front of paragraphs, such as "3.2" or "(a)".

They are not in the text of the file but are counted when it is shown. Contracts and manuals
refer to them, so they are counted here too. Bullets are not kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ingest.load.common.numerals import roman
from ingest.load.word.paragraphs import child, value

_PLACE = re.compile(r"%([1-9])")


@dataclass(frozen=True, slots=True)
class _Level:
    format: str
    text: str
    start: int


class Numbering:
    """The counters of all lists of one document."""

    def __init__(self, root: Any | None) -> None:
        self._levels: dict[str, dict[int, _Level]] = {}
        self._style_levels: dict[str, dict[str, int]] = {}
        self._abstract_of: dict[str, str] = {}
        self._restarts: dict[str, dict[int, int]] = {}
        self._counters: dict[str, dict[int, int]] = {}
        self._started: set[str] = set()
        if root is not None:
            self._read(root)

    def next(self, list_id: str, level: str | None, style: str | None = None) -> str:
        """Count on, and give the number in front of the next paragraph, "" for a bullet.

        ``style`` is the paragraph style that the list was found through, if any: the list may
        say which of its levels belongs to it.
        """
        abstract = self._abstract_of.get(list_id, "")
        depth = int(level) if level and level.isdigit() else 0
        if level is None and style is not None:
            depth = self._style_levels.get(abstract, {}).get(style, 0)
        levels = self._levels.get(abstract, {})
        if depth not in levels:
            return ""
        counters = self._counters.setdefault(abstract, {})
        if list_id not in self._started:
            self._started.add(list_id)
            for restarted, start in self._restarts.get(list_id, {}).items():
                counters[restarted] = start - 1
        counters[depth] = counters.get(depth, levels[depth].start - 1) + 1
        for deeper in [other for other in counters if other > depth]:
            del counters[deeper]
        return self._label(levels, counters, depth)

    def _read(self, root: Any) -> None:
        for abstract in root.iterchildren("{*}abstractNum"):
            name = value(abstract, "abstractNumId") or ""
            levels = self._levels.setdefault(name, {})
            for element in abstract.iterchildren("{*}lvl"):
                depth = _whole(value(element, "ilvl"), 0)
                levels[depth] = _Level(
                    value(child(element, "numFmt")) or "decimal",
                    value(child(element, "lvlText")) or "",
                    _whole(value(child(element, "start")), 1),
                )
                style = value(child(element, "pStyle"))
                if style:
                    self._style_levels.setdefault(name, {})[style] = depth
        for instance in root.iterchildren("{*}num"):
            name = value(instance, "numId") or ""
            self._abstract_of[name] = value(child(instance, "abstractNumId")) or ""
            for override in instance.iterchildren("{*}lvlOverride"):
                start = value(child(override, "startOverride"))
                if start is not None:
                    depth = _whole(value(override, "ilvl"), 0)
                    self._restarts.setdefault(name, {})[depth] = _whole(start, 1)

    def _label(self, levels: dict[int, _Level], counters: dict[int, int], depth: int) -> str:
        level = levels[depth]
        if level.format in ("bullet", "none"):
            return ""

        def number(place: re.Match[str]) -> str:
            at = int(place.group(1)) - 1
            other = levels.get(at, level)
            return _written(counters.get(at, other.start), other.format)

        return _PLACE.sub(number, level.text)


def _written(number: int, form: str) -> str:
    if form in ("lowerLetter", "upperLetter") and 0 < number <= 26 * 30:
        # Word goes on after z with aa, bb, cc.
        letters = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letters.upper() if form == "upperLetter" else letters
    if form in ("lowerRoman", "upperRoman") and 0 < number < 4000:
        written = roman(number)
        return written.upper() if form == "upperRoman" else written
    return f"{number:02}" if form == "decimalZero" else str(number)


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text is not None and text.isdigit() and len(text) < 7 else otherwise
