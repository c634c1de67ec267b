"""Ways in, before the page: a token in the address for this machine, or one password for all.

A third, a provider of OpenID Connect, is in ``oidc``.
"""

from __future__ import annotations

import asyncio
import hmac
import math
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Protocol
from urllib.parse import parse_qs, quote, urlencode

from rag_app.auth.guesses import Guesses
from rag_app.auth.logins import User, fingerprint
from rag_app.auth.passwords import matches
from rag_app.messages import say, to_say

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp

TOKEN_BYTES = 24
MOST_BYTES = 64 * 1024  # of a form
FORM_WITHIN = 30.0  # seconds
# Each check of a password takes 32 MB and a fifth of a second.
CHECKS_AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Refused:
    """Why somebody is not let in, as a message with its values, and after how many seconds they may
    try again; who ``tried``, where a password or an account was wrong."""

    status: HTTPStatus
    message: str
    again: int | None = None
    tried: User | None = None
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def line(self) -> str:
        """It, in the language that is spoken now."""
        return say(self.message, **self.values)


class Entry(Protocol):
    """A way in."""

    # What logins are bound to: those that another way made are over.
    way: str
    # What the login page offers: "token", "password" or "provider".
    kind: str
    is_secure: bool

    def claims(self, request: Request) -> bool:
        """Whether a request is about logging in, and so for ``enter``."""

    async def enter(self, request: Request) -> User | Refused | Response:
        """Who it is, why they stay outside, or where they have to go first."""

    def wanted(self, request: Request) -> str:
        """The path where they are sent then."""

    def around(self, app: ASGIApp) -> ASGIApp:
        """What ``enter`` needs around it."""


class TokenEntry:
    """A token that the terminal shows, as in Jupyter: whoever sees it runs the page."""

    kind, is_secure = "token", False
    way = fingerprint("token")

    def __init__(self) -> None:
        self.token = secrets.token_urlsafe(TOKEN_BYTES)

    def claims(self, request: Request) -> bool:
        return request.method == "GET" and "token" in request.query_params

    async def enter(self, request: Request) -> User | Refused:
        given = request.query_params["token"].encode("utf-8", "surrogateescape")
        if hmac.compare_digest(given, self.token.encode()):
            return User()
        return Refused(
            HTTPStatus.FORBIDDEN, to_say("This address is from before the page was restarted.")
        )

    def wanted(self, request: Request) -> str:
        kept = [pair for pair in request.query_params.multi_items() if pair[0] != "token"]
        return local_path(request.scope["path"], urlencode(kept))

    def around(self, app: ASGIApp) -> ASGIApp:
        return app


class PasswordEntry:
    """One password for all, from a form that is posted to the address that was wanted."""

    kind, is_secure = "password", False

    def __init__(self, known: str, guesses: Guesses | None = None) -> None:
        self._known, self._guesses = known, guesses or Guesses()
        self._checks = asyncio.Semaphore(CHECKS_AT_ONCE)
        self.way = fingerprint("password", known)

    def claims(self, request: Request) -> bool:
        kind = request.headers.get("content-type", "").partition(";")[0].strip()
        return request.method == "POST" and kind == "application/x-www-form-urlencoded"

    async def enter(self, request: Request) -> User | Refused:
        form = await _form(request)
        if isinstance(form, Refused):
            return form
        address = request.client.host if request.client else ""
        again = self._guesses.begin(address)
        if again:
            minutes = math.ceil(again / 60)
            return Refused(
                HTTPStatus.TOO_MANY_REQUESTS,
                to_say(
                    "Too many wrong passwords came from your address. Try again in {count} minutes."
                )
                if minutes > 1
                else to_say(
                    "Too many wrong passwords came from your address. Try again in a minute."
                ),
                math.ceil(again),
                values={"count": minutes},
            )
        typed = "".join(form.get("password", ()))
        async with self._checks:
            right = await asyncio.to_thread(matches, typed, self._known)
        if not right:
            return Refused(
                HTTPStatus.UNAUTHORIZED, to_say("This is not the password."), tried=User()
            )
        self._guesses.forgive(address)
        return User()

    def wanted(self, request: Request) -> str:
        return local_path(request.scope["path"], request.url.query)

    def around(self, app: ASGIApp) -> ASGIApp:
        return app


def local_path(path: str, query: str = "") -> str:
    """An address on this server of a path that is decoded, whatever was asked for: two slashes
    would lead to another."""
    clean = "/" + quote(path.replace("\\", "/").lstrip("/"), safe="/")
    return f"{clean}?{query}" if query else clean


async def _form(request: Request) -> dict[str, list[str]] | Refused:
    """The fields of a form (``application/x-www-form-urlencoded``), of which none is kept that is
    too long or too slow."""
    data = b""
    try:
        async with asyncio.timeout(FORM_WITHIN):
            async for part in request.stream():
                data += part
                if len(data) > MOST_BYTES:
                    return Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, to_say("This is too long."))
        return parse_qs(data.decode("utf-8"), keep_blank_values=True, max_num_fields=10)
    except TimeoutError:
        return Refused(HTTPStatus.REQUEST_TIMEOUT, to_say("This took too long. Try again."))
    except ValueError:
        return Refused(HTTPStatus.BAD_REQUEST, to_say("This is no form of this page."))
