"""A click on a marker in an answer presses the button below that opens its source.

What is shown of an answer is HTML, and only Streamlit's own buttons reach the program. The script
is made of our own constants and does its work once a page; it reads one attribute, which only
``rag_app.ui.widgets.escape.cite_html`` writes: the key of a button. It goes with the
script that brings the last question into view, which every conversation has.

The first words of an answer are there before what their markers open: a click on one is kept until
the page is drawn.
"""

from __future__ import annotations

LISTEN = """if (!window.ragOpener) {
  window.ragOpener = true;
  const open = (marker) => {
    const key = marker?.dataset.opens;
    const button = key && document.querySelector(`.st-key-${CSS.escape(key)} button`);
    button?.click();
    return !!button;
  };
  document.addEventListener("click", (event) => {
    const marker = event.target.closest?.(".rag-cite .rag-marker");
    if (!marker || open(marker)) return;
    const last = () => [...document.querySelectorAll(".rag-answer")].at(-1);
    const markers = () => [...(last()?.querySelectorAll(".rag-cite .rag-marker") ?? [])];
    const at = markers().indexOf(marker);
    let looks = 0;
    const again = at < 0 || setInterval(() => {
      if (open(markers()[at]) || ++looks > 20) clearInterval(again);
    }, 150);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") document.activeElement?.closest?.(".rag-marker")?.blur();
  });
}"""
