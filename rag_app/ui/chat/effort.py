"""How much is done for the next answer: the control, and what is chosen there."""

from __future__ import annotations

from typing import get_args

import streamlit as st

from rag_app import Engine
from rag_app.records import Effort

KEY = "effort"
NAMES: dict[Effort, str] = {"auto": "Auto", "quick": "Quick", "thorough": "Thorough"}
MEANS = {
    "auto": "Several steps, where one search isn't enough",
    "quick": "One search, then the answer",
    "thorough": "Searches, reads on and computes before it answers",
}


def show_effort(engine: Engine) -> None:
    """The control. Without an LLM there is one way only, and nothing to choose."""
    if engine.llm is None:
        return
    choices = list(get_args(Effort))
    chosen = chosen_effort(engine)
    assert chosen is not None
    with st.popover(NAMES[chosen], icon=":material/footprint:", type="tertiary"):
        st.radio(
            "How much to do for an answer",
            choices,
            index=choices.index(chosen),
            key=KEY,
            format_func=NAMES.__getitem__,
            captions=[MEANS[one] for one in choices],
        )


def chosen_effort(engine: Engine) -> Effort | None:
    """What is chosen for the next answer; None without an LLM."""
    if engine.llm is None:
        return None
    chosen: Effort = st.session_state.get(KEY) or engine.answer_settings.effort
    return chosen
