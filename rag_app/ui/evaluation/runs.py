"""The list of earlier evaluation runs: opened, deleted, and two of them compared."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from ingest import RagError
from ingest.text.wording import many
from rag_app import Engine
from rag_app.eval.report import LESS_IS_BETTER, Asked
from rag_app.eval.saved_runs import KeptRun, KeptRuns
from rag_app.eval.side_by_side import Measure, format_outcome, versus
from rag_app.ui.evaluation.report import FIGURES
from rag_app.ui.evaluation.state import EvaluationState, RunsState, runs_state
from rag_app.ui.widgets.checkbox import show_selection_box
from rag_app.ui.widgets.escape import escaped, label
from rag_app.ui.widgets.scroll import scroll_to
from rag_app.ui.widgets.times import format_time

MOST_NAMED = 60
# What a run is told by in a line of the list: the first of these that it has.
HEADLINE = ("hit@5", "ndcg@10", "cited")
NAMES = {
    "answers": "answers by",
    "passages": "passages",
    "reranker": "re-ranker",
    "rerank_candidates": "re-ranked",
    "model": "model",
    "chunk_tokens": "tokens a passage at most",
    "overlap_tokens": "tokens of overlap",
}


def show_runs(state: EvaluationState, engine: Engine, runs: KeptRuns) -> None:
    """The list, the newest first, and what can be done with those that are ticked."""
    found = runs.listed()
    if not found:
        return
    own = runs_state(engine)
    own.selected &= {run.id for run in found}
    st.html(f'<h3 class="rag-heading">Earlier evaluations <span>{len(found):,}</span></h3>')
    _show_selection(state, engine, runs, [run for run in found if run.id in own.selected])
    with st.container(key="evaluation-runs", gap=None):
        for run in found:
            _show_row(state, own, runs, run)


def show_comparison(engine: Engine) -> bool:
    """The two that are compared. Returns whether there are any."""
    compared = runs_state(engine).compared
    if compared is None:
        return False
    first, second, outcome = compared
    scroll_to(".st-key-comparison", f"{first.id} {second.id}")
    with st.container(key="comparison", horizontal=True, vertical_alignment="center"):
        st.html('<h3 class="rag-heading">Two evaluations</h3>', width="content")
        st.button("Close", key="close-comparison", type="tertiary", icon=":material/close:",
                  on_click=close_comparison, args=(engine,))  # fmt: skip
    st.html(_heads_html(first, second))
    if not outcome.measures:
        st.html('<p class="rag-note">They have no question in common.</p>')
        return True
    st.html(_measures_html(outcome.measures))
    asked = many(outcome.same + len(outcome.better) + len(outcome.worse), "question")
    apart = f" {many(outcome.apart, 'question')} only one of them has asked." * bool(outcome.apart)
    st.html(
        f'<p class="rag-answering">Over the {asked} that both have asked.{apart} The interval is '
        "of a paired bootstrap, 95%: a difference is told as more than chance where zero is "
        "outside. Of twenty figures that chance alone moves, one is told so too.</p>"
    )
    for title, pairs in (("Better", outcome.better), ("Worse", outcome.worse)):
        with st.expander(f"{title} in B: {many(len(pairs), 'question')}", expanded=bool(pairs)):
            st.html(_changes_html(pairs))
    return True


def close_comparison(engine: Engine) -> None:
    """Compare no more."""
    runs_state(engine).compared = None


def _show_selection(
    state: EvaluationState, engine: Engine, runs: KeptRuns, selected: Sequence[KeptRun]
) -> None:
    own = runs_state(engine)
    with st.container(horizontal=True, vertical_alignment="center"):
        if not selected:
            st.html('<p class="rag-filter">Select two to compare them.</p>', width="content")
            own.deleting = False
            return
        st.html(f'<p class="rag-filter">{len(selected):,} selected</p>', width="content")
        if len(selected) == 2:
            st.button("Compare", key="compare-runs", icon=":material/compare_arrows:",
                      on_click=_compare, args=(state, own, runs, selected))  # fmt: skip
        if not own.deleting:
            st.button(
                f"Delete {len(selected):,}",
                key="delete-runs",
                type="tertiary",
                icon=":material/delete:",
                on_click=_set_deleting,
                args=(own, True),
            )
            return
        with st.container(key="danger-runs", width="content"):
            st.button("Delete", key="delete-runs-yes", type="primary",
                      icon=":material/delete:", on_click=_delete,
                      args=(state, own, runs, selected))  # fmt: skip
        st.button("Cancel", key="delete-runs-no", on_click=_set_deleting, args=(own, False))


def _show_row(state: EvaluationState, own: RunsState, runs: KeptRuns, run: KeptRun) -> None:
    with st.container(
        horizontal=True, vertical_alignment="center", gap="small", wrap=False, key=f"row-{run.id}"
    ):
        show_selection_box(own.selected, run.id, f"Select the run of {_when(run)}", run.id)
        with st.container(gap=None):
            st.button(
                label(f"{_when(run)} · {run.name}"),
                key=f"read-{run.id}",
                type="tertiary",
                on_click=_open,
                args=(state, own, runs, run.id),
            )
            st.html(f'<div class="rag-row"><span class="rag-amount">{_row(run)}</span></div>')


def _row(run: KeptRun) -> str:
    figures = [f"{name} {run.figures[name]:.0%}" for name in HEADLINE if name in run.figures]
    facts = (many(run.questions, "question"), *figures, *_settings(run))
    return escaped(" · ".join(facts))


def _settings(run: KeptRun) -> list[str]:
    """Those that a reader may have chosen for it."""
    shown = ("answers", "mode", "passages", "neighbours", "reranker")
    return [f"{NAMES.get(one, one)} {run.settings[one]}" for one in shown if one in run.settings]


def _heads_html(first: KeptRun, second: KeptRun) -> str:
    """What each is, and the settings in which they differ."""
    names = dict.fromkeys((*first.settings, *second.settings))
    rows = [("questions", first.name, second.name), ("ended", _when(first), _when(second))]
    different = [
        (NAMES.get(name, name), first.settings.get(name, "none"), second.settings.get(name, "none"))
        for name in names
        if first.settings.get(name) != second.settings.get(name)
    ]
    if first.generation != second.generation:
        different.append(("documents", f"as of change {first.generation}",
                          f"as of change {second.generation}"))  # fmt: skip
    rows += different or [("settings", "the same", "the same")]
    cells = "".join(
        f"<tr><th>{escaped(name)}</th><td><bdi>{escaped(one)}</bdi></td>"
        f"<td><bdi>{escaped(two)}</bdi></td></tr>"
        for name, one, two in rows
    )
    head = "<tr><th></th><th>A, the earlier</th><th>B, the later</th></tr>"
    return f'<div class="rag-table rag-versus"><table>{head}{cells}</table></div>'


def _measures_html(measures: Sequence[Measure]) -> str:
    rows = "".join(
        f"<tr><td>{escaped(FIGURES[one.name])}</td><td>{one.first:.0%}</td>"
        f"<td>{one.second:.0%}</td>{_difference_html(one)}<td>{one.difference.count}</td></tr>"
        for one in measures
        if one.name in FIGURES
    )
    names = ("of questions", "A", "B", "points", "", "asked")
    head = "".join(f"<th>{name}</th>" for name in names)
    table = f"<table><tr>{head}</tr>{rows}</table>"
    return f'<div class="rag-table rag-measures">{table}</div>'


def _difference_html(one: Measure) -> str:
    change = one.difference
    if not (change.value or change.low or change.high):
        return "<td>0</td><td>the same</td>"
    cell = f"<td>{_points(change.value)}<br><small>{_points(change.low)} to "
    cell += f"{_points(change.high)}</small></td>"
    if not change.beyond_chance:
        return f"{cell}<td>may be chance</td>"
    what = "better" if (change.value > 0) != (one.name in LESS_IS_BETTER) else "worse"
    return f'{cell}<td><b class="rag-{what}">{what}</b></td>'


def _points(share: float) -> str:
    points = round(100 * share)
    return f"{points:+d}".replace("-", "−") if points else "0"


def _changes_html(pairs: Sequence[tuple[Asked, Asked]]) -> str:
    rows = "".join(
        f'<li>{escaped(one.question.text)}<span class="rag-amount">'
        f"A: {escaped(format_outcome(one))} → B: {escaped(format_outcome(two))}</span></li>"
        for one, two in pairs[:MOST_NAMED]
    )
    more = len(pairs) - MOST_NAMED
    rest = f"<li>and {more:,} more</li>" if more > 0 else ""
    return f'<ul class="rag-receipts">{rows}{rest}</ul>' if pairs else "<p>None.</p>"


def _when(run: KeptRun) -> str:
    return format_time(run.ended)


def _compare(
    state: EvaluationState, own: RunsState, runs: KeptRuns, selected: Sequence[KeptRun]
) -> None:
    second, first = selected  # the newest is listed first

    def compare() -> None:
        own.compared = first, second, versus(runs.open(first.id), runs.open(second.id))
        own.selected.clear()
        own.deleting = False

    _do(state, compare)


def _open(state: EvaluationState, own: RunsState, runs: KeptRuns, id_: str) -> None:
    def open_() -> None:
        state.report = runs.open(id_)
        own.compared = None

    _do(state, open_)


def _delete(
    state: EvaluationState, own: RunsState, runs: KeptRuns, selected: Sequence[KeptRun]
) -> None:
    def delete() -> None:
        own.deleting = False
        for run in selected:
            runs.delete(run.id)

    _do(state, delete)


def _do(state: EvaluationState, change: Callable[[], None]) -> None:
    state.error = None
    try:
        change()
    except RagError as error:
        state.error = str(error)


def _set_deleting(own: RunsState, deleting: bool) -> None:
    own.deleting = deleting
