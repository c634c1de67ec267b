"""Invisible characters (Unicode's Default_Ignorable_Code_Point), which hide text from a reader and
not from an LLM.

Joiners and variation selectors stay where a script or an emoji needs them, one of each: runs of
them can spell anything. Soft hyphens stay, for they may divide words at line ends.
"""

from __future__ import annotations

import re

# Control characters that are not white space, zero-width and bidirectional marks, tag characters,
# what has no meaning outside musical notation or shorthand, non-characters and lone surrogates,
# which no UTF-8 store accepts.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u061c\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\ufdd0-\ufdef\ufeff\ufff0-\ufffb\ufffe\uffff\ud800-\udfff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff]"
)

_JOINERS = "\u200c\u200d"
_SELECTORS = "\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef"
_MODIFIERS = re.compile(f"[{_JOINERS}{_SELECTORS}]+")
# Latin, Greek, Cyrillic, Armenian and Hebrew have no use for a joiner; Arabic comes after them.
_LAST_UNJOINED = "\u05ff"
_IDEOGRAPH = re.compile("[\u2e80-\ufaff\U00020000-\U0003ffff]")
_FIRST_OF_IDEOGRAPHS = "\U000e0100"  # of the selectors
_SIGNS = frozenset("#*0123456789©®")  # that are emoji with a selector


def without_invisible(text: str) -> str:
    """The text as a reader sees it."""
    if text.isascii() and text.isprintable():
        return text
    return _MODIFIERS.sub(_needed, _INVISIBLE.sub("", text))


def _needed(run: re.Match[str]) -> str:
    """Of a run of joiners and selectors, those with a meaning: a selector, then a joiner."""
    signs, text = run.group(), run.string
    before = text[run.start() - 1] if run.start() else " "
    after = text[run.end()] if run.end() < len(text) else " "
    kept = ""
    if signs[0] not in _JOINERS and _is_selected(before, signs[0]):
        kept = signs[0]
    joiner = next((sign for sign in signs if sign in _JOINERS), "")
    return kept + joiner if _is_joined(before) and _is_joined(after) else kept


def _is_joined(sign: str) -> bool:
    return sign > _LAST_UNJOINED and not sign.isspace()


def _is_selected(sign: str, selector: str) -> bool:
    if selector >= _FIRST_OF_IDEOGRAPHS:
        return _IDEOGRAPH.match(sign) is not None
    return _is_joined(sign) or sign in _SIGNS
