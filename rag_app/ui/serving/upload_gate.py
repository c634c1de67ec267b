"""What files Streamlit may take into memory. Its own route takes any number of them, for whatever
session is named: here, of the sessions of who is logged in and may add, and no more than fits.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from streamlit import runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

from ingest.settings import load_settings
from rag_app.auth.logins import User
from rag_app.ui.serving.entry.login_gate import LOGIN, USER
from rag_app.ui.serving.entry.sessions import belongs
from rag_app.ui.serving.roles import has_role
from rag_app.ui.serving.settings import Role
from rag_app.web.upload_settings import MEGABYTE, UploadSettings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.types import ASGIApp, Receive, Scope, Send

UPLOADS = "/_stcore/upload_file/"
# What is more than the settings allow has receipts, up to so many times as much.
TIMES = 2
# Bytes in which the name of a file stands, and so many names are told.
HEAD = 4096
MOST_NAMES = 100


@dataclass(slots=True)
class _Coming:
    """What is on its way to a session: how many files, and how many bytes."""

    files: int = 0
    size: int = 0


_coming: dict[str, _Coming] = {}
# How many files of a session were not taken that its page does not know of, and the names and
# sizes of those that are too large by themselves.
_refused: Counter[str] = Counter()
_too_large: dict[str, list[tuple[str, int]]] = {}


class UploadGate:
    """An ASGI middleware in front of Streamlit (ASGI 3.0, "Middleware")."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on all but what is about files of another's session, or are too much."""
        if scope["type"] != "http" or UPLOADS not in scope["path"]:
            await self._app(scope, receive, send)
            return
        from starlette.responses import PlainTextResponse

        session = scope["path"].partition(UPLOADS)[2].partition("/")[0]
        length = dict(scope["headers"]).get(b"content-length", b"")
        size = int(length) if length.isdigit() else 0
        status = HTTPStatus.OK
        is_put = scope["method"] == "PUT"
        may_send = not is_put or has_role(scope.get(USER, User()), Role.ADD)
        if not (may_send and belongs(session, scope.get(LOGIN, ""))):
            status = HTTPStatus.FORBIDDEN
        elif is_put and not length.isdigit():
            status = HTTPStatus.LENGTH_REQUIRED
        elif is_put and _is_too_much(session, size):
            status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
            _refused[session] += 1
        elif is_put and size > load_settings(UploadSettings).upload_megabytes * MEGABYTE:
            status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
            _note_too_large(session, await _sent_name(receive), size)
        if status is not HTTPStatus.OK:
            await PlainTextResponse(status.phrase, status_code=status)(scope, receive, send)
        elif is_put:
            await self._take(session, size, scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _take(
        self, session: str, size: int, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Let a file come. Until it is there, or is not, its room is taken by nobody else."""
        coming = _coming.setdefault(session, _Coming())
        coming.files += 1
        coming.size += size
        try:
            await self._app(scope, receive, send)
        finally:
            coming.files -= 1
            coming.size -= size
            if not coming.files:
                _coming.pop(session, None)


def let_go(files: Sequence[UploadedFile]) -> int:
    """Have Streamlit forget files that were sent, which it would keep for as long as the session
    lasts: whoever has them may keep them. Returns how many were not taken beside them."""
    context = get_script_run_ctx()
    if context is None or not isinstance(context.uploaded_file_mgr, MemoryUploadedFileManager):
        return 0
    for file in files:
        context.uploaded_file_mgr.remove_file(context.session_id, file.file_id)
    return _refused.pop(context.session_id, 0)


def too_large(*, take: bool = True) -> list[tuple[str, int]]:
    """The names and sizes of files that this session sent and that are too large by themselves;
    ``take`` forgets them."""
    context = get_script_run_ctx()
    if context is None:
        return []
    return (_too_large.pop if take else _too_large.get)(context.session_id, [])


def _note_too_large(session: str, name: str, size: int) -> None:
    noted = _too_large.setdefault(session, [])
    if len(noted) < MOST_NAMES:
        noted.append((name, size))
    else:
        _refused[session] += 1


async def _sent_name(receive: Receive) -> str:
    """The name of the file that a body begins with (RFC 7578); "" where it has none. No more of it
    is read."""
    message = await receive()
    body: bytes = message.get("body", b"")
    head = body[:HEAD].partition(b"\r\n\r\n")[0]
    _, _, named = head.decode("utf-8", "replace").partition('filename="')
    # As browsers write it (HTML, "multipart form data").
    return named.partition('"')[0].replace("%22", '"').replace("%0D", "").replace("%0A", "")


def _is_too_much(session: str, size: int) -> bool:
    """Whether a file is more than Streamlit should hold beside what it holds of this session and
    what is on its way."""
    limits, manager = load_settings(UploadSettings), runtime.get_instance().uploaded_file_mgr
    if not isinstance(manager, MemoryUploadedFileManager):
        return False
    held = list(manager.file_storage.get(session, {}).values())
    coming = _coming.get(session, _Coming())
    total = size + coming.size + sum(len(file.data) for file in held)
    return (
        len(held) + coming.files >= TIMES * limits.upload_files
        or total > TIMES * limits.upload_total_megabytes * MEGABYTE
    )
