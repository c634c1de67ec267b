"""What is written section by section, as it grows: its limits, its steps, and what it is in the
end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import monotonic
from typing import NamedTuple

from rag_app.collection.rows import cells_of
from rag_app.collection.told import Told
from rag_app.llm.stop import Stop
from rag_app.messages import say, say_many
from rag_app.records import Answer, Failure, Hit, Step, Usage, total_usage
from rag_app.report.assemble import Section, assembled
from rag_app.retrieval.passage import Passage

# Who wrote what no LLM did: its ``model``.
MODEL = "report"
# The step that says that no more was written than the limits, or the reader, let.
CUT = "cut"


class Limits(NamedTuple):
    """What may be taken with an LLM, looked at before each section. A report makes one call for its
    outline, and one for each section, of which there are six at most; a summary one for each group
    of sections, and one for the whole."""

    tokens: int = 80_000
    seconds: float = 600.0


LIMITS = Limits()


class Made:
    """A ``kind`` of text, "report" or "summary", as it grows."""

    def __init__(
        self,
        kind: str,
        topic: str,
        began: float,
        on_step: Callable[[Step], None] | None = None,
    ) -> None:
        self.kind, self.topic, self.total, self.ended = kind, topic, 0, ""
        self.sections: list[Section] = []
        self.usage: Usage | None = None
        self.failure: Failure | None = None
        self._began, self._on_step = began, on_step
        self._steps: list[Step] = []
        self._notes: list[str] = []

    def tell(self, step: Step) -> None:
        self._steps.append(step)
        if self._on_step is not None:
            self._on_step(step)

    def note(self, text: str) -> None:
        self._notes.append(text)

    def over(self, limits: Limits, stop: Stop | None, *, is_done: bool = False) -> str:
        """Why no more is written; "" if it may be."""
        if stop is not None and stop.is_set:
            return say("it was stopped")
        if is_done:
            return ""
        used = self.usage
        if used is not None and used.prompt_tokens + used.completion_tokens >= limits.tokens:
            return say("its {tokens} tokens were used up", tokens=limits.tokens)
        if monotonic() - self._began >= limits.seconds:
            seconds = f"{limits.seconds:g}"
            return say("its {seconds} s were over", seconds=seconds)
        return ""

    def add(self, place: str, heading: str, answer: Answer) -> None:
        """Take a section that was written, unless it says that there is nothing to say."""
        self.usage = total_usage(self.usage, answer.usage)
        if answer.failure is not None:
            self.failed(answer.failure, place)
        if answer.refused:
            left_out = say(
                "“{heading}” was left out: the documents do not answer it.", heading=heading
            )
            self.note(left_out)
            return
        own = answer.notes if answer.failure is None else ()
        self._notes += [f"{heading}: {note}" for note in own]
        self.sections.append(Section(heading, answer))

    def repeats(self, heading: str, answer: Answer) -> None:
        """Leave out a section that says what others have said before it."""
        self.usage = total_usage(self.usage, answer.usage)
        self.note(
            say("“{heading}” was left out: the sections before it say the same.", heading=heading)
        )

    def failed(self, failure: Failure, place: str) -> None:
        self.failure = failure
        self.note(
            say(
                "The LLM failed at “{place}”; from there on the text is the documents' own words: "
                "{why}",
                place=place,
                why=failure.message,
            )
        )

    def refused(self, text: str) -> Answer:
        return self._answer(text, refused=True)

    def of_own_words(self, sections: Sequence[tuple[str, Sequence[Told]]], lead: str) -> Answer:
        """The documents' sentences under their headings, each cited, after a line that says so."""
        self.sections += [
            Section(heading, in_own_words(heading, told)) for heading, told in sections
        ]
        return self._answer("", lead=lead)

    def answer(self, nothing: str) -> Answer:
        """What was written."""
        if self.ended:
            done, planned = len(self.sections), self.total
            cut = say_many(
                "This text is not complete, because {why}. It has {done} of {count} section.",
                "This text is not complete, because {why}. It has {done} of {count} sections.",
                planned,
                why=self.ended,
                done=done,
            )
            self._notes.insert(0, cut)
            self.tell(Step(CUT, {"sections": done, "planned": planned}, cut))
        return self._answer(nothing, refused=not self.sections)

    def _answer(self, text: str, *, refused: bool = False, lead: str = "") -> Answer:
        whole = assembled(self.sections, lead)
        hits: dict[str, Hit] = {
            hit.chunk_id: hit for section in self.sections for hit in section.answer.hits
        }
        models = [one.answer.model for one in self.sections if one.answer.usage is not None]
        return Answer(
            question=self.topic,
            text=text if refused else whole.text,
            refused=refused,
            citations=tuple(whole.citations),
            hits=tuple(hits.values()),
            model=models[0] if models else self.kind,
            seconds=monotonic() - self._began,
            usage=self.usage,
            notes=tuple(self._notes),
            unsupported=tuple(whole.unsupported),
            failure=self.failure,
            checks=tuple(whole.checks),
            steps=tuple(self._steps),
        )


def in_own_words(heading: str, told: Sequence[Told]) -> Answer:
    """A section in sentences of a document, each cited."""
    citations = tuple(one.to_citation(at) for at, one in enumerate(told, start=1))
    text = "".join(_line(one, at) for at, one in enumerate(told, start=1)).strip()
    hits = {one.chunk.id: Passage(one.chunk, 1.0).to_hit() for one in told}
    return Answer(heading, text, False, citations, tuple(hits.values()), MODEL, 0.0)


def _line(one: Told, marker: int) -> str:
    """A sentence of a document with its marker; a row of a table as an item of a list."""
    is_row = bool(cells_of(one.chunk, one.start, one.end))
    return f"\n- {one.line} [{marker}]\n" if is_row else f"{one.line} [{marker}] "


def is_complete(answer: Answer) -> bool:
    """Whether all that was planned of a report was written, by the one who was to write it."""
    is_cut = any(step.tool == CUT for step in answer.steps)
    return not (answer.refused or is_cut or answer.failure is not None)
