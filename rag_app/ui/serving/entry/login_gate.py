"""ASGI login gate: nothing of Streamlit is reached by anybody who is not let in.

It stands behind ``gate``, which has looked at host and origin, and tells Streamlit who is there.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from http import HTTPStatus
from typing import TYPE_CHECKING

from ingest.text.terminal import visible
from rag_app.auth.logins import Login, Logins, User
from rag_app.ui.serving.audited import Visitor, note, visitor_of
from rag_app.ui.serving.entry.login_page import login_page
from rag_app.ui.serving.entry.sessions import with_own_session
from rag_app.ui.serving.entry.ways import Entry, Refused, local_path
from rag_app.ui.serving.message_gate import is_automatic
from rag_app.ui.session.browser_llms import browser_cookie, forget_browser
from rag_app.ui.session.user import HEADER, header_value

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection, Request
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

logger = logging.getLogger(__name__)

LOGOUT = "/logout"
LOGIN = "rag.login"  # the key of the login, in the scope
USER = "rag.user"
# So long a page may stay open after a logout elsewhere, if nobody clicks in it.
LOOK_SECONDS = 2.0
POLICY_VIOLATION = 1008  # RFC 6455, 7.4.1


class LoginGate:
    """An ASGI middleware (ASGI 3.0). Without an ``entry`` everybody is let in, as one user."""

    def __init__(
        self, app: ASGIApp, *, entry: Entry | None, logins: Logins | None, port: int
    ) -> None:
        self._app, self._entry, self._logins = app, entry, logins
        # A browser sends its cookies to all ports of a host.
        self._cookie, self._browser = f"rag-login-{port}", browser_cookie(port)
        self._entering = None if entry is None else entry.around(self._enter)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what comes from those who are logged in, and lead others to the login."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        if self._entry is None or self._logins is None or self._entering is None:
            passed = _told(scope, User(), "")
            await self._app(passed, receive, self._with_browser(scope, send))
            return
        from starlette.requests import HTTPConnection, Request

        login = self._logins.find(HTTPConnection(scope).cookies.get(self._cookie))
        if scope["type"] == "http":
            request = Request(scope)
            if (request.method, request.url.path) == ("POST", LOGOUT):
                await self._log_out(request, login)(scope, receive, send)
                return
            if self._entry.claims(request):
                await self._entering(scope, receive, send)
                return
        if login is None:
            await self._outside(scope)(scope, receive, send)
            return
        passed = _told(scope, login.user, login.key)
        if scope["type"] == "websocket":
            await _Watched(self._logins, login, receive, send).run(self._app, passed)
        else:
            await self._app(passed, receive, send)

    def _with_browser(self, scope: Scope, send: Send) -> Send:
        """The same, and a browser that comes for the first time gets a cookie, to be known when it
        comes again. It opens nothing."""
        from starlette.datastructures import MutableHeaders
        from starlette.requests import HTTPConnection

        if scope["type"] != "http" or self._browser in HTTPConnection(scope).cookies:
            return send

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith("text/html"):
                    cookie = f"{self._browser}={secrets.token_urlsafe()}"
                    headers.append("set-cookie", f"{cookie}; Path=/; HttpOnly; SameSite=Lax")
            await send(message)

        return send_with_cookie

    async def _enter(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let in whoever has the right to it, or say why not."""
        from starlette.requests import Request

        assert self._entry is not None and self._logins is not None
        request = Request(scope, receive)
        found = await self._entry.enter(request)
        before = self._logins.find(request.cookies.get(self._cookie))
        if before is not None and (found == before.user or _is_old_address(found, self._entry)):
            # The other pages of this browser keep their login, and so what they show.
            response = self._lead_on(request)
        elif isinstance(found, User):
            if before is not None:
                self._logins.end(before)
            response = self._let_in(request, found)
        elif isinstance(found, Refused):
            response = self._refuse(request, found)
        else:
            response = found
        response.headers["Cache-Control"] = "no-store"
        await response(scope, receive, send)

    def _let_in(self, request: Request, user: User) -> Response:
        """A login: the one place where one begins."""
        assert self._entry is not None and self._logins is not None
        known, _ = self._logins.begin(user)
        note("login", by=_visitor(request, user))
        response = self._lead_on(request)
        # A proxy with HTTPS is seen by the origin, which the gate before has compared.
        origin = request.headers.get("origin", "")
        is_secure = "https" in (request.url.scheme, origin.partition("://")[0])
        response.set_cookie(
            self._cookie,
            known,
            max_age=self._logins.longest_seconds,
            httponly=True,
            samesite="lax",  # strict would ask everybody again who follows a link from a mail
            secure=is_secure or self._entry.is_secure,
        )
        return response

    def _lead_on(self, request: Request) -> Response:
        from starlette.responses import RedirectResponse

        assert self._entry is not None
        return RedirectResponse(self._entry.wanted(request), HTTPStatus.SEE_OTHER)

    def _refuse(self, request: Request, refused: Refused) -> Response:
        """A login that failed: the one place where that is told."""
        logger.warning("Nobody was logged in: %s", visible(refused.line))
        # All else costs whoever sends it nothing, and would push older lines out.
        if refused.tried is not None:
            note("login failed", by=_visitor(request, refused.tried))
        assert self._entry is not None
        response = login_page(
            self._entry.kind, self._entry.wanted(request), refused, _languages(request)
        )
        if refused.again is not None:
            response.headers["Retry-After"] = str(refused.again)
        return response

    def _log_out(self, request: Request, login: Login | None) -> Response:
        """A logout: the one place where a login ends before its time."""
        from starlette.responses import RedirectResponse

        if login is not None and self._logins is not None:
            self._logins.end(login)
            forget_browser(login.key)
            note("logout", by=_visitor(request, login.user))
        response = RedirectResponse("/", HTTPStatus.SEE_OTHER)
        response.delete_cookie(self._cookie, httponly=True, samesite="lax")
        return response

    def _outside(self, scope: Scope) -> Response:
        """The login for a browser that wants a page, and one line for all else."""
        from starlette.requests import HTTPConnection
        from starlette.responses import PlainTextResponse

        assert self._entry is not None
        asks = scope["type"] == "http" and scope["method"] in ("GET", "HEAD")
        if asks and "text/html" in HTTPConnection(scope).headers.get("accept", ""):
            languages = _languages(HTTPConnection(scope))
            return login_page(self._entry.kind, _address(scope), languages=languages)
        return PlainTextResponse(
            "Log in first, in a browser.\n",
            HTTPStatus.UNAUTHORIZED,
            headers={"Cache-Control": "no-store"},
        )


