"""The lock of each route: who calls, whether their key may, and how much they may send.

All of it is decided before a byte of the body is read.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from fastapi import Request, Response, params
from fastapi.routing import APIRoute

from rag_app.auth.keys import Key, Keys, Scope
from rag_app.conversation.records import NOBODY
from rag_app.server.gate.bodies import CheckedRequest
from rag_app.server.gate.limits import Limits
from rag_app.server.gate.problems import Problem

SCHEME = "key"
BEARER = "bearer "
# Beside the files of an upload: what a form has around them.
FORM_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: a key, or None where none is needed, and the address of their machine."""

    key: Key | None
    address: str

    @property
    def owner(self) -> str:
        """Whose conversations and evaluations they see and make."""
        return NOBODY if self.key is None else f"key:{self.key.id}"

    @property
    def name(self) -> str:
        """What logs call them."""
        return "" if self.key is None else f"{self.key.name} ({self.key.id})"

    def has(self, scope: Scope) -> bool:
        return self.key is None or self.key.has(scope)

    def sees(self, collection: str) -> bool:
        return self.key is None or self.key.is_for(collection)

    def check(self, collection: str) -> None:
        """Raise Problem (403) for a collection that the key does not open."""
        if not self.sees(collection):
            raise Problem(403, "other-collection", "This key is for other collections")


class Door:
    """Lets callers in: everybody, where ``keys`` is None."""

    def __init__(self, keys: Keys | None, limits: Limits) -> None:
        self._keys, self._limits = keys, limits

    def admit(self, request: Request, scope: Scope, collection: str | None) -> Caller:
        """Who asks, if they may. Raises Problem (401, 403, 429), StoreError."""
        address = request.client.host if request.client else ""
        if self._keys is None:
            return Caller(None, address)
        shown = request.headers.get("authorization", "")
        secret = shown[len(BEARER) :].strip() if shown.lower().startswith(BEARER) else ""
        if not secret:
            raise _unknown("There is no key", "Send it as: Authorization: Bearer KEY")
        key = self._keys.find(secret)
        if key is None:
            raise _unknown("This key is not known", "It was revoked, or is not whole.")
        if key.is_over:
            raise _unknown("The time of this key is over", "Ask for a new one.")
        if not key.has(scope):
            raise Problem(403, "other-scope", f"This key may not do this; it lacks {scope!r}")
        caller = Caller(key, address)
        if collection is not None:
            caller.check(collection)
        self._limits.take(key, asks=scope == "ask")
        return caller


def needs(scope: Scope) -> dict[str, Any]:
    """What a route has in ``openapi_extra``, so that it is locked, and its lock is documented."""
    return {"security": [{SCHEME: [scope]}]}


def scope_of(route: APIRoute) -> Scope | None:
    """The scope that a route needs; None for one that is open to all."""
    locks = (route.openapi_extra or {}).get("security")
    if locks == []:
        return None
    scope: Scope = locks[0][SCHEME][0] if locks else "admin"  # what nobody thought of is locked
    return scope


OPEN: dict[str, Any] = {"security": []}


class LockedRoute(APIRoute):
    """A route that is locked by what ``needs`` says."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        scope = scope_of(self)

        async def locked(request: Request) -> Response:
            state = request.app.state
            if scope is not None:
                of = request.query_params.get("collection", state.collection)
                is_bound = any(one.name == "collection" for one in self.dependant.query_params)
                request.state.caller = state.door.admit(request, scope, of if is_bound else None)
            form = self.body_field is not None and self.body_field.field_info
            is_form = isinstance(form, params.Form)
            most = state.upload_bytes + FORM_BYTES if is_form else state.body_bytes
            return await handle(CheckedRequest(request.scope, request.receive, most))

        return locked


def caller_of(request: Request) -> Caller:
    """The one whom the lock of this route has let in."""
    caller: Caller = request.state.caller
    return caller


def _unknown(title: str, detail: str) -> Problem:
    return Problem(401, "no-key", title, detail, {"WWW-Authenticate": "Bearer"})
