"""Names of topics: by an LLM where there is one, else by their words."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from rag_app.errors import LLMError
from rag_app.insights.base.steps import QUIET, Steps
from rag_app.llm.client import ChatModel
from rag_app.llm.stop import Stop
from rag_app.prompts import Prompts

NAMED_BY = 3  # words
LONGEST = 60  # characters
SHOWN = 300  # characters of a passage


def by_words(words: Sequence[str]) -> str:
    """Such as “lease, rent, deposit”; “(no words)” where there are none."""
    return ", ".join(words[:NAMED_BY]) or "(no words)"


def by_llm(
    llm: ChatModel,
    prompts: Prompts,
    topics: Sequence[tuple[Sequence[str], Sequence[str]]],
    steps: Steps = QUIET,
    stop: Stop | None = None,
) -> tuple[list[str], str | None]:
    """Names of topics, each given by its words and its typical passages, and a note where the LLM
    failed: the topics from there on are named by their words. Raises Stopped."""
    names: list[str] = []
    for at, (words, passages) in enumerate(topics):
        steps("Naming topics", at / len(topics))
        shown = [textwrap.shorten(text, SHOWN) for text in passages]
        messages = prompts.topic_messages(words, shown)
        try:
            said, _ = llm.complete(messages, stop=stop)
        except LLMError as error:
            names += [by_words(words) for words, _ in topics[at:]]
            return names, f"The LLM did not name all topics; they have their words. {error}"
        names.append(_cleaned(said) or by_words(words))
    return names, None


def _cleaned(said: str) -> str:
    lines = [line.strip(" \t\"'“”*#.") for line in said.splitlines()]
    first = next(filter(None, lines), "")
    return textwrap.shorten(first, LONGEST, placeholder=" …")
