"""A button for what is done with all that the page says.

A callback has the arguments of the last drawing of its button. Who types something and clicks at
once, without a moment between, would have it done with what stood there before (Streamlit issue
8365). What this button does, it does where it is drawn, and with what the page says then.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from rag_app.ui.widgets.followers import draw_anew

KEY = "pressed"


def show_button(
    name: str,
    do: Callable[[], None],
    *,
    key: str,
    place: DeltaGenerator | None = None,
    disabled: bool = False,
    **options: Any,
) -> None:
    """A button, in a ``place`` or here, that does something; then the page is drawn anew. Its
    ``options`` are those of ``st.button``."""
    pressed: set[str] = st.session_state.setdefault(KEY, set())
    draw = st.button if place is None else place.button
    # By a callback: another click may end this run before it comes here, and the next does it then.
    draw(name, key=key, disabled=disabled, on_click=pressed.add, args=(key,), **options)
    if key in pressed:
        pressed.discard(key)
        if not disabled:
            do()
            draw_anew()
