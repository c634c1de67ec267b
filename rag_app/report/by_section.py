"""The summary of a document by an LLM, section by section: each from its own passages, checked like
any answer, and kept until the passages, the model or the prompts change."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from time import monotonic
from typing import Any, NamedTuple

import numpy as np
from pydantic import TypeAdapter, ValidationError

from ingest.errors import StoreError
from rag_app.answer.draft import Draft
from rag_app.collection.kept_files import KeptFiles
from rag_app.collection.sections import Section
from rag_app.engine import Engine
from rag_app.evidence.evidence import Evidence
from rag_app.finding import Found, speak_as_asked
from rag_app.llm.stop import Stop
from rag_app.messages import in_its_own_language, say, say_many
from rag_app.prompts import AnswerPrompt
from rag_app.records import Answer, Step
from rag_app.report.assemble import GAP
from rag_app.report.made import LIMITS, Limits, Made, in_own_words
from rag_app.retrieval.passage import Passage
from rag_app.summary.answer import heading_of, longest, summary_of
from rag_app.summary.sentences import telling
from rag_app.summary.subject import Subject
from rag_app.writing import written

# A document is told in so many parts at most: its sections, or some that follow each other. Of each
# the LLM reads so many passages: the first, and those nearest to the middle of the part.
MOST_PARTS = 10
PASSAGES = 8
KEPT = 400  # files
OWN_SENTENCES = 2


class Part(NamedTuple):
    """Sections that are told together, under a heading."""

    heading: str
    sections: tuple[Section, ...]


@in_its_own_language
def sum_up(
    engine: Engine,
    question: str,
    subject: Subject,
    *,
    stop: Stop | None = None,
    on_step: Callable[[Step], None] | None = None,
    limits: Limits = LIMITS,
) -> Generator[str | Answer]:
    """Sum up a subject: parts of the text as they come, and then the Answer, in Markdown with a
    heading for the whole and one for each part of the document.

    Where the LLM fails, the parts from there on are sentences of the document. After
    ``stop.set()``, or at the end of the ``limits``, the Answer has what was finished, and says so.
    Raises EmbedderError, JudgeError, and LLMError with ``llm_fallback`` off.
    """
    with engine.parts.searcher.reading() as snapshot:
        speak_as_asked(question, snapshot)
    made = Made("summary", question, monotonic(), on_step)
    embedder = engine.parts.searcher.embedder
    parts = parts_of(subject)
    made.total = len(parts) + 1
    whole = summary_of(subject, embedder)
    writer = _Writer(engine, question, stop)
    yield heading_of(subject) + GAP
    for number, part in enumerate([None, *parts]):
        made.ended = made.over(limits, stop)
        if made.ended:
            break
        heading = say("In short") if part is None else part.heading
        place = heading
        if part is not None:
            place = say(
                "Part {number} of {total}: {heading}",
                number=number,
                total=len(parts),
                heading=heading,
            )
        made.tell(Step("section", {"heading": heading}, place))
        yield f"{GAP if made.sections else ''}## {heading}{GAP}"
        passages = whole.passages if part is None else passages_of(part)
        answer: Answer | None = None
        if not made.failure:
            for one in writer.write(heading, passages, is_whole=part is None):
                if isinstance(one, Answer):
                    answer = one
                else:
                    yield one
        if answer is not None and not answer.refused:
            made.add(place, heading, answer)
            continue
        if answer is not None and answer.failure is not None:
            made.failed(answer.failure, heading)
        if part is not None and not (stop is not None and stop.is_set):
            told = telling(part.sections, embedder, OWN_SENTENCES)
            own = in_own_words(heading, [one for sentences in told for one in sentences])
            if own.text:
                yield own.text
                made.add(place, heading, own)
    made.ended = made.ended or made.over(limits, stop, is_done=True)
    if writer.kept:
        made.note(
            say_many(
                "Kept from before, because nothing has changed: {count} part.",
                "Kept from before, because nothing has changed: {count} parts.",
                writer.kept,
            )
        )
    yield made.answer(say("The document says nothing that could be summed up."))


def parts_of(subject: Subject) -> list[Part]:
    """The sections of a subject in parts, as many as may be."""
    sections = longest(subject.sections)
    each = -(-len(sections) // MOST_PARTS)
    groups = [sections[at : at + each] for at in range(0, len(sections), each)]
    return [Part(_heading(group, at), tuple(group)) for at, group in enumerate(groups, start=1)]


def passages_of(part: Part) -> tuple[Passage, ...]:
    """The passages of a part that an LLM reads, in their order."""
    chunks = {one.id: one for section in part.sections for one in section.chunks}
    vectors = {
        one.id: vector
        for section in part.sections
        for one, vector in zip(section.chunks, section.vectors, strict=True)
    }
    middle = np.mean(list(vectors.values()), axis=0)
    first, *others = chunks
    others.sort(key=lambda id_: -float(vectors[id_] @ middle))
    wanted = {first, *others[: PASSAGES - 1]}
    return tuple(Passage(chunk, 1.0) for id_, chunk in chunks.items() if id_ in wanted)


def _heading(group: Sequence[Section], number: int) -> str:
    titles = [one.title for one in group if one.title]
    if not titles:
        return say("Part {number}", number=number)
    return titles[0] if len(titles) == 1 else f"{titles[0]} – {titles[-1]}"


class _Writer:
    """Has the LLM sum up a part, unless what it said of the same passages is kept."""

    def __init__(self, engine: Engine, question: str, stop: Stop | None) -> None:
        self._parts, self._question, self._stop = engine.parts, question, stop
        self._prompts = engine.prompts.using("answer.system", "summary.section")
        self._files = KeptFiles(engine.store.directory / "summaries", KEPT)
        self._answers = TypeAdapter(Answer)
        assert engine.llm is not None
        self._model = engine.llm.model
        self.kept = 0

    def write(
        self, heading: str, passages: tuple[Passage, ...], *, is_whole: bool
    ) -> Iterator[str | Answer]:
        """The words of a part as they come, and the answer of it; none if it was stopped."""
        prompts, asked = self._prompts, self._question
        if is_whole:
            prompts = self._parts.prompts
        else:
            asked = prompts.fill("summary.question", part=f"“{heading}”", question=asked)
        prompt = AnswerPrompt(prompts, asked, passages)
        key = [
            self._model,
            [[one.chunk.id, one.chunk.start] for one in passages],
            prompt.messages(len(passages)),
        ]
        kept = self._read(key)
        if kept is not None:
            self.kept += 1
            yield kept.text
            yield kept
            return
        began = monotonic()
        evidence = Evidence(passages, (), 0.0, shares_words=True)
        found = Found(asked, None, evidence)
        for one in written(self._parts, self._parts.models, found, prompt, True, self._stop):
            if isinstance(one, Draft):
                answer = _answer(asked, one, passages, monotonic() - began)
                if answer.failure is None and not answer.refused:
                    self._keep(key, answer)
                yield answer
            else:
                yield one

    def _read(self, key: object) -> Answer | None:
        value: Any = self._files.read("section", key)
        try:
            return None if value is None else self._answers.validate_python(value)
        except ValidationError:
            return None

    def _keep(self, key: object, answer: Answer) -> None:
        value = self._answers.dump_python(answer, mode="json") | {"usage": None}
        try:
            self._files.keep("section", key, value)
        except StoreError:  # a store that is only read; it is written again the next time
            return


def _answer(asked: str, draft: Draft, passages: Sequence[Passage], seconds: float) -> Answer:
    return Answer(
        question=asked,
        text=draft.text,
        refused=draft.refused,
        citations=draft.citations,
        hits=tuple(one.to_hit() for one in passages),
        model=draft.model,
        seconds=seconds,
        usage=draft.usage,
        notes=draft.notes,
        unsupported=draft.unsupported,
        failure=draft.failure,
        checks=draft.checks,
    )
