"""``/api``: the JSON of the command line, events, uploads, lists by pages, and what is refused."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import httpx
import pytest

import ingest.errors
import rag_app.errors
from ingest.embed.embedder import Embedder
from ingest.errors import RagError
from ingest.store.directory import Store
from rag_app import Engine
from rag_app.server.gate.problems import KINDS, problem_of
from tests.rag_app.server.served import client, serving

QUESTION = "What does error code E22 mean?"


def events(response: httpx.Response) -> Iterator[tuple[str, object]]:
    for block in response.text.strip().split("\n\n"):
        name, data = block.split("\n")
        yield name.removeprefix("event: "), json.loads(data.removeprefix("data: "))


def test_answers_are_those_of_the_engine(api: httpx.Client, sample_engine: Engine) -> None:
    known = json.loads(json.dumps(asdict(sample_engine.ask(QUESTION))))
    answer = api.post("/api/ask", json={"question": QUESTION}).json()
    streamed = api.post(
        "/api/ask", json={"question": QUESTION}, headers={"Accept": "text/event-stream"}
    )
    *parts, (name, last) = events(streamed)
    assert {one for one, _ in parts} == {"part"} and name == "answer"
    for one in (known, answer, last):
        del one["seconds"]
    assert answer == known == last
    hits = api.post("/api/search", json={"query": QUESTION, "k": 3}).json()["hits"]
    assert hits == json.loads(
        json.dumps([asdict(hit) for hit in sample_engine.search(QUESTION, 3)])
    )


def test_documents_are_listed_by_pages_and_read(api: httpx.Client, sample_engine: Engine) -> None:
    names: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = api.get("/api/documents", params={"limit": 3, **cursor}).json()
        names += [one["name"] for one in page["documents"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert names == [one.name for one in sample_engine.documents()]
    pdf = next(name for name in names if name.endswith(".pdf"))
    text = api.get("/api/documents/text", params={"document": pdf}).json()
    assert text["text"] == sample_engine.document_text(pdf) and text["page_starts"][0] == 0
    assert api.get("/api/documents/text", params={"document": "none"}).status_code == 404
    assert api.get("/api/documents", params={"cursor": "!"}).status_code == 422
    fields = api.get("/api/fields").json()["fields"]
    assert {"document", "page"} <= {field["name"] for field in fields}


@pytest.mark.slow
def test_a_page_is_a_picture(api: httpx.Client, sample_engine: Engine) -> None:
    pdf = next(one.name for one in sample_engine.documents() if one.name.endswith(".pdf"))
    page = api.get("/api/documents/page", params={"document": pdf, "page": 2})
    assert page.headers["content-type"] == "image/webp" and page.content[8:12] == b"WEBP"
    none = api.get("/api/documents/page", params={"document": pdf, "page": 999})
    assert none.status_code == 404 and none.json()["type"].endswith("unknown-page")


@pytest.mark.slow
def test_uploads_are_there_when_they_are_said_to_be(api: httpx.Client) -> None:
    files = [("files", ("zebra.md", b"# Zebras\n\nA zebra costs 12 euros.\n")),
             ("files", ("bad.exe", b"MZ"))]  # fmt: skip
    where = {"params": {"collection": "animals"}}
    assert api.post("/api/collections", json={"name": "animals"}).status_code == 201
    assert api.post("/api/collections", json={"name": "animals"}).status_code == 409
    sent = api.post("/api/documents", files=files, headers={"Idempotency-Key": "1"}, **where)
    receipts = {one["path"]: one["status"] for one in sent.json()["files"]}
    assert receipts == {"zebra.md": "added", "bad.exe": "failed"}
    asked = api.post("/api/ask", json={"question": "What does a zebra cost?"}, **where).json()
    assert "12 euros" in asked["text"]
    again = api.post("/api/documents", files=files, headers={"Idempotency-Key": "1"}, **where)
    assert again.json() == sent.json(), "and nothing is done again"
    other = api.post("/api/documents", files=files[:1], headers={"Idempotency-Key": "1"}, **where)
    assert other.status_code == 422 and other.json()["type"].endswith("key-reused")
    told = api.post(
        "/api/documents", files=files[:1], headers={"Accept": "text/event-stream"}, **where
    )
    *_, (name, report) = events(told)
    assert name == "report" and report["counts"]["unchanged"] == 1
    gone = api.delete("/api/documents", params={"document": "zebra.md", "collection": "animals"})
    assert gone.json()["counts"]["deleted"] == 1
    renamed = api.patch("/api/collections", json={"name": "beasts"}, **where)
    assert renamed.json() == {"renamed": "animals", "name": "beasts"}
    assert api.post("/api/ask", json={"question": "Zebra?"}, **where).status_code == 404
    assert api.delete("/api/collections", params={"collection": "beasts"}).status_code == 200


def test_conversations_are_kept_with_feedback(api: httpx.Client) -> None:
    id_ = "c" * 32
    api.post("/api/ask", json={"question": QUESTION, "conversation": id_})
    answer = api.post("/api/ask", json={"question": "And E21?", "conversation": id_}).json()
    kept = api.get(f"/api/conversations/{id_}").json()
    first, second = kept["exchanges"]
    assert second["parent"] == first["id"] and second["answer"]["text"] == answer["text"]
    assert answer["standalone"] and "E21" in answer["standalone"]
    rated = {"exchange": second["id"], "verdict": "up", "comment": "right"}
    assert api.post("/api/feedback", json=rated).status_code == 204
    assert api.get("/api/feedback").json()["feedback"][0]["feedback"]["verdict"] == "up"
    assert api.post("/api/feedback", json={**rated, "exchange": "0" * 32}).status_code == 404
    assert api.delete(f"/api/conversations/{id_}").status_code == 204
    assert api.get(f"/api/conversations/{id_}").status_code == 404


@pytest.mark.slow
def test_an_evaluation_is_run_and_kept(api: httpx.Client) -> None:
    run = api.post("/api/evaluations", json={"count": 3}).json()
    assert run["questions"] == 3 and run["figures"]
    assert [one["id"] for one in api.get("/api/evaluations").json()["evaluations"]] == [run["id"]]
    assert api.get(f"/api/evaluations/{run['id']}").json()["questions"] == 3
    assert api.get("/api/evaluations/0").status_code == 404


class TestBadInput:
    @pytest.mark.parametrize(
        ("body", "kind", "status", "name"),
        [
            (b"{", "application/json", 400, "not-json"),
            (b'{"question": NaN}', "application/json", 400, "not-json"),
            (b"[" * 5000 + b"]" * 5000, "application/json", 400, "too-deep"),
            (b'{"question": "\xff"}', "application/json", 400, "not-utf-8"),
            ('{"question": "é"}'.encode("utf-16"), "application/json", 400, "not-utf-8"),
            (b"{}", "application/json; charset=latin-1", 415, "not-utf-8"),
            (b'{"question": "x"}', "text/plain", 422, "not-valid"),
            (b"", "application/json", 422, "not-valid"),
            (b'{"question": 3}', "application/json", 422, "not-valid"),
            (b'{"question": "x", "more": 1}', "application/json", 422, "not-valid"),
            (b'{"question": "x", "where": {"a": {"$no": 1}}}', "application/json", 422,
             "usage-error"),
            (b'"' + b"x" * 2_000_000 + b'"', "application/json", 413, "too-large"),
        ],
    )  # fmt: skip
    def test_a_body_that_cannot_be_read(
        self, api: httpx.Client, body: bytes, kind: str, status: int, name: str
    ) -> None:
        said = api.post("/api/ask", content=body, headers={"Content-Type": kind})
        assert (said.status_code, said.json()["type"]) == (status, f"urn:rag-app:problem:{name}")
        assert said.headers["content-type"] == "application/problem+json"
        assert "Traceback" not in said.text and "\n" not in said.json()["detail"]

    def test_a_body_that_grows_too_large_on_the_way(self, api: httpx.Client) -> None:
        def pieces() -> Iterator[bytes]:
            for _ in range(64):
                yield b" " * 65_536

        headers = {"Content-Type": "application/json"}
        assert api.post("/api/ask", content=pieces(), headers=headers).status_code == 413

    def test_halves_of_surrogates_and_nul_are_no_trouble(self, api: httpx.Client) -> None:
        for text in ("\\ud800 leave?", "\\u0000 leave?"):
            body = f'{{"question": "{text}"}}'
            headers = {"Content-Type": "application/json"}
            assert api.post("/api/ask", content=body, headers=headers).status_code == 200

    def test_what_is_not_there(self, api: httpx.Client) -> None:
        body = {"question": QUESTION}
        said = api.post("/api/ask", json=body, params={"collection": "none"})
        assert said.status_code == 404 and said.json()["type"].endswith("unknown-collection")
        assert api.get("/api/nothing").status_code == 404
        assert api.get("/api/ask").status_code == 405

    def test_other_hosts_and_other_pages_are_refused(self, api: httpx.Client) -> None:
        assert api.get("/api/health", headers={"Host": "evil.example"}).status_code == 403
        asked = {"json": {"question": QUESTION}, "headers": {"Origin": "http://evil.example"}}
        assert api.post("/api/ask", **asked).status_code == 403  # type: ignore[arg-type]


@pytest.mark.slow
def test_a_store_that_is_locked_gone_or_damaged(
    sample: Path, tmp_path: Path, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAG_LOCK_SECONDS", "0.2")
    root = tmp_path / "private-folder" / "store"
    shutil.copytree(sample, root)
    store = Store(root, "default")
    upload = {"files": {"files": ("new.md", b"# New\n\nSomething new.\n")}}
    with serving(root, embedder) as address, client(address) as api:
        with store.write_lock(1):
            locked = api.post("/api/documents", **upload)  # type: ignore[arg-type]
            assert locked.status_code == 423 and "retry-after" in locked.headers
            assert api.post("/api/ask", json={"question": QUESTION}).status_code == 200
        store.catalog_path.write_bytes(b"no database" * 1000)
        damaged = api.post("/api/ask", json={"question": QUESTION})
        shutil.rmtree(root)
        gone = api.post("/api/ask", json={"question": QUESTION})
        assert api.get("/api/health").status_code == 200
    assert damaged.status_code == 503 and gone.status_code == 409
    for said in (locked, damaged, gone):
        assert "private-folder" not in said.text and "Traceback" not in said.text


def test_every_error_of_the_tree_is_a_problem() -> None:
    tree = {
        value
        for module in (ingest.errors, rag_app.errors)
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, RagError)
    }
    assert tree == set(KINDS)
    told = {}
    for kind in tree:
        problem = problem_of(kind("secret /home/me"), store="/home/me")
        assert "/home/me" not in problem.body.detail
        told[problem.body.type] = problem.status_code
    assert len(told) == len(tree), "one for each"
