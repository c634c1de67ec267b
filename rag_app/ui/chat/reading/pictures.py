"""The pictures of the pages that an answer cites, drawn before anybody asks for them.

Drawing a page takes a process of its own, and with it more time than there should be between a
click and a page. So they are drawn in the background as soon as the answer is shown; the collection
keeps them.
"""

from __future__ import annotations

from collections.abc import Sequence

from ingest import RagError
from ingest.records import PagePicture
from rag_app import Engine, Exchange
from rag_app.collection.page_pictures import Quoted
from rag_app.ui.chat.reading.document import has_pictures
from rag_app.ui.chat.sources.source import Source
from rag_app.ui.chat.sources.state import SourcesState
from rag_app.ui.widgets.background import Work

# Of one answer: the others wait until they are asked for.
MOST_AHEAD = 3


def cited_picture(engine: Engine, source: Source, page: int) -> PagePicture:
    """A page of a source's document, with its words marked if they are on it. Raises RagError, with
    the reason why there is no picture."""
    start = source.status.start
    assert start is not None  # where the words are gone, no page is shown for them
    words = Quoted(start, start + len(source.quote), source.quote)
    return engine.collection.page_picture(source.document, page, (words,))


def draw_ahead(state: SourcesState, engine: Engine, exchange: Exchange) -> None:
    """Draw the pages on which the words of an answer's sources stand, if that was not begun."""
    if state.drawn_ahead != exchange.id:
        state.drawn_ahead = exchange.id
        sources = state.of(exchange, engine)
        Work(lambda: _draw(engine, sources))


def _draw(engine: Engine, sources: Sequence[Source]) -> None:
    wanted = [
        (one, one.page)
        for one in sources
        if one.page and one.status.start is not None and has_pictures(one.document)
    ]
    for source, page in wanted[:MOST_AHEAD]:
        try:
            cited_picture(engine, source, page)
        except RagError:
            continue  # it is told where the page is opened
