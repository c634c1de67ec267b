"""Small talk: greetings, thanks and goodbyes, which get a fixed reply and no search.

Told by the embedding model and not by a list of words: what is nearer to examples of small talk
than to examples of questions, by a clear margin. Of 682 questions of five sets none came nearer
than 0.24, of 24 pieces of English small talk none stayed below 0.28 (docs/LOG.md, 2026-11-29).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from functools import cache, cached_property
from typing import NamedTuple

from ingest.embed.embedder import Embedder
from ingest.errors import EmbedderError
from ingest.similarity import Vectors, similarities, unit
from ingest.text.language import question_language
from ingest.text.scripts import LATIN, script_of
from rag_app.messages import LANGUAGES, say, speaking
from rag_app.records import Turn
from rag_app.retrieval.query import vector_of

LONGEST = 60  # characters
MARGIN = 0.27
QUESTION_MARK = re.compile("[?？؟¿]")
HELLO, WELCOME, GOODBYE = "hello", "welcome", "goodbye"
SAID = {
    "Hello!": HELLO, "Good morning!": HELLO, "How are you?": HELLO,
    "Hallo!": HELLO, "Bonjour !": HELLO, "¡Hola!": HELLO,
    "Thank you very much!": WELCOME, "thx": WELCOME, "Cheers!": WELCOME, "Ok, cool.": WELCOME,
    "Many thanks, that helps.": WELCOME, "Got it, thanks.": WELCOME, "Understood.": WELCOME,
    "Wonderful, thank you.": WELCOME, "That's all, thanks.": WELCOME, "Nice one!": WELCOME,
    "Perfect!": WELCOME, "Danke!": WELCOME, "Merci !": WELCOME, "¡Gracias!": WELCOME,
    "Goodbye!": GOODBYE, "Thanks, bye!": GOODBYE, "See you!": GOODBYE,
}  # fmt: skip
ASKED = (
    "What does it cost?", "Who is responsible for it?", "How is this done?", "When does it start?",
    "Is this allowed?", "What about the other one?", "the rules of the house", "a list of prices",
    "where it is",
)  # fmt: skip


class Reply(NamedTuple):
    """What kind of reply is meant, and the cosine of what was said with the nearest example."""

    kind: str
    cosine: float

    @property
    def text(self) -> str:
        """The reply in the language that is spoken now."""
        return _reply(self.kind)


def _reply(kind: str) -> str:
    if kind == HELLO:
        return say("Hello! Ask me anything about your documents.")
    if kind == WELCOME:
        return say("You're welcome. Ask me anything else about your documents.")
    return say("Goodbye!")


@cache
def _replies() -> frozenset[str]:
    """All replies, in all languages."""
    found: set[str] = set()
    for language in LANGUAGES:
        with speaking(language):
            found.update(map(_reply, (HELLO, WELCOME, GOODBYE)))
    return frozenset(found)


class SmallTalk:
    """Tells small talk from questions. Threads may share it."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def vector_of(self, text: str) -> Vectors | None:
        """The vector of a text that may be small talk, shape (dimension,); None for a long one, or
        where the model cannot be used: the search says why."""
        with suppress(EmbedderError):
            return vector_of(text, self._embedder) if len(text) <= LONGEST else None
        return None

    def reply(self, vector: Vectors, text: str = "") -> Reply | None:
        """The reply to small talk, by its vector, None to anything else: to a question too in a
        language that the model does not know, of which the vector tells nothing. Raises
        EmbedderError."""
        language = question_language(text, ())
        if (
            language is not None
            and not self._embedder.knows(language)
            and (script_of(language) != LATIN or QUESTION_MARK.search(text))
        ):
            return None
        cosines = similarities(self._examples, unit(vector)).tolist()
        said, asked = cosines[: len(SAID)], cosines[len(SAID) :]
        if max(said) - max(asked) < MARGIN:
            return None
        return Reply([*SAID.values()][said.index(max(said))], max(said))

    @cached_property
    def _examples(self) -> Vectors:
        """Shape (examples, dimension)."""
        return unit(self._embedder.encode_queries([*SAID, *ASKED]))


def without_small_talk(history: Sequence[Turn]) -> list[Turn]:
    """A conversation without what had such a reply: nothing goes on from that."""
    kept: list[Turn] = []
    for turn in history:
        if turn.role == "assistant" and turn.content in _replies():
            if kept and kept[-1].role == "user":
                kept.pop()
        else:
            kept.append(turn)
    return kept
