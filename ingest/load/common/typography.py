"""What the look of characters means, said in plain text: raised, lowered, struck out, a link.

"10⁶" is not "106", and "CO₂" stays one word: Unicode has raised and lowered digits and signs. What
else is raised or lowered stays as it is if it is words only ("5th"), and is written as "^(…)" or
"_(…)" if it holds a digit. What is struck out stands between "~~", as in Markdown: it is there to
be read, and does not hold any more.
"""

from __future__ import annotations

_RAISED = str.maketrans("0123456789+-−=()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾")
_LOWERED = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")
_STRUCK = "~~"
_LONGEST = 20


def raised(text: str) -> str:
    """A superscript."""
    return _moved(text, _RAISED, "^")


def lowered(text: str) -> str:
    """A subscript."""
    return _moved(text, _LOWERED, "_")


def struck_out(text: str) -> str:
    """Words with a line through them."""
    bare = text.strip()
    return text.replace(bare, f"{_STRUCK}{bare}{_STRUCK}") if bare else text


def without_seams(text: str) -> str:
    """Texts that were struck out one by one and stand together, as one."""
    return text.replace(f"{_STRUCK}{_STRUCK}", "")


def linked(text: str, target: str) -> str:
    """A link's text, and the address that it leads to unless the text holds it."""
    bare = target.removeprefix("mailto:").split("?")[0] if "mailto:" in target else target
    known = bare.removeprefix("https://").removeprefix("http://").rstrip("/")
    if not text.strip() or not known or known in text:
        return text
    if not target.lower().startswith(("http://", "https://", "mailto:")):
        return text
    shown = text.rstrip()
    return f"{shown} ({bare}){text[len(shown) :]}"


def _moved(text: str, signs: dict[int, int], mark: str) -> str:
    bare = text.strip()
    if bare not in ("+", "-", "−") and not any(map(str.isdecimal, bare)):
        return text
    if "[" in bare or "]" in bare or len(bare) > _LONGEST:
        # A note's number that has brackets of its own; a sentence in small type.
        return text
    # With what stands between the numbers of several notes.
    fits = all(ord(sign) in signs or sign in ",; *" for sign in bare)
    return text.replace(bare, bare.translate(signs) if fits else f"{mark}({bare})")
