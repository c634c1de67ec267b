"""What spans say of a question: attributes as OpenTelemetry's conventions for generative AI and
OpenInference name them. Words only where ``ingest.tracing.traced.words_wanted``."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from ingest.tracing.traced import OPERATION, Attributes, Given, words_wanted
from rag_app.records import Answer


class Found(Protocol):
    """A passage as a span knows it."""

    @property
    def score(self) -> float: ...
    @property
    def chunk(self) -> Any: ...


def of_answer(item: str | Answer, given: Given) -> Attributes:
    """Of an answer, when it comes; nothing of its parts before."""
    if isinstance(item, str):
        return {}
    made: dict[str, Any] = {
        OPERATION: "invoke_workflow",
        "gen_ai.workflow.name": "ask",
        "rag_app.answer.refused": item.refused,
        "rag_app.answer.model": item.model,
        "rag_app.answer.citations": len(item.citations),
        "rag_app.answer.unsupported": len(item.unsupported),
        "rag_app.answer.steps": len(item.steps),
    }
    if item.failure is not None:
        made["error.type"] = item.failure.kind
    return made | _words(given["question"], item.text)


def of_rewrite(result: Any, given: Given) -> Attributes:
    """Of a question that was made to stand alone."""
    question = given["question"]
    made = {"rag_app.rewritten": result.question != question}
    return made | _words(question, result.question)


def of_search(hits: Sequence[Any], given: Given) -> Attributes:
    """Of a search through the public door."""
    return {"rag_app.hits": len(hits)} | _words(given["text"])


def of_retrieval(found: Sequence[Found], given: Given) -> Attributes:
    """Of the passages that a search gave: their ids and scores, and their texts if wanted."""
    made: dict[str, Any] = {
        OPERATION: "retrieval",
        "gen_ai.data_source.id": given["self"].collection,
        "gen_ai.request.top_k": float(given["k"]),
        "gen_ai.retrieval.documents": json.dumps(
            [{"id": one.chunk.id, "score": round(one.score, 6)} for one in found]
        ),
    }
    if words_wanted():
        made["gen_ai.retrieval.query.text"] = given["query"].text
    return made | _documents("retrieval.documents", found) | _words(given["query"].text)


def of_rerank(found: Sequence[Found], given: Given) -> Attributes:
    """Of the order that a re-ranker gave."""
    made: dict[str, Any] = {"reranker.top_k": given["candidates"]}
    if words_wanted():
        made["reranker.query"] = given["question"]
    return made | _documents("reranker.output_documents", found)


def of_prompt(messages: Sequence[Mapping[str, str]], _: Given) -> Attributes:
    """Of the messages that are sent to an LLM."""
    size = sum(len(message["content"]) for message in messages)
    return {"rag_app.prompt.characters": size} | _words(*(one["content"] for one in messages))


def of_check(result: Any, _: Given) -> Attributes:
    """Of an answer whose sentences were checked: how many stand in which way."""
    cited, _notes = result
    counts: dict[str, int] = {}
    for one in cited.checks:
        name = f"rag_app.check.{one.status}"
        counts[name] = counts.get(name, 0) + 1
    return {"rag_app.check.claims": len(cited.checks), **counts}


def of_tool(result: Any, given: Given) -> Attributes:
    """Of a step that an LLM planned."""
    step, outcome = result
    made: dict[str, Any] = {
        OPERATION: "execute_tool",
        "gen_ai.tool.name": step.tool,
        "tool.name": step.tool,
        "rag_app.tool.refused": step.is_refused,
    }
    if words_wanted():
        made["gen_ai.tool.call.arguments"] = given["call"].arguments
        made["gen_ai.tool.call.result"] = outcome.result or step.told
    return made


def _words(said: str, *replied: str) -> dict[str, Any]:
    """Input and output, where words are wanted."""
    if not words_wanted():
        return {}
    return {"input.value": said} | ({"output.value": "\n\n".join(replied)} if replied else {})


def _documents(prefix: str, found: Sequence[Found]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for at, one in enumerate(found):
        place = f"{prefix}.{at}.document"
        made |= {f"{place}.id": one.chunk.id, f"{place}.score": float(one.score)}
        if words_wanted():
            made[f"{place}.content"] = one.chunk.text
            made[f"{place}.metadata"] = json.dumps({"document": one.chunk.documents[0]})
    return made
