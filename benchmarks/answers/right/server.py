"""An OpenAI-compatible server on loopback that gives the answers of items."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Self

from benchmarks.answers.right.items import Item
from benchmarks.answers.right.places import Sent, numbered, places
from benchmarks.answers.right.play import MODEL, Outcome, outcome
from rag_app import Engine

# How the prompt as shipped encloses a passage; attributes may hold ">".
PASSAGE = re.compile(
    r'<(passage\w*)(?P<attributes>(?: \w+="[^"]*")+)>\n(?P<text>.*?)\n</\1>', re.DOTALL
)
ATTRIBUTE = re.compile(r'(\w+)="([^"]*)"')


class AnsweringServer(ThreadingHTTPServer):
    """Answers with ``item``'s answer, whatever is asked. A context manager."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Exchange)
        self.item: Item | None = None
        self.asked = self.retrieved = False
        self._thread = Thread(target=self.serve_forever, daemon=True)

    @property
    def address(self) -> str:
        """Its base URL."""
        return f"http://127.0.0.1:{self.server_port}/v1"

    def said(self, messages: Sequence[dict[str, Any]]) -> str:
        """The answer, with the numbers that the prompt gives its passages."""
        assert self.item is not None
        sent = [_sent(match) for match in PASSAGE.finditer(str(messages[-1]["content"]))]
        found = places(self.item, sent)
        self.asked, self.retrieved = True, found is not None
        return numbered(self.item.answer, found) if found else "NOT IN THE DOCUMENTS"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.shutdown()
        self.server_close()
        self._thread.join()


def play_over_http(engine: Engine, server: AnsweringServer, item: Item) -> Outcome:
    """Ask an item's question; ``engine`` has the server for its LLM."""
    server.item, server.asked, server.retrieved = item, False, False
    answer = engine.ask(item.question)
    return outcome(item, answer, asked=server.asked, retrieved=server.retrieved)


def _sent(match: re.Match[str]) -> Sent:
    attributes = dict(ATTRIBUTE.findall(match["attributes"]))
    page = attributes.get("page")
    return Sent(match["text"], attributes.get("document"), int(page) if page else None)


class _Exchange(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: AnsweringServer

    def do_GET(self) -> None:
        """The list of models."""
        self._send("application/json", {"object": "list", "data": [{"id": MODEL}]})

    def do_POST(self) -> None:
        """A completion, streamed if that is asked for."""
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        said = self.server.said(asked["messages"])
        made = {"id": "1", "created": 0, "model": MODEL}
        if not asked.get("stream"):
            message = {"role": "assistant", "content": said}
            choice = {"index": 0, "message": message, "finish_reason": "stop"}
            self._send(
                "application/json", made | {"object": "chat.completion", "choices": [choice]}
            )
            return
        events = [
            made
            | {
                "object": "chat.completion.chunk",
                "choices": [{"index": 0, "delta": {"content": part}, "finish_reason": reason}],
            }
            for part, reason in ((said, None), ("", "stop"))
        ]
        lines = "".join(f"data: {json.dumps(event)}\n\n" for event in events)
        self._send("text/event-stream", f"{lines}data: [DONE]\n\n")

    def _send(self, kind: str, body: object) -> None:
        data = (body if isinstance(body, str) else json.dumps(body)).encode()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *said: object) -> None:
        """Says nothing."""
