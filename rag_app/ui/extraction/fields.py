"""The fields that are wanted, a line for each: its name, its kind, and more words if need be."""

from __future__ import annotations

from typing import Literal, get_args

import streamlit as st

from ingest import RagError
from rag_app.extraction.records import Field, Kind
from rag_app.extraction.schema import MOST_FIELDS, checked
from rag_app.messages import retold, say, to_say
from rag_app.ui.extraction.state import ExtractionState

EXAMPLES = (to_say("Invoice number"), to_say("Due date"), to_say("Total"))
KINDS: dict[Kind, str] = {
    "text": to_say("text"),
    "number": to_say("number"),
    "date": to_say("date"),
    "money": to_say("money"),
    "name": to_say("name"),
    "yes/no": to_say("yes/no"),
}
LONGEST_NAME, LONGEST_DESCRIPTION = 100, 300


def show_fields(state: ExtractionState) -> None:
    """The lines, and the way to one more."""
    _show_lines(state)
    if len(state.lines) < MOST_FIELDS:
        st.button(
            say("Add a field"),
            key="field-add",
            icon=":material/add:",
            type="tertiary",
            on_click=state.add_line,
        )


def _show_lines(state: ExtractionState) -> None:
    for number, line in enumerate(state.lines):
        with st.container(horizontal=True, vertical_alignment="bottom", key=f"wanted-{line}"):
            seen: Literal["visible", "collapsed"] = "collapsed" if number else "visible"
            st.text_input(
                say("Field"),
                key=f"field-name-{line}",
                max_chars=LONGEST_NAME,
                placeholder=say(EXAMPLES[number]) if number < len(EXAMPLES) else "",
                label_visibility=seen,
                persist_state="session",
            )
            st.selectbox(
                say("Kind"),
                get_args(Kind),
                format_func=lambda one: say(KINDS[one]),
                key=f"field-kind-{line}",
                label_visibility=seen,
                width=130,
                persist_state="session",
            )
            st.text_input(
                say("In other words (optional)"),
                key=f"field-words-{line}",
                max_chars=LONGEST_DESCRIPTION,
                placeholder=say("In other words (optional)") if number else "",
                label_visibility=seen,
                persist_state="session",
            )
            st.button(
                say("Remove field {number}", number=number + 1),
                key=f"field-remove-{line}",
                icon=":material/close:",
                type="tertiary",
                disabled=len(state.lines) == 1,
                on_click=state.remove_line,
                args=(line,),
            )


def fields_named(state: ExtractionState) -> tuple[Field, ...]:
    """The fields of the lines that have a name; none, and what is ``wrong``, if they can't be a
    schema."""
    fields = []
    for line in state.lines:
        name = " ".join(str(st.session_state.get(f"field-name-{line}", "")).split())
        kind = st.session_state.get(f"field-kind-{line}", "text")
        words = " ".join(str(st.session_state.get(f"field-words-{line}", "")).split())
        if name:
            fields.append(Field(name, kind, words))
    state.wrong = ""
    if not fields:
        state.wrong = say("Name at least one field that you want of each document.")
        return ()
    try:
        return checked(fields)
    except RagError as error:
        state.wrong = retold(error)
        return ()
