"""Superscripts and subscripts as characters: "10⁶" is not "106", and "CO₂" stays one word.

Unicode has raised and lowered digits and signs. What else is raised or lowered stays as it is if it
is words only ("5th"), and is written as "^(…)" or "_(…)" if it holds a digit.
"""

from __future__ import annotations

_RAISED = str.maketrans("0123456789+-−=()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾")
_LOWERED = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")


def raised(text: str) -> str:
    """A superscript."""
    return _moved(text, _RAISED, "^")


def lowered(text: str) -> str:
    """A subscript."""
    return _moved(text, _LOWERED, "_")


def _moved(text: str, signs: dict[int, int], mark: str) -> str:
    bare = text.strip()
    if bare in ("+", "-", "−") or any(map(str.isdecimal, bare)):
        # With what stands between the numbers of several notes.
        fits = all(ord(sign) in signs or sign in ",; *" for sign in bare)
        return text.replace(bare, bare.translate(signs) if fits else f"{mark}({bare})")
    return text
