"""The sources of an answer: each quote among the words around it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ingest import RagError
from rag_app import Answer, Citation, Engine, Hit
from rag_app.records import Status
from rag_app.remarks import citation_statuses
from rag_app.ui.chat.sources.quote_status import UNKNOWN, QuoteStatus, quote_status_of
from rag_app.ui.widgets.escape import cite_html, escaped, marker_html

# Enough to see what the words are about.
AROUND = 300
NEAREST = 3
SAID: dict[Status, str] = {
    "not_found": "These words do not support the sentence",
    "contradicted": "These words contradict the sentence",
    "not_checked": "The sentence couldn't be checked against these words",
}


@dataclass(frozen=True, slots=True)
class Source:
    """Words of a document with those before and after, as they were when the answer was given.

    ``marker`` is None for a passage that nothing cites. ``status`` says where the words are now.
    """

    document: str
    page: int | None
    before: str
    quote: str
    after: str
    marker: int | None = None
    standing: Status = "supported"
    reason: str | None = None
    status: QuoteStatus = UNKNOWN

    @property
    def is_in_doubt(self) -> bool:
        """Whether it was checked, and does not support its sentence."""
        return self.standing in ("not_found", "contradicted")


def sources_of(
    answer: Answer, engine: Engine, digests: Mapping[str, str] | None = None
) -> tuple[Source, ...]:
    """What to show below an answer: what it cites, or the nearest passages where it is refused.
    ``digests`` are those of the documents' texts when it was given, where they are known."""
    found: Iterable[tuple[Citation | Hit, Status]]
    found = zip(answer.citations, citation_statuses(answer), strict=True)
    if answer.refused:
        # As the refusal names them: each place once.
        places = {(hit.document, hit.page): hit for hit in reversed(answer.hits)}
        nearest = sorted(places.values(), key=answer.hits.index)
        found = [(hit, "supported") for hit in nearest[:NEAREST]]
    return tuple(
        dict.fromkeys(_source(one, standing, engine, digests or {}) for one, standing in found)
    )


def source_html(source: Source, *, is_open: bool = False) -> str:
    """One source that opens and closes, with its words marked."""
    marker = doubt = ""
    if source.marker is not None:
        marker = marker_html(source.marker, standing=source.standing)
    if source.standing in SAID:
        reason = (source.reason or "").removeprefix("not checked: ")
        why = f": {escaped(reason)}" if reason else ""
        looks = "rag-doubt" if source.is_in_doubt else "rag-open"
        doubt = f'<p class="{looks}">{SAID[source.standing]}{why}.</p>'
    page = f'<span class="rag-page">page {source.page}</span>' if source.page else ""
    since = ""
    if source.status.note:
        page += f'<span class="rag-since">{source.status.word} since</span>'
        since = f'<p class="rag-note">{escaped(source.status.note)}</p>'
    quote = escaped(source.quote)
    if source.marker is not None:
        quote = f"<mark>{quote}</mark>"
    return (
        f'<details class="rag-source"{" open" if is_open else ""}>'
        f'<summary>{marker}<bdi class="rag-document">{escaped(source.document)}</bdi>{page}'
        f"</summary>{doubt}{since}"
        f"<blockquote>{_around(source.before)}{quote}{_around(source.after)}</blockquote></details>"
    )


def is_open_at_first(number: int, source: Source) -> bool:
    """Whether a source of an answer stands open: the first of them, and all that are in doubt."""
    return number == 0 or source.is_in_doubt


def marker_chips(
    answer: Answer, sources: Sequence[Source] = (), opens: str = ""
) -> dict[int, list[str]]:
    """The HTML of each marker, in the order in which it stands in the answer. ``opens`` and the
    number of its source are the key of the button that opens it."""
    chips: dict[int, list[str]] = {}
    numbers = {_cited(source, source.standing): number for number, source in enumerate(sources)}
    for citation, standing in zip(answer.citations, citation_statuses(answer), strict=True):
        number = numbers.get(_cited(citation, standing))
        chip = cite_html(
            citation.marker,
            document=citation.document,
            page=citation.page,
            quote=citation.quote,
            standing=standing,
            opens=None if number is None else f"{opens}{number}",
        )
        chips.setdefault(citation.marker, []).append(chip)
    return chips


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
    before = after = ""
    if text is not None and status.start is not None:
        before = _end_of(text[: status.start])
        after = _start_of(text[status.start + len(quote) :])
    return Source(
        document=passage.document,
        page=passage.page,
        before=before,
        quote=quote,
        after=after,
        marker=passage.marker if isinstance(passage, Citation) else None,
        standing=standing,
        reason=passage.reason if isinstance(passage, Citation) else None,
        status=status,
    )


def _around(text: str) -> str:
    return f'<span class="rag-around">{escaped(text)}</span>' if text else ""


def _end_of(text: str) -> str:
    if len(text) <= AROUND:
        return text.lstrip()
    cut = text[-AROUND:]
    return "… " + cut[cut.find(" ") + 1 :].lstrip()


def _start_of(text: str) -> str:
    if len(text) <= AROUND:
        return text.rstrip()
    cut = text[:AROUND]
    return cut[: cut.rfind(" ") if " " in cut else AROUND].rstrip() + " …"
