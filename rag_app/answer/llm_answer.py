"""The three kinds of answer: quotes, an LLM's with checked citations, and a refusal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol, Self

from ingest.catalog.fields import BUILT_IN
from ingest.catalog.filters import fields_in
from ingest.records import FilterField
from rag_app.answer import quotes
from rag_app.answer.refusal import listed, refusal
from rag_app.errors import LLMError
from rag_app.evidence.evidence import Evidence, Sentence
from rag_app.grounding.citations import CitedAnswer, cite
from rag_app.grounding.output_guard import Guard, SafeStream
from rag_app.grounding.support import SupportCheck
from rag_app.llm.stop import Stop
from rag_app.prompts import NO_ANSWER, Prompts, build_messages
from rag_app.questions.rewrite import Rewriter
from rag_app.records import Citation, Failure, LLMCall, Turn, Unsupported, Usage
from rag_app.retrieval.passage import Passage, full_text
from rag_app.settings import AnswerSettings

MOST_ROUNDS = 5
MOST_FIELDS = 30


class Draft(NamedTuple):
    """An answer before the engine has put the question, the hits and the time to it."""

    text: str
    citations: tuple[Citation, ...] = ()
    refused: bool = False
    model: str = quotes.MODEL
    usage: Usage | None = None
    notes: tuple[str, ...] = ()
    unsupported: tuple[Unsupported, ...] = ()
    failure: Failure | None = None
    call: LLMCall | None = None


class AnswerStream(Protocol):
    """An LLM's answer, part by part: ``rag_app.answer.fit_context.FittedStream``, or a record of
    one.

    ``text``, ``model``, ``usage`` and ``call`` are complete when the iteration ends, which raises
    LLMError.
    """

    text: str
    model: str
    usage: Usage | None
    call: LLMCall | None
    endpoint: str
    max_tokens: int

    def __iter__(self) -> Iterator[str]: ...
    def __enter__(self) -> Self: ...
    def __exit__(self, *error: object) -> None: ...


class Writer(Protocol):
    """Begins an answer from numbered passages."""

    def __call__(
        self,
        question: str,
        passages: Sequence[Passage],
        history: Sequence[Turn] = (),
        *,
        prompts: Prompts | None = None,
        stop: Stop | None = None,
    ) -> AnswerStream: ...


class Models(NamedTuple):
    """Who writes: the answer, and the question that stands alone. None: quotes, and rules."""

    answer: Writer | None = None
    rewrite: Rewriter | None = None


def quote(evidence: Evidence, also: Sequence[Sentence] = ()) -> Draft:
    """The sentences that answer best, and others, word for word, each with its citation."""
    chosen = quotes.choose_quotes(evidence, also)
    text = "\n\n".join(f"{one.text} [{marker}]" for marker, one in enumerate(chosen, start=1))
    citations = (one.to_citation(marker) for marker, one in enumerate(chosen, start=1))
    return Draft(text, tuple(citations))


def refuse(
    evidence: Evidence,
    passages: Sequence[Passage],
    model: str = quotes.MODEL,
    lead: str = "The documents do not answer this.",
) -> Draft:
    """Say that the documents do not answer: what was looked for, what came nearest, what to try."""
    return Draft(refusal(evidence, passages, lead), refused=True, model=model)


def nothing_passes(where: Mapping[str, Any], fields: Sequence[FilterField]) -> str:
    """Say that no passage passes a filter, and which fields there are: a field that is mistyped
    is one that no document has."""
    own = list(dict.fromkeys(field.name for field in fields if field.own))
    known = {*own, *BUILT_IN, "kind"}
    unknown = sorted(name for name in fields_in(where) if name not in known)
    quoted = [f"“{name}”" for name in unknown]
    missing = f" No document has a field {listed(quoted)}." if unknown else ""
    there = f"Fields are {listed([field.name for field in fields if not field.own])}"
    theirs = f"; the documents' own are {listed(own[:MOST_FIELDS])}" if own else ""
    more = f" and {len(own) - MOST_FIELDS:,} more" if len(own) > MOST_FIELDS else ""
    return f"No passage passes the filter.{missing} {there}{theirs}{more}."


def ask_llm(
    write: Writer,
    question: str,
    evidence: Evidence,
    passages: Sequence[Passage],
    history: Sequence[Turn],
    *,
    enough_to_quote: bool,
    check: SupportCheck,
    settings: AnswerSettings,
    prompts: Prompts | None = None,
    stop: Stop | None = None,
) -> Iterator[str | Draft]:
    """Stream an LLM's answer, then give it with its citations checked.

    An answer of which nothing is supported is not given: the documents' own words are, where
    they are ``enough_to_quote``, and else the refusal. Gives no draft when it is stopped. Raises
    LLMError, JudgeError.
    """
    messages = build_messages(question, passages, (), prompts)
    rules = [message["content"] for message in messages if message["role"] == "system"]
    guard = Guard(map(full_text, passages), rules, settings.link_hosts)
    shown = SafeStream(guard)
    with write(question, passages, history, prompts=prompts, stop=stop) as stream:
        held = ""
        for part in stream:
            held += part
            # The words for "no answer" are for us, not for the reader.
            if not NO_ANSWER.startswith(held.lstrip().upper()[: len(NO_ANSWER)]):
                if safe := shown.feed(held):
                    yield safe
                held = ""
    text, model, call = stream.text, stream.model, stream.call
    if stop is not None and stop.is_set:
        return
    if not text.strip() or call is None:
        raise _silent(stream)
    if NO_ANSWER in text.upper():
        yield refuse(evidence, passages, model)._replace(usage=stream.usage, call=call)
        return
    if safe := shown.end():
        yield safe
    cited, notes = check_answer(text, passages, guard, check, settings)
    if not cited.is_grounded:
        note = f"Nothing that {model} wrote is borne out by the documents, so it is left out."
        draft = quote(evidence) if enough_to_quote else refuse(evidence, passages, model)
        yield draft._replace(usage=stream.usage, notes=(note,), call=call)
        return
    notes += call.notes
    if call.finish_reason == "length":
        notes += (f"The answer was cut off at {stream.max_tokens} tokens.",)
    yield Draft(
        cited.text,
        cited.citations,
        model=model,
        usage=stream.usage,
        notes=notes,
        unsupported=cited.unsupported,
        call=call,
    )


def check_answer(
    text: str,
    passages: Sequence[Passage],
    guard: Guard,
    check: SupportCheck,
    settings: AnswerSettings,
) -> tuple[CitedAnswer, tuple[str, ...]]:
    """What an LLM wrote, cleaned and with its citations checked; and what is to be noted of it.

    Raises what the check raises.
    """
    clean = guard.clean(text)
    removed = guard.notes()
    cited = cite(clean, passages, check, settings.unsupported)
    invented = cited.invented
    # Where a marker went, what stood on both its sides may have come together.
    for _ in range(MOST_ROUNDS):
        clean = guard.clean(cited.text)
        if clean == cited.text:
            break
        cited = cite(clean, passages, check, settings.unsupported)
    else:
        # What goes on making something of itself is no answer.
        cited = cite("", passages, check)
    return cited, (*_notes(cited, invented), *removed)


def _silent(stream: AnswerStream) -> LLMError:
    """The LLM answered, and said nothing: mostly all that it may write went into thinking."""
    does = "ask again, or choose another model"
    if stream.call is not None and stream.call.finish_reason == "length":
        does = f"its {stream.max_tokens} tokens went into thinking; raise RAG_LLM_MAX_TOKENS"
    error = LLMError(f"the answer of the LLM at {stream.endpoint} is empty; {does}")
    error.usage, error.call = stream.usage, stream.call
    return error


def _notes(cited: CitedAnswer, invented: int) -> tuple[str, ...]:
    unsupported = sum(not citation.supported for citation in cited.citations)
    counts = (
        (unsupported, "citation does not support its sentence", "citations do not support theirs"),
        (cited.uncited, "sentence has no support", "sentences have no support"),
        (
            cited.dropped,
            "sentence that no passage supports was left out",
            "sentences that no passage supports were left out",
        ),
        (invented, "invented citation was left out", "invented citations were left out"),
    )
    return tuple(f"{count} {one if count == 1 else more}." for count, one, more in counts if count)
