"""Questions of rows of a table."""

from __future__ import annotations

import re

from ingest.text.analyzer import stems
from rag_app.questions.made_english.naming import small
from rag_app.questions.made_english.wider import LONGEST_TERM

_HEADER = r"[^\W\d_][^:;{}<>=\\]{0,59}"
_ROW = re.compile(rf"{_HEADER}: [^;]+(?:; {_HEADER}: [^;]+)+$")
_LONGEST_HEADER = 5  # words
# A header that is no name of a thing: a question, the beginning or the end of a clause.
_NO_NAME = re.compile(
    r"(?:what|who|when|where|why|how|which|is|are|may|can|must|does|above|below|over|under|up|from|"
    r"until|to|by|per|if|due|valid|in|on|at|an?)\b|[^\W\d_]+ed$|.*\b(?:to|by|with|for|from|in|on|at)$",
    re.IGNORECASE,
)
_WHAT_TO_DO = re.compile(r"(?:what to do|action|remedy|solution)$", re.IGNORECASE)
_NAME = re.compile(r"[^\W\d_a-z][\w'’.-]*+(?: [^\W\d_a-z][\w'’.-]*+)++$")
_MANY = re.compile(r"(?!.*(?:ss|us|is|ics|series|news|address)\b)[^\W\d_]+s\b", re.IGNORECASE)
# "values of the setting": what is counted stands before.
_BEFORE_OF = re.compile(r"(?:.* )?(\w+)(?= (?:of|in|for|from|on|at|per|to|by|above|below)\b)")
_ARTICLE = re.compile(r"(?:the|an?) ", re.IGNORECASE)


def is_row(text: str) -> bool:
    """Whether a text is a row, as tables are written: ``Part: fuse F1; Price: 3.20``."""
    return bool(_ROW.fullmatch(text))


def of_row(text: str) -> str | None:
    """Asks for what stands in a row under the last header that is a name: What is the price of
    part fuse F1? Without its capital and its mark."""
    cells = [cell.partition(": ") for cell in text.rstrip(".").split("; ")]
    (key_header, _, key), *others = cells
    if not key or len(key.split()) > LONGEST_TERM or not any(map(str.isalnum, key)):
        return None
    about = _named(key_header, key)
    if about is None:
        return None
    for header, _, value in reversed(others):
        if value.strip(" -–—") and value != key and (asked := _asked(header, about)):
            return asked
    return None


def _named(header: str, key: str) -> str | None:
    """The key as a question names it, with what stands before: "of part number 40-0318"."""
    if _NO_NAME.match(header) or len(header.split()) > 3:
        return None
    header = small(header)
    if len(key.split()) == 1 and any(map(str.isdigit, key)):
        return f"of {_spelled(header)} {key}"
    if _NAME.match(key):
        return f"of {key}"
    if set(stems(header)) & set(stems(key)):
        return f"of {'' if _ARTICLE.match(key) else 'the '}{small(key)}"
    return f"for the {_spelled(header)} “{key}”"


def _asked(header: str, about: str) -> str | None:
    if _WHAT_TO_DO.match(header):
        return f"what is to be done in case {about}" if about.startswith("of ") else None
    if header.casefold() in ("meaning", "definition"):
        return f"what does {about.partition(' ')[2]} mean"
    if _NO_NAME.match(header) or len(header.split()) > _LONGEST_HEADER or re.search(r"\d", header):
        return None
    counted = match[1] if (match := _BEFORE_OF.match(header)) else header.split()[-1]
    verb = "are" if _MANY.fullmatch(counted) else "is"
    return f"what {verb} the {_spelled(small(header))} {about}"


def _spelled(header: str) -> str:
    return "number" if header.strip(".").casefold() in ("no", "nr", "#") else header
