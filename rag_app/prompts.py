"""What is sent to the LLM: the texts of ``prompts.toml``, filled in.

The texts are data. A user's own file replaces some or all of them, and is checked when it is
read: a text without a word in braces that it needs would send a question without its passages.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from ingest.errors import UsageError
from ingest.text.invisible import without_invisible
from rag_app.fences import attribute, fence_for, place_in, place_of
from rag_app.records import Turn
from rag_app.retrieval.passage import Passage

# What the LLM is to say when the passages hold no answer. Recognised in
# ``rag_app.answer.llm_answer``.
NO_ANSWER = "NOT IN THE DOCUMENTS"

SHIPPED = Path(__file__).with_name("prompts.toml")
# Of each message of a conversation, so many characters are shown where a question is rewritten:
# enough to say what it is about.
SHOWN = 500

# Each text: the variables that it must have, and those that it may have.
VARIABLES: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "answer.system": (frozenset({"no_answer"}), frozenset({"fence"})),
    "answer.passage": (frozenset({"fence", "number", "text"}), frozenset({"document", "place"})),
    "answer.question": (frozenset({"passages", "question"}), frozenset({"fence"})),
    "extract.system": (frozenset(), frozenset({"fence"})),
    "extract.question": (frozenset({"fence", "fields", "text"}), frozenset({"document"})),
    "answer.result": (frozenset({"fence", "text"}), frozenset()),
    "generate.system": (frozenset(), frozenset({"fence"})),
    "generate.passage": (frozenset({"fence", "text"}), frozenset({"place"})),
    "judge.system": (frozenset(), frozenset({"fence"})),
    "judge.text": (frozenset({"fence", "text"}), frozenset({"number"})),
    "judge.question": (frozenset({"fence", "texts", "claim"}), frozenset()),
    "report.outline": (frozenset(), frozenset({"fence", "most"})),
    "report.passage": (frozenset({"fence", "text"}), frozenset({"document", "place"})),
    "report.topic": (frozenset({"passages", "topic"}), frozenset({"fence", "headings"})),
    "report.section": (frozenset({"no_answer"}), frozenset({"fence"})),
    "rewrite.system": (frozenset(), frozenset()),
    "rewrite.question": (frozenset({"conversation", "question"}), frozenset()),
    "steps.system": (frozenset({"tools"}), frozenset({"fence"})),
    "steps.question": (frozenset({"log", "question"}), frozenset({"left"})),
    "steps.step": (frozenset({"tool", "text"}), frozenset({"arguments"})),
    "steps.passage": (frozenset({"fence", "document", "text"}), frozenset({"place", "start"})),
    "steps.result": (frozenset({"fence", "text"}), frozenset({"tool"})),
    "summary.section": (frozenset({"no_answer"}), frozenset({"fence"})),
    "summary.question": (frozenset({"question"}), frozenset({"part"})),
    "tables.system": (frozenset(), frozenset({"fence"})),
    "tables.table": (frozenset({"fence", "number", "text"}), frozenset({"document"})),
    "tables.question": (frozenset({"tables", "question"}), frozenset()),
    "topic.system": (frozenset(), frozenset({"fence"})),
    "topic.passages": (frozenset({"fence", "words", "passages"}), frozenset()),
}

_VARIABLE = re.compile(r"\{([a-z_]+)\}")


class Prompts:
    """The texts, by their names in ``VARIABLES``, and the messages that are made of them."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = dict(texts)

    def fill(self, name: str, **values: object) -> str:
        """A text with its variables filled in, in one go: braces in a value stay what they are."""
        return _VARIABLE.sub(lambda match: str(values[match[1]]), self._texts[name])

    def using(self, name: str, other: str) -> Prompts:
        """The same with another text of theirs in the place of one: what one kind of answer is
        told in place of the usual."""
        return Prompts({**self._texts, name: self._texts[other]})

    def answer_messages(
        self,
        question: str,
        passages: Sequence[Passage],
        history: Sequence[Turn] = (),
        worked_out: Sequence[str] = (),
    ) -> list[dict[str, str]]:
        """The messages of a question: the rules, the conversation so far, passages, what the
        program ``worked_out``, question.

        Of passages, what a reader sees: a store may have been filled by an earlier version.
        """
        texts = [without_invisible(passage.chunk.text) for passage in passages]
        worked_out = [without_invisible(one) for one in worked_out]
        fence = fence_for([*texts, *worked_out])
        numbered = "\n\n".join(
            self.fill(
                "answer.passage",
                fence=fence,
                number=number,
                document=attribute(passage.chunk.documents[0]),
                place=place_of(passage),
                text=text,
            )
            for number, (passage, text) in enumerate(zip(passages, texts, strict=True), start=1)
        )
        results = (self.fill("answer.result", fence=fence, text=one) for one in worked_out)
        read = "\n\n".join([numbered, *results])
        asked = self.fill("answer.question", fence=fence, passages=read, question=question)
        rules = self.fill("answer.system", fence=fence, no_answer=NO_ANSWER)
        return [
            {"role": "system", "content": rules},
            *({"role": turn.role, "content": turn.content} for turn in history),
            {"role": "user", "content": asked},
        ]

    def extract_messages(
        self, document: str, text: str, fields: Sequence[str]
    ) -> list[dict[str, str]]:
        """The messages that ask for the fields of a document, each told in a line."""
        text = without_invisible(text)
        fence = fence_for([text, *fields])
        asked = self.fill(
            "extract.question",
            fence=fence,
            fields="\n".join(fields),
            text=text,
            document=attribute(document),
        )
        rules = self.fill("extract.system", fence=fence)
        return [{"role": "system", "content": rules}, {"role": "user", "content": asked}]

    def generate_messages(self, passage: str, headings: Sequence[str]) -> list[dict[str, str]]:
        """The messages that ask for a question of a passage, which stands under headings."""
        passage = without_invisible(passage)
        fence = fence_for([passage])
        place = place_in(None, headings)
        fenced = self.fill("generate.passage", fence=fence, place=place, text=passage)
        return [
            {"role": "system", "content": self.fill("generate.system", fence=fence)},
            {"role": "user", "content": fenced},
        ]

    def judge_messages(self, claim: str, texts: Sequence[str]) -> list[dict[str, str]]:
        """The messages that ask whether a claim follows from texts. All of them were written by
        others, the claim too: an LLM wrote it that has read documents."""
        claim, *texts = map(without_invisible, [claim, *texts])
        fence = fence_for([claim, *texts])
        numbered = "\n\n".join(
            self.fill("judge.text", fence=fence, number=number, text=text)
            for number, text in enumerate(texts, start=1)
        )
        asked = self.fill("judge.question", fence=fence, texts=numbered, claim=claim)
        return [
            {"role": "system", "content": self.fill("judge.system", fence=fence)},
            {"role": "user", "content": asked},
        ]

    def rewrite_messages(self, question: str, history: Sequence[Turn]) -> list[dict[str, str]]:
        """The messages that ask for a question that stands alone."""
        told = (f"{turn.role}: {' '.join(turn.content.split())[:SHOWN]}" for turn in history)
        asked = self.fill("rewrite.question", conversation="\n".join(told), question=question)
        return [
            {"role": "system", "content": self.fill("rewrite.system")},
            {"role": "user", "content": asked},
        ]

    def topic_messages(self, words: Sequence[str], passages: Sequence[str]) -> list[dict[str, str]]:
        """The messages that ask for the name of a topic, by its words and some of its passages."""
        words, passages = ([without_invisible(one) for one in texts] for texts in (words, passages))
        fence = fence_for([*words, *passages])
        listed = "\n".join(f"- {passage}" for passage in passages)
        asked = self.fill("topic.passages", fence=fence, words=", ".join(words), passages=listed)
        return [
            {"role": "system", "content": self.fill("topic.system", fence=fence)},
            {"role": "user", "content": asked},
        ]


