"""Failures of an LLM request: which are tried again, and the one line that says what to do.

A part of ``rag_app.llm.client``.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from ingest.text.unicode import paired
from rag_app.errors import (
    LLMBusy,
    LLMError,
    LLMRejected,
    LLMTimeout,
    LLMTooLong,
    LLMUnreachable,
)
from rag_app.llm.context_size import says_too_long, sizes_in
from rag_app.llm.endpoint import Endpoint
from rag_app.llm.network import proxy_of, shown_proxy

MAX_RETRIES = 2
FIRST_BACKOFF_SECONDS = 0.5
DETAIL_CHARACTERS = 240
# Of a body that had begun.
CUT, UNPACKED = "the connection was cut", "what it sent cannot be unpacked"

# As Azure words it, in a 400 or in the stream.
_FILTERED = re.compile(r"content_filter|content management policy|ResponsibleAIPolicy")
_LOADING = re.compile(r"\b(loading|warming up|starting)\b", re.IGNORECASE)
_CHECK_URL = (
    "check that OPENAI_BASE_URL is an OpenAI-compatible endpoint, such as http://localhost:11434/v1"
)


def retry_wait(
    error: Exception, tries: int, *, connected: bool, may_load: bool = False
) -> float | None:
    """Seconds to wait before the next try, or None if there shall be none. ``connected``: the
    request got a connection; ``may_load``: there is time left for a model that is being loaded."""
    import openai

    if isinstance(error, openai.APIStatusError):
        transient = error.status_code == 429 or error.status_code >= 500
    elif isinstance(error, openai.APITimeoutError):
        transient = not connected
    else:
        transient = isinstance(error, openai.APIConnectionError)
    if not transient or _is_too_long(error):
        return None
    loading = getattr(error, "status_code", 0) == 503 and _LOADING.search(_detail(error))
    if tries > MAX_RETRIES and not (loading and may_load):
        return None
    # A random part keeps many clients of one busy server from coming back together.
    wait: float = (
        FIRST_BACKOFF_SECONDS * 2 ** min(tries - 1, MAX_RETRIES) * random.uniform(0.75, 1.0)
    )
    if isinstance(error, openai.APIStatusError):
        wait = max(wait, _retry_after(error.response.headers.get("retry-after", "")))
    return wait


def _retry_after(header: str) -> float:
    """Seconds of a Retry-After header, which are a number or a date (RFC 9110, 10.2.3)."""
    with suppress(ValueError):
        return float(header)
    with suppress(ValueError, TypeError):
        return (parsedate_to_datetime(header) - datetime.now(UTC)).total_seconds()
    return 0.0


def to_llm_error(
    error: Exception, endpoint: Endpoint, tries: int, *, connected: bool, received: bool
) -> LLMError:
    """Turn an error of the ``openai`` client into one of this project. ``connected``: the request
    got a connection; ``received``: part of an answer had arrived."""
    import openai

    detail = _clean(endpoint, _detail(error)) if endpoint.quoted else ""
    if _is_too_long(error):
        said = f" ({detail})" if detail else ""
        return LLMTooLong(
            f"the question and its passages exceed the model's context length{said}; "
            "ask for fewer passages or choose a model with a longer context",
            *sizes_in(getattr(error, "body", None)),
        )
    if _FILTERED.search(str(getattr(error, "body", None) or "")):
        return filtered(endpoint)
    if isinstance(error, openai.APIStatusError):
        if 300 <= error.status_code < 400:
            return _redirected(endpoint, error.response.headers.get("location", ""))
        return _refusal(endpoint, error.status_code, detail, tries)
    if isinstance(error, openai.APITimeoutError) and connected:
        return too_slow(endpoint, total=False)
    if isinstance(error, openai.APIConnectionError) and error.message in (CUT, UNPACKED):
        return _broken_off(endpoint, error.message)
    if isinstance(error, openai.APIConnectionError) and not received:
        why = _clean(endpoint, _reason(error))
        act = "ask again" if endpoint.file else "start the server or set OPENAI_BASE_URL"
        if "certificate" in why:
            act = "if you trust it, set SSL_CERT_FILE to the file of its authority"
        return LLMUnreachable(
            f"cannot reach the LLM at {endpoint}{_by_proxy(endpoint)}: {why}; {act}"
        )
    if isinstance(error, openai.APIConnectionError):
        return _broken_off(endpoint, CUT)
    if isinstance(error, openai.APIError):
        return _broken_off(endpoint, f"the endpoint reported {detail or 'an error'}")
    return _broken_off(endpoint, "the endpoint sent something that is not JSON")


def _is_too_long(error: Exception) -> bool:
    """Servers say so with a 400 or 413, llama.cpp once did with a 500, some in the stream."""
    return getattr(error, "status_code", 400) not in (401, 403, 404, 429) and says_too_long(
        getattr(error, "body", "")
    )


def _redirected(endpoint: Endpoint, location: str) -> LLMRejected:
    # Not followed: the passages were meant for the address that was set.
    return LLMRejected(
        f"the LLM endpoint {endpoint} redirects to "
        f"{(endpoint.quoted and _clean(endpoint, location)) or 'elsewhere'}; "
        "if that is right, set OPENAI_BASE_URL to it"
    )


def _refusal(endpoint: Endpoint, status: int, detail: str, tries: int) -> LLMError:
    said = f": {detail}" if detail else ""
    after = f" after {tries} tries" if tries > 1 else ""
    if status in (401, 403):
        # A 401 without its detail, in which OpenAI quotes part of the key.
        more = f" (403{said})" if status == 403 else ""
        return LLMRejected(f"the LLM endpoint {endpoint} refused the key; set OPENAI_API_KEY{more}")
    if status == 404:
        return LLMRejected(
            f"the LLM at {endpoint} has no such model or address (404{said}); "
            "check RAG_LLM_MODEL, and OPENAI_BASE_URL, which mostly ends in /v1"
        )
    if status == 429:
        # A quota that is used up comes back when somebody pays, a rate limit by itself.
        kind: type[LLMError] = LLMRejected if "quota" in detail.lower() else LLMBusy
        return kind(
            f"the LLM at {endpoint} refused for its rate limit or quota{after} (429{said}); "
            "wait, or check the account's plan"
        )
    kind = LLMRejected if status < 500 else LLMBusy
    by = _by_proxy(endpoint)
    return kind(f"the LLM at {endpoint}{by} answered with status {status}{after}{said}")


def too_slow(endpoint: Endpoint, *, total: bool) -> LLMTimeout:
    if total:
        return LLMTimeout(
            f"the answer of the LLM at {endpoint} took longer than the "
            f"{endpoint.total_seconds:g} s allowed in total; ask for less or raise the limit"
        )
    return LLMTimeout(
        f"the LLM at {endpoint} sent nothing for {endpoint.idle_seconds:g} s, the longest idle "
        "wait allowed; see whether it is still loading its model, or raise the limit"
    )


def _broken_off(endpoint: Endpoint, reason: str) -> LLMError:
    return LLMError(f"the answer of the LLM at {endpoint} broke off: {reason}; ask again")


def incomplete(endpoint: Endpoint, *, received: bool) -> LLMError:
    if received:
        return _broken_off(endpoint, "the connection ended before the answer did")
    return LLMError(f"the LLM at {endpoint} sent no answer; {_CHECK_URL}")


def not_an_answer(endpoint: Endpoint, content_type: str) -> LLMRejected:
    return LLMRejected(f"the address {endpoint} sent {content_type} and no answer; {_CHECK_URL}")


def filtered(endpoint: Endpoint) -> LLMError:
    return LLMError(
        f"the content filter of the LLM at {endpoint} stopped the answer; ask in other words"
    )


def declined(endpoint: Endpoint, said: str) -> LLMError:
    """For an answer in the field ``refusal``: the model's safety rules, not the documents."""
    words = f": {_clean(endpoint, said)}" if endpoint.quoted else ""
    return LLMError(f"the LLM at {endpoint} declined to answer{words}; ask in other words")


