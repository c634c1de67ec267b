"""The parts of a question, by the rules of its language."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.text.language import question_language
from rag_app.languages import PARTS
from rag_app.questions.parted.parts import Part
from rag_app.questions.parted.parts_english import parts_english
from rag_app.questions.parted.parts_german import parts_german


def parts_of(question: str, languages: Sequence[str]) -> list[Part]:
    """The parts of a question to documents in some languages; none if it is one."""
    language = question_language(question, languages)
    parts = PARTS.of(language, en=parts_english, de=parts_german)
    return parts(question) if parts is not None else []
