"""The sources of an answer: the words that it cites, and how they stand to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ingest import RagError
from ingest.text.language import language_of, passage_language
from rag_app import Answer, Citation, Engine, Hit
from rag_app.messages import say, to_say
from rag_app.records import Status
from rag_app.remarks import citation_statuses
from rag_app.ui.chat.sources.quote_status import UNKNOWN, QuoteStatus, quote_status_of
from rag_app.ui.widgets.escape import cite_html

NEAREST = 3
SAID: dict[Status, str] = {
    "not_found": to_say("These words don't support the sentence"),
    "contradicted": to_say("These words contradict the sentence"),
    "not_checked": to_say("The sentence couldn't be checked against these words"),
}


@dataclass(frozen=True, slots=True)
class Source:
    """Words of a document, as they were when the answer was given.

    ``marker`` is None for a passage that nothing cites. ``status`` says where the words are now,
    ``by_ocr`` whether they were read of a picture, ``language`` is the ISO 639-1 code of theirs.
    """

    document: str
    page: int | None
    quote: str
    marker: int | None = None
    standing: Status = "supported"
    reason: str | None = None
    status: QuoteStatus = UNKNOWN
    by_ocr: bool = False
    language: str | None = None

    @property
    def doubt(self) -> str:
        """What a check of it found, in words; nothing where it supports its sentence."""
        if self.standing not in SAID:
            return ""
        reason = (self.reason or "").removeprefix("not checked: ")
        return say(SAID[self.standing]) + (f": {reason}." if reason else ".")

    @property
    def is_in_doubt(self) -> bool:
        """Whether it was checked, and does not support its sentence."""
        return self.standing in ("not_found", "contradicted")


def sources_of(
    answer: Answer, engine: Engine, digests: Mapping[str, str] | None = None
) -> tuple[Source, ...]:
    """What to show below an answer: what it cites, or what comes closest where it is refused.
    ``digests`` are those of the documents' texts when it was given, where they are known."""
    found: Iterable[tuple[Citation | Hit, Status]] = _shown(answer)
    if answer.refused and not answer.closest:
        # As the refusal names them: each place once.
        places = {(hit.document, hit.page): hit for hit in reversed(answer.hits)}
        nearest = sorted(places.values(), key=answer.hits.index)
        found = [(hit, "supported") for hit in nearest[:NEAREST]]
    return tuple(
        dict.fromkeys(_source(one, standing, engine, digests or {}) for one, standing in found)
    )


def marker_chips(
    answer: Answer, sources: Sequence[Source] = (), opens: str = ""
) -> dict[int, list[str]]:
    """The HTML of each marker, in the order in which it stands in the answer. ``opens`` and the
    number of its source are the key of the button that opens it."""
    chips: dict[int, list[str]] = {}
    numbers = {_cited(source, source.standing): number for number, source in enumerate(sources)}
    for citation, standing in _shown(answer):
        number = numbers.get(_cited(citation, standing))
        chip = cite_html(
            citation.marker,
            document=citation.document,
            page=citation.page,
            quote=citation.quote,
            standing=standing,
            opens=None if number is None else f"{opens}{number}",
            by_ocr=citation.by_ocr,
        )
        chips.setdefault(citation.marker, []).append(chip)
    return chips


def _shown(answer: Answer) -> list[tuple[Citation, Status]]:
    """The words that an answer shows, and how they stand to it: what it cites, or, of a refusal,
    what comes closest."""
    closest: list[tuple[Citation, Status]] = [(one, "supported") for one in answer.closest]
    return [*zip(answer.citations, citation_statuses(answer), strict=True), *closest]


def _cited(one: Citation | Source, standing: Status) -> tuple[object, ...]:
    return one.marker, one.document, one.page, one.quote, standing, one.reason


def _source(
    passage: Citation | Hit, standing: Status, engine: Engine, digests: Mapping[str, str]
) -> Source:
    quote = passage.quote if isinstance(passage, Citation) else passage.text
    text: str | None
    try:
        text = engine.document_text(passage.document)
    except RagError:
        text = None
    status = quote_status_of(quote, passage.start, text, digests.get(passage.document))
    return Source(
        document=passage.document,
        page=passage.page,
        quote=quote,
        marker=passage.marker if isinstance(passage, Citation) else None,
        standing=standing,
        reason=passage.reason if isinstance(passage, Citation) else None,
        status=status,
        by_ocr=isinstance(passage, Citation) and passage.by_ocr,
        language=passage_language(quote, language_of(text or quote)),
    )
