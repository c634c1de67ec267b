"""Keys: every route of the table without one, with one of another scope, of another collection, or
over; before the body is read. Limits, and what the logs say."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from ingest.embed.embedder import Embedder
from ingest.errors import UsageError
from rag_app.auth.keys import SCOPES, Keys, Scope
from rag_app.cli.main import main
from rag_app.server.serve import serve
from tests.rag_app.server.served import client, serving

OPEN = {"/api/health", "/api/ready"}
NEEDED: dict[tuple[str, str], Scope] = {}


@pytest.fixture(scope="module")
def locked(store: Path, embedder: Embedder) -> Iterator[str]:
    with serving(store, embedder, with_keys=True) as address:
        yield address


def routes(address: str) -> list[tuple[str, str, dict[str, Any]]]:
    """(method, path, operation) of every route."""
    document = httpx.get(f"{address}/openapi.json").json()
    return [
        (
            method.upper(),
            path.replace("{id}", "0" * 32).replace("{model}", "rag:default"),
            operation,
        )
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    ]


def test_every_route_is_locked_before_its_body_is_read(locked: str, store: Path) -> None:
    keys = Keys(store)
    of_scope = {scope: keys.make(f"only {scope}", [scope])[0] for scope in SCOPES}
    elsewhere, _ = keys.make("elsewhere", SCOPES, collections=["other"])
    over, _ = keys.make("over", ["admin"], days=1e-9)
    found = routes(locked)
    assert len(found) > 20
    for method, path, operation in found:
        locks = operation["security"]
        if path in OPEN:
            assert locks == []
            continue
        [needed] = locks[0]["key"]
        assert status(locked, method, path, None) == 401, path
        assert status(locked, method, path, "rag-unknown") == 401, path
        assert status(locked, method, path, over) == 401, path
        for scope, key in of_scope.items():
            if scope not in (needed, "admin"):
                assert status(locked, method, path, key) == 403, (path, scope)
        if any(one["name"] == "collection" for one in operation.get("parameters", ())):
            assert status(locked, method, f"{path}?collection=default", elsewhere) == 403, path


def status(address: str, method: str, path: str, key: str | None) -> int:
    """The status of the answer to a request of which only the head is sent, with a body to come."""
    split = urlsplit(address)
    with socket.create_connection((split.hostname, split.port), timeout=20) as one:
        lines = [
            f"{method} {path} HTTP/1.1", f"Host: {split.netloc}", "Content-Length: 1000",
            "Content-Type: application/json", "Connection: close",
        ]  # fmt: skip
        lines += [f"Authorization: Bearer {key}"] if key is not None else []
        one.sendall("\r\n".join([*lines, "", ""]).encode())
        return int(one.recv(1000).split()[1])


def test_a_model_is_a_collection_for_keys_too(locked: str, store: Path) -> None:
    secret, key = Keys(store).make("elsewhere", ["ask"], collections=["other"])
    body = {"model": "rag:default", "messages": [{"role": "user", "content": "Days of leave?"}]}
    with client(locked, secret) as api:
        assert api.post("/v1/chat/completions", json=body).status_code == 403
        assert [one["id"] for one in api.get("/v1/models").json()["data"]] == ["all-MiniLM-L6-v2"]
        Keys(store).revoke(key.id)
        assert api.get("/v1/models").status_code == 401, "at once"


def test_a_key_has_limits(locked: str, store: Path) -> None:
    secret, _ = Keys(store).make("few", ["ask", "read"], per_minute=3, per_day=1)
    with client(locked, secret) as api:
        assert api.post("/api/search", json={"query": "leave"}).status_code == 200
        second = api.post("/api/search", json={"query": "leave"})
        assert second.status_code == 429 and int(second.headers["retry-after"]) > 3600
        assert api.get("/api/documents").status_code == 200, "that is no question"
        assert api.get("/api/documents").status_code == 429


def test_logs_say_who_and_what_without_words(
    locked: str, store: Path, caplog: pytest.LogCaptureFixture
) -> None:
    secret, key = Keys(store).make("Ada", ["ask", "read"])
    with caplog.at_level("INFO", "rag_app.server"), client(locked, secret) as api:
        api.post("/api/ask", json={"question": "How secret is the zebra?"})
        name = api.get("/api/documents").json()["documents"][0]["name"]
        api.get("/api/documents/text", params={"document": name})
    assert "zebra" not in caplog.text and name not in caplog.text
    lines = [json.loads(record.message) for record in caplog.records]
    assert [(one["route"], one["status"], one["key"]) for one in lines] == [
        ("/api/ask", 200, f"Ada ({key.id})"),
        ("/api/documents", 200, f"Ada ({key.id})"),
        ("/api/documents/text", 200, f"Ada ({key.id})"),
    ]
    audited = [json.loads(line) for line in (store / "audit.jsonl").read_text().splitlines()]
    told = [(one["event"], one["names"]) for one in audited if one["user"] == f"Ada ({key.id})"]
    assert told == [("ask", []), ("read", [name])]


def test_conversations_belong_to_a_key(locked: str, store: Path) -> None:
    ids = {"question": "What does error code E22 mean?", "conversation": "a" * 32}
    (one, _), (two, _) = (Keys(store).make(name, ["ask", "read"]) for name in ("one", "two"))
    with client(locked, one) as mine, client(locked, two) as others:
        assert mine.post("/api/ask", json=ids).status_code == 200
        assert len(mine.get("/api/conversations").json()["conversations"]) == 1
        assert others.get("/api/conversations").json()["conversations"] == []
        assert others.get(f"/api/conversations/{'a' * 32}").status_code == 404
        assert others.delete(f"/api/conversations/{'a' * 32}").status_code == 404


def test_who_may_only_read_is_not_told_where_files_are(locked: str, store: Path) -> None:
    (reads, _), (owns, _) = (Keys(store).make(name, [name]) for name in ("read", "admin"))
    with client(locked, reads) as reader, client(locked, owns) as owner:
        assert not any(one["source"] for one in reader.get("/api/documents").json()["documents"])
        assert all(one["source"] for one in owner.get("/api/documents").json()["documents"])


@pytest.mark.parametrize("reach", [{"address": "0.0.0.0", "hosts": ["docs.example"]},
                                   {"hosts": ["docs.example"]}, {"with_keys": True}])  # fmt: skip
def test_without_keys_others_are_not_served(tmp_path: Path, reach: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="rag-app keys make"):
        serve(store=str(tmp_path / "store"), collection=None, port=8999, **reach)


def test_the_command_line_makes_lists_and_revokes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = ["--store", str(tmp_path / "store")]
    assert main(["keys", "make", "Ada", "--scope", "ask,read", "--only", "leases", *store]) == 0
    secret = capsys.readouterr().out.strip()
    [file] = (tmp_path / "store" / "keys").iterdir()
    assert secret not in file.read_text() and file.stat().st_mode & 0o077 == 0
    assert main(["keys", "list", *store]) == 0
    told = capsys.readouterr().out
    assert "ask, read, only 'leases'" in told and secret not in told
    assert main(["keys", "make", "Bob", "--scope", "all", *store]) == 2
    assert main(["keys", "revoke", told.split()[0], *store]) == 0
    assert Keys(tmp_path / "store").find(secret) is None
    assert main(["keys", "revoke", "0" * 12, *store]) == 2
