"""The pictures of the pages that an answer cites, drawn before anybody asks for them.

Drawing a page takes a process of its own, and with it more time than there should be between a
click and a page. So they are drawn in the background as soon as the answer is shown; the collection
keeps them.
"""

from __future__ import annotations

from collections.abc import Sequence

from ingest import RagError
from rag_app import Engine, Exchange
from rag_app.ui.chat.sources.source import Source
from rag_app.ui.chat.sources.state import SourcesState
from rag_app.ui.reading.document import has_pictures
from rag_app.ui.reading.sheet import Cited
from rag_app.ui.widgets.background import Work

# Of one answer: the others wait until they are asked for.
MOST_AHEAD = 3


def draw_ahead(state: SourcesState, engine: Engine, exchange: Exchange) -> None:
    """Draw the pages on which the words of an answer's sources stand, if that was not begun."""
    if state.drawn_ahead != exchange.id:
        state.drawn_ahead = exchange.id
        sources = state.of(exchange, engine)
        Work(lambda: _draw(engine, sources))


def _draw(engine: Engine, sources: Sequence[Source]) -> None:
    wanted = [
        (one.document, one.page, Cited(one.status.start, one.quote))
        for one in sources
        if one.page and one.status.start is not None and has_pictures(one.document)
    ]
    for document, page, cited in wanted[:MOST_AHEAD]:
        try:
            engine.collection.page_picture(document, page, (cited.quoted,))
        except RagError:
            continue  # it is told where the page is opened
