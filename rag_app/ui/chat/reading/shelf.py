"""The place of the reading pane while nothing is open: the sources of the last answer, to open."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath

import streamlit as st

from rag_app import Exchange
from rag_app.answer.draft import QUOTES
from rag_app.messages import say, to_say
from rag_app.remarks import DOUBTS
from rag_app.ui.chat.sources.chips import SLIDES, icon_of, opens
from rag_app.ui.chat.sources.source import Source
from rag_app.ui.widgets.escape import escaped, quoted_as

NOTHING = to_say("The sources of an answer open here.")
LONGEST = 220  # characters of a passage


def show_shelf(exchange: Exchange | None, sources: Sequence[Source], slot: str) -> None:
    """A card for each document that is cited; a click presses the button that opens its source
    (``rag_app.ui.widgets.page_script``)."""
    with st.container(key="shelf"):
        if exchange is None or exchange.answer is None or not sources:
            st.html(f'<p class="rag-shelf">{say(NOTHING)}</p>')
            return
        answer = exchange.answer
        title = say("Closest passages") if answer.refused else say("Sources")
        # Where the answer is quotes, or shows what comes closest, their words stand beside already.
        has_words = not answer.closest and (answer.model != QUOTES or answer.refused)
        seen: set[object] = set()
        cards = []
        for number, source in enumerate(sources):
            place = source.marker, source.document, source.page, source.standing
            if place not in seen:
                seen.add(place)
                cards.append(_card_html(source, f"{opens(slot)}{number}", has_words=has_words))
        st.html(f'<h2 class="rag-shelf-title">{title}</h2><div>{"".join(cards)}</div>')


def _card_html(source: Source, key: str, *, has_words: bool) -> str:
    path = PurePosixPath(source.document)
    icon = icon_of(source.document)
    where = [str(path.parent)] if str(path.parent) != "." else []
    if source.page is not None:
        where.append(
            say("slide {number}", number=source.page)
            if icon == SLIDES
            else say("page {number}", number=source.page)
        )
    if source.is_in_doubt:
        where.append(say(DOUBTS[source.standing]))
    number = "" if source.marker is None else f"<em>{source.marker}</em>"
    words = " ".join(source.quote.split())
    words = words if len(words) <= LONGEST else words[:LONGEST].rsplit(" ", 1)[0] + " …"
    quote = f"<q{quoted_as(source.language)}>{escaped(words)}</q>" if has_words else ""
    doubt = " rag-in-doubt" * source.is_in_doubt
    return (
        f'<button type="button" class="rag-card{doubt}" data-opens="{escaped(key)}"'
        f' title="{escaped(source.document)}">'
        f'<span class="rag-symbol" aria-hidden="true">{icon}</span>'
        f"<span><b>{number}<bdi>{escaped(path.name)}</bdi></b>"
        f"<small>{escaped(' · '.join(where))}</small>{quote}</span></button>"
    )
