"""An LLM's answer: streamed, made harmless, and its citations checked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ingest.tracing.traced import traced
from rag_app.answer.draft import AnswerStream, Draft, Writer
from rag_app.answer.quotes import quote
from rag_app.answer.refusal import refuse
from rag_app.errors import LLMError
from rag_app.evidence.evidence import Evidence
from rag_app.grounding.checker import Checker
from rag_app.grounding.citations import CitedAnswer, cite
from rag_app.grounding.output_guard import Guard, SafeStream
from rag_app.llm.stop import Stop
from rag_app.messages import say, say_many
from rag_app.prompts import NO_ANSWER, AnswerPrompt
from rag_app.retrieval.passage import Passage, full_text
from rag_app.settings import AnswerSettings
from rag_app.tracing.attributes import of_check

MOST_ROUNDS = 5


def ask_llm(
    write: Writer,
    prompt: AnswerPrompt,
    evidence: Evidence,
    *,
    checker: Checker,
    settings: AnswerSettings,
    stop: Stop | None = None,
) -> Iterator[str | Draft]:
    """Stream an LLM's answer, then give it with each of its sentences checked.

    It is given as it is, and says of each sentence how it stands. The documents' own words take its
    place only where nothing of it has to do with the passages, and stand beside its "no" where
    they are enough to quote. Gives no draft when it is stopped. Raises LLMError, JudgeError.
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
    text = without_no_answer(text)
    cited, notes = check_answer(text, passages, guard, checker, settings, prompt.given)
    usage, judge = stream.usage, checker.judge
    if judge is not None and judge.usage is not None:
        usage = judge.usage if usage is None else usage + judge.usage
    if cited.says_no or text in ("", NO_ANSWER):
        note = say(
            "{model} found no answer in these passages. Here are the documents' own words.",
            model=model,
        )
        yield _own_words(evidence, passages, model, note)._replace(usage=usage, call=call)
        return
    if safe := shown.end():
        yield safe
    if not cited.is_related:
        note = say(
            "{model}'s answer wasn't supported by your documents, so here are their own words.",
            model=model,
        )
        yield _own_words(evidence, passages, model, note)._replace(usage=usage, call=call)
        return
    notes += call.notes
    if judge is not None and judge.note:
        notes += (judge.note,)
    if call.finish_reason == "length":
        most = stream.max_tokens
        notes += (say("The answer was cut off at {tokens} tokens.", tokens=most),)
    yield Draft(
        cited.text,
        cited.citations,
        model=model,
        usage=usage,
        notes=notes,
        unsupported=cited.unsupported,
        call=call,
        checks=cited.checks,
    )


def without_no_answer(text: str) -> str:
    """An answer without the words for "no answer", where it says more than them: of a partial
    answer the rest is the answer. In small letters they are words like others."""
    if text.strip(" .\n").upper() == NO_ANSWER:
        return NO_ANSWER
    rest = re.sub(rf"\W*\b{re.escape(NO_ANSWER)}\b\W*", " ", text)
    return text if rest == text else rest.strip()


def _own_words(
    evidence: Evidence,
    passages: Sequence[Passage],
    model: str,
    note: str,
) -> Draft:
    """Quotes with a note, where there is enough to quote; else a refusal."""
    if evidence.is_enough:
        return quote(evidence)._replace(notes=(note,))
    return refuse(evidence, passages, model)


@traced("check", "GUARDRAIL", of_check)
def check_answer(
    text: str,
    passages: Sequence[Passage],
    guard: Guard,
    checker: Checker,
    settings: AnswerSettings,
    question: str = "",
) -> tuple[CitedAnswer, tuple[str, ...]]:
    """What an LLM wrote, cleaned and with its citations checked; and what is to be noted of it.

    Raises what the check raises.
    """
    clean = guard.clean(text)
    removed = guard.notes()
    cited = cite(clean, passages, checker, settings.unsupported, question)
    invented = cited.invented
    # Where a marker went, what stood on both its sides may have come together.
    for _ in range(MOST_ROUNDS):
        clean = guard.clean(cited.text)
        if clean == cited.text:
            break
        cited = cite(clean, passages, checker, settings.unsupported, question)
    else:
        # What goes on making something of itself is no answer.
        cited = cite("", passages, checker)
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
    unsupported = len(cited.unsupported)
    unchecked = sum(one.status == "not_checked" for one in cited.checks)
    told: list[str] = []
    if unsupported:
        told.append(
            say_many(
                "{count} sentence isn't supported by its sources.",
                "{count} sentences aren't supported by their sources.",
                unsupported,
            )
        )
    if unchecked:
        told.append(
            say_many(
                "{count} sentence couldn't be checked.",
                "{count} sentences couldn't be checked.",
                unchecked,
            )
        )
    if cited.dropped:
        told.append(
            say_many(
                "{count} sentence that no passage supports was left out.",
                "{count} sentences that no passage supports were left out.",
                cited.dropped,
            )
        )
    if invented:
        told.append(
            say_many(
                "{count} invented citation was left out.",
                "{count} invented citations were left out.",
                invented,
            )
        )
    return tuple(told)
