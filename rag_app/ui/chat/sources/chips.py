"""The sources below an answer, as small buttons that open their document in the reading pane."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import PurePosixPath

import streamlit as st

from rag_app import Exchange
from rag_app.messages import say, to_say
from rag_app.remarks import DOUBTS
from rag_app.ui.chat.sources.source import Source
from rag_app.ui.chat.sources.state import SourcesState
from rag_app.ui.widgets.escape import label

SLIDES = "slideshow"
ICONS = {
    "picture_as_pdf": ".pdf",
    "table_chart": ".xlsx .xlsm .ods .csv .tsv",
    SLIDES: ".pptx .ppsx .odp",
    "language": ".html .htm .xhtml",
    "mail": ".eml .mbox .msg",
    "data_object": ".json .jsonl .xml",
    "image": ".png .jpg .jpeg .tif .tiff .webp .bmp .gif",
}
OTHER = "description"
# Of more places than these, each document and page has one chip; a marker opens its own words.
MOST_CHIPS = 12
BY_SUFFIX = {suffix: icon for icon, suffixes in ICONS.items() for suffix in suffixes.split()}
IN_DOUBT, AS_IT_WAS = "error", "history"
READ_BY_OCR = to_say("Read by OCR: a letter may be wrong")


def opens(slot: str) -> str:
    """The keys of the buttons that open the sources of an exchange, but for their numbers."""
    return f"open-{slot}-"


def show_sources(
    state: SourcesState, exchange: Exchange, sources: Sequence[Source], slot: str
) -> None:
    """What an answer cites, or what is nearest to a question that was refused."""
    titles = titles_of([source.document for source in sources])
    opened = state.open if state.open and state.open.exchange == exchange.id else None
    is_short = len({_place(source) for source in sources}) > MOST_CHIPS
    named = [replace(one, marker=None) if is_short else one for one in sources]
    open_place = _place(named[opened.number]) if opened and opened.number < len(named) else None
    seen: set[object] = set()
    with st.container(horizontal=True, gap="small", key=f"sources-{slot}"):
        for number, source in enumerate(named):
            place = _place(source)
            # The rows of a table share a marker and a chip; the marker of each opens its own row.
            with nullcontext() if place not in seen else st.container(key=f"same-{slot}-{number}"):
                seen.add(place)
                st.button(
                    _label(source, titles[source.document]),
                    key=f"{opens(slot)}{number}",
                    icon=f":material/{_icon(source)}:",
                    type="primary" if place == open_place else "secondary",
                    help=label(_help(source)),
                    on_click=state.open_source,
                    args=(exchange.id, number),
                )


def _place(source: Source) -> tuple[object, ...]:
    """What sources have in common that share a chip."""
    return source.marker, source.document, source.page, source.standing


def titles_of(documents: Sequence[str]) -> dict[str, str]:
    """What each document is called in few words: the name of its file, with as many of its folders
    as tell it from the others."""
    paths = {one: PurePosixPath(one).parts or (one,) for one in documents}
    deepest = max(map(len, paths.values()), default=1)
    titles: dict[str, str] = {}
    for one, parts in paths.items():
        others = [other for name, other in paths.items() if name != one]
        depths = range(1, deepest + 1)
        fits = (n for n in depths if all(other[-n:] != parts[-n:] for other in others))
        titles[one] = "/".join(parts[-next(fits, deepest) :])
    return titles


def icon_of(document: str) -> str:
    """The name of the icon of a kind of document."""
    return BY_SUFFIX.get(PurePosixPath(document).suffix.lower(), OTHER)


def _label(source: Source, title: str) -> str:
    marker = "" if source.marker is None else f"[{source.marker}] "
    page = ""
    if source.page is not None:
        unit = say("slide") if icon_of(source.document) == SLIDES else say("p.")
        page = f" · {unit} {source.page}"
    doubted = say(DOUBTS[source.standing]) if source.is_in_doubt else ""
    doubt = f" · {doubted}" if doubted else ""
    by_ocr = " · OCR" if source.by_ocr else ""
    return label(f"{marker}{title}{page}{by_ocr}{doubt}")


def _icon(source: Source) -> str:
    if source.is_in_doubt:
        return IN_DOUBT
    return AS_IT_WAS if source.status.note else icon_of(source.document)


def _help(source: Source) -> str:
    if source.status.note:
        return say(source.status.note)
    opens_it = say("Open {document} at these words", document=source.document)
    by_ocr = say(READ_BY_OCR) if source.by_ocr else ""
    return f"{opens_it}. {by_ocr}" if by_ocr else opens_it
