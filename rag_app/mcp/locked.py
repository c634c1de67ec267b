"""The lock of the HTTP way in, for machines that several people use: keys of ``rag-app keys``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rag_app.auth.keys import Key, Keys, Scope

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Send
    from starlette.types import Scope as Connection

BEARER = b"bearer "


class Locked:
    """An ASGI middleware (ASGI 3.0): passes on what shows a key that has all of some scopes, and is
    for a collection, or for all, where ``collection`` is None. The body is not read before."""

    def __init__(
        self, app: ASGIApp, keys: Keys, scopes: Sequence[Scope], collection: str | None
    ) -> None:
        self._app, self._keys = app, keys
        self._scopes, self._collection = scopes, collection

    async def __call__(self, scope: Connection, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer 401 or 403 in one line. Raises StoreError."""
        refused = self._refusal(scope) if scope["type"] == "http" else None
        if refused is None:
            await self._app(scope, receive, send)
            return
        status, line = refused
        headers = [(b"content-type", b"application/json")]
        if status == 401:
            headers.append((b"www-authenticate", b"Bearer"))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps({"error": line}).encode()})

    def _refusal(self, scope: Connection) -> tuple[int, str] | None:
        shown = next((value for name, value in scope["headers"] if name == b"authorization"), b"")
        if not shown.lower().startswith(BEARER):
            return 401, "There is no key. Send it as: Authorization: Bearer KEY"
        key = self._keys.find(shown[len(BEARER) :].strip().decode("latin-1"))
        if key is None or key.is_over:
            return 401, "This key is not known, or its time is over"
        lacking = [one for one in self._scopes if not key.has(one)]
        if lacking:
            return 403, f"This key may not do this; it lacks {', '.join(lacking)}"
        if not self._opens(key):
            return 403, "This key is for other collections"
        return None

    def _opens(self, key: Key) -> bool:
        if self._collection is None:
            return not key.collections
        return key.is_for(self._collection)
