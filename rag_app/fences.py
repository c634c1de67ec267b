"""What stands around passages in a prompt: tags that no passage can end, and their attributes."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence

from ingest.text.invisible import without_invisible
from rag_app.collection.dates import dated
from rag_app.retrieval.passage import Passage

FENCE = "passage"


def fence_for(texts: Iterable[str]) -> str:
    """A name for the tags around passages such that no passage holds one of these tags, however
    it is written: a document cannot end its own passage and go on as somebody else.

    "passage" where that is so, which is nearly always; else with a number that depends on the
    texts, so that no text can be written to hold it.
    """
    plain = [_plain(text) for text in texts]
    fence, tries = FENCE, 0
    while any(re.search(rf"<\s*/?\s*{fence}", text) for text in plain):
        digest = hashlib.sha256("\0".join([*plain, str(tries)]).encode("utf-8", "replace"))
        fence, tries = f"{FENCE}-{digest.hexdigest()[:12]}", tries + 1
    return fence


def _plain(text: str) -> str:
    """As a model may read it: without signs that cannot be seen, wide letters as narrow ones."""
    if text.isascii():
        return text.casefold()
    narrow = unicodedata.normalize("NFKC", text)
    return "".join(sign for sign in narrow if unicodedata.category(sign) != "Cf").casefold()


def place_of(passage: Passage) -> str:
    """The title, page, headings and date of a passage, as attributes of a tag."""
    chunk = passage.chunk
    title = str(chunk.metadata.get("title") or "")
    named = f' title="{attribute(title)}"' if title and title not in chunk.headings else ""
    date = dated(chunk.documents[0], chunk.metadata, None)
    when = f' date="{date[0]}"' if date is not None else ""
    return named + place_in(chunk.page, chunk.headings) + when


def place_in(page: int | None, headings: Sequence[str]) -> str:
    shown = f' page="{page}"' if page is not None else ""
    section = " > ".join(attribute(heading) for heading in headings)
    return shown + (f' section="{section}"' if headings else "")


def attribute(text: str) -> str:
    narrow = unicodedata.normalize("NFKC", without_invisible(text))
    return " ".join(narrow.replace('"', "'").replace("<", "(").replace(">", ")").split())