class _Watched:
    """A websocket for as long as its login lasts."""

    def __init__(self, logins: Logins, login: Login, receive: Receive, send: Send) -> None:
        self._logins, self._login = logins, login
        self._receive, self._send = receive, send
        self._next: asyncio.Future[Message] | None = None
        self._is_over = False

    async def run(self, app: ASGIApp, scope: Scope) -> None:
        try:
            await app(with_own_session(scope, self._login.key), self._received, self._sent)
        finally:
            if self._next is not None:
                self._next.cancel()

    async def _received(self) -> Message:
        while self._logins.is_valid(self._login):
            self._next = self._next or asyncio.ensure_future(self._receive())
            done, _ = await asyncio.wait({self._next}, timeout=LOOK_SECONDS)
            if done:
                message, self._next = self._next.result(), None
                if not is_automatic(message):
                    self._logins.use(self._login)
                return message
        await self._end()
        return {"type": "websocket.disconnect", "code": POLICY_VIOLATION, "reason": ""}

    async def _sent(self, message: Message) -> None:
        if self._logins.is_valid(self._login):
            await self._send(message)
        else:
            await self._end()

    async def _end(self) -> None:
        if not self._is_over:
            self._is_over = True
            await self._send({"type": "websocket.close", "code": POLICY_VIOLATION})


def _languages(asked: HTTPConnection) -> str:
    """Those that a browser accepts, the best first."""
    return asked.headers.get("accept-language", "")


def _visitor(request: Request, user: User) -> Visitor:
    return visitor_of(user, request.client.host if request.client else "")


def _is_old_address(found: object, entry: Entry) -> bool:
    """Whether it is a token of an earlier start: who is logged in need not know."""
    return isinstance(found, Refused) and entry.kind == "token"


def _told(scope: Scope, user: User, login: str) -> Scope:
    """The same with who it is from, in place of what it says of that itself."""
    name = HEADER.lower().encode()
    headers = [(key, value) for key, value in scope["headers"] if key.lower() != name]
    return {
        **scope,
        LOGIN: login,
        USER: user,
        "headers": [*headers, (name, header_value(user, login))],
    }


def _address(scope: Scope) -> str:
    return local_path(scope["path"], scope.get("query_string", b"").decode("latin-1"))
