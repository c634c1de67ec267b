"""Documents that are named in the field for questions: "@" offers them by title, and the one that
is chosen is searched alone.

The list is the browser's (``mentions.js``), for it must follow each letter. It knows the newest
documents; the filter has the others. What is chosen comes back through a field that nobody sees.
"""

from __future__ import annotations

import json
from pathlib import Path

import streamlit as st

from rag_app import Engine
from rag_app.messages import say
from rag_app.messages.counts import in_documents
from rag_app.ui.chat.filters import add_document
from rag_app.ui.chat.state import ChatState
from rag_app.ui.widgets.escape import escaped

SCRIPT = Path(__file__).with_name("mentions.js").read_text(encoding="utf-8")
KEY = "mentioned"
# Some 500 kB, which the browser keeps until they are others.
MOST = 5000
OFFERED = 8  # at once, as the script has it


def let_documents_be_named(chat: ChatState, engine: Engine) -> None:
    """Offer them in the field for questions, where there is more than one."""
    version = engine.collection.version()
    if chat.mentionable is None or chat.mentionable[0] != version:
        chat.mentionable = version, _documents_html(engine)
    html = chat.mentionable[1]
    if not html:
        return
    with st.container(key="mentions"):
        st.html(html)
        st.html(f'<script data-step="mentions">{SCRIPT}</script>', unsafe_allow_javascript=True)
        st.text_input(
            say("Search only in"),
            key=KEY,
            label_visibility="collapsed",
            on_change=_take,
            args=(chat,),
        )


def _take(chat: ChatState) -> None:
    """Search the one that was chosen. The field is empty again, for the same one to be news."""
    if named := st.session_state[KEY]:
        add_document(chat, named)
        st.session_state[KEY] = ""


def _documents_html(engine: Engine) -> str:
    """What the script offers: names and titles as JSON; "" where there is nothing to choose."""
    titles = engine.collection.titles(MOST)
    # Without what could end a tag: Streamlit drops an attribute that seems to.
    told = json.dumps(titles).replace("<", "\\u003c").replace(">", "\\u003e")
    if len(titles) < 2:
        return ""
    how = say("up and down to choose, Enter to search only there.")
    counts = (in_documents(one) for one in range(1, OFFERED + 1))
    statuses = json.dumps([f"{count}: {how}" for count in counts])
    name = say("Documents")
    words = f'data-name="{escaped(name)}" data-statuses="{escaped(statuses)}"'
    return f'<div data-documents="{escaped(told)}" {words}></div>'
