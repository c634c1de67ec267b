"""The receipts of files: while they are read, and after."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import streamlit as st

from ingest import FileReceipt
from ingest.text.wording import capital
from rag_app.messages import retold, say, to_say
from rag_app.messages.counts import in_pages, in_passages
from rag_app.ui.documents.jobs.job_queue import Ingestion
from rag_app.ui.documents.state import DocumentsState
from rag_app.ui.session.navigation import DOCUMENT, DOCUMENTS, open_document, show_link
from rag_app.ui.session.state import Session
from rag_app.ui.widgets.escape import escaped, label
from rag_app.ui.widgets.followers import Follower

# On the way, the newest; afterwards, what went wrong first.
NEWEST = 6
MOST_LISTED = 200
MOST_LINKED = 8
# In the sidebar there is room for a few.
FEW = 4
IMPORTANCE = ("failed", "skipped", "added", "updated", "deleted", "unchanged")
READ = ("added", "updated", "unchanged")
# What came of a file, in a word, and of how many.
STATUS = {
    "added": to_say("added"),
    "updated": to_say("updated"),
    "deleted": to_say("deleted"),
    "unchanged": to_say("unchanged"),
    "skipped": to_say("skipped"),
    "failed": to_say("failed"),
}
COUNTED = {
    "added": to_say("{count} added"),
    "updated": to_say("{count} updated"),
    "deleted": to_say("{count} deleted"),
    "unchanged": to_say("{count} unchanged"),
    "skipped": to_say("{count} skipped"),
    "failed": to_say("{count} failed"),
}


def show_progress(documents: DocumentsState, *, is_small: bool = False) -> Follower | None:
    """How far the change is that is on its way, with a way to cancel it."""
    if not documents.ingestion.is_running:
        return None
    return _IngestionFollower(documents.ingestion, is_small)


def show_work(documents: DocumentsState, *, of: str | None = None) -> Follower | None:
    """How far a change is that is on its way, or what came of the last ones: on the page of one
    document, only what came ``of`` it."""
    # What was drawn before stays on the page until the run ends, unless its place is taken.
    with st.empty(), st.container():
        follower = show_progress(documents)
        show_outcome(documents, of=of)
    return follower


def show_outcome(documents: DocumentsState, *, of: str | None = None) -> None:
    """What came of the changes that were made last, and what can be done where they failed."""
    ingestion = documents.ingestion
    if ingestion.is_running:
        return
    if ingestion.error:
        st.error(label(ingestion.error), icon=":material/error:")
        if ingestion.can_be_tried_again:
            with st.container(horizontal=True):
                st.button(say("Retry"), icon=":material/refresh:", on_click=ingestion.try_again)
                st.button(say("Dismiss"), type="tertiary", on_click=ingestion.give_up)
    receipts = ingestion.receipts
    if of is not None:
        st.html(receipts_html(receipt for receipt in receipts if receipt.path == of))
        return
    if not receipts:
        return
    note = say("Cancelled. Finished documents stay.") if ingestion.is_cancelled else ""
    told = escaped(format_receipt_counts(receipts))
    st.html(f'<p class="rag-note-plain">{f"{note} " if note else ""}{told}</p>')
    listed = by_importance(receipts)
    read = [receipt for receipt in listed if receipt.status in READ]
    others = [receipt for receipt in listed if receipt.status not in READ]
    if others:
        st.html(receipts_html(others[:MOST_LISTED]))
    with st.container(key="read-receipts", gap=None):
        for number, receipt in enumerate(read[:MOST_LINKED]):
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.html(_status_html(receipt), width="content")
                st.button(
                    label(receipt.path),
                    key=f"read-receipt-{number}",
                    type="tertiary",
                    on_click=open_document,
                    args=(receipt.path,),
                )
                st.html(_amount_html(receipt), width="content")
    left = max(len(read) - MOST_LINKED, 0) + max(len(others) - MOST_LISTED, 0)
    if left:
        more = say("And {count} more in the list below.", count=left)
        st.html(f'<p class="rag-caption">{more}</p>')


def show_small_outcome(session: Session, documents: DocumentsState) -> None:
    """The same for the sidebar: an error, a few receipts, and links to what was read."""
    ingestion = documents.ingestion
    if ingestion.is_running:
        return
    if ingestion.error:
        st.error(label(ingestion.error), icon=":material/error:")
        if ingestion.can_be_tried_again:
            st.button(say("Retry"), icon=":material/refresh:", on_click=ingestion.try_again)
    receipts = by_importance(ingestion.receipts)
    if not receipts:
        return
    st.html(receipts_html(receipts[:FEW]))
    if len(receipts) == 1 and receipts[0].status in READ:
        show_link(session, DOCUMENTS, say("View"), query={DOCUMENT: receipts[0].path})
    elif len(receipts) > FEW:
        show_link(session, DOCUMENTS, say("See all {count}", count=len(receipts)))


def receipts_html(receipts: Iterable[FileReceipt]) -> str:
    """What happened to each file, and why."""
    rows = "".join(_receipt_html(receipt) for receipt in receipts)
    return f'<ul class="rag-receipts">{rows}</ul>'


def by_importance(receipts: Sequence[FileReceipt]) -> list[FileReceipt]:
    """What went wrong first."""
    return sorted(receipts, key=lambda receipt: IMPORTANCE.index(receipt.status))


def format_receipt_counts(receipts: Iterable[FileReceipt]) -> str:
    """How many files ended how, in words."""
    counts = dict.fromkeys(IMPORTANCE, 0)
    for receipt in receipts:
        counts[receipt.status] += 1
    return format_counts(counts)


def format_counts(counts: dict[str, int]) -> str:
    """``{"added": 2, "failed": 1}`` in words."""
    told = (say(COUNTED[one], count=counts[one]) for one in COUNTED if counts.get(one))
    text = ", ".join(told)
    return f"{text}." if text else ""


def amount(pages: int | None, chunks: int) -> str:
    """How much of a document there is, in words: its pages, or its passages where it has none."""
    if pages:
        return in_pages(pages)
    return in_passages(chunks) if chunks else ""


class _IngestionFollower:
    """Shows how far it is."""

    def __init__(self, ingestion: Ingestion, is_small: bool) -> None:
        self._ingestion = ingestion
        self._is_small = is_small
        self._shown = -1
        self._drawn = -1.0, ""
        self._bar = st.progress(0.0, say("Reading …"))
        st.button(
            say("Cancel"),
            key="cancel-small" if is_small else "cancel-ingestion",
            icon=":material/cancel:",
            type="tertiary" if is_small else "secondary",
            help=say("Finished documents stay; the rest are not read."),
            on_click=ingestion.cancel,
        )
        self._rows = st.empty()

    def follow(self) -> bool:
        ingestion = self._ingestion
        if not ingestion.is_running:
            return False
        text = self._what()
        if (ingestion.share, text) != self._drawn:
            self._drawn = ingestion.share, text
            self._bar.progress(ingestion.share, text)
        receipts = ingestion.receipts
        if not self._is_small and len(receipts) != self._shown:
            self._shown = len(receipts)
            newest = [*reversed(receipts)][:NEWEST]
            failed = [one for one in receipts if one.is_unread and one not in newest]
            self._rows.html(receipts_html([*newest, *failed[-NEWEST:]]))
        return True

    def _what(self) -> str:
        ingestion = self._ingestion
        if ingestion.is_cancelled:
            return say("Cancelling after this document …")
        if ingestion.blocked_by:
            waits = say("starts when {what} is done", what=ingestion.blocked_by)
            return f"{label(ingestion.what)} · {label(waits)}"
        parts = [label(ingestion.what) + " …"]
        if ingestion.files > 1:
            done, files = min(ingestion.done, ingestion.files), ingestion.files
            parts.append(say("{number} of {count} done", number=done, count=files))
        if ingestion.path:
            parts.append(label(retold(ingestion.path)))
        if ingestion.waiting:
            parts.append(say("{count} more after this", count=ingestion.waiting))
        return " · ".join(parts)


def _receipt_html(receipt: FileReceipt) -> str:
    return (
        f'<li class="rag-{receipt.status}">{_status_html(receipt)} '
        f'<bdi class="rag-document">{escaped(receipt.path)}</bdi>{_amount_html(receipt)}</li>'
    )


def _status_html(receipt: FileReceipt) -> str:
    return f'<span class="rag-{receipt.status} rag-status">{say(STATUS[receipt.status])}</span>'


def _amount_html(receipt: FileReceipt) -> str:
    facts = amount(receipt.pages, receipt.chunks), capital(retold(receipt.reason or ""))
    text = " · ".join(filter(None, facts))
    return f'<span class="rag-amount">{escaped(text)}</span>'
