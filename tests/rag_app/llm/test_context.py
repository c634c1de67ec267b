"""What does not fit the model's context: recognised, and asked again with fewer passages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from ingest.embed.embedder import Embedder
from rag_app import AnswerSettings, Engine, Turn, open_engine
from rag_app.errors import LLMRejected, LLMTooLong
from tests.rag_app.llm.asking import QUESTION as MESSAGES
from tests.rag_app.llm.asking import chat, failure
from tests.support.llm_servers import Behaviour, ScriptedServer, error, events, reply, status

QUESTION = "What does error code E22 mean?"
ANSWER = "The wind sensor path is blocked [1]."


@contextmanager
def engine_at(
    server: ScriptedServer, store: Path, embedder: Embedder, **settings: Any
) -> Iterator[Engine]:
    answers = AnswerSettings(openai_base_url=server.base_url, **{"llm_model": "m", **settings})
    with open_engine(store, answers=answers, embedder=embedder) as engine:
        yield engine


def passages_in(server: ScriptedServer) -> list[int]:
    """How many passages each request held."""
    return [
        request.body["messages"][-1]["content"].count("</passage>") for request in server.requests
    ]


# The words of endpoints. Each with the size that they tell, or None.
SAID: list[tuple[Behaviour, int | None]] = [
    (
        error(  # OpenAI
            400,
            "This model's maximum context length is 4097 tokens. However, your messages resulted "
            "in 8200 tokens. Please reduce the length of the messages.",
            code="context_length_exceeded",
        ),
        4097,
    ),
    (error(400, "Too much", code="context_length_exceeded"), None),
    (
        error(  # llama.cpp
            400,
            "the request exceeds the available context size, try increasing it",
            type="exceed_context_size_error",
            n_prompt_tokens=9000,
            n_ctx=4096,
        ),
        4096,
    ),
    (error(500, "the request exceeds the available context size. try increasing"), None),
    (
        status(  # vLLM
            400,
            {
                "object": "error",
                "message": "This model's maximum context length is 2,048 tokens. However, you "
                "requested 5,024 tokens (4,000 in the messages, 1,024 in the completion).",
            },
        ),
        2048,
    ),
    (
        error(
            400,
            "The decoder prompt (length 3000) is longer than the maximum model length of 2048.",
        ),
        2048,
    ),
    (error(400, "prompt is too long: 210000 tokens > 200000 maximum"), 200000),  # Anthropic
    (
        status(
            422,
            {
                "error": "Input validation error: `inputs` tokens + `max_new_tokens` must be "
                "<= 4096. Given: 5000 `inputs` tokens and 1024 `max_new_tokens`"
            },
        ),  # TGI
        4096,
    ),
    (
        error(  # Gemini
            400,
            "The input token count (1200000) exceeds the maximum number of tokens allowed "
            "(1048576).",
        ),
        1048576,
    ),
    (
        error(  # Mistral
            400,
            "Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 "
            "maximum context length",
        ),
        32768,
    ),
    (error(400, "Please reduce the length of the messages or completion."), None),  # Groq
    (error(413, "Request too large for model `x`: please reduce your message size."), None),
    (
        events(  # LM Studio, in the stream
            {
                "error": "Trying to keep the first 9000 tokens when context the overflows. "
                "However, the model is loaded with context length of only 4096 tokens"
            }
        ),
        4096,
    ),
    (error(400, "the input length exceeds the context length"), None),  # Ollama
]


@pytest.mark.parametrize(("said", "size"), SAID)
def test_endpoints_say_so_in_many_ways(said: Behaviour, size: int | None) -> None:
    with ScriptedServer(said) as server, pytest.raises(LLMTooLong) as caught:
        chat(server, total_seconds=2.0).complete(MESSAGES)
    assert caught.value.context == size


@pytest.mark.parametrize(
    "other",
    [
        error(400, "messages: text is required"),
        error(400, "unknown field context"),
        error(401, "no access to models with a long context length"),
        error(413, "too much"),
    ],
)
def test_other_refusals_are_not_taken_for_it(other: Behaviour) -> None:
    assert "context length (" not in failure(other, kind=LLMRejected)


@pytest.mark.parametrize(("said", "size"), SAID)
def test_the_weakest_passages_are_left_out(
    sample: Path, embedder: Embedder, said: Behaviour, size: int | None
) -> None:
    with (
        ScriptedServer(said, reply(ANSWER)) as server,
        engine_at(server, sample, embedder) as engine,
    ):
        answer = engine.ask(QUESTION)
        first, second = passages_in(server)
        if size is not None and size < 10**5:
            assert engine.llm is not None and engine.llm.learned.context_tokens == size
    assert first == 8 and 1 <= second < 8
    assert len(answer.hits) == 8
    assert answer.text.startswith("The wind sensor path is blocked")
    assert answer.failure is None and answer.citations[0].supported
    (note,) = answer.notes
    assert re.match(rf"Only the best {second} of 8 passages fit the LLM's context", note)


def test_where_nothing_fits_the_conversation_is_left_out_and_then_quotes_step_in(
    sample: Path, embedder: Embedder
) -> None:
    history = [Turn("user", "Hello"), Turn("assistant", "Hello.")]
    with (
        ScriptedServer(error(400, "x", code="context_length_exceeded")) as server,
        engine_at(server, sample, embedder) as engine,
    ):
        answer = engine.ask(QUESTION, history)
    assert passages_in(server) == [8, 4, 2, 1, 1]
    assert [len(request.body["messages"]) for request in server.requests] == [4, 4, 4, 4, 2]
    assert answer.failure is not None and answer.failure.kind == "LLMTooLong"
    assert answer.model == "quotes" and answer.citations


def test_a_size_that_is_known_is_kept_to_from_the_start(sample: Path, embedder: Embedder) -> None:
    """Told by llama.cpp's list of models, or set; the first request fits already."""
    listed = {"id": "m", "meta": {"n_ctx": 1024, "n_ctx_train": 8192}}
    for models, settings in (
        ([listed], {"llm_model": None}),
        ([{"id": "m", "max_model_len": 1024}], {"llm_model": None}),
        (["m"], {"llm_context_tokens": 1024}),
    ):
        with (
            ScriptedServer(reply(ANSWER), models=models) as server,
            engine_at(server, sample, embedder, llm_max_tokens=128, **settings) as engine,
        ):
            answer = engine.ask(QUESTION)
        (given,) = passages_in(server)
        assert 2 <= given < 8
        sent = sum(len(message["content"]) for message in server.requests[0].body["messages"])
        assert sent / 4 < 1024 - 128
        assert f"Only the best {given} of 8 passages" in answer.notes[-1]


