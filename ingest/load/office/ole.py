"""Properties of OLE files: what Office wrote before 2007."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from olefile import OleFileIO

_LATIN = 1252
_UTF_8 = 65001


def ole_properties(data: bytes) -> tuple[dict[str, Any], str | None]:
    """The author and date of a file, and its title, as far as it tells them."""
    try:
        with OleFileIO(BytesIO(data)) as ole:
            found = ole.get_metadata()
            page = found.codepage or _LATIN
            metadata = {"author": _text(found.author, page), "created": found.create_time}
            title = _text(found.title, page)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, OverflowError):
        return {}, None
    return {name: value for name, value in metadata.items() if value}, title or None


def _text(value: Any, page: int) -> str:
    if isinstance(value, str):
        return value.strip()
    encoding = "utf-8" if page in (_UTF_8, _UTF_8 - 65536) else f"cp{page}"
    return value.decode(encoding, "replace").strip("\0 ") if isinstance(value, bytes) else ""
