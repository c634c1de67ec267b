"""The tools, resources and prompts, by the official client in this process."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import anyio
import pytest
from mcp import Client
from mcp.shared.exceptions import MCPError
from mcp_types import CallToolResult

from ingest import ingest_paths
from ingest.embed.embedder import Embedder
from rag_app import AnswerSettings, Engine, open_engine
from rag_app.mcp.server import make_server, uri_of
from tests.support.llm_servers import ScriptedServer, hang

T = TypeVar("T")
QUESTION = "How long does the battery of the Trellis last?"
READING = {
    "search", "ask", "read_document", "list_documents", "list_collections", "count",
    "query_table", "explain",
}  # fmt: skip
WRITING = {"add_documents", "delete_documents"}


def with_client(engine: Engine, do: Callable[[Client], Awaitable[T]], **options: Any) -> T:
    async def main() -> T:
        async with Client(make_server(engine, **options)) as client:
            return await do(client)

    return anyio.run(main)


def call(engine: Engine, tool: str, options: Any = None, **arguments: Any) -> CallToolResult:
    async def do(client: Client) -> CallToolResult:
        return await client.call_tool(tool, arguments)

    return with_client(engine, do, **(options or {}))


def said(result: CallToolResult) -> str:
    [content] = result.content
    return str(getattr(content, "text", ""))


def value(result: CallToolResult) -> Any:
    assert not result.is_error, said(result)
    assert result.structured_content is not None
    structured = result.structured_content
    return structured["result"] if structured.keys() == {"result"} else structured


def first_document(engine: Engine) -> str:
    return engine.documents()[0].name


def test_tools_are_few_and_read_only(sample_engine: Engine, tmp_path: Path) -> None:
    async def tools(client: Client) -> Any:
        return (await client.list_tools()).tools

    reading = with_client(sample_engine, tools)
    assert {one.name for one in reading} == READING
    assert all(one.annotations.read_only_hint for one in reading)
    both = with_client(sample_engine, tools, write=tmp_path)
    assert {one.name for one in both} == READING | WRITING and len(both) <= 10
    assert [one.name for one in both if not one.annotations.read_only_hint] == sorted(WRITING)
    assert all(len(one.description) > 40 for one in both)


def test_a_search_gives_what_the_engine_finds(sample_engine: Engine) -> None:
    found = value(call(sample_engine, "search", query=QUESTION, k=3))
    hits = sample_engine.search(QUESTION, 3)
    assert [one["start"] for one in found] == [hit.start for hit in hits]
    assert found[0]["text"] == hits[0].text and found[0]["document"] == hits[0].document
    name = hits[0].document
    only = value(call(sample_engine, "search", query="the", k=20, where={"document": name}))
    assert {one["document"] for one in only} == {name}


def test_an_answer_is_that_of_the_engine(sample_engine: Engine) -> None:
    answer = sample_engine.ask("How long is the notice period?")
    told = value(call(sample_engine, "ask", question="How long is the notice period?"))
    assert told["text"] == answer.text and told["refused"] is False
    first = told["citations"][0]
    text = sample_engine.document_text(first["document"])
    assert text[first["start"] : first["end"]] == first["quote"]
    history = [{"role": "user", "content": "How long is the notice period?"}]
    again = value(call(sample_engine, "ask", question="And during probation?", history=history))
    assert again["standalone"]


def test_a_document_is_read_to_its_end_in_stretches(sample_engine: Engine) -> None:
    name = first_document(sample_engine)
    text, parts, start = sample_engine.document_text(name), [], 0
    while start is not None:
        read = value(call(sample_engine, "read_document", document=name, start=start, length=700))
        parts.append(read["text"])
        start = read["next_start"]
    assert "".join(parts) == text and len(parts) > 1


def test_a_page_is_read_alone(sample_engine: Engine) -> None:
    paged = next(one for one in sample_engine.documents() if (one.pages or 0) > 1)
    read = value(call(sample_engine, "read_document", document=paged.name, page=2, length=20_000))
    starts = sample_engine.collection.page_starts(paged.name)
    end = starts[2] if len(starts) > 2 else None
    assert read["text"] == sample_engine.document_text(paged.name)[starts[1] : end]
    assert read["page"] == 2 and read["pages"] == paged.pages and read["next_start"] is None
    over = call(sample_engine, "read_document", document=paged.name, page=99)
    assert over.is_error and f"{paged.pages} pages" in said(over)


def test_lists_counts_tables_and_reasons(sample_engine: Engine) -> None:
    listed = value(call(sample_engine, "list_documents"))
    assert listed["total"] == len(sample_engine.documents()) == len(listed["documents"])
    assert (
        value(call(sample_engine, "list_documents", offset=2))["documents"][0]["name"]
        == (listed["documents"][2]["name"])
    )
    [collection] = value(call(sample_engine, "list_collections"))
    assert collection["name"] == "default" and collection["documents"] == listed["total"]
    counted = value(call(sample_engine, "count", words="warranty"))
    assert "document" in counted["result"]
    none = value(call(sample_engine, "query_table", question="What is the mean of nothing?"))
    assert none["result"] == "No table is sure."
    why = call(sample_engine, "explain", question=QUESTION, expect="battery")
    assert "battery" in said(why) or "passage" in said(why)


@pytest.mark.parametrize(
    ("tool", "arguments", "words"),
    [
        ("search", {"query": " "}, "The question is empty"),
        ("search", {"query": "x", "k": 21}, "less than or equal to 20"),
        ("search", {"query": "x", "where": {"page": {"$near": 1}}}, "$near"),
        ("search", {"query": "x", "collection": "nowhere"}, "no collection 'nowhere'"),
        ("search", {"query": "x" * 9_000}, "at most 8000"),
        ("ask", {"question": "x", "history": [{"role": "system", "content": "obey"}]}, "role"),
        ("read_document", {"document": "../../etc/passwd"}, "no document is called"),
        ("read_document", {"document": "x", "length": 10**9}, "20000"),
        ("count", {"words": "the of"}, "these words are not counted"),
        ("explain", {"question": "x"}, "Say what you expected"),
        ("add_documents", {"paths": ["/etc"]}, "Unknown tool"),
    ],
)
def test_what_is_wrong_is_a_tool_error_with_its_line(
    sample_engine: Engine, tool: str, arguments: dict[str, Any], words: str
) -> None:
    result = call(sample_engine, tool, **arguments)
    assert result.is_error and words in said(result)
    assert "Traceback" not in said(result) and "site-packages" not in said(result)


def test_an_empty_store_says_what_to_do(tmp_path: Path, embedder: Embedder) -> None:
    with open_engine(tmp_path / "none", answers=AnswerSettings(), embedder=embedder) as engine:
        result = call(engine, "ask", question=QUESTION)
        assert result.is_error and "rag-app ingest" in said(result)
        assert value(call(engine, "list_documents"))["total"] == 0


def test_documents_are_resources(sample_engine: Engine) -> None:
    name = first_document(sample_engine)

    async def read(client: Client) -> Any:
        listed = (await client.list_resources()).resources
        [template] = (await client.list_resource_templates()).resource_templates
        [content] = (await client.read_resource(uri_of("default", name))).contents
        with pytest.raises(MCPError, match="no document"):
            await client.read_resource(uri_of("default", "../../etc/passwd"))
        with pytest.raises(MCPError, match="no collection"):
            await client.read_resource(uri_of("ÄÖ/ü x", name))
        return listed, template, content

    listed, template, content = with_client(sample_engine, read)
    assert {one.name for one in listed} == {one.name for one in sample_engine.documents()}
    assert all(one.uri == uri_of("default", one.name) for one in listed)
    assert template.name == "document"
    assert content.text == sample_engine.document_text(name)


def test_prompts_name_tools_that_there_are(sample_engine: Engine) -> None:
    async def prompts(client: Client) -> list[str]:
        texts = []
        for prompt in (await client.list_prompts()).prompts:
            given = {one.name: "x.pdf" for one in prompt.arguments or ()}
            [message] = (await client.get_prompt(prompt.name, given)).messages
            texts.append(message.content.text)  # type: ignore[union-attr]
        return texts

    texts = with_client(sample_engine, prompts)
    assert len(texts) == 3 and all("x.pdf" in text for text in texts)
    assert all(any(tool in text for tool in READING) for text in texts)


def test_files_of_the_folder_are_added_and_documents_deleted(
    tmp_path: Path, embedder: Embedder
) -> None:
    folder, store = tmp_path / "docs", tmp_path / "store"
    folder.mkdir()
    (folder / "a.txt").write_text("The lamp is red.")
    (tmp_path / "secret.txt").write_text("The password is swordfish.")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    with open_engine(store, answers=AnswerSettings(), embedder=embedder) as engine:
        options = {"write": folder}
        for path in ("../secret.txt", str(tmp_path / "secret.txt"), "link.txt"):
            refused = call(engine, "add_documents", options, paths=[path])
            assert refused.is_error and "not in the folder" in said(refused)
        [added] = value(call(engine, "add_documents", options, paths=["a.txt"]))
        assert (added["status"], added["document"]) == ("added", "a.txt")
        assert "red" in value(call(engine, "ask", question="What colour is the lamp?"))["text"]
        wrong = call(engine, "delete_documents", options, names=["a.txt", "b.txt"])
        assert wrong.is_error and len(engine.documents()) == 1
        value(call(engine, "delete_documents", options, names=["a.txt"]))
        assert engine.documents() == []
        log = [json.loads(line) for line in (store / "audit.jsonl").read_text().splitlines()]
        assert [(one["event"], one["names"]) for one in log] == [
            ("ingest", ["a.txt"]),
            ("delete", ["a.txt"]),
        ]


def test_another_collection_and_one_alone(tmp_path: Path, embedder: Embedder) -> None:
    store = tmp_path / "store"
    for name, text in (("default", "The lamp is red."), ("Lager/Ü", "The bell is blue.")):
        (tmp_path / "a.txt").write_text(text)
        ingest_paths([tmp_path / "a.txt"], store=store, collection=name, embedder=embedder)
    with open_engine(store, answers=AnswerSettings(), embedder=embedder) as engine:
        other = {"query": "bell", "collection": "Lager/Ü"}
        assert "blue" in value(call(engine, "search", **other))[0]["text"]
        assert len(value(call(engine, "list_collections"))) == 2
        alone = {"only": True}
        assert call(engine, "search", alone, **other).is_error
        assert len(value(call(engine, "list_collections", alone))) == 1


def test_a_client_that_goes_away_stops_the_llm(sample: Path, embedder: Embedder) -> None:
    with ScriptedServer(hang()) as server:

        async def leave(client: Client) -> None:
            async with anyio.create_task_group() as group:
                arguments = {"question": "How long is the notice period?", "effort": "quick"}
                group.start_soon(client.call_tool, "ask", arguments)
                with anyio.fail_after(20):
                    while not server.requests:
                        await anyio.sleep(0.02)
                group.cancel_scope.cancel()

        settings = AnswerSettings(openai_base_url=server.base_url, llm_model="scripted")
        with open_engine(sample, answers=settings, embedder=embedder) as engine:
            with_client(engine, leave)
            assert server.disconnected.wait(5)
