"""The state of sources in a session: those of the answers shown, and which is open."""

from __future__ import annotations

from dataclasses import dataclass, field

from rag_app import Engine, Exchange
from rag_app.ui.chat.sources.quote_status import text_digests_of
from rag_app.ui.chat.sources.source import Source, sources_of
from rag_app.ui.reading.reader import Look


@dataclass(slots=True)
class OpenSource:
    """Which source of which exchange is open, and how it is looked at."""

    exchange: str
    number: int
    look: Look = field(default_factory=Look)


@dataclass(slots=True)
class SourcesState:
    """``open`` is the source that is open, if one is."""

    open: OpenSource | None = None
    # The exchange whose cited pages were drawn last.
    drawn_ahead: str | None = None
    # By exchange, as the documents were when the answer was first shown.
    _shown: dict[str, tuple[Source, ...]] = field(default_factory=dict)

    def of(self, exchange: Exchange, engine: Engine) -> tuple[Source, ...]:
        """The passages to show with an answer, as the documents were when it was first shown."""
        if exchange.answer is None:
            return ()
        if exchange.id not in self._shown:
            digests = text_digests_of(exchange.record)
            self._shown[exchange.id] = sources_of(exchange.answer, engine, digests)
        return self._shown[exchange.id]

    def open_source(self, exchange: str, number: int) -> None:
        """Open a source; one that is open already, at its words again."""
        self.open = OpenSource(exchange, number)

    def close(self) -> None:
        """Close what is open."""
        self.open = None

    def keep_only(self, exchanges: set[str]) -> None:
        """Forget the sources of all other exchanges."""
        for gone in self._shown.keys() - exchanges:
            del self._shown[gone]

    def clear(self) -> None:
        """Forget all. The same object stays: controls that are no longer drawn hold it, too."""
        self.open, self._shown = None, {}
