"""A web server on loopback that answers as a test says, and remembers what it was asked."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType

# What answers a path: it writes everything itself.
Answer = Callable[[BaseHTTPRequestHandler], None]


def page(
    body: str | bytes, kind: str = "text/html; charset=utf-8", status: int = 200, **headers: str
) -> Answer:
    """A whole answer. An underscore in a header's name is a hyphen."""
    data = body.encode() if isinstance(body, str) else body

    def answer(request: BaseHTTPRequestHandler) -> None:
        asked = request.headers.get("If-None-Match"), request.headers.get("If-Modified-Since")
        if any(asked) and asked == (headers.get("ETag"), headers.get("Last_Modified")):
            request.send_response(304)
            request.end_headers()
            return
        request.send_response(status)
        request.send_header("Content-Type", kind)
        request.send_header("Content-Length", str(len(data)))
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        request.end_headers()
        request.wfile.write(data)

    return answer


class WebServer:
    """Serves ``answers`` by path; anything else is 404. A context manager."""

    def __init__(self, **answers: Answer) -> None:
        self.answers = {f"/{path}": answer for path, answer in answers.items()}
        self.asked: list[str] = []
        self.agents: set[str] = set()
        self.closing = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(self.path)
                outer.agents.add(self.headers.get("User-Agent", ""))
                with suppress(OSError):  # whoever asked has enough
                    outer.answers.get(self.path, page("none", status=404))(self)

            def log_message(self, *_: object) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> WebServer:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
