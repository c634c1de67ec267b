"""What an endpoint does not take of a usual request, read from its error, and a request without it.

A part of ``rag_app.llm.client``. Servers word it in their own ways: OpenAI "Unsupported parameter:
'max_tokens'", FastAPI a list of errors with ``loc`` and ``extra_forbidden``, others a sentence. So
what counts is that one of the words of the request is named, next to a word of refusal.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from rag_app.llm.context_size import says_too_long
from rag_app.llm.endpoint import Endpoint, has_version

# Not parameters: the rules in a message of their own, the answer in parts, the address without /v1.
SYSTEM, STREAM, ADDRESS = "system", "stream", "address"

_REFUSES = re.compile(
    r"unsupported|(not|n't)\b.{0,20}(support|permit|allow|enable|accept|recogni)|unrecogni|unknown"
    r"|unexpected|forbidden|extra_|extra (input|field|param)|additional propert|invalid|deprecated"
    r"|only the default|must be verified|no such (field|param)|disabled",
    re.IGNORECASE,
)
_SYSTEM = re.compile(
    r"\b(system|developer)\b\W{0,3}(role|message|prompt|instruction)"
    r"|\brole.{0,80}\b(system|developer)\b|\b(system|developer)\b.{0,40}\brole",
    re.IGNORECASE | re.DOTALL,
)
_ALTERNATE = re.compile(r"roles? must alternate|must (start|begin) with a user", re.IGNORECASE)
_STREAM = re.compile(r"\bstream(ing)?\b", re.IGNORECASE)
_SOME_FIELD = re.compile(
    r"(unknown|unrecogni[sz]ed|unexpected|extra|additional) (\w+ )?"
    r"(field|parameter|argument|input|propert|key)",
    re.IGNORECASE,
)
# vLLM: '"auto" tool choice requires --enable-auto-tool-choice'; llama.cpp: "tools param requires
# --jinja flag"; Ollama: "does not support tools".
_TOOLS = re.compile(r"\btools?\b|\bfunction.?call", re.IGNORECASE)
_NO_SUCH_PAGE = re.compile(r"unexpected endpoint", re.IGNORECASE)


def refused(error: Exception, endpoint: Endpoint, given: Mapping[str, Any]) -> frozenset[str]:
    """What the request can do without, or can say in another way, of what the error names."""
    status, said = getattr(error, "status_code", None), str(getattr(error, "body", None) or "")
    missing = status in (404, 405) and "model" not in said.lower()
    if (missing or _NO_SUCH_PAGE.search(said)) and not has_version(endpoint.url):
        return frozenset({ADDRESS})
    if status == 403 and "logprobs" in said:  # OpenAI, of models that think
        return frozenset({"logprobs", "top_logprobs"}) & given.keys()
    # llama.cpp reports what a template does not take with a 500.
    if status not in (400, 422, 500, 501) or says_too_long(said):
        return frozenset()
    if "tools" in given and _TOOLS.search(said):
        return frozenset({"tools"})
    named = {name for name in given if re.search(rf"\b{name}\b|\b{name}(?=\.)", said)}
    refuses = _REFUSES.search(said) is not None
    if "response_format" in given and "json_schema" in said:
        named.add("response_format")
    # For a length, a value may be wrong and not the name; then whoever set it has to know.
    if not refuses:
        named -= {"max_tokens", "max_completion_tokens"}
    if not named and _ALTERNATE.search(said):
        named.add(SYSTEM)
    if not named and refuses:
        if _SYSTEM.search(said):
            named.add(SYSTEM)
        elif _STREAM.search(said):
            named.add(STREAM)
        elif _SOME_FIELD.search(said):
            # The ones that are the least usual.
            unusual = {"logprobs", "response_format", "tools"} & given.keys()
            named |= unusual or {"stream_options"}
    return frozenset(named)


def parameters(
    max_tokens: int,
    temperature: float,
    left_out: frozenset[str],
    logprobs: int = 0,
    schema: Mapping[str, Any] | None = None,
    tools: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """The parameters of a request, without those that the endpoint refused. ``schema`` is the JSON
    Schema that the answer has to keep to."""
    length = "max_completion_tokens" if "max_tokens" in left_out else "max_tokens"
    everything: dict[str, Any] = {length: max_tokens, "temperature": temperature}
    if logprobs and left_out.isdisjoint({"logprobs", "top_logprobs"}):
        everything |= {"logprobs": True, "top_logprobs": logprobs}
    if schema is not None:
        named = {"name": "answer", "strict": True, "schema": schema}
        everything["response_format"] = {"type": "json_schema", "json_schema": named}
    if tools:
        everything["tools"] = [dict(tool) for tool in tools]
    if STREAM in left_out:
        # The client is still told to stream, so that the answer goes the same way as all others.
        everything["extra_body"] = {"stream": False}
    else:
        everything["stream_options"] = {"include_usage": True}
    return {name: value for name, value in everything.items() if name not in left_out}


def without_system(messages: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """The messages with the rules of the system at the head of the user's first one."""
    rules = [message["content"] for message in messages if message["role"] == "system"]
    rest = [dict(message) for message in messages if message["role"] != "system"]
    user = next((message for message in rest if message["role"] == "user"), None)
    if user is not None:
        user["content"] = "\n\n".join([*rules, user["content"]])
    return rest
