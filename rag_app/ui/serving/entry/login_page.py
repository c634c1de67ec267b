"""The login page: HTML without scripts, which asks nothing of Streamlit."""

from __future__ import annotations

import base64
from functools import cache
from html import escape
from http import HTTPStatus
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING
from urllib.parse import quote

from rag_app.messages import FROM_RIGHT, language_now, say, speaking
from rag_app.ui.serving.entry.ways import Refused

if TYPE_CHECKING:
    from starlette.responses import Response

HERE = Path(__file__).parent
ICON = HERE.parent.parent / "icon.svg"
PASSWORD = """<form method="post" action="$action">
  <label for="password">$password</label>
  <input id="password" name="password" type="password" required autofocus
    autocomplete="current-password" $described>
  <button type="submit">$enter</button>
</form>"""
PROVIDER = """<p><a class="button" href="/auth/login?next=$next">$enter</a></p>"""
TOKEN = "<p>$token</p>"
BODIES = {"password": PASSWORD, "provider": PROVIDER, "token": TOKEN}


def login_page(
    kind: str, wanted: str, refused: Refused | None = None, languages: str = ""
) -> Response:
    """The page for an entry of this ``kind``, which leads to the address that was ``wanted``; with
    why nobody was logged in, if that was tried. ``languages`` are what the browser accepts."""
    with speaking(languages.partition(",")[0].partition("-")[0].strip().lower()):
        return _login_page(kind, wanted, refused)


def _login_page(kind: str, wanted: str, refused: Refused | None) -> Response:
    from starlette.responses import HTMLResponse

    token = say(
        "Open the address that the terminal shows where {command} is running. It ends in {end}. "
        "This browser then stays logged in.",
        command="<code>rag-app chat</code>",
        end="<code>?token=…</code>",
    )
    body = Template(BODIES[kind]).substitute(
        action=escape(wanted),
        password=say("Password"),
        enter=say("Log in"),
        token=token,
        next=escape(quote(wanted, safe="")),
        described='aria-invalid="true" aria-describedby="told"' if refused else "",
    )
    told = f'<p id="told" role="alert">{escape(refused.line)}</p>' if refused else ""
    status = HTTPStatus.UNAUTHORIZED if refused is None else refused.status
    headers = {"Cache-Control": "no-store"}
    page = _page().substitute(
        icon=_icon(),
        body=body,
        told=told,
        title=say("Ask your documents"),
        enter=say("Log in"),
        language=language_now(),
        direction="rtl" if language_now() in FROM_RIGHT else "ltr",
    )
    return HTMLResponse(page, status, headers)


@cache
def _page() -> Template:
    return Template((HERE / "login.html").read_text(encoding="utf-8"))


@cache
def _icon() -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(ICON.read_bytes()).decode()
