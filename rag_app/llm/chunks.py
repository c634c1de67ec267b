"""The chunks of an answer, in whatever form an endpoint sends them.

A part of ``rag_app.llm.client``. What a body is, is told by how it begins: content types are wrong
too often. Events are read by the ``openai`` client, which raises for an error among them.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator, Mapping
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from rag_app.llm.endpoint import Endpoint
from rag_app.llm.failures import CUT, UNPACKED, not_an_answer

if TYPE_CHECKING:
    import openai

NO_TEXT = ("text/html", "image/", "audio/", "video/", "application/pdf")
FIELDS = (b"data", b"event", b"id", b"retry", b":")
ENOUGH = 8  # bytes that tell events from anything else
DONE = SimpleNamespace(done=True)
_FALLBACK = "llm-windows-1252"


def _windows_1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    return wrong.decode("cp1252", "replace"), error.end


# What is no UTF-8 is mostly this one.
codecs.register_error(_FALLBACK, _windows_1252)


def chunks_of(endpoint: Endpoint, answer: openai.Stream[Any]) -> Iterator[object]:
    """The chunks of an answer, streamed or in one piece of JSON; ``DONE`` once it is known to be
    whole.

    Raises LLMRejected for a web page or whatever else is no answer, APIError for an error in place
    of one, and ValueError for what is no JSON.
    """
    try:
        yield from _chunks_of(endpoint, answer)
    except RecursionError as error:
        raise ValueError("JSON that is nested too deeply") from error


def _chunks_of(endpoint: Endpoint, answer: openai.Stream[Any]) -> Iterator[object]:
    with answer:
        response: Any = answer.response
        body = _utf8(response)
        begin = b""
        for data in body:
            begin += data
            begin = begin.lstrip()
            if len(begin) >= ENOUGH:
                break
        if begin.startswith((b"{", b"[")):
            for piece in _pieces(begin + b"".join(body)):
                yield _chunk(piece, response.request)
            return
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind.startswith(NO_TEXT) and not begin.startswith(FIELDS):
            raise not_an_answer(endpoint, kind)
        # A length or chunks tell a whole body from one that was cut; without either, only [DONE].
        framed = not {"content-length", "transfer-encoding"}.isdisjoint(response.headers)
        tail = _Tail(begin, body)
        response.iter_bytes = tail.read
        for chunk in answer:
            if getattr(chunk, "object", None) == "error":  # older versions of vLLM
                _fail(response.request, getattr(chunk, "message", None))
            yield chunk
        if framed or b"[DONE]" in tail.last:
            yield DONE


class _Tail:
    """Bytes on their way to the client, and the last of them."""

    def __init__(self, begin: bytes, rest: Iterator[bytes]) -> None:
        self.last = b""
        self._begin = begin
        self._rest = rest

    def read(self) -> Iterator[bytes]:
        yield self._keep(self._begin)
        for data in self._rest:
            yield self._keep(data)
        yield b"\n\n"  # some leave out the end of the last event

    def _keep(self, data: bytes) -> bytes:
        self.last = (self.last + data)[-64:]
        return data


def _utf8(response: Any) -> Iterator[bytes]:
    """The body as UTF-8, which JSON and events always are, without a mark of byte order."""
    import httpx2
    import openai

    decoder = codecs.getincrementaldecoder("utf-8-sig")(_FALLBACK)
    try:
        for part in response.iter_bytes():
            yield decoder.decode(part).encode("utf-8", "replace")
        yield decoder.decode(b"", final=True).encode("utf-8", "replace")
    except httpx2.TimeoutException as error:
        raise openai.APITimeoutError(response.request) from error
    except httpx2.RequestError as error:
        why = UNPACKED if isinstance(error, httpx2.DecodingError) else CUT
        raise openai.APIConnectionError(message=why, request=response.request) from error


def _pieces(body: bytes) -> list[Any]:
    """One JSON value, the values of a list, or those of the lines."""
    try:
        whole = json.loads(body)
    except ValueError:
        return [json.loads(line) for line in body.splitlines() if line.strip()]
    return whole if isinstance(whole, list) else [whole]


def _chunk(piece: Any, request: Any) -> object:
    if isinstance(piece, Mapping) and (piece.get("error") or piece.get("object") == "error"):
        _fail(request, piece.get("error") or piece)
    return json.loads(json.dumps(piece), object_hook=lambda fields: SimpleNamespace(**fields))


def _fail(request: Any, said: object) -> None:
    import openai

    raise openai.APIError("an error", request, body=said)
