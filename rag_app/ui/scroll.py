"""The scripts that the page runs: they bring into view what a click has opened elsewhere.

They are made of our own constants; nothing of others goes into them. Each has its step, because
the same script runs once only, however often the page is drawn.
"""

from __future__ import annotations

import streamlit as st

# The second time is for when Streamlit's own scrolling, which takes its time, comes after the
# first.
SCRIPT = """<script data-step="{step}">
for (const delay of [150, 600]) setTimeout(() => {{
  const found = [...document.querySelectorAll("{selector}")].at(-1);
  found?.scrollIntoView({{block: "{block}"}});
  {action}
}}, delay);
</script>"""


def scroll_to(selector: str, step: str) -> None:
    """Bring the last element of a CSS selector to the top of the page."""
    _run(selector, step, "start", "")


def focus(selector: str, step: str) -> None:
    """Bring it into view, and let the keyboard write into it."""
    _run(selector, step, "center", "found?.focus();")


def look_at(selector: str, region: str, step: str) -> None:
    """Bring an element into the middle of the region that scrolls it, and the region into view,
    which the keyboard then moves."""
    _run(
        region,
        step,
        "nearest",
        f"""const place = document.querySelector("{selector}");
  const around = place?.getBoundingClientRect(), own = found?.getBoundingClientRect();
  if (place) found?.scrollBy(around.x - own.x - (own.width - around.width) / 2,
    around.y - own.y - (own.height - around.height) / 2);
  found?.focus({{preventScroll: true}});""",
    )


def _run(selector: str, step: str, block: str, action: str) -> None:
    script = SCRIPT.format(selector=selector, step=step, block=block, action=action)
    st.html(script, unsafe_allow_javascript=True)
