"""Counts with their nouns, as a reader is told them: “1 page”, “1,200 pages”."""

from __future__ import annotations

from rag_app.messages.catalogue import say_many


def in_documents(count: int) -> str:
    return say_many("{count} document", "{count} documents", count)


def in_pages(count: int) -> str:
    return say_many("{count} page", "{count} pages", count)


def in_words(count: int) -> str:
    return say_many("{count} word", "{count} words", count)


def in_slides(count: int) -> str:
    return say_many("{count} slide", "{count} slides", count)


def in_passages(count: int) -> str:
    return say_many("{count} passage", "{count} passages", count)


def in_questions(count: int) -> str:
    return say_many("{count} question", "{count} questions", count)
