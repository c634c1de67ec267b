"""A follow-up question made to stand alone: by the LLM where there is one, else by rules.

The rules of its language (``rag_app.questions.follow_up``) decide whether anything is left out:
what stands alone is never sent, so that a new topic costs no time and stays as it was typed; in a
language without rules the LLM is asked each time. What the LLM makes of the rest is taken if it is
one question of sane length that is made of the conversation's words;
otherwise, and if the LLM fails, the rules' question is.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from functools import partial
from typing import NamedTuple, Protocol

from ingest.embed.embedder import Embedder
from ingest.text.analyzer import stems
from ingest.text.language import question_language
from ingest.tracing.traced import traced
from rag_app.errors import LLMError
from rag_app.languages import FOLLOW_UPS
from rag_app.llm.stop import Stop
from rag_app.prompts import Prompts, shipped_prompts
from rag_app.questions.follow_up.follow_up_english import ENGLISH
from rag_app.questions.follow_up.follow_up_german import GERMAN
from rag_app.questions.follow_up.follow_up_plain import PLAIN
from rag_app.questions.follow_up.in_its_place import in_its_place
from rag_app.questions.follow_up.resolved import LONGEST, FollowUps, Placing, follow_up
from rag_app.records import LLMCall, Turn, Usage
from rag_app.tracing.attributes import of_rewrite

# So much of what the LLM wrote must be words of the conversation.
SHARED = 0.5

logger = logging.getLogger(__name__)


class Rewriter(Protocol):
    """What writes a whole reply: ``rag_app.llm.client.ChatModel``, or a record of what one
    wrote."""

    def complete(
        self, messages: Sequence[Mapping[str, str]], *, stop: Stop | None = None
    ) -> tuple[str, Usage | None]:
        """The reply and its tokens. Raises LLMError."""
        ...


class Rewritten(NamedTuple):
    """The question as it is searched for, and what was asked of the LLM, if anything was.
    ``carried`` is the question with the subject of the conversation, where it may lean on it."""

    question: str
    call: LLMCall | None = None
    carried: str | None = None


@traced("rewrite", "CHAIN", of_rewrite)
def rewritten(
    question: str,
    history: Sequence[Turn],
    llm: Rewriter | None,
    prompts: Prompts | None = None,
    stop: Stop | None = None,
    embedder: Embedder | None = None,
) -> Rewritten:
    """The question as it can be searched for by itself; itself where nothing is left out. After
    ``stop.set()`` by another thread the LLM is left at once."""
    language = language_in(question, history)
    rules = rules_for(language)
    by_rules, carried = follow_up(rules, question, history, _placing(embedder, language))
    if llm is None or not history or not rules.leaves_out(question):
        return Rewritten(by_rules, carried=carried)
    messages = (prompts or shipped_prompts()).rewrite_messages(question, history)
    try:
        written, _ = llm.complete(messages, stop=stop)
    except LLMError as error:
        logger.warning("The question was made to stand alone by rules: %s", error)
        return Rewritten(by_rules, carried=carried)
    made = written.strip().strip("\"'“”").strip()
    return Rewritten(
        made if is_sane(made, question, history, language) else by_rules,
        LLMCall(tuple(messages), written),
    )


def rules_for(language: str | None) -> FollowUps:
    """What is known of follow-up questions in a language."""
    return FOLLOW_UPS.of(language, en=ENGLISH, de=GERMAN) or PLAIN


def language_in(question: str, history: Sequence[Turn]) -> str | None:
    """The language of a question: where it says too little by itself, that of the questions before
    it."""
    language: str | None = None
    for asked in (*(turn.content for turn in history if turn.role == "user"), question):
        language = question_language(asked, (language,) if language else ())
    return language


def _placing(embedder: Embedder | None, language: str | None) -> Placing:
    if embedder is None or not embedder.knows(language or "en"):
        return lambda *_: None
    return partial(in_its_place, embedder=embedder, language=language)


def is_sane(made: str, question: str, history: Sequence[Turn], language: str | None = None) -> bool:
    """Whether what an LLM made of a question is one line, not too long, of words that were said."""
    words = set(stems(made, language))
    said = set(stems("\n".join([question, *(turn.content for turn in history)]), language))
    return (
        0 < len(made) <= LONGEST
        and "\n" not in made
        and bool(words)
        and len(words & said) >= SHARED * len(words)
    )
