"""Render a page of a PDF as a picture, in a sandboxed child process.

One process a picture: it takes 0.2 s more than a process that stays, and has no state to look
after. A few at a time, so that many readers do not take the memory of the machine together.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence

from ingest.errors import BrokenFile, LoadError
from ingest.load.sandbox.child import Child
from ingest.load.sandbox.protocol import read_picture
from ingest.records import PagePicture, ScannedWord

_WORKER = "ingest.load.sandbox.render_worker"
SECONDS = 20.0
MEMORY_MEGABYTES = 1000
_AT_A_TIME = threading.BoundedSemaphore(2)


def picture_of(
    data: bytes | bytearray,
    page: int,
    text: str = "",
    spans: Sequence[tuple[int, int]] = (),
    words: Sequence[ScannedWord] | None = None,
    *,
    seconds: float = SECONDS,
    memory_megabytes: int = MEMORY_MEGABYTES,
) -> PagePicture:
    """Render a page of a PDF or a picture file, numbered from 1, and find the words at ``spans``,
    offsets into ``text``, which is the page's part of the document's text; among ``words``, if the
    page was read by OCR.

    ``seconds`` is wall-clock time, ``memory_megabytes`` what the process may use above what it
    starts with (on Linux). Raises BrokenFile, also where a limit is passed or the process dies.
    """
    wanted = {"page": page, "text": text, "spans": list(spans), "words": words}
    request = json.dumps(wanted).encode()
    with _AT_A_TIME:
        child = Child(_WORKER, {"memory": memory_megabytes * 1_000_000})
        try:
            answer = child.ask((request, data), read_picture, seconds)
        except (EOFError, OSError, ValueError):
            limit = f"took longer than {seconds:g} s to draw"
            raise BrokenFile(limit if child.expired else "drawing it failed") from None
        finally:
            child.end()
    if isinstance(answer, MemoryError):
        raise BrokenFile(f"needed more than {memory_megabytes / 1000:g} GB of memory to draw")
    if isinstance(answer, LoadError):
        raise answer
    return answer
