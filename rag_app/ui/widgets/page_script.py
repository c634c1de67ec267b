"""The script of the page: what is done in the browser, without a run of the page.

What is shown of an answer is HTML, and only Streamlit's own buttons reach the program: a click on a
marker presses the button that opens its source. Copying, and a table as a file, need no program at
all. The script is a file of ours, does its work once a page, and reads attributes that only
``rag_app.ui.widgets`` writes.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

SCRIPT = Path(__file__).with_name("page.js").read_text(encoding="utf-8")
# Who has followed an answer to its end is not taken back to its beginning.
STAY = "left ||= !!window.ragFollowed;"
# Where there is no room beside the answers, a source that is open makes way for a new question.
MAKE_WAY = "if (innerWidth < 1100) document.querySelector('.st-key-pane-close button')?.click();"


def listen() -> None:
    """Run it, once a page."""
    script = f'<script data-step="page">{SCRIPT}</script>'
    st.html(script, unsafe_allow_javascript=True)
