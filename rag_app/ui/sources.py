"""Citations: the exact words that an answer points at, among the words around them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ingest import RagError
from rag_app import Answer, Citation, Engine, Hit
from rag_app.ui.safe import escaped, marker_html

# Enough to see what the words are about.
AROUND = 300
NEAREST = 3


@dataclass(frozen=True, slots=True)
class Source:
    """Words of a document with those before and after, as they were when the answer was given.

    ``marker`` is None for a passage that nothing cites.
    """

    document: str
    page: int | None
    before: str
    quote: str
    after: str
    marker: int | None = None
    supported: bool = True
    reason: str | None = None


def sources_of(answer: Answer, engine: Engine) -> tuple[Source, ...]:
    """What to show below an answer: what it cites, or the nearest passages where it is refused."""
    passages: Iterable[Citation | Hit] = answer.citations
    if answer.refused:
        # As the refusal names them: each place once.
        places = {(hit.document, hit.page): hit for hit in reversed(answer.hits)}
        nearest = sorted(places.values(), key=answer.hits.index)
        passages = nearest[:NEAREST]
    return tuple(dict.fromkeys(_source(passage, engine) for passage in passages))


def source_html(source: Source, *, is_open: bool = False) -> str:
    """One source that opens and closes, with its words marked."""
    marker = doubt = ""
    if source.marker is not None:
        marker = marker_html(source.marker, supported=source.supported)
    if not source.supported:
        why = f": {escaped(source.reason)}" if source.reason else ""
        doubt = f'<p class="rag-doubt">These words do not support the sentence{why}.</p>'
    page = f'<span class="rag-page">page {source.page}</span>' if source.page else ""
    quote = escaped(source.quote)
    if source.marker is not None:
        quote = f"<mark>{quote}</mark>"
    return (
        f'<details class="rag-source"{" open" if is_open else ""}>'
        f'<summary>{marker}<bdi class="rag-document">{escaped(source.document)}</bdi>{page}'
        f"</summary>{doubt}"
        f"<blockquote>{_around(source.before)}{quote}{_around(source.after)}</blockquote></details>"
    )


def sources_html(sources: Iterable[Source]) -> str:
    """All sources of an answer, the first of them open, and all that are in doubt."""
    return "".join(
        source_html(source, is_open=number == 0 or not source.supported)
        for number, source in enumerate(sources)
    )


def marker_chips(answer: Answer) -> dict[int, list[str]]:
    """The HTML of each marker, in the order in which it stands in the answer."""
    chips: dict[int, list[str]] = {}
    for citation in answer.citations:
        page = "" if citation.page is None else f", page {citation.page}"
        chip = marker_html(
            citation.marker, supported=citation.supported, title=citation.document + page
        )
        chips.setdefault(citation.marker, []).append(chip)
    return chips


def _source(passage: Citation | Hit, engine: Engine) -> Source:
    quote = passage.quote if isinstance(passage, Citation) else passage.text
    try:
        text = engine.document_text(passage.document)
    except RagError:
        text = ""
    before = after = ""
    # A document that was replaced a moment ago has other words there.
    if text[passage.start : passage.end] == quote:
        before = _end_of(text[: passage.start])
        after = _beginning_of(text[passage.end :])
    return Source(
        document=passage.document,
        page=passage.page,
        before=before,
        quote=quote,
        after=after,
        marker=passage.marker if isinstance(passage, Citation) else None,
        supported=passage.supported if isinstance(passage, Citation) else True,
        reason=passage.reason if isinstance(passage, Citation) else None,
    )


def _around(text: str) -> str:
    return f'<span class="rag-around">{escaped(text)}</span>' if text else ""


def _end_of(text: str) -> str:
    if len(text) <= AROUND:
        return text.lstrip()
    cut = text[-AROUND:]
    return "… " + cut[cut.find(" ") + 1 :].lstrip()


def _beginning_of(text: str) -> str:
    if len(text) <= AROUND:
        return text.rstrip()
    cut = text[:AROUND]
    return cut[: cut.rfind(" ") if " " in cut else AROUND].rstrip() + " …"
