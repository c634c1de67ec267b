"""The evaluation page: ask questions whose answers are known, and see what fails, and why."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial

import streamlit as st

from ingest import RagError
from ingest.wording import many
from rag_app import Engine
from rag_app.eval.metrics import Figure
from rag_app.eval.page import page as report_page
from rag_app.eval.report import TITLES, Asked, EvalReport
from rag_app.explain import table
from rag_app.ui.evaluating import (
    Evaluating,
    Questions,
    Stopped,
    Told,
    questions_made,
    questions_of_file,
    questions_rated,
)
from rag_app.ui.follow import Follower
from rag_app.ui.safe import escaped, label
from rag_app.ui.state import State

MADE, FILE, RATED = "Made from the documents", "A file of mine", "Rated in the chat"
KIND_KEY = "evaluation-kind"
MOST_QUESTIONS = 500
MOST_FAILED = 40
LARGEST_MEGABYTES = 20
FILE_HELP = (
    'One JSON object a line: {"question": "…", "gold": [{"document": "manual.pdf", "page": 7, '
    '"quote": "exact words"}]}; a question without gold is one that the documents cannot answer.'
)
# The figures of the search that a reader is told first.
SEARCH = {
    "hit@1": "the first passage holds the answer",
    "hit@5": "one of the first five does",
    "hit@10": "one of the first ten does",
    "mrr": "one divided by the rank of the first that does, on average (MRR)",
    "ndcg@10": "how well the first ten are ordered (nDCG@10)",
}


def show_evaluation_page(state: State, engine: Engine) -> Follower | None:
    """What to ask, how far that is, and what came of it."""
    st.title("Evaluation", anchor=False)
    st.html(
        '<p class="rag-promise">Ask questions whose answers are known, and see how often they are '
        "found, which ones fail, and why.</p>"
    )
    if state.evaluating is not None:
        return _Following(state, state.evaluating)
    _show_choice(state, engine)
    if state.evaluation_error:
        st.error(label(state.evaluation_error), icon=":material/error:")
    if state.evaluated is not None:
        _show_report(engine, state.evaluated)
    return None


def _show_choice(state: State, engine: Engine) -> None:
    kind = st.segmented_control(
        "Questions", [MADE, FILE, RATED], default=MADE, required=True, key=KIND_KEY
    )
    count, sent = 20, None
    if kind == MADE:
        count = st.number_input(
            "How many", 1, MOST_QUESTIONS, 20, key="evaluation-count", width=160
        )
    elif kind == FILE:
        sent = st.file_uploader(
            "Questions, as JSON lines",
            type=["jsonl", "json"],
            max_upload_size=LARGEST_MEGABYTES,
            key="evaluation-file",
        )
        st.html(f'<p class="rag-answering">{escaped(FILE_HELP)}</p>')
    answers = st.checkbox(
        "Answer each question too, not only search", True, key="evaluation-answers"
    )
    # What is sent is read now: the next run of the page may have it no more.
    content = None if sent is None else (sent.getvalue(), sent.name)
    st.button(
        "Evaluate",
        type="primary",
        icon=":material/play_arrow:",
        disabled=kind == FILE and content is None,
        on_click=_begin,
        args=(state, engine, kind or MADE, int(count), content, answers),
    )


def _begin(
    state: State,
    engine: Engine,
    kind: str,
    count: int,
    sent: tuple[bytes, str] | None,
    answers: bool,
) -> None:
    kept = state.kept(engine)

    def questions(told: Told) -> Questions:
        if kind == FILE and sent is not None:
            return questions_of_file(*sent)
        return questions_rated(kept) if kind == RATED else questions_made(engine, count, told)

    name = sent[1] if kind == FILE and sent is not None else kind
    state.evaluation_error = None
    state.evaluating = Evaluating(engine, name, questions, answers=answers)


class _Following:
    """Shows how far an evaluation is."""

    def __init__(self, state: State, evaluating: Evaluating) -> None:
        self._state = state
        self._evaluating = evaluating
        self._bar = st.progress(0.0, "Beginning …")
        st.button("Stop", key="evaluation-stop", icon=":material/stop_circle:", type="tertiary",
                  on_click=evaluating.stop)  # fmt: skip

    def follow(self) -> bool:
        now = self._evaluating
        if not now.work.done:
            share = now.done / now.total if now.total else 0.0
            amount = f" · {now.done:,} of {now.total:,}" if now.total else ""
            self._bar.progress(min(share, 1.0), f"{now.doing}{amount} · {now.work.seconds:.0f} s")
            return True
        self._state.evaluating = None
        try:
            self._state.evaluated = now.work.result()
        except Stopped:
            self._state.evaluation_error = None
        except RagError as error:
            self._state.evaluation_error = str(error)
        return False


def _show_report(engine: Engine, report: EvalReport) -> None:
    asked = many(report.questions, "question")
    st.html(
        f'<h3 class="rag-heading">{escaped(report.name)} <span>{asked}, of them '
        f"{report.unanswerable:,} that the documents cannot answer</span></h3>"
    )
    st.html(_figures_html({**report.search, **report.answers}))
    for note in report.notes:
        st.html(f'<p class="rag-answering">{escaped(note)}</p>')
    with st.container(horizontal=True):
        for form, suffix, mime, make in (
            ("JSON", "json", "application/json", _as_json),
            ("a page", "html", "text/html", lambda one: report_page([one])),
        ):
            st.download_button(
                f"Download as {form}",
                partial(make, report),
                f"evaluation.{suffix}",
                mime,
                key=f"evaluation-{suffix}",
                icon=":material/download:",
                on_click="ignore",
            )
    if len(report.documents) > 1:
        with st.expander("By document"):
            st.html(_documents_html(report.documents))
    _show_failed(engine, [one for one in report.asked if told_failure(one)])


def told_failure(asked: Asked) -> str:
    """What is wrong with what came of a question, in words; empty if nothing is."""
    answer = asked.answer
    if answer is not None and answer.failure is not None:
        return f"The LLM failed: {answer.failure}"
    if not asked.question.answerable:
        wrong = answer is not None and not answer.refused
        return "It was answered, although the documents do not answer it." if wrong else ""
    if asked.rank is None:
        return "What answers it was not among the first ten passages."
    if answer is not None and answer.refused:
        return f"It was refused, although passage {asked.rank} answers it."
    if answer is not None and not answer.cited:
        return f"The answer cites other passages; what answers it was found at rank {asked.rank}."
    return ""


def _show_failed(engine: Engine, failed: list[Asked]) -> None:
    if not failed:
        st.success("Nothing failed.", icon=":material/check:")
        return
    st.html(f'<h3 class="rag-heading">Failed <span>{len(failed):,}</span></h3>')
    for one in failed[:MOST_FAILED]:
        with st.expander(label(one.question.text)):
            st.html(f'<p class="rag-panel">{escaped(told_failure(one))}</p>')
            for gold in one.question.gold:
                page = "" if gold.page is None else f", page {gold.page}"
                quote = f": “{gold.quote}”" if gold.quote else ""
                told = f"Expected: {gold.document}{page}{quote}"
                st.html(f'<p class="rag-answering">{escaped(told)}</p>')
            if one.answer is not None and one.answer.text:
                st.html(f'<p class="rag-answering">Said: {escaped(one.answer.text[:600])}</p>')
            if one.question.gold and st.button("Why?", key=f"why-{one.number}", type="tertiary"):
                _show_why(engine, one)
    if len(failed) > MOST_FAILED:
        more = len(failed) - MOST_FAILED
        st.html(f'<p class="rag-answering">and {more:,} more, in what can be downloaded</p>')


def _show_why(engine: Engine, asked: Asked) -> None:
    gold = asked.question.gold[0]
    try:
        why = engine.explain(
            asked.question.text, gold.quote, document=gold.document, page=gold.page
        )
    except RagError as error:
        st.error(label(str(error)), icon=":material/error:")
        return
    st.html(f'<div class="rag-table"><pre>{escaped(table(why))}</pre></div>')


def _figures_html(figures: Mapping[str, Figure]) -> str:
    titles = {**SEARCH, **TITLES}
    rows = "".join(
        f"<tr><td>{figure.value:.0%}</td><td>{escaped(titles[name])}</td>"
        f"<td>{figure.low:.0%} to {figure.high:.0%}</td><td>{figure.count}</td></tr>"
        for name, figure in figures.items()
        if name in titles
    )
    head = "<tr><th>Figure</th><th>of questions</th><th>95 % interval</th><th>asked</th></tr>"
    return f'<div class="rag-table"><table>{head}{rows}</table></div>'


def _documents_html(documents: Mapping[str, Mapping[str, Figure]]) -> str:
    rows = "".join(
        f"<tr><td>{figures['hit@5'].value:.0%}</td><td><bdi>{escaped(name)}</bdi></td>"
        f"<td>{figures['hit@5'].count}</td></tr>"
        for name, figures in sorted(documents.items(), key=lambda pair: pair[1]["hit@5"].value)
        if "hit@5" in figures
    )
    head = "<tr><th>hit@5</th><th>document</th><th>questions</th></tr>"
    return f'<div class="rag-table"><table>{head}{rows}</table></div>'


def _as_json(report: EvalReport) -> str:
    return json.dumps({"reports": [report.everything()]}, ensure_ascii=False, indent=1) + "\n"
