"""Tuning of the embedding model: what came of it, and how it is started."""

from __future__ import annotations

import json
import shlex

import streamlit as st

from rag_app.messages import decimal, say
from rag_app.tuning.kept import last_report
from rag_app.tuning.records import TuningReport
from rag_app.ui.explore.parts import small
from rag_app.ui.explore.plot import show_bars
from rag_app.ui.explore.state import Here
from rag_app.ui.widgets.escape import escaped
from rag_app.ui.widgets.tables import table_html


def show_tuning_place(here: Here) -> None:
    """The model in use, the last report, and the command."""
    engine = here.engine
    model = "<b>" + escaped(engine.embedder.name) + "</b>"
    st.html(f"<p>{say('The model in use: {model}', model=model)}</p>")
    report = last_report(engine.store)
    if report is None:
        small(say("It was not tuned on this collection yet."))
    else:
        _show_report(report)
    told = say(
        "Tuning takes minutes to an hour and all of the processor, so it is started in a terminal. "
        "A new model is used only if it finds more, beyond chance, on questions that were held out."
    )
    small(told)
    store = engine.store
    words = ["rag-app", "tune", "--store", str(store.root), "--collection", store.collection]
    # Without colours, whose contrast is too little; wrapped, for a key does not scroll it.
    st.code(shlex.join(words), language=None, wrap_lines=True)


def _show_report(report: TuningReport) -> None:
    before, after, gain = report.before, report.after, report.gain
    show_bars(
        [(say("Before"), before.value), (say("After"), after.value)],
        say("nDCG@10 of questions held out"),
        most=1,
    )
    st.html(
        table_html(
            [say("Before"), say("After"), say("Difference"), say("95 %"), say("Questions")],
            [
                [
                    decimal(before.value, 3),
                    decimal(after.value, 3),
                    f"{gain.value:+.3f}",
                    f"{gain.low:+.3f} … {gain.high:+.3f}",
                    str(report.held_out),
                ]
            ],
        )
    )
    for line in report.text().splitlines():
        small(line)
    st.download_button(
        say("Download the report"),
        json.dumps(report.summary(), indent=1),
        file_name="tuning.json",
        mime="application/json",
        icon=":material/download:",
        on_click="ignore",
    )
