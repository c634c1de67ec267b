"""What differs between scripts when lines are put together: spaces, and the side they begin on."""

from __future__ import annotations

import re

# Hebrew, Arabic and what is written like them, their forms for presentation included.
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_LETTER = re.compile(r"[^\W\d_]")
# Chinese and Japanese, their punctuation and their full-width forms. Korean puts spaces between
# words, and whether a line ended at one cannot be seen.
_WITHOUT_SPACES = re.compile(
    "[\u2e80-\u2fdf\u3001-\u303f\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\uff01-\uff60\U00020000-\U0003ffff]"
)


def is_right_to_left(text: str) -> bool:
    """Whether most letters of a text belong to a script that is read from the right."""
    found = len(_RIGHT_TO_LEFT.findall(text))
    return found > 0 and 2 * found > len(_LETTER.findall(text))


def between_lines(left: str, right: str) -> str:
    """What stands between two lines that are put together: nothing between two Chinese or Japanese
    characters, else a space."""
    if not left or not right or left[-1].isascii() or right[0].isascii():
        return " "
    unspaced = _WITHOUT_SPACES.match(left[-1]) and _WITHOUT_SPACES.match(right[0])
    return "" if unspaced else " "
