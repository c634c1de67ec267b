"""Changes of documents: by the last run of ingestion, and on disk since then."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from ingest import RagError
from ingest.maintenance.disk_changes import DiskChanges, changes_on_disk
from rag_app import Engine
from rag_app.messages import retold, say
from rag_app.ui.documents.jobs.jobs import bring_in_job
from rag_app.ui.documents.receipts import format_counts, receipts_html
from rag_app.ui.documents.state import DocumentsState
from rag_app.ui.serving.roles import may
from rag_app.ui.serving.settings import Role
from rag_app.ui.widgets.background import Work
from rag_app.ui.widgets.escape import escaped, label
from rag_app.ui.widgets.followers import Follower, when_done
from rag_app.ui.widgets.times import format_time

MOST_LISTED = 200


def show_last_run(engine: Engine) -> None:
    """What the last run that changed anything did, on this page or on the command line."""
    run = engine.collection.last_run()
    if run is None:
        return
    told = say(
        "Last update {time}: {counts}",
        time=format_time(run.ended),
        counts=format_counts(run.counts),
    )
    with st.container(key="last-update"), st.expander(label(told)):
        st.html(receipts_html(run.receipts[:MOST_LISTED]))


def show_disk(documents: DocumentsState, engine: Engine) -> Follower | None:
    """What has changed on disk since, compared in the background, and the way to bring it in."""
    if documents.ingestion.is_running or not may(Role.DELETE):
        return None
    if documents.comparison is None:
        compare_with_disk(documents, engine)
    work = documents.comparison
    assert work is not None, "it was just begun"
    return when_done(work, lambda: _show_found(documents, engine, work))


def _show_found(documents: DocumentsState, engine: Engine, work: Work[DiskChanges]) -> None:
    try:
        changes = work.result()
    except RagError as error:
        st.warning(label(retold(error)), icon=":material/warning:")
        return
    for folder in changes.missing:
        told = say(
            "The folder {name} cannot be found now. Its documents stay as they are.", name=folder
        )
        st.html(f'<p class="rag-note">{escaped(told)}</p>')
    if changes.count:
        _show_changes(documents, engine, changes)


def compare_with_disk(documents: DocumentsState, engine: Engine) -> None:
    """Compare with the disk anew."""
    settings = engine.index_settings
    documents.comparison = Work(lambda: changes_on_disk(settings))


def format_changes(changes: DiskChanges) -> str:
    """How much has changed, in words."""
    new, changed, gone = len(changes.new), len(changes.changed), len(changes.gone)
    counted = (
        say("{count} new", count=new) if new else "",
        say("{count} changed", count=changed) if changed else "",
        say("{count} gone", count=gone) if gone else "",
    )
    return say("On disk since then: {counts}.", counts=", ".join(filter(None, counted)))


def _show_changes(documents: DocumentsState, engine: Engine, changes: DiskChanges) -> None:
    with st.container(border=True, key="disk-changes"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.html(f"<p>{format_changes(changes)}</p>", width="content")
            st.button(
                say("Update")
                if changes.count == 1
                else say("Update all {count}", count=changes.count),
                key="bring-in",
                type="primary",
                icon=":material/sync:",
                help=say(
                    "New and changed files are read; documents whose files are gone are removed."
                ),
                on_click=_bring_in,
                args=(documents, engine, changes),
            )
            st.button(
                say("Look again"),
                type="tertiary",
                icon=":material/refresh:",
                on_click=compare_with_disk,
                args=(documents, engine),
            )
        with st.expander(say("Which files")):
            st.html(
                _files_html(say("new"), changes.new)
                + _files_html(say("changed"), changes.changed)
                + _files_html(say("gone"), changes.gone)
            )


def _files_html(status: str, paths: Sequence[str]) -> str:
    rows = "".join(
        f'<li><span class="rag-status">{status}</span> '
        f'<bdi class="rag-document">{escaped(path)}</bdi></li>'
        for path in paths[:MOST_LISTED]
    )
    more = len(paths) - MOST_LISTED
    told = say("and {count} more {status}", count=more, status=status)
    rest = f"<li>{told}</li>" if more > 0 else ""
    return f'<ul class="rag-receipts">{rows}{rest}</ul>'


def _bring_in(documents: DocumentsState, engine: Engine, changes: DiskChanges) -> None:
    documents.ingestion.add(bring_in_job(engine, documents.collection_id, changes))
