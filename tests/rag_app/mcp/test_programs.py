"""``rag-app mcp`` as a program: over standard input and output, and over HTTP."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import anyio
import httpx
import httpx2
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

from rag_app.auth.keys import Keys, Scope
from rag_app.cli.main import _parser, main
from tests.conftest import REPOSITORY

COMMAND = ["-m", "rag_app", "mcp"]
QUESTION = {"question": "How long is the notice period?"}


def environment() -> dict[str, str]:
    return {"PYTHONPATH": str(REPOSITORY), "HF_HUB_OFFLINE": "1"}


async def asked(server: Any) -> tuple[set[str], Any]:
    async with Client(server) as client:
        tools = {one.name for one in (await client.list_tools()).tools}
        answer = await client.call_tool("ask", QUESTION)
        assert not answer.is_error
        return tools, answer.structured_content


@pytest.mark.slow
def test_over_standard_input_and_output(sample: Path) -> None:
    server = StdioServerParameters(
        command=sys.executable, args=[*COMMAND, "--store", str(sample)], env=environment()
    )
    tools, answer = anyio.run(asked, server)
    assert "ask" in tools and "delete_documents" not in tools
    assert answer["citations"] and not answer["refused"]


@pytest.mark.slow
def test_nothing_but_the_protocol_is_on_standard_output(sample: Path, tmp_path: Path) -> None:
    """Also where something goes wrong, and where a message is none."""
    hello = {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    }
    lines = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/call",
         "params": {"name": "add_documents", "arguments": {"paths": ["a.txt", "none.txt"]}}},
        {"jsonrpc": "2.0", "id": 3, "method": "tools/call",
         "params": {"name": "search", "arguments": {"query": ""}}},
    ]  # fmt: skip
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "a.txt").write_text("The lamp is red.")
    text = "".join(f"{json.dumps(line)}\n" for line in lines)
    shutil.copytree(sample, tmp_path / "store")  # one with an index, which waits for what is added
    process = subprocess.Popen(
        [sys.executable, *COMMAND, "--store", str(tmp_path / "store"), "--write", str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | environment(),
    )
    with process:
        assert process.stdin and process.stdout
        process.stdin.write(text)
        process.stdin.flush()
        replies = [json.loads(process.stdout.readline()) for _ in range(3)]
        process.stdin.write("this is no message\n")
        process.stdin.close()
        rest = process.stdout.read().splitlines()
    assert {one["id"] for one in replies} == {1, 2, 3}
    assert all(json.loads(line)["jsonrpc"] == "2.0" for line in [*map(json.dumps, replies), *rest])
    by_id = {one["id"]: one["result"] for one in replies}
    added = by_id[2]["structuredContent"]["result"]
    assert [one["status"] for one in added] == ["added", "failed"]
    assert by_id[3]["isError"] is True


@contextmanager
def served(store: Path) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, *COMMAND, "--store", str(store), "--http", str(port), "--keys"],
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | environment(),
    )
    try:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                time.sleep(0.05)
        yield f"http://127.0.0.1:{port}/mcp"
    finally:
        process.terminate()
        process.communicate(timeout=20)


@pytest.fixture(scope="module")
def store(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("locked") / "store"
    shutil.copytree(sample, copy)
    Keys(copy).make("that there is one", ["admin"])
    return copy


@pytest.fixture(scope="module")
def key(store: Path) -> dict[str, str]:
    """The header that opens the server."""
    return bearer(store, ["ask", "read"])


@pytest.fixture(scope="module")
def address(store: Path) -> Iterator[str]:
    with served(store) as url:
        yield url


def bearer(store: Path, scopes: list[Scope], **more: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {Keys(store).make('Ada', scopes, **more)[0]}"}


def test_over_http_with_a_key(address: str, key: dict[str, str]) -> None:
    async def ask() -> tuple[set[str], Any]:
        async with httpx2.AsyncClient(headers=key, timeout=60) as client:
            return await asked(streamable_http_client(address, http_client=client))

    tools, answer = anyio.run(ask)
    assert "search" in tools and answer["citations"]


def test_without_the_right_key_nothing_is_read(address: str, store: Path) -> None:
    for headers, status, words in (
        ({}, 401, "no key"),
        ({"Authorization": "Basic cmFnOnJhZw=="}, 401, "no key"),
        ({"Authorization": "Bearer rag-unknown"}, 401, "not known"),
        (bearer(store, ["ask", "read"], days=1e-9), 401, "over"),
        (bearer(store, ["ask"]), 403, "lacks read"),
        (bearer(store, ["admin"], collections=["other"]), 403, "other collections"),
    ):
        # Of the body nothing is sent but that it will come.
        sent = {"Content-Type": "application/json", "Content-Length": "1000"} | headers
        url = urlsplit(address)
        with closing(HTTPConnection(url.netloc, timeout=20)) as one:
            one.putrequest("POST", url.path)
            for name, value in sent.items():
                one.putheader(name, value)
            one.endheaders()
            reply = one.getresponse()
            assert reply.status == status and words in reply.read().decode(), headers


@pytest.mark.parametrize(
    ("headers", "body", "code"),
    [
        ({"Host": "docs.example"}, b"{}", 421),
        ({"Origin": "https://elsewhere.example"}, b"{}", 403),
        ({}, b"{}", 400),
        ({}, b"\xff not JSON", 400),
        ({}, b'{"jsonrpc": "2.0", "id": 1, "method": "' + b"x" * 1_100_000 + b'"}', 413),
        ({}, b"[" * 100_000, 400),
    ],
    ids=["another host", "another origin", "empty", "not JSON", "too large", "too deep"],
)
def test_what_is_wrong_over_http(
    address: str, key: dict[str, str], headers: dict[str, str], body: bytes, code: int
) -> None:
    sent = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    reply = httpx.post(address, headers=sent | key | headers, content=body)
    assert reply.status_code == code, reply.text
    assert "Traceback" not in reply.text


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--write", "/no/such/folder"], "is no folder"),
        (["--http", "99999"], "Port 99999 cannot be had"),
        (["--http", "8765", "--keys"], "make NAME --scope ask,read"),
        (["--keys"], "give a port with --http"),
        (["--store", str(Path(__file__))], "is a file"),
    ],
)
def test_what_keeps_it_from_starting_is_one_line(
    options: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["mcp", *options]) in (2, 3)
    said = capsys.readouterr()
    assert said.out == "" and words in said.err and said.err.count("\n") <= 2


def test_the_configurations_in_the_documentation_are_right() -> None:
    text = (REPOSITORY / "docs" / "mcp.md").read_text(encoding="utf-8")
    blocks = [json.loads(block) for block in re.findall(r"```json\n([^`]+)```", text)]
    servers = [one["documents"] for block in blocks for one in block.values()]
    assert len(servers) == 2
    for server in servers:
        assert server["command"] == "rag-app"
        assert _parser().parse_args(server["args"]).store == "/home/anna/storage"