@cache
def shipped_prompts() -> Prompts:
    """The texts of ``prompts.toml``."""
    return Prompts(_read(SHIPPED))


def load_prompts(path: Path | None) -> Prompts:
    """The texts, with those of a user's file in place of the shipped.

    Raises UsageError, which names the file and the text, if it cannot be read, names a text that
    there is not, or if a text has a variable that there is not or lacks one that it needs.
    """
    if path is None:
        return shipped_prompts()
    return Prompts({**shipped_prompts()._texts, **_read(path)})


@dataclass(frozen=True)
class AnswerPrompt:
    """A question to the LLM about numbered passages, and what the program ``worked_out`` for it: a
    count, a sum."""

    prompts: Prompts
    question: str
    passages: tuple[Passage, ...]
    history: tuple[Turn, ...] = ()
    worked_out: tuple[str, ...] = ()

    @cached_property
    def _whole(self) -> list[dict[str, str]]:
        return self._messages(self.passages, self.history)

    def _messages(
        self, passages: Sequence[Passage], history: Sequence[Turn]
    ) -> list[dict[str, str]]:
        return self.prompts.answer_messages(self.question, passages, history, self.worked_out)

    @property
    def given(self) -> str:
        """What a claim may be made of beside the passages: the question, and what the program
        worked out."""
        return "\n".join([self.question, *self.worked_out])

    @property
    def rules(self) -> str:
        """What the LLM is told beside the passages: nothing that a reader should see."""
        return self._whole[0]["content"]

    def messages(self, given: int, *, with_history: bool = True) -> list[dict[str, str]]:
        """The messages with the first ``given`` passages."""
        if given >= len(self.passages) and (with_history or not self.history):
            return list(self._whole)
        history = self.history if with_history else ()
        return self._messages(self.passages[:given], history)


def _read(path: Path) -> dict[str, str]:
    try:
        tables: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is not TOML: {error}") from None
    texts = {}
    for table, entries in tables.items():
        for key, text in entries.items() if isinstance(entries, dict) else [("", entries)]:
            name = f"{table}.{key}" if key else table
            if name not in VARIABLES:
                raise UsageError(
                    f"{path}: there is no text {name!r}; there are: {', '.join(VARIABLES)}"
                )
            texts[name] = _checked(path, name, text)
    return texts


def _checked(path: Path, name: str, text: object) -> str:
    """A text whose variables are right."""
    if not isinstance(text, str) or not text.strip():
        raise UsageError(f"{path}: {name} must be a text")
    needed, allowed = VARIABLES[name]
    found = set(_VARIABLE.findall(text))
    if unknown := sorted(found - needed - allowed):
        known = ", ".join(f"{{{one}}}" for one in sorted(needed | allowed)) or "none"
        raise UsageError(f"{path}: {name} has no variable {{{unknown[0]}}}; it has: {known}")
    if missing := sorted(needed - found):
        raise UsageError(f"{path}: {name} lacks the variable {{{missing[0]}}}")
    return text
