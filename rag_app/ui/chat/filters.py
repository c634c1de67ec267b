"""The filter of the next questions: its controls, and how it is shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import streamlit as st

from ingest.records import FilterField
from ingest.text.printable import printable
from rag_app.messages import say, to_say
from rag_app.ui.chat.state import ChatState
from rag_app.ui.widgets.escape import escaped, label

# What a person chooses by; titles, headings and pages are found by asking.
CHOSEN = {
    "document": to_say("Documents"),
    "folder": to_say("Folders"),
    "type": to_say("Types"),
    "language": to_say("Languages"),
}
# The command line takes filters over all of them.
MOST_FIELDS = 12
# More numbers than these are given as a range.
MOST_NUMBERS = 20
# More documents than these are told in one line.
MOST_CHIPS = 6
ONLY_IN = to_say("Searching only in")
ENDS = {to_say("{name} from"): "$gte", to_say("{name} to"): "$lte"}
FIRST_DAY = date(1970, 1, 1)
Where = dict[str, Any]


def show_filter(chat: ChatState, fields: Sequence[FilterField]) -> None:
    """The control, which opens: what is chosen there is the filter of the next questions."""
    chat.filter_fields = tuple(_offered(fields))
    with st.popover(say("Filter"), icon=":material/filter_list:", type="tertiary"):
        only = say("Search only in (or type @ in a question):")
        st.html(f'<p class="rag-answering">{only}</p>')
        for field in chat.filter_fields:
            _show_control(field, _key(chat, field))
        left_out = sum(field.own for field in fields) - MOST_FIELDS
        if left_out > 0:
            more = say("{count} more fields are not shown here.", count=left_out)
            st.html(f'<p class="rag-answering">{more}</p>')


def chosen_filter(chat: ChatState) -> Where | None:
    """The filter of the next question. From the controls, and not from when they were drawn: who
    asks within a moment of a choice asks before the page is drawn again."""
    return _combined(_parts(chat))


def ask_only(chat: ChatState, fields: Sequence[FilterField], documents: Sequence[str]) -> None:
    """Ask the next questions of these documents only, whatever was chosen before."""
    chat.clear_filter()
    chat.filter_fields = tuple(_offered(fields))
    for document in documents:
        add_document(chat, document)


def add_document(chat: ChatState, document: str) -> None:
    """Ask the next questions of this document too, or of it alone if all are asked."""
    key, before = _documents(chat)
    if key:
        st.session_state[key] = [*(one for one in before if one != document), document]


def _drop_document(key: str, document: str) -> None:
    """Ask the next questions of the others that were chosen, or of all."""
    st.session_state[key] = [one for one in st.session_state.get(key, ()) if one != document]


def show_active_filter(chat: ChatState) -> None:
    """Which filter the next question has, and how to be rid of it: of each document by itself,
    where they are few."""
    if not (parts := _parts(chat)):
        return
    key, documents = _documents(chat)
    if len(documents) > MOST_CHIPS:
        documents = ()
    others = _combined([part for part in parts if not documents or "document" not in part])
    with st.container(
        horizontal=True, vertical_alignment="center", gap="small", key="active-filter"
    ):
        told = filter_html(others) if others else f"{say(ONLY_IN)}:"
        st.html(f'<p class="rag-filter">{told}</p>', width="content")
        for number, document in enumerate(documents):
            st.button(
                label(document),
                key=f"chip-{number}",
                icon=":material/close:",
                help=say("Search in others too")
                if len(documents) == 1
                else say("Do not search in this one"),
                on_click=_drop_document,
                args=(key, document),
            )
        st.button(
            say("Clear filter"),
            icon=":material/filter_list_off:",
            type="tertiary",
            on_click=chat.clear_filter,
        )


def filter_html(where: Where) -> str:
    """A filter, as ``show_filter`` makes it, in words."""
    parts = where.get("$and", [where])
    conditions = [
        _told(operator).format(name=escaped(name), value=f"<b>{escaped(_listed(value))}</b>")
        for part in parts
        for name, comparisons in part.items()
        for operator, value in comparisons.items()
    ]
    return f"{say(ONLY_IN)}: {' · '.join(conditions)}"


def _parts(chat: ChatState) -> list[Where]:
    """What is chosen, field by field."""
    return [part for field in chat.filter_fields for part in _chosen(field, _key(chat, field))]


def _combined(parts: Sequence[Where]) -> Where | None:
    return {"$and": [*parts]} if len(parts) > 1 else (parts[0] if parts else None)


def _documents(chat: ChatState) -> tuple[str, tuple[str, ...]]:
    """The key of the control of documents ("" where there is none), and those chosen there."""
    for field in chat.filter_fields:
        if field.name == "document" and not field.own:
            key = _key(chat, field)
            return key, tuple(st.session_state.get(key, ()))
    return "", ()


def _offered(fields: Sequence[FilterField]) -> list[FilterField]:
    built_in = [
        field
        for field in fields
        if (field.name in CHOSEN and len(field.values) > 1) or field.kind == "time"
    ]
    return built_in + [field for field in fields if field.own][:MOST_FIELDS]


def _key(chat: ChatState, field: FilterField) -> str:
    return f"filter-{chat.filter_number}-{field.kind}-{field.name}"


def _is_range(field: FilterField) -> bool:
    return field.kind == "number" and (len(field.values) > MOST_NUMBERS or not field.is_whole)


def _show_control(field: FilterField, key: str) -> None:
    """Where something is chosen of one field."""
    if field.kind == "time":
        st.date_input(
            say("Changed since"), None, min_value=FIRST_DAY, key=key, format="YYYY-MM-DD",
            persist_state="session",
        )  # fmt: skip
        return
    if _is_range(field):
        for column, (word, operator) in zip(st.columns(2), ENDS.items(), strict=True):
            column.number_input(
                label(say(word, name=field.name)), value=None, step=1.0, format="%g",
                key=key + operator, persist_state="session",
            )  # fmt: skip
        return
    # What was chosen stays, also when its last document has just been deleted.
    before = st.session_state.get(key, [])
    st.multiselect(
        label(say(CHOSEN[field.name]) if field.name in CHOSEN and not field.own else field.name),
        [*field.values, *(value for value in before if value not in field.values)],
        key=key,
        format_func=_option,
        accept_new_options=not field.is_whole,
        placeholder=say("All"),
        persist_state="session",
    )


def _chosen(field: FilterField, key: str) -> list[Where]:
    """The filters that its control makes: none where nothing is chosen."""
    if _is_range(field):
        ends = [(operator, st.session_state.get(key + operator)) for operator in ENDS.values()]
        return [{field.name: {operator: end}} for operator, end in ends if end is not None]
    chosen = st.session_state.get(key)
    if field.kind == "time":
        return [{field.name: {"$gte": chosen.isoformat()}}] if isinstance(chosen, date) else []
    return [{field.name: {"$in": list(chosen)}}] if chosen else []


def _option(value: Any) -> str:
    if isinstance(value, bool):
        return say("yes") if value else say("no")
    if value == "":
        return say("(in no folder)")
    return printable(str(value))


def _told(operator: str) -> str:
    if operator == "$gte":
        return say("{name} from {value}")
    return say("{name} to {value}") if operator == "$lte" else "{name} {value}"


def _listed(value: Any) -> str:
    return ", ".join(map(_option, value)) if isinstance(value, list) else _option(value)
