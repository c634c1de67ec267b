"""Equations of Word (OMML, ECMA-376-1, 22.1) as LaTeX, their letters and signs as they are.

So that "10⁻⁶" is not "10-6", and a fraction has its bar: ``\\frac{mλ}{a}=10^{-6}``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
MATH = _M + "oMath"
"""An equation, which may stand in a line of text."""

_NARY = {"∑": r"\sum", "∏": r"\prod", "∫": r"\int", "∬": r"\iint", "∮": r"\oint", "⋃": r"\bigcup"}
_ACCENTS = {
    "\u0302": r"\hat",
    "\u0303": r"\tilde",
    "\u0304": r"\bar",
    "\u0305": r"\overline",
    "\u0307": r"\dot",
    "\u0308": r"\ddot",
    "\u20d7": r"\vec",
}
_FUNCTIONS = frozenset(
    "arccos arcsin arctan cos cosh cot csc deg det exp gcd inf lim ln log max min sec sin sinh sup "
    "tan tanh".split()
)
# What Word does not say where it is the usual one.
_USUAL_SUM = "∫"
_USUAL_ACCENT = "\u0302"
_DEEPEST = 60
_NEXT_LINE = r" \\ "


def latex(element: Any, depth: int = 0) -> str:
    """An equation, or a part of one. What is nested absurdly deep is left as its letters."""
    if depth > _DEEPEST:
        return "".join(text.text or "" for text in element.iter(_M + "t"))
    written: list[str] = []
    for part in element:
        if not isinstance(part.tag, str):
            continue
        name = part.tag.removeprefix(_M)
        if name == "r":
            written.append("".join(text.text or "" for text in part.iterchildren(_M + "t")))
        elif name in _WRITERS:
            written.append(_WRITERS[name](part, depth + 1))
        elif not name.endswith("Pr"):
            # A box, a phantom, an insertion: what is in it.
            written.append(latex(part, depth + 1))
    return "".join(written)


def _in(element: Any, name: str, depth: int) -> str:
    found = element.find(_M + name)
    return "" if found is None else latex(found, depth)


def _braced(text: str) -> str:
    return text if len(text) == 1 else f"{{{text}}}"


def _property(element: Any, name: str, usual: str) -> str:
    """A property of an element, such as its sign; ``usual`` where the file does not say it."""
    found = element.find(f"{_M}{element.tag.removeprefix(_M)}Pr/{_M}{name}")
    return usual if found is None else str(found.get(_M + "val", ""))


def _fraction(element: Any, depth: int) -> str:
    over, under = _in(element, "num", depth), _in(element, "den", depth)
    if _property(element, "type", "bar") == "lin":
        return f"{_braced(over)}/{_braced(under)}"
    return f"\\frac{{{over}}}{{{under}}}"


def _scripts(element: Any, depth: int) -> str:
    """A base with what is raised or lowered beside it, or before it."""
    base = _in(element, "e", depth)
    low, high = _in(element, "sub", depth), _in(element, "sup", depth)
    scripts = (f"_{_braced(low)}" if low else "") + (f"^{_braced(high)}" if high else "")
    return f"{{}}{scripts}{base}" if element.tag == _M + "sPre" else f"{base}{scripts}"


def _root(element: Any, depth: int) -> str:
    degree, base = _in(element, "deg", depth), _in(element, "e", depth)
    return f"\\sqrt[{degree}]{{{base}}}" if degree else f"\\sqrt{{{base}}}"


def _delimited(element: Any, depth: int) -> str:
    begin, end = _property(element, "begChr", "("), _property(element, "endChr", ")")
    between = _property(element, "sepChr", "|")
    return begin + between.join(latex(e, depth) for e in element.iterchildren(_M + "e")) + end


def _sum(element: Any, depth: int) -> str:
    sign = _property(element, "chr", _USUAL_SUM)
    low, high = _in(element, "sub", depth), _in(element, "sup", depth)
    bounds = (f"_{_braced(low)}" if low else "") + (f"^{_braced(high)}" if high else "")
    return f"{_NARY.get(sign, sign)}{bounds} {_in(element, 'e', depth)}"


def _function(element: Any, depth: int) -> str:
    name = _in(element, "fName", depth)
    word = name.split("^")[0].split("_")[0].strip()
    command = "\\" if word in _FUNCTIONS else ""
    return f"{command}{name.strip()} {_in(element, 'e', depth)}"


def _limit(element: Any, depth: int) -> str:
    mark = "_" if element.tag == _M + "limLow" else "^"
    return f"{_in(element, 'e', depth)}{mark}{_braced(_in(element, 'lim', depth))}"


def _accented(element: Any, depth: int) -> str:
    sign = _property(element, "chr", _USUAL_ACCENT)
    return f"{_ACCENTS.get(sign, sign)}{{{_in(element, 'e', depth)}}}"


def _barred(element: Any, depth: int) -> str:
    line = "overline" if _property(element, "pos", "bot") == "top" else "underline"
    return f"\\{line}{{{_in(element, 'e', depth)}}}"


def _matrix(element: Any, depth: int) -> str:
    rows = (
        " & ".join(latex(cell, depth) for cell in row.iterchildren(_M + "e"))
        for row in element.iterchildren(_M + "mr")
    )
    return rf"\begin{{matrix}}{_NEXT_LINE.join(rows)}\end{{matrix}}"


def _lines(element: Any, depth: int) -> str:
    return _NEXT_LINE.join(latex(line, depth) for line in element.iterchildren(_M + "e"))


_WRITERS: dict[str, Callable[[Any, int], str]] = {
    "f": _fraction,
    **dict.fromkeys(("sSup", "sSub", "sSubSup", "sPre"), _scripts),
    "rad": _root,
    "d": _delimited,
    "nary": _sum,
    "func": _function,
    **dict.fromkeys(("limLow", "limUpp"), _limit),
    "acc": _accented,
    "bar": _barred,
    "m": _matrix,
    "eqArr": _lines,
}
