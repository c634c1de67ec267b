"""What the page says where its server cannot be reached: Streamlit's own dialog is for programmers.

The script is made of our own constants, and looks at the dialog that Streamlit opens then.
"""

from __future__ import annotations

import json

import streamlit as st

from rag_app.messages import say, to_say

# By these words, which Streamlit 1.67 has in its own page.
THEIRS = ("Is Streamlit still running", "Streamlit server is not responding")
TITLE = to_say("Not connected")
TEXT = to_say(
    "rag-app cannot be reached. If it was stopped, start it again with rag-app chat. What you "
    "asked is kept, and this page goes on by itself as soon as it is back."
)
SCRIPT = """<script data-step="offline">
window.ragOffline ??= ((THEIRS, TITLE, TEXT) => {
  const look = () => {
    for (const dialog of document.querySelectorAll("[role=dialog]")) {
      const body = [...dialog.querySelectorAll("*")].filter((one) =>
        THEIRS.some((words) => one.textContent.includes(words))).at(-1);
      if (!body || body.dataset.ragOffline) continue;
      body.dataset.ragOffline = body.textContent;
      const text = document.createElement("p");
      text.textContent = TEXT;
      for (const part of [...body.parentElement.children]) part.style.display = "none";
      body.parentElement.append(text);
      const heading = dialog.querySelector("h1, h2, h3, [data-testid=stHeading]");
      const title = document.createTreeWalker(heading ?? dialog, NodeFilter.SHOW_TEXT);
      while (title.nextNode())
        if (title.currentNode.data === "Connection error") title.currentNode.data = TITLE;
    }
  };
  new MutationObserver(look).observe(document.body, {childList: true, subtree: true});
  return true;
})(...WORDS);
</script>"""


def say_when_offline() -> None:
    """Have the browser say it in our words, from now on."""
    words = json.dumps([THEIRS, say(TITLE), say(TEXT)])
    st.html(SCRIPT.replace("WORDS", words), unsafe_allow_javascript=True)
