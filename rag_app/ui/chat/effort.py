"""How much is done for the next answer: the control, and what is chosen there."""

from __future__ import annotations

from typing import get_args

import streamlit as st

from rag_app import Engine
from rag_app.messages import say, to_say
from rag_app.records import Effort

KEY = "effort"
NAMES: dict[Effort, str] = {
    "auto": to_say("Auto"),
    "quick": to_say("Quick"),
    "thorough": to_say("Thorough"),
}
MEANS = {
    "auto": to_say("Several steps, where one search isn't enough"),
    "quick": to_say("One search, then the answer"),
    "thorough": to_say("Searches, reads on and computes before it answers"),
}


def show_effort(engine: Engine) -> None:
    """The control. Without an LLM there is one way only, and nothing to choose."""
    if engine.llm is None:
        return
    choices = list(get_args(Effort))
    chosen = chosen_effort(engine)
    assert chosen is not None
    with st.popover(say(NAMES[chosen]), icon=":material/footprint:", type="tertiary"):
        st.radio(
            say("How much to do for an answer"),
            choices,
            index=choices.index(chosen),
            key=KEY,
            format_func=lambda one: say(NAMES[one]),
            captions=[say(MEANS[one]) for one in choices],
        )


def chosen_effort(engine: Engine) -> Effort | None:
    """What is chosen for the next answer; None without an LLM."""
    if engine.llm is None:
        return None
    chosen: Effort = st.session_state.get(KEY) or engine.answer_settings.effort
    return chosen
