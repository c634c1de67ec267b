"""A click on a marker in an answer presses the button below that opens its source.

What is shown of an answer is HTML, and only Streamlit's own buttons reach the program. The script
is made of our own constants and does its work once a page; it reads one attribute, which only
``rag_app.ui.safe.cite_html`` writes: the key of a button. It goes with the
script that brings the last question into view, which every conversation has.
"""

from __future__ import annotations

LISTEN = """if (!window.ragOpener) {
  window.ragOpener = true;
  document.addEventListener("click", (event) => {
    const marker = event.target.closest?.(".rag-marker[data-opens]");
    const key = marker && CSS.escape(marker.dataset.opens);
    if (key) document.querySelector(`.st-key-${key} button`)?.click();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") document.activeElement?.closest?.(".rag-marker")?.blur();
  });
}"""
