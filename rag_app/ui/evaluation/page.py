"""The evaluation page: ask questions with known answers, and see what fails, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from ingest import RagError
from rag_app import Engine, with_settings
from rag_app.eval.saved_runs import KeptRuns
from rag_app.messages import retold, say, to_say
from rag_app.ui.evaluation.report import show_report
from rag_app.ui.evaluation.run import (
    EvaluationRun,
    OnProgress,
    Questions,
    Stopped,
    questions_made,
    questions_of_file,
    questions_rated,
)
from rag_app.ui.evaluation.runs import close_comparison, show_comparison, show_runs
from rag_app.ui.evaluation.state import EvaluationState
from rag_app.ui.serving.roles import REFUSED, may
from rag_app.ui.serving.settings import Role
from rag_app.ui.session.state import Session
from rag_app.ui.widgets.escape import escaped, label
from rag_app.ui.widgets.followers import Follower
from rag_app.ui.widgets.pressed import show_button
from rag_app.ui.widgets.times import format_seconds

MADE, FILE, RATED = (
    to_say("From my documents"),
    to_say("From a file"),
    to_say("Rated in the chat"),
)
SAME = to_say("Same as below")
MODES = {
    "hybrid": to_say("meaning and words"),
    "dense": to_say("meaning"),
    "keyword": to_say("words"),
}
KIND_KEY = "evaluation-kind"
MOST_QUESTIONS = 500
LARGEST_MEGABYTES = 20
FILE_LINE = (
    '{"question": "…", "gold": [{"document": "manual.pdf", "page": 7, "quote": "exact words"}]}'
)


def show_evaluation_page(session: Session, engine: Engine) -> Follower | None:
    """What to ask, how far that is, and what came of it."""
    state = session.state_of(EvaluationState)
    st.title(say("Evaluation"), anchor=False)
    promise = say(
        "Ask questions whose answers are known, and see how often they are found, which ones fail, "
        "and why."
    )
    st.html(f'<p class="rag-promise">{promise}</p>')
    if state.running is not None:
        return _Following(state, state.running)
    _show_choice(state, engine)
    if state.error:
        st.error(label(state.error), icon=":material/error:")
    runs = KeptRuns(engine, session.owner, collection_id=session.collection_id)
    if not show_comparison(engine) and state.report is not None:
        show_report(engine, state.report)
    show_runs(state, engine, runs)
    return None


def _show_choice(state: EvaluationState, engine: Engine) -> None:
    kinds = [MADE, FILE, RATED] if state.report is None else [MADE, FILE, RATED, SAME]
    kind = st.segmented_control(
        say("Questions"), kinds, default=MADE, required=True, key=KIND_KEY, format_func=say
    )
    count, sent = 20, None
    if kind == FILE:
        sent = st.file_uploader(
            say("Questions, as JSON lines"),
            type=["jsonl", "json"],
            max_upload_size=LARGEST_MEGABYTES,
            key="evaluation-file",
        )
        told = say(
            "One JSON object a line: {line}; a question without gold is one that the documents "
            "cannot answer.",
            line=FILE_LINE,
        )
        st.html(f'<p class="rag-answering">{escaped(told)}</p>')
    row = st.container(horizontal=True, vertical_alignment="bottom", key="evaluation-row")
    if kind == MADE:
        count = row.number_input(
            say("How many"), 1, MOST_QUESTIONS, 20, key="evaluation-count", width=160
        )
    answers = st.checkbox(
        say("Write the answers too, not just search"), True, key="evaluation-answers"
    )
    with st.expander(say("Search settings"), icon=":material/tune:"):
        settings = _chosen_settings(engine)
    # What is sent is read now: the next run of the page may have it no more.
    content = None if sent is None else (sent.getvalue(), sent.name)
    show_button(
        say("Evaluate"),
        lambda: _begin(state, engine, kind or MADE, int(count), content, answers, settings),
        key="evaluation-begin",
        place=row,
        type="primary",
        icon=":material/play_arrow:",
        disabled=kind == FILE and content is None,
    )


def _chosen_settings(engine: Engine) -> dict[str, Any]:
    """Those to be tried, of the search and of answers."""
    now = engine.answer_settings
    told = say(
        "Only for this evaluation. Try other settings on the same questions, then compare the two "
        "below."
    )
    st.html(f'<p class="rag-answering">{told}</p>')
    chosen: dict[str, Any] = {}
    with st.container(horizontal=True):
        chosen["mode"] = st.selectbox(
            say("Search by"),
            list(MODES),
            index=list(MODES).index(now.mode),
            format_func=lambda one: say(MODES[one]),
            key="evaluation-mode",
            width=220,
        )
        chosen["passages"] = st.number_input(
            say("Passages per answer"), 1, 50, now.passages, key="evaluation-passages", width=160
        )
        chosen["neighbours"] = st.number_input(
            say("Neighbours added"), 0, 5, now.neighbours, key="evaluation-neighbours", width=160
        )
    if now.reranker is not None and not st.checkbox(
        say("Use the re-ranker"), True, key="evaluation-reranker"
    ):
        chosen["reranker"] = None
    return chosen


def _begin(
    state: EvaluationState,
    engine: Engine,
    kind: str,
    count: int,
    sent: tuple[bytes, str] | None,
    answers: bool,
    settings: Mapping[str, Any],
) -> None:
    if not may(Role.ADD):
        state.error = say(REFUSED)
        return
    kept, before = state.session.conversations(engine), state.report
    runs = KeptRuns(engine, state.session.owner, collection_id=state.session.collection_id)
    # An LLM that fails is counted as that: quotes in its place would be taken for its answers.
    asked = with_settings(engine, **settings, llm_fallback=False)

    def questions(on_progress: OnProgress) -> Questions:
        if kind == FILE and sent is not None:
            return questions_of_file(*sent)
        if kind == SAME and before is not None:
            return [one.question for one in before.asked], ()
        return (
            questions_rated(kept) if kind == RATED else questions_made(engine, count, on_progress)
        )

    name = sent[1] if kind == FILE and sent is not None else say(kind)
    if kind == SAME and before is not None:
        name = before.name
    state.error = None
    close_comparison(engine)
    state.running = EvaluationRun(asked, name, questions, answers=answers, keep=runs.keep)


class _Following:
    """Shows how far an evaluation is."""

    def __init__(self, state: EvaluationState, run: EvaluationRun) -> None:
        self._state = state
        self._run = run
        self._bar = st.progress(0.0, say("Starting …"))
        st.button(
            say("Stop"),
            key="evaluation-stop",
            icon=":material/stop_circle:",
            type="tertiary",
            on_click=run.stop,
        )

    def follow(self) -> bool:
        now = self._run
        if not now.work.done:
            share = now.done / now.total if now.total else 0.0
            parts = [say(now.doing), format_seconds(now.work.seconds)]
            if now.total:
                parts.insert(1, say("{number} of {count}", number=now.done, count=now.total))
            self._bar.progress(min(share, 1.0), " · ".join(parts))
            return True
        self._state.running = None
        try:
            self._state.report = now.work.result()
        except Stopped:
            self._state.error = None
        except RagError as error:
            self._state.error = retold(error)
        return False
