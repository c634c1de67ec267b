"""OpenID Connect login (OpenID Connect Core 1.0, authorization code flow with PKCE), by Authlib.

The file of its settings is the one that Streamlit's own login reads, and so are its addresses.
"""

from __future__ import annotations

import importlib
import logging
import tomllib
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from ingest.text.terminal import visible
from rag_app.auth.logins import User, fingerprint
from rag_app.messages import to_say
from rag_app.ui.serving.entry.ways import Refused, local_path
from rag_app.ui.serving.settings import PageSettings

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp

logger = logging.getLogger(__name__)

LOGIN, CALLBACK = "/auth/login", "/oauth2callback"
WANTED = "wanted"
# So long may it take to log in at the provider.
STATE_SECONDS = 900


class ProviderEntry:
    """People log in at a provider, and have conversations of their own."""

    kind = "provider"

    def __init__(self, settings: PageSettings, port: int) -> None:
        """``settings`` are those that ``check_login`` has checked."""
        from authlib.integrations.starlette_client import OAuth

        assert settings.oidc is not None
        text = settings.oidc.read_text(encoding="utf-8")
        auth: dict[str, Any] = tomllib.loads(text)["auth"]
        self._settings = settings
        self._secret, self._cookie = str(auth["cookie_secret"]), f"rag-login-state-{port}"
        self._redirect_uri = str(auth["redirect_uri"])
        self.is_secure = urlsplit(self._redirect_uri).scheme == "https"
        # Whoever the owner takes from the list has to be out after a restart.
        self.way = fingerprint("oidc", text, *settings.allowed_users)
        self._client = OAuth().register(
            "provider",
            client_id=auth.get("client_id"),
            client_secret=auth.get("client_secret"),
            server_metadata_url=auth.get("server_metadata_url"),
            client_kwargs={
                "scope": "openid email profile",
                "prompt": "select_account",
                "code_challenge_method": "S256",
                **auth.get("client_kwargs", {}),
            },
        )

    def claims(self, request: Request) -> bool:
        return request.method == "GET" and request.url.path in (LOGIN, CALLBACK)

    async def enter(self, request: Request) -> User | Refused | Response:
        """Send them to the provider, or take whom it has sent back."""
        try:
            if request.url.path == LOGIN:
                request.session.clear()
                request.session[WANTED] = request.query_params.get("next", "/")
                there: Response = await self._client.authorize_redirect(request, self._redirect_uri)
                return there
            token = await self._client.authorize_access_token(request)
        except _faults() as error:
            # Its own words may tell of keys and inner addresses.
            logger.warning("The login by the provider failed: %s", visible(str(error)))
            return Refused(HTTPStatus.FORBIDDEN, to_say("The login did not succeed. Try again."))
        return self._user(token.get("userinfo") or {})

    def _user(self, claims: dict[str, Any]) -> User | Refused:
        owner = owner_of(claims.get("iss"), claims.get("sub"))
        email = str(claims.get("email") or "")
        verified = claims.get("email_verified") in (True, "true")
        if owner is None or not self._settings.allows(email, verified=verified):
            told = to_say("{who} may not use this page. Whoever runs it can allow that.")
            if not email:
                told = to_say("This account may not use this page. Whoever runs it can allow that.")
            return Refused(
                HTTPStatus.FORBIDDEN,
                told,
                tried=User(owner or "", address=email if verified else ""),
                values={"who": email},
            )
        name = email or str(claims.get("name") or "logged in")
        return User(owner, name, email if verified else "")

    def wanted(self, request: Request) -> str:
        path, _, query = str(request.session.pop(WANTED, "/")).partition("?")
        return local_path(unquote(path), query)

    def around(self, app: ASGIApp) -> ASGIApp:
        """With what Authlib has to remember until they come back, in a signed cookie."""
        from starlette.middleware.sessions import SessionMiddleware

        return SessionMiddleware(
            app,
            secret_key=self._secret,
            session_cookie=self._cookie,
            max_age=STATE_SECONDS,
            same_site="lax",
            https_only=self.is_secure,
        )


def owner_of(issuer: object, subject: object) -> str | None:
    """What tells one user from all others, for good: nothing else does (OpenID Connect Core 1.0,
    5.7; addresses are given to others)."""
    if isinstance(issuer, str) and isinstance(subject, str) and issuer and subject:
        return f"{issuer} {subject}"
    return None


def _faults() -> tuple[type[Exception], ...]:
    """What a provider that is not there, or says something wrong, comes to. Which of the libraries
    are below Authlib depends on its version."""
    from authlib.common.errors import AuthlibBaseError

    faults: list[type[Exception]] = [AuthlibBaseError, OSError, ValueError, KeyError]
    for module, name in (("httpx", "HTTPError"), ("httpx2", "HTTPError"),
                         ("joserfc.errors", "JoseError")):  # fmt: skip
        with suppress(ImportError):
            faults.append(getattr(importlib.import_module(module), name))
    return tuple(faults)
