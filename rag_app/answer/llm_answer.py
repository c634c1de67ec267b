"""An LLM's answer: streamed, made harmless, and its citations checked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rag_app.answer.draft import AnswerStream, Draft, Writer
from rag_app.answer.quotes import quote
from rag_app.answer.refusal import refuse
from rag_app.errors import LLMError
from rag_app.evidence.evidence import Evidence
from rag_app.grounding.citations import CitedAnswer, Remembered, cite
from rag_app.grounding.output_guard import Guard, SafeStream
from rag_app.grounding.support import SupportCheck
from rag_app.llm.stop import Stop
from rag_app.prompts import NO_ANSWER, AnswerPrompt
from rag_app.retrieval.passage import Passage, full_text
from rag_app.settings import AnswerSettings

MOST_ROUNDS = 5


def ask_llm(
    write: Writer,
    prompt: AnswerPrompt,
    evidence: Evidence,
    *,
    check: SupportCheck,
    settings: AnswerSettings,
    stop: Stop | None = None,
) -> Iterator[str | Draft]:
    """Stream an LLM's answer, then give it with its citations checked.

    An answer of which nothing is supported is not given: the documents' own words are, where
    they are enough, and else the refusal. Gives no draft when it is stopped. Raises LLMError,
    JudgeError.
    """
    passages = prompt.passages
    guard = Guard(map(full_text, passages), [prompt.rules], settings.link_hosts)
    shown = SafeStream(guard)
    with write(prompt, stop=stop) as stream:
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
        draft = quote(evidence) if evidence.is_enough else refuse(evidence, passages, model)
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
    check = Remembered(check)
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
