"""The language of the page: that of the browser, where there is a file of it, else English.

What an answer says follows its question instead.
"""

from __future__ import annotations

import json

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from rag_app.messages import FROM_RIGHT, language_now, say, speak_by_default

# Words of the page's style sheets (shell.css), which stand in the place of Streamlit's own.
STYLE = "<style>:root {{ {words} }}</style>"
SCRIPT = """<script data-step="language">
Object.assign(document.documentElement, {language});
</script>"""


def speak_language_of_browser() -> None:
    """Say all messages of the page in it, also those of callbacks and fragments, which run before
    or without the page."""
    speak_by_default(_language_of_browser)


def show_language() -> None:
    """Tell the browser, for its screen reader and the direction of lines."""
    now = language_now()
    direction = "rtl" if now in FROM_RIGHT else "ltr"
    words = {
        "choose-files": say("Choose files"),
        "choose-folder": say("Choose a folder"),
        "add-documents": say("Add documents"),
    }
    told = " ".join(
        f"--rag-{name}: {json.dumps(word, ensure_ascii=False)};" for name, word in words.items()
    )
    st.html(STYLE.format(words=told))
    language = json.dumps({"lang": now, "dir": direction})
    st.html(SCRIPT.format(language=language), unsafe_allow_javascript=True)


def _language_of_browser() -> str | None:
    if get_script_run_ctx(suppress_warning=True) is None:
        return None  # on a thread that belongs to no page
    return (st.context.locale or "").replace("_", "-").partition("-")[0].lower() or None
