"""Questions to go on with, below the last answer."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from ingest import RagError
from rag_app import Answer, Engine, Exchange
from rag_app.suggestions import follow_ups
from rag_app.ui.background import Work
from rag_app.ui.beginning import ask_at_end
from rag_app.ui.follow import Follower
from rag_app.ui.safe import label
from rag_app.ui.state import State


def show_follow_ups(
    state: State, engine: Engine, conversation: Sequence[Exchange]
) -> Follower | None:
    """The questions as buttons; who waits for them, while they are looked for."""
    last = conversation[-1]
    if last.answer is None or last.answer.refused:
        return None
    if last.id not in state.follow_ups:
        state.follow_ups[last.id] = _looking(engine, last, last.answer, conversation)
    work = state.follow_ups[last.id]
    if not work.done:
        return _Looking(work)
    found = work.result()
    if found:
        with st.container(key="follow-ups", gap=None):
            st.html('<p class="rag-caption">Go on with</p>')
            for number, question in enumerate(found):
                st.button(
                    label(question),
                    key=f"follow-up-{number}",
                    icon=":material/subdirectory_arrow_right:",
                    type="tertiary",
                    on_click=ask_at_end,
                    args=(state, engine, question),
                )
    return None


def _looking(
    engine: Engine, last: Exchange, answer: Answer, conversation: Sequence[Exchange]
) -> Work[tuple[str, ...]]:
    asked = [exchange.question for exchange in conversation]

    def look() -> tuple[str, ...]:
        try:
            return follow_ups(engine, answer, asked, last.where)
        except RagError:
            # The next question meets the same, and it is told there.
            return ()

    return Work(look)


class _Looking:
    """Waits for the questions."""

    def __init__(self, work: Work[tuple[str, ...]]) -> None:
        self._work = work

    def follow(self) -> bool:
        return not self._work.done
