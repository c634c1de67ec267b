"""Scripts that scroll to what a click has opened.

They are made of our own constants; nothing of others goes into them. Each has its step: where
Streamlit draws an element anew, it runs the script again, but what was shown once is left alone.
"""

from __future__ import annotations

import streamlit as st

# More than once: what stands above may come late. Not when the reader has taken over meanwhile.
# Streamlit keeps who is at the end of a page there, as it grows, until the wheel turns; and on a
# phone, the sidebar lies over what was opened.
SCRIPT = """<script data-step="{step}">
{{
  let left = false, isOurs = false;
  const leave = (event) => {{ left ||= event.isTrusted; }};
  const heard = {{capture: true, passive: true, signal: AbortSignal.timeout(5000)}};
  for (const kind of ["wheel", "touchmove", "keydown", "pointerdown"])
    addEventListener(kind, leave, heard);
  {first}
  for (const delay of [0, 150, 600, 1500, 2500, 4000]) setTimeout(() => {{
    const found = [...document.querySelectorAll("{selector}")].at(-1);
    if (left || !found) return;
    const seen = {seen};
    if (!isOurs && seen.step !== "{step}") {{
      isOurs = true;
      seen.step = window.ragLatest = "{step}";
    }}
    if (!isOurs || window.ragLatest !== "{step}") return;
    document.querySelector("[data-testid=stAppScrollToBottomContainer]")
      ?.dispatchEvent(new WheelEvent("wheel"));
    if (innerWidth < 768)
      document.querySelector("[data-testid=stSidebarCollapseButton] button")?.click();
    {action}
  }}, delay);
}}
</script>"""
# Where the last step is kept: with the element, or, of steps that never come again, with the page.
ELEMENT = "found.dataset"
PAGE = '((window.ragSeen ??= {{}})["{name}"] ??= {{}})'
TO_THE_TOP = 'found.scrollIntoView({block: "start"});'
TO_THE_MIDDLE = 'found.scrollIntoView({block: "center"});'

# Streamlit sends a form by Ctrl and Enter; a word that is being composed has an Enter of its own.
SEND_BY_ENTER = """found.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      if (event.shiftKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      event.stopPropagation();
      found.dispatchEvent(new KeyboardEvent("keydown",
        {key: "Enter", code: "Enter", ctrlKey: true, bubbles: true}));
    }, true);"""


def scroll_to(selector: str, step: str) -> None:
    """Bring the last element of a CSS selector to the top of the page, once for each."""
    _run(selector, step, TO_THE_TOP)


def scroll_once(selector: str, step: str, first: str) -> None:
    """The same, once for each step, also where the element is drawn anew; ``first`` is a script to
    be run before."""
    _run(selector, step, TO_THE_TOP, seen=PAGE.format(name=selector), first=first)


def scroll_to_middle(selector: str, step: str) -> None:
    """Bring the last element of a CSS selector into the middle of the page, once for each step."""
    _run(selector, step, TO_THE_MIDDLE)


def focus(selector: str, step: str) -> None:
    """Bring it into view, and let the keyboard write into it."""
    _run(selector, step, TO_THE_MIDDLE + " found.focus();")


def send_by_enter(selector: str, step: str) -> None:
    """Bring a field of a form into view, and let the keyboard write into it: Enter sends what is
    written, as in the field for questions, and Shift and Enter begin a new line."""
    _run(selector, step, f"{TO_THE_MIDDLE} found.focus(); {SEND_BY_ENTER}")


def look_at(panel: str, region: str, place: str, step: str, *, takes_focus: bool = True) -> None:
    """In the region of a panel that scrolls, bring the place that is meant into the middle, or as
    much of its beginning as there is room for; the beginning of the region where there is no such
    place. Of a place in several pieces, such as a row and the heads of its columns, the largest
    counts. The page stays where it is, but for what the panel was opened from, which stays in view.
    The region gets the focus, unless that is in the panel already: the keyboard moves it then. Not
    where nobody has opened it by itself: ``takes_focus``."""
    focuses = (
        "if (!found.contains(document.activeElement)) region?.focus({preventScroll: true});"
        if takes_focus
        else ""
    )
    action = f"""const region = found.querySelector("{region}");
  region?.scrollTo(0, 0);
  const groups = [];
  for (const one of region?.querySelectorAll("{place}") ?? []) {{
    const {{left, top, right, bottom}} = one.getBoundingClientRect();
    const last = groups.at(-1), size = (right - left) * (bottom - top);
    if (last && Math.abs(top - last.bottom) < 3 * (bottom - top) + 24) {{
      last.size += size;
      last.left = Math.min(last.left, left);
      last.right = Math.max(last.right, right);
      last.bottom = Math.max(last.bottom, bottom);
    }} else groups.push({{left, top, right, bottom, size}});
  }}
  if (groups.length) {{
    const at = groups.reduce((most, one) => one.size > most.size ? one : most);
    const own = region.getBoundingClientRect();
    region.scrollBy(at.left - own.left - Math.max((own.width - at.right + at.left) / 2, 12),
      at.top - own.top - Math.max((own.height - at.bottom + at.top) / 2, 12));
  }}
  {focuses}
  const from = window.ragFrom?.()?.getBoundingClientRect(), own = found.getBoundingClientRect();
  if (from && own.left < from.right && from.bottom + 16 > own.top)
    document.querySelector("[data-testid=stMain]").scrollBy(0, from.bottom + 16 - own.top);"""
    _run(panel, step, action, seen=PAGE.format(name="reading"))


def _run(selector: str, step: str, action: str, *, seen: str = ELEMENT, first: str = "") -> None:
    """``seen`` is where the last step is kept, ``first`` a script to be run before."""
    script = SCRIPT.format(selector=selector, step=step, action=action, seen=seen, first=first)
    st.html(script, unsafe_allow_javascript=True)