def test_a_prompt_that_was_cut_in_silence_is_asked_again(sample: Path, embedder: Embedder) -> None:
    """Ollama reads as much as fits its context, and says nothing of the rest."""
    cut = reply("Something about the middle.", usage=(1024, 5))
    with (
        ScriptedServer(cut, reply(ANSWER, usage=(700, 9))) as server,
        engine_at(server, sample, embedder) as engine,
    ):
        *parts, answer = engine.stream(QUESTION)
        assert not isinstance(answer, str)
        first, second = passages_in(server)
        assert first == 8 and second < 8
        assert "".join(parts).strip() == "Something about the middle.", "what follows comes whole"
        assert answer.text.startswith("The wind sensor path")
        assert answer.usage is not None and answer.usage.prompt_tokens == 1724
        assert "cut the prompt in silence" in answer.notes[-1]
        server.behaviours = (reply(ANSWER, usage=(700, 9)),)
        engine.ask(QUESTION)
        assert passages_in(server)[2] == second, "it is known from then on"


def test_a_small_count_of_tokens_is_not_taken_for_a_cut(sample: Path, embedder: Embedder) -> None:
    with (
        ScriptedServer(reply(ANSWER, usage=(50, 9))) as server,
        engine_at(server, sample, embedder) as engine,
    ):
        assert engine.ask(QUESTION).notes == ()
    assert len(server.requests) == 1
