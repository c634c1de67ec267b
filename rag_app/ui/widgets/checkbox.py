"""The checkbox beside a row of a list."""

from __future__ import annotations

import streamlit as st


def show_selection_box(selected: set[str], one: str, name: str, key: str) -> None:
    """Whether ``one`` is among those that are selected, to be changed by a click. ``name`` is what
    is read out of it, ``key`` its own."""
    is_selected = one in selected
    # A box whose key says whether it is ticked: so that “select all” ticks it.
    key = f"tick-{key}-{is_selected}"
    st.checkbox(
        name,
        value=is_selected,
        key=key,
        on_change=_select,
        args=(selected, one, key),
        label_visibility="collapsed",
    )


def _select(selected: set[str], one: str, key: str) -> None:
    (selected.add if st.session_state[key] else selected.discard)(one)
