"""The list of earlier evaluation runs: opened, deleted, and two of them compared."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from ingest import RagError
from rag_app import Engine
from rag_app.eval.report import LESS_IS_BETTER, Asked
from rag_app.eval.saved_runs import KeptRun, KeptRuns
from rag_app.eval.side_by_side import Measure, format_outcome, versus
from rag_app.messages import decimal, percent, retold, say, say_many, to_say
from rag_app.messages.counts import in_questions
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
    "answers": to_say("answers by"),
    "passages": to_say("passages"),
    "reranker": to_say("re-ranker"),
    "rerank_candidates": to_say("re-ranked"),
    "model": to_say("model"),
    "chunk_tokens": to_say("tokens a passage at most"),
    "overlap_tokens": to_say("tokens of overlap"),
}


def show_runs(state: EvaluationState, engine: Engine, runs: KeptRuns) -> None:
    """The list, the newest first, and what can be done with those that are ticked."""
    found = runs.listed()
    if not found:
        return
    own = runs_state(engine)
    own.selected &= {run.id for run in found}
    title, amount = say("Earlier evaluations"), decimal(len(found), 0)
    st.html(f'<h3 class="rag-heading">{title} <span>{amount}</span></h3>')
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
        title = say("Two evaluations")
        st.html(f'<h3 class="rag-heading">{title}</h3>', width="content")
        st.button(say("Close"), key="close-comparison", type="tertiary", icon=":material/close:",
                  on_click=close_comparison, args=(engine,))  # fmt: skip
    st.html(_heads_html(first, second))
    if not outcome.measures:
        none = say("They have no question in common.")
        st.html(f'<p class="rag-note">{none}</p>')
        return True
    st.html(_measures_html(outcome.measures))
    over = say_many(
        "Over the {count} question that both have asked.",
        "Over the {count} questions that both have asked.",
        outcome.same + len(outcome.better) + len(outcome.worse),
    )
    apart = say_many(
        "{count} question only one of them has asked.",
        "{count} questions only one of them has asked.",
        outcome.apart,
    )
    how = say(
        "The interval is of a paired bootstrap, 95%: a difference is told as more than chance "
        "where zero is outside. Of twenty figures that chance alone moves, one is told so too."
    )
    told = " ".join((over, apart, how) if outcome.apart else (over, how))
    st.html(f'<p class="rag-answering">{told}</p>')
    for title, pairs in (
        (to_say("Better in B: {questions}"), outcome.better),
        (to_say("Worse in B: {questions}"), outcome.worse),
    ):
        asked = in_questions(len(pairs))
        with st.expander(say(title, questions=asked), expanded=bool(pairs)):
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
            select = say("Select two to compare them.")
            st.html(f'<p class="rag-filter">{select}</p>', width="content")
            own.deleting = False
            return
        told = say("{count} selected", count=len(selected))
        st.html(f'<p class="rag-filter">{told}</p>', width="content")
        if len(selected) == 2:
            st.button(say("Compare"), key="compare-runs", icon=":material/compare_arrows:",
                      on_click=_compare, args=(state, own, runs, selected))  # fmt: skip
        if not own.deleting:
            st.button(
                say("Delete {count}", count=len(selected)),
                key="delete-runs",
                type="tertiary",
                icon=":material/delete:",
                on_click=_set_deleting,
                args=(own, True),
            )
            return
        with st.container(key="danger-runs", width="content"):
            st.button(say("Delete"), key="delete-runs-yes", type="primary",
                      icon=":material/delete:", on_click=_delete,
                      args=(state, own, runs, selected))  # fmt: skip
        st.button(say("Cancel"), key="delete-runs-no", on_click=_set_deleting, args=(own, False))


def _show_row(state: EvaluationState, own: RunsState, runs: KeptRuns, run: KeptRun) -> None:
    with st.container(
        horizontal=True, vertical_alignment="center", gap="small", wrap=False, key=f"row-{run.id}"
    ):
        show_selection_box(
            own.selected, run.id, say("Select the run of {time}", time=_when(run)), run.id
        )
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
    figures = [f"{name} {percent(run.figures[name])}" for name in HEADLINE if name in run.figures]
    asked = in_questions(run.questions)
    facts = (asked, *figures, *_settings(run))
    return escaped(" · ".join(facts))


def _settings(run: KeptRun) -> list[str]:
    """Those that a reader may have chosen for it."""
    shown = ("answers", "mode", "passages", "neighbours", "reranker")
    return [f"{_named(one)} {run.settings[one]}" for one in shown if one in run.settings]


def _named(setting: str) -> str:
    return say(NAMES[setting]) if setting in NAMES else setting


def _heads_html(first: KeptRun, second: KeptRun) -> str:
    """What each is, and the settings in which they differ."""
    names = dict.fromkeys((*first.settings, *second.settings))
    rows = [
        (say("questions"), first.name, second.name),
        (say("ended"), _when(first), _when(second)),
    ]
    different = [
        (
            _named(name),
            first.settings.get(name, say("none")),
            second.settings.get(name, say("none")),
        )
        for name in names
        if first.settings.get(name) != second.settings.get(name)
    ]
    if first.generation != second.generation:
        different.append((
            say("documents"),
            say("as of change {number}", number=first.generation),
            say("as of change {number}", number=second.generation),
        ))  # fmt: skip
    rows += different or [(say("settings"), say("the same"), say("the same"))]
    cells = "".join(
        f"<tr><th>{escaped(name)}</th><td><bdi>{escaped(one)}</bdi></td>"
        f"<td><bdi>{escaped(two)}</bdi></td></tr>"
        for name, one, two in rows
    )
    earlier, later = say("A, the earlier"), say("B, the later")
    head = f"<tr><th></th><th>{earlier}</th><th>{later}</th></tr>"
    return f'<div class="rag-table rag-versus"><table>{head}{cells}</table></div>'


def _measures_html(measures: Sequence[Measure]) -> str:
    rows = "".join(
        f"<tr><td>{escaped(say(FIGURES[one.name]))}</td><td>{percent(one.first)}</td>"
        f"<td>{percent(one.second)}</td>{_difference_html(one)}<td>{one.difference.count}</td></tr>"
        for one in measures
        if one.name in FIGURES
    )
    names = (say("of questions"), "A", "B", say("points"), "", say("asked"))
    head = "".join(f"<th>{name}</th>" for name in names)
    table = f"<table><tr>{head}</tr>{rows}</table>"
    return f'<div class="rag-table rag-measures">{table}</div>'


def _difference_html(one: Measure) -> str:
    change = one.difference
    if not (change.value or change.low or change.high):
        same = say("the same")
        return f"<td>0</td><td>{same}</td>"
    span = say("{low} to {high}", low=_points(change.low), high=_points(change.high))
    cell = f"<td>{_points(change.value)}<br><small>{span}</small></td>"
    if not change.beyond_chance:
        chance = say("may be chance")
        return f"{cell}<td>{chance}</td>"
    what = "better" if (change.value > 0) != (one.name in LESS_IS_BETTER) else "worse"
    told = say("better") if what == "better" else say("worse")
    return f'{cell}<td><b class="rag-{what}">{told}</b></td>'


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
    others, none = say("and {count} more", count=more), say("None.")
    rest = f"<li>{others}</li>" if more > 0 else ""
    return f'<ul class="rag-receipts">{rows}{rest}</ul>' if pairs else f"<p>{none}</p>"


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
        state.error = retold(error)


def _set_deleting(own: RunsState, deleting: bool) -> None:
    own.deleting = deleting
