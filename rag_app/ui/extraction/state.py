"""What a session remembers of an extraction: its fields, its table, and the cell that is open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import streamlit as st

from ingest import RagError
from rag_app import Engine, Stop
from rag_app.extraction.records import ExtractedRow, Field
from rag_app.messages import retold
from rag_app.ui.chat.sources.state import SourcesState
from rag_app.ui.widgets.background import Work

# Empty lines for fields, at first.
AT_FIRST = 3


class Extraction:
    """A table that fills on a thread of its own, whatever page is shown. ``rows`` are those that
    are done."""

    def __init__(self, engine: Engine, fields: Sequence[Field], names: Sequence[str]) -> None:
        self.fields, self.names = tuple(fields), tuple(names)
        self.rows: list[ExtractedRow] = []
        self._engine, self._stop = engine, Stop()
        self._work = Work(self._run)

    @property
    def is_running(self) -> bool:
        """Whether there are rows to come."""
        return not self._work.done

    @property
    def is_stopped(self) -> bool:
        """Whether it was stopped by the reader."""
        return self._stop.is_set

    @property
    def error(self) -> str:
        """What went wrong with the extraction as a whole; "" if nothing did."""
        if self.is_running:
            return ""
        try:
            self._work.result()
        except RagError as error:
            return retold(error)
        return ""

    def stop(self) -> None:
        """End after the rows that are done."""
        self._stop.set()

    def wait(self, seconds: float) -> bool:
        """Wait for the end of it, so long at most. Whether it is done."""
        return self._work.wait(seconds)

    def _run(self) -> None:
        for row in self._engine.extract(self.fields, self.names, stop=self._stop):
            self.rows.append(row)


@dataclass(slots=True)
class ExtractionState:
    """``lines`` are the numbers of the lines for fields that are shown; ``wrong`` says what is
    wrong with them. ``table`` is what was asked for last, and ``open`` its open cell."""

    lines: list[int] = field(default_factory=lambda: list(range(AT_FIRST)))
    wrong: str = ""
    table: Extraction | None = None
    # The pane's own: of its "exchange" the document, of its "number" the column of the cell.
    open: SourcesState = field(default_factory=SourcesState)

    def add_line(self) -> None:
        """One more line for a field."""
        self.lines.append(max(self.lines, default=-1) + 1)

    def remove_line(self, line: int) -> None:
        """A line less; the last one stays."""
        if len(self.lines) > 1:
            self.lines.remove(line)


def extraction_state(engine: Engine) -> ExtractionState:
    """The state of this session for the collection of an engine."""
    key = f"extraction of {engine.store.directory}"
    if key not in st.session_state:
        st.session_state[key] = ExtractionState()
    state: ExtractionState = st.session_state[key]
    return state
