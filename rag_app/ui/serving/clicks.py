"""Take in each click, also where the next comes at once.

Once another click has come, Streamlit 1.67 ends the run that goes on at the next thing that it
draws or reads from the session's state. It does so too before that run has taken in the click that
it is for (``SafeSessionState.on_script_will_rerun``), or in the callback of it, as soon as that
reads what was typed: a question was lost where a link was clicked a moment after it was sent.
"""

from __future__ import annotations

from functools import wraps
from typing import Any

from streamlit.runtime.state import SafeSessionState


def take_each_click() -> None:
    """Have Streamlit look for the next click only when the one at hand has been taken in, with all
    its callbacks. Once in a process."""
    take_in = SafeSessionState.on_script_will_rerun

    @wraps(take_in)
    def undisturbed(state: SafeSessionState, *args: Any, **options: Any) -> None:
        look = state._yield_callback
        # Its own way to set a name; all others go into what the page keeps.
        object.__setattr__(state, "_yield_callback", lambda: None)
        try:
            take_in(state, *args, **options)
        finally:
            object.__setattr__(state, "_yield_callback", look)

    # For mypy, to replace a method is an error, and the same with any arguments another type.
    SafeSessionState.on_script_will_rerun = undisturbed  # type: ignore[method-assign, assignment]