def too_much(endpoint: Endpoint) -> LLMError:
    return LLMError(
        f"the LLM at {endpoint} sent far more than the {endpoint.max_tokens} tokens that were "
        "asked for; it was stopped"
    )


def _detail(error: Exception) -> str:
    """What the endpoint itself said is wrong, in any of the shapes that servers use."""
    said = getattr(error, "body", None)
    for key in ("error", "message", "detail"):
        if isinstance(said, Mapping):
            said = said.get(key) or said
    text = str(said or "")
    return "" if text.lstrip().startswith("<") else text  # a proxy's web page explains nothing


def _by_proxy(endpoint: Endpoint) -> str:
    proxy = proxy_of(endpoint.url)
    return f" by the proxy {shown_proxy(proxy)}" if proxy else ""


def _clean(endpoint: Endpoint, text: str) -> str:
    """One short line that does not hold the key."""
    if len(endpoint.key) > 8:  # a shorter one is a placeholder, such as "none", or part of a word
        text = text.replace(endpoint.key, "***")
    line = " ".join(paired(text).split()).rstrip(".")
    return line if len(line) <= DETAIL_CHARACTERS else line[: DETAIL_CHARACTERS - 1] + "…"


def _reason(error: BaseException) -> str:
    """Why a connection failed: the words of the innermost error, without its number."""
    while inner := error.__cause__ or error.__context__:
        error = inner
    return (
        re.sub(r"^\[.*?\] | \(_ssl\.c:\d+\)$", "", getattr(error, "strerror", None) or str(error))
        or "no answer"
    )
