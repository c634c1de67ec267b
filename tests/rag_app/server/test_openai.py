"""``/v1`` by the official client: sync, async, streaming, stop; and as front ends call it."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import openai
import pytest

from ingest.embed.embedder import Embedder
from rag_app import AnswerSettings, Engine
from tests.rag_app.server.served import serving
from tests.support.llm_servers import ScriptedServer, hang, reply, slow

QUESTION = "What does error code E22 mean?"
ASKED = [{"role": "user", "content": QUESTION}]
MODEL = "rag:default"


@pytest.fixture
def official(address: str) -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{address}/v1", api_key="none", max_retries=0)


def connected(base_url: str, **more: Any) -> AnswerSettings:
    return AnswerSettings(
        openai_base_url=base_url, openai_api_key="key", llm_model="scripted", **more
    )


class TestOfficialClient:
    def test_answers_with_citations(self, official: openai.OpenAI, sample_engine: Engine) -> None:
        made = official.chat.completions.create(model=MODEL, messages=ASKED)
        message = made.choices[0].message
        answer = sample_engine.ask(QUESTION)
        assert message.content == answer.text and made.choices[0].finish_reason == "stop"
        assert message.annotations
        cited = message.annotations[0].url_citation
        assert cited.title == answer.citations[0].document
        assert answer.text[cited.start_index : cited.end_index] == "[1]"
        whole = made.model_extra["rag"]  # type: ignore[index]
        assert whole["citations"][0]["quote"] == answer.citations[0].quote
        assert made.usage and made.usage.total_tokens == 0, "no LLM was asked"

    def test_streams(self, official: openai.OpenAI) -> None:
        whole = official.chat.completions.create(model=MODEL, messages=ASKED)
        text, last = "", None
        for chunk in official.chat.completions.create(
            model=MODEL, messages=ASKED, stream=True, stream_options={"include_usage": True}
        ):
            if chunk.choices:
                text += chunk.choices[0].delta.content or ""
                last = chunk
            else:
                assert chunk.usage is not None
        assert text == whole.choices[0].message.content
        assert last and last.choices[0].finish_reason == "stop" and last.model_extra["rag"]

    def test_helpers_for_streams_and_async(self, address: str) -> None:
        async def ask() -> list[str | None]:
            async with openai.AsyncOpenAI(base_url=f"{address}/v1", api_key="none") as one:
                made = [one.chat.completions.create(model=MODEL, messages=ASKED) for _ in range(4)]
                texts = [one.choices[0].message.content for one in await asyncio.gather(*made)]
                async with one.chat.completions.stream(model=MODEL, messages=ASKED) as stream:
                    final = await stream.get_final_completion()
                return [*texts, final.choices[0].message.content]

        assert len(set(asyncio.run(ask()))) == 1

    def test_the_conversation_is_the_history(self, official: openai.OpenAI) -> None:
        said = [
            {"role": "system", "content": "Be brief."},
            *ASKED,
            {"role": "assistant", "content": "The wind sensor path is blocked."},
            {"role": "user", "content": [{"type": "text", "text": "And E21?"}]},
        ]
        made = official.chat.completions.create(model=MODEL, messages=said)
        assert "E21" in str(made.choices[0].message.content)

    def test_stop_ends_the_text(self, official: openai.OpenAI) -> None:
        whole = official.chat.completions.create(model=MODEL, messages=ASKED, stop="; Type")
        assert whole.choices[0].message.content == "Code: E22"
        parts = official.chat.completions.create(
            model=MODEL, messages=ASKED, stop=["; Type"], stream=True
        )
        assert "".join(c.choices[0].delta.content or "" for c in parts if c.choices) == "Code: E22"

    def test_models_and_embeddings(self, official: openai.OpenAI, embedder: Embedder) -> None:
        ids = [model.id for model in official.models.list()]
        assert ids == [MODEL, embedder.name]
        assert official.models.retrieve(MODEL).id == MODEL
        packed = official.embeddings.create(model=embedder.name, input=["a lease", "a fee"])
        plain = official.embeddings.create(
            model=embedder.name, input="a lease", encoding_format="float"
        )
        vector = embedder.encode(["a lease"])[0]
        assert np.allclose(packed.data[0].embedding, vector, atol=1e-6)
        assert np.allclose(plain.data[0].embedding, vector, atol=1e-6)

    def test_errors_are_the_clients_own(self, official: openai.OpenAI) -> None:
        with pytest.raises(openai.NotFoundError, match="no model 'rag:nowhere'"):
            official.chat.completions.create(model="rag:nowhere", messages=ASKED)
        with pytest.raises(openai.UnprocessableEntityError, match="question is empty"):
            official.chat.completions.create(
                model=MODEL, messages=[{"role": "user", "content": " "}]
            )


class TestLLM:
    def test_a_stream_that_is_checked_says_what_counts(
        self, store: Path, embedder: Embedder
    ) -> None:
        text = "E22 means that the wind sensor path is blocked [1]."
        with (
            ScriptedServer(reply(text, parts=4, usage=(20, 10))) as llm,
            serving(store, embedder, answers=connected(llm.base_url)) as address,
        ):
            one = openai.OpenAI(base_url=f"{address}/v1", api_key="none")
            made = one.chat.completions.create(model=MODEL, messages=ASKED)
            assert made.choices[0].message.content == text.replace(" [1].", ". [1]")
            assert made.usage and made.usage.completion_tokens == 10
            chunks = list(one.chat.completions.create(model=MODEL, messages=ASKED, stream=True))
        parts = [c.choices[0].delta.content for c in chunks if c.choices[0].delta.content]
        assert len(parts) > 1 and "".join(parts) == text

    def test_what_is_not_kept_of_a_stream_is_said(self, store: Path, embedder: Embedder) -> None:
        with (
            ScriptedServer(reply("E22 costs 4,711 euros [1].", parts=4)) as llm,
            serving(
                store, embedder, answers=connected(llm.base_url, unsupported="drop")
            ) as address,
        ):
            one = openai.OpenAI(base_url=f"{address}/v1", api_key="none")
            chunks = list(one.chat.completions.create(model=MODEL, messages=ASKED, stream=True))
        text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
        said, _, counts = text.partition("After it was checked, the answer is:")
        assert "4,711" in said and "4,711" not in counts
        assert counts.strip() == chunks[-1].model_extra["rag"]["text"]

    @pytest.mark.parametrize(
        ("behaviour", "stream"),
        [(hang(), False), (hang(), True), (hang("The"), True), (slow(), False)],
    )
    def test_who_leaves_stops_the_llm(
        self, store: Path, embedder: Embedder, behaviour: object, stream: bool
    ) -> None:
        body = json.dumps({"model": MODEL, "messages": ASKED, "stream": stream})
        with (
            ScriptedServer(behaviour) as llm,  # type: ignore[arg-type]
            serving(store, embedder, answers=connected(llm.base_url)) as address,
        ):
            host, port = address.removeprefix("http://").split(":")
            with socket.create_connection((host, int(port))) as one:
                one.sendall(
                    f"POST /v1/chat/completions HTTP/1.1\r\nHost: {host}:{port}\r\n"
                    f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}"
                    .encode()
                )  # fmt: skip
                while not llm.requests:
                    time.sleep(0.02)
                assert not llm.disconnected.wait(0.2)
            assert llm.disconnected.wait(10)
            figures = httpx.get(f"{address}/metrics", timeout=60).text
        assert 'rag_answers_total{outcome="stopped"} 1.0' in figures
        assert "rag_answers_open 0.0" in figures

    def test_of_an_answer_that_was_left_what_was_written_is_kept(
        self, store: Path, embedder: Embedder
    ) -> None:
        body = {"question": QUESTION, "conversation": "d" * 32}
        events = {"Accept": "text/event-stream"}
        with (
            ScriptedServer(hang("E22 means")) as llm,
            serving(store, embedder, answers=connected(llm.base_url)) as address,
        ):
            url = f"{address}/api/ask"
            with httpx.stream("POST", url, json=body, headers=events, timeout=60) as one:
                next(one.iter_lines())
            assert llm.disconnected.wait(10)
            until = time.monotonic() + 10
            while True:
                kept = httpx.get(f"{address}/api/conversations/{'d' * 32}").json()["exchanges"][0]
                if not kept["is_open"] or time.monotonic() > until:
                    break
        assert (kept["answer"], kept["is_open"]) == (None, False)
        assert kept["partial"] and "E22 means".startswith(kept["partial"])


# As they were recorded (LiteLLM 1.110.2, which calls by the official client) or are documented.
CALLS: dict[str, dict[str, Any]] = {
    "LiteLLM": {"temperature": 0.3, "max_tokens": 300},
    "LiteLLM, streamed": {"stream": True, "stream_options": {"include_usage": True}},
    "Open WebUI": {
        "stream": True, "temperature": 0.7, "top_p": 0.9, "max_tokens": 500, "seed": 1,
        "frequency_penalty": 0, "user": {"name": "Ada", "id": "1", "role": "user"},
        "metadata": {"chat_id": "1"}, "tools": None, "stream_options": None,
    },
}  # fmt: skip


@pytest.mark.parametrize("name", CALLS)
def test_what_front_ends_send_beside_is_passed_over(address: str, name: str) -> None:
    listed = httpx.get(f"{address}/v1/models", headers={"Authorization": "Bearer none"})
    assert listed.json()["data"][0]["id"] == MODEL, "Open WebUI shows what there is"
    body = {"model": MODEL, "messages": ASKED, **CALLS[name]}
    made = httpx.post(f"{address}/v1/chat/completions", json=body, timeout=60)
    assert made.status_code == 200
    if not body.get("stream"):
        assert "E22" in made.json()["choices"][0]["message"]["content"]
        return
    *lines, done = made.text.strip().split("\n\n")
    chunks = [json.loads(line.removeprefix("data: ")) for line in lines]
    deltas = [one["choices"][0]["delta"] for one in chunks if one["choices"]]
    assert done == "data: [DONE]" and deltas[0]["role"] == "assistant"
    assert "E22" in "".join(one.get("content") or "" for one in deltas)
