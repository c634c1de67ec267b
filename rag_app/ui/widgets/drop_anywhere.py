"""Files that are dropped anywhere on the page go to its first uploader.

Without it a browser leaves the page and opens the file. The script is made of our own constants
and does its work once a page.
"""

from __future__ import annotations

import streamlit as st

LISTEN = """<script data-step="drops">
if (!window.ragDrops) {
  window.ragDrops = true;
  const zone = () => document.querySelector("[data-testid=stFileUploaderDropzone]");
  const isElsewhere = (event) => event.dataTransfer?.types.includes("Files") && zone()
    && !event.target.closest?.("[data-testid=stFileUploader], [data-testid=stChatInput]");
  const mark = (is) => document.documentElement.classList.toggle("rag-dropping", is);
  let leaving;
  document.addEventListener("dragover", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    mark(true);
    clearTimeout(leaving);
    leaving = setTimeout(mark, 200, false);
    if (isElsewhere(event)) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    mark(false);
    if (!isElsewhere(event)) return;
    event.preventDefault();
    zone().dispatchEvent(new DragEvent("drop",
      {dataTransfer: event.dataTransfer, bubbles: true, cancelable: true}));
  });
}
</script>"""


def let_files_drop_anywhere() -> None:
    """Listen for them."""
    st.html(LISTEN, unsafe_allow_javascript=True)
