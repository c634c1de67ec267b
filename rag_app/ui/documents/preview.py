"""The preview of one document: its metadata, its text with pages and headings."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from ingest import RagError
from ingest.paths import is_address
from ingest.records import Outline, PlacedBlock
from ingest.text.wording import capital
from rag_app import Engine
from rag_app.messages import retold, say
from rag_app.ui.documents.delete import ask_to_delete, show_confirmation
from rag_app.ui.documents.entries import Entry, key_of
from rag_app.ui.documents.facts import facts_of, joined_html, name_of
from rag_app.ui.documents.reread import HELP, read_again
from rag_app.ui.documents.state import DocumentsState
from rag_app.ui.serving.roles import may
from rag_app.ui.serving.settings import Role
from rag_app.ui.session.navigation import ABOUT, CHAT, DOCUMENT, show_link
from rag_app.ui.session.state import current_session
from rag_app.ui.widgets.escape import address_html, escaped, label
from rag_app.ui.widgets.scroll import scroll_to
from rag_app.ui.widgets.times import format_day
from rag_app.ui.widgets.typeset import unwrapped
from rag_app.web.changes import is_uploaded

# So many characters at a time: a browser shows them at once, and so does a phone.
PORTION = 12_000


@dataclass(frozen=True, slots=True)
class Portion:
    """Some blocks of a text, in order, and the first and last page of them, from 1 or None."""

    blocks: tuple[PlacedBlock, ...]
    first_page: int | None
    last_page: int | None


def show_preview(
    documents: DocumentsState, engine: Engine, entries: Sequence[Entry], name: str
) -> None:
    """The document of a name."""
    with st.container(key="preview-top"):
        st.button(
            say("All documents"),
            icon=":material/arrow_back:",
            type="tertiary",
            on_click=_close,
            args=(documents,),
        )
    entry = next((one for one in entries if one.name == name and one.is_document), None)
    try:
        text = engine.document_text(name)
    except RagError as error:
        st.warning(label(retold(error)), icon=":material/warning:")
        return
    if entry is None:
        return
    st.html(_heading_html(engine, entry))
    show_confirmation(documents, engine, entries)
    with st.container(horizontal=True, key="preview-actions"):
        show_link(
            current_session(),
            CHAT,
            say("Ask about this"),
            icon=":material/forum:",
            query={ABOUT: name},
        )
        _show_download(entry)
        if may(Role.ADD):
            st.button(
                say("Read again"),
                icon=":material/refresh:",
                type="tertiary",
                help=say(HELP),
                on_click=read_again,
                args=(documents, engine, [entry]),
            )
        if may(Role.DELETE):
            st.button(
                say("Delete"),
                icon=":material/delete:",
                type="tertiary",
                on_click=ask_to_delete,
                args=(documents, [name]),
            )
    outline = engine.collection.outline(name)
    portions = portions_of(text, outline)
    number, key = 1, f"preview-{name}"
    if len(portions) > 1:
        number = st.pagination(len(portions), key=key)
    portion = portions[number - 1]
    st.html(f'<div class="rag-text" dir="auto">{portion_html(text, portion, outline)}</div>')
    if number < len(portions):
        st.button(
            say("Next"), icon=":material/arrow_forward:", on_click=_turn_to, args=(key, number + 1)
        )
    # The list, or the words before, may have been scrolled far down.
    scroll_to(".rag-text" if number > 1 else ".st-key-preview-top", f"{key_of(name)}-{number}")


def _show_download(entry: Entry) -> None:
    """The file as it is on disk, where it is there; one of an archive is not by itself."""
    path = Path(entry.source)
    if path.is_file():
        st.download_button(
            say("Download"),
            path.read_bytes,  # when it is asked for
            name_of(entry.name),
            key=f"download-{key_of(entry.name)}",
            icon=":material/download:",
            type="tertiary",
            on_click="ignore",
        )


def portions_of(text: str, outline: Outline) -> list[Portion]:
    """The blocks of a text, cut into portions of about ``PORTION`` characters; at least one."""
    portions: list[Portion] = []
    taken: list[PlacedBlock] = []
    length = 0
    for block in _short(outline.blocks or (PlacedBlock("paragraph", 0, len(text)),)):
        if taken and length + block.end - block.start > PORTION:
            portions.append(_portion(taken, outline))
            taken, length = [], 0
        taken.append(block)
        length += block.end - block.start
    return [*portions, _portion(taken, outline)]


def portion_html(text: str, portion: Portion, outline: Outline) -> str:
    """The words of a portion, as text, with its headings and where pages begin."""
    parts: list[str] = []
    page = None
    for block in portion.blocks:
        now = _page(block.start, outline)
        if now != page:
            told = say("Page {number}", number=now or 0)
            parts.append(f'<p class="rag-page-break">{told}</p>')
            page = now
        piece = text[block.start : block.end].strip()
        words = escaped(piece if block.kind == "code" else unwrapped(piece))
        if not words:
            continue
        if block.kind == "heading":
            parts.append(f'<p class="rag-text-heading rag-level-{block.level}">{words}</p>')
        else:
            parts.append(f'<p class="rag-text-{block.kind}">{words}</p>')
    return "".join(parts)


def _short(blocks: Sequence[PlacedBlock]) -> Iterator[PlacedBlock]:
    """A block that is longer than a portion in pieces."""
    for block in blocks:
        for start in range(block.start, max(block.end, block.start + 1), PORTION):
            yield PlacedBlock(block.kind, start, min(start + PORTION, block.end), block.level)


def _portion(blocks: Sequence[PlacedBlock], outline: Outline) -> Portion:
    first, last = blocks[0], blocks[-1]
    return Portion(tuple(blocks), _page(first.start, outline), _page(last.start, outline))


def _page(offset: int, outline: Outline) -> int | None:
    return bisect_right(outline.page_starts, offset) or None


def _heading_html(engine: Engine, entry: Entry) -> str:
    facts = facts_of(entry)
    if entry.ingested:
        facts.append(say("added on {day}", day=format_day(entry.ingested)))
    is_on_disk = entry.source.endswith(entry.name) and not is_uploaded(engine, entry.source)
    title = entry.title or name_of(entry.name)
    remark = (
        f'<p class="rag-note">{escaped(capital(retold(entry.remark)))}</p>' if entry.remark else ""
    )
    where = escaped(entry.source if is_on_disk else entry.name)
    name = f'<bdi class="rag-document">{where}</bdi>'
    if is_address(entry.source):
        name = address_html(entry.source)
    return (
        f'<h2 class="rag-title"><bdi class="rag-document">{escaped(title)}</bdi></h2>'
        f'<p class="rag-caption">{name}</p>'
        f'<p class="rag-caption">{joined_html(facts)}</p>{remark}'
    )


def _turn_to(key: str, number: int) -> None:
    st.session_state[key] = number


def _close(documents: DocumentsState) -> None:
    documents.left = documents.reading
    st.query_params.pop(DOCUMENT, None)
