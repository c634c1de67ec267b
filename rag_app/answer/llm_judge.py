"""A judge of sentences: the LLM itself, asked whether a claim follows from the words it cites.

One request a claim, with the texts as data between tags that they cannot imitate. The probability
is that of the first token, where the endpoint gives it, and else 1, 0.4 or 0 for the word. What the
LLM says here only decides between "supported" and "not found"; no reader sees it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from time import monotonic

from rag_app.errors import LLMError
from rag_app.llm.client import ChatModel
from rag_app.llm.stop import Stop
from rag_app.llm.text import answer_only
from rag_app.prompts import Prompts
from rag_app.records import Usage

# Of one answer: claims that are asked about, and seconds for all of them together.
MOST_ASKED = 40
MOST_SECONDS = 60.0
# How many candidates for the first token are asked for: enough for all ways to write three words.
CANDIDATES = 5
# What is partly there is not there: below ``similarity.ENOUGH``.
WORTH = {"yes": 1.0, "partly": 0.4, "no": 0.0}
# The first of these words decides: "not supported" is a no, "Answer: **Partially**" is partly.
WORD = re.compile(
    r"\b(?:(?P<yes>yes|true|supported|follows)|(?P<partly>part(?:ly|ial|ially)?)"
    r"|(?P<no>no|not|none|false|unsupported|contradict\w*))\b",
    re.IGNORECASE,
)
# A word that stands first, and is whole since something follows it, ends the reading. What begins
# otherwise may be thinking that nothing marks before its end.
BEGINS = re.compile(rf"[\W_]*+{WORD.pattern}\W", re.IGNORECASE)
NOTE = "The LLM didn't check all sentences: {}. The others were checked by rules."
# Beside a candidate for the first token, the others must leave it a probability that means much.
LEAST_MASS = 0.2


class LLMJudge:
    """Judges the claims of one answer. ``usage`` is what that took; ``note`` says why it did not
    judge all of them, None if it did: the LLM failed, or the answer is too long."""

    reads_passages = True

    def __init__(
        self,
        llm: ChatModel,
        prompts: Prompts,
        *,
        stop: Stop | None = None,
        most_asked: int = MOST_ASKED,
        seconds: float = MOST_SECONDS,
    ) -> None:
        """The time begins with the first claim."""
        self.note: str | None = None
        self.usage: Usage | None = None
        self._llm, self._prompts, self._stop = llm, prompts, stop
        self._most_asked, self._seconds = most_asked, seconds
        self._deadline: float | None = None
        self._has_ended = False
        self._known: dict[tuple[str, ...], list[float]] = {}

    def follows(self, claim: str, texts: Sequence[str]) -> list[float]:
        """The probability that the claim follows from all texts together; nothing where the LLM
        gave no answer, or is not asked any more."""
        asked = (claim, *texts)
        if not texts or asked in self._known:
            return self._known.get(asked, [])
        if self._has_ended or (self._stop is not None and self._stop.is_set):
            return []
        if self._deadline is None:
            self._deadline = monotonic() + self._seconds
        if len(self._known) >= self._most_asked:
            self._end(f"it is asked about {self._most_asked} of an answer")
            return []
        try:
            self._known[asked] = self._asked(claim, texts, self._deadline)
        except LLMError as error:
            late = monotonic() >= self._deadline
            self._end(f"it needs more than {self._seconds:g} s" if late else str(error))
        return self._known.get(asked, [])

    def _asked(self, claim: str, texts: Sequence[str], deadline: float) -> list[float]:
        """Ask, and read no further than to a first word that decides. Raises LLMError."""
        messages = self._prompts.judge_messages(claim, texts)
        stop, said, likely = self._stop, "", None
        stream = self._llm.stream(messages, deadline=deadline, logprobs=CANDIDATES)
        with stream, stop.calling(stream.close) if stop else nullcontext():
            for part in stream:
                said += part
                likely = _likely(stream.first)
                if likely is not None or BEGINS.match(said):
                    break
        if stream.usage is not None:
            self.usage = stream.usage if self.usage is None else self.usage + stream.usage
        if stop is not None and stop.is_set:
            return []
        read = likely if likely is not None else _read(answer_only(said))
        if read is None:
            self.note = NOTE.format("it answered neither yes nor no")
        return [] if read is None else [read]

    def _end(self, why: str) -> None:
        self.note, self._has_ended = NOTE.format(why), True


def _read(said: str) -> float | None:
    """What an answer is worth by its first word that decides."""
    found = WORD.search(said)
    return WORTH[found.lastgroup] if found and found.lastgroup else None


def _likely(candidates: Mapping[str, float]) -> float | None:
    """The mean worth of the words that the first token may begin, by their probabilities; None
    where these words are unlikely, as before the first word of a sentence or of thinking."""
    worth = mass = 0.0
    for token, logarithm in candidates.items():
        begun = token.strip().casefold()
        words = [word for word in WORTH if begun and word.startswith(begun)]
        if len(words) == 1:
            probability = math.exp(min(logarithm, 0.0))
            mass += probability
            worth += probability * WORTH[words[0]]
    return worth / mass if mass >= LEAST_MASS else None
