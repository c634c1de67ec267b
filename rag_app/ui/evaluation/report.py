"""The report of an evaluation: its figures, what failed, and why."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import partial

import streamlit as st

from ingest import RagError
from rag_app import Engine
from rag_app.eval.html.page import page as report_page
from rag_app.eval.metrics import Figure
from rag_app.eval.report import TITLES, Asked, EvalReport, format_failure
from rag_app.explain import table
from rag_app.messages import decimal, percent, retold, say, to_say
from rag_app.messages.counts import in_questions
from rag_app.messages.places import place_of
from rag_app.ui.widgets.escape import escaped, label

MOST_FAILED = 40
# The figures of the search that a reader is told first.
SEARCH = {
    "hit@1": to_say("the first passage holds the answer"),
    "hit@5": to_say("one of the first five does"),
    "hit@10": to_say("one of the first ten does"),
    "mrr": to_say("one divided by the rank of the first that does, on average (MRR)"),
    "ndcg@10": to_say("how well the first ten are ordered (nDCG@10)"),
}
FIGURES = {**SEARCH, **TITLES}
# The three that are shown large: the first of these that there are.
LARGE = {
    "hit@5": (to_say("Found"), to_say("The right passage is among the first five")),
    "cited": (to_say("Cited"), to_say("The answer points at the right passage")),
    "refused_rightly": (
        to_say("No when it should"),
        to_say("Of the questions your documents can't answer"),
    ),
    "quoted": (to_say("Quoted"), to_say("The words it points at hold the answer")),
    "hit@1": (to_say("Found at once"), to_say("The first passage is the right one")),
    "hit@10": (to_say("Found in ten"), to_say("The right passage is among the first ten")),
}
# Where the right passage stood, by the last place of each group.
PLACES = {
    to_say("First"): 1,
    to_say("2nd or 3rd"): 3,
    to_say("4th or 5th"): 5,
    to_say("6th to 10th"): 10,
}


def show_report(engine: Engine, report: EvalReport) -> None:
    """All of it: three figures, where passages were found, what failed; the rest in Details."""
    asked = in_questions(report.questions)
    without = say(", {count} without an answer", count=report.unanswerable)
    cannot = without * bool(report.unanswerable)
    name = escaped(report.name)
    st.html(f'<h3 class="rag-heading">{name} <span>{asked}{cannot}</span></h3>')
    figures = {**report.search, **report.answers}
    st.html(_large_html(figures) + _places_html(report.asked))
    for note in report.notes:
        st.html(f'<p class="rag-answering">{escaped(note)}</p>')
    _show_failed(engine, [one for one in report.asked if format_failure(one)])
    with st.expander(say("Details")):
        st.html(_figures_html(figures))
        if len(report.documents) > 1:
            st.html(_documents_html(report.documents))
        _show_downloads(report)


def _show_downloads(report: EvalReport) -> None:
    with st.container(horizontal=True):
        for form, suffix, mime, make in (
            (say("Download as JSON"), "json", "application/json", _as_json),
            (say("Download as a page"), "html", "text/html", lambda one: report_page([one])),
        ):
            st.download_button(
                form,
                partial(make, report),
                f"evaluation.{suffix}",
                mime,
                key=f"evaluation-{suffix}",
                icon=":material/download:",
                on_click="ignore",
            )


def _large_html(figures: Mapping[str, Figure]) -> str:
    """Three figures, each with its interval as a band on a line from 0 to 100 %."""
    shown = [name for name in LARGE if name in figures][:3]
    return (
        f'<div class="rag-large-figures">{"".join(_card(figures[one], one) for one in shown)}</div>'
    )


def _card(figure: Figure, name: str) -> str:
    title, said = LARGE[name]
    span = say(
        "{low} to {high} with 95% confidence, {questions}",
        low=percent(figure.low),
        high=percent(figure.high),
        questions=in_questions(figure.count),
    )
    low, high, at = (round(100 * part, 1) for part in (figure.low, figure.high, figure.value))
    return (
        f"<div><h4>{say(title)}</h4><b>{percent(figure.value)}</b>"
        f'<i style="--low:{low}%;--high:{high}%;--at:{at}%" aria-hidden="true"></i>'
        f"<p>{say(said)}.</p><small>{span}</small></div>"
    )


def _places_html(asked: Sequence[Asked]) -> str:
    """A bar for each place at which the right passage stood."""
    ranks = [one.rank for one in asked if one.question.answerable]
    if not ranks:
        return ""
    counts, above = dict[str, int](), 0
    for name, last in PLACES.items():
        counts[say(name)] = sum(rank is not None and above < rank <= last for rank in ranks)
        above = last
    counts[say("Not in the first ten")] = len(ranks) - sum(counts.values())
    rows = "".join(
        f"<tr><th>{name}</th><td>{decimal(count, 0)}</td>"
        f'<td><i style="width:{100 * count / len(ranks):.1f}%"></i></td></tr>'
        for name, count in counts.items()
    )
    title = say("Where the right passage stood")
    return f'<table class="rag-bars"><caption>{title}</caption>{rows}</table>'


def _show_failed(engine: Engine, failed: list[Asked]) -> None:
    if not failed:
        st.success(say("Nothing failed."), icon=":material/check:")
        return
    title, amount = say("Failed"), decimal(len(failed), 0)
    st.html(f'<h3 class="rag-heading">{title} <span>{amount}</span></h3>')
    for one in failed[:MOST_FAILED]:
        with st.expander(label(one.question.text)):
            st.html(f'<p class="rag-panel">{escaped(format_failure(one))}</p>')
            for gold in one.question.gold:
                quote = f": “{gold.quote}”" if gold.quote else ""
                place = place_of(gold.document, gold.page) + quote
                expected = say("Expected: {place}", place=place)
                st.html(f'<p class="rag-answering">{escaped(expected)}</p>')
            if one.answer is not None and one.answer.text:
                said = say("Said: {answer}", answer=one.answer.text[:600])
                st.html(f'<p class="rag-answering">{escaped(said)}</p>')
            if one.question.gold and st.button(
                say("Why?"), key=f"why-{one.number}", type="tertiary"
            ):
                _show_why(engine, one)
    if len(failed) > MOST_FAILED:
        more = say("and {count} more, in what can be downloaded", count=len(failed) - MOST_FAILED)
        st.html(f'<p class="rag-answering">{more}</p>')


def _show_why(engine: Engine, asked: Asked) -> None:
    gold = asked.question.gold[0]
    try:
        why = engine.explain(
            asked.question.text, gold.quote, document=gold.document, page=gold.page
        )
    except RagError as error:
        st.error(label(retold(error)), icon=":material/error:")
        return
    st.html(f'<div class="rag-table"><pre>{escaped(table(why))}</pre></div>')


def _span(figure: Figure) -> str:
    return say("{low} to {high}", low=percent(figure.low), high=percent(figure.high))


def _figures_html(figures: Mapping[str, Figure]) -> str:
    rows = "".join(
        f"<tr><td>{percent(figure.value)}</td><td>{escaped(say(FIGURES[name]))}</td>"
        f"<td>{_span(figure)}</td><td>{figure.count}</td></tr>"
        for name, figure in figures.items()
        if name in FIGURES
    )
    names = (say("Figure"), say("of questions"), say("95% interval"), say("asked"))
    head = f"<tr>{''.join(f'<th>{name}</th>' for name in names)}</tr>"
    return f'<div class="rag-table"><table>{head}{rows}</table></div>'


def _documents_html(documents: Mapping[str, Mapping[str, Figure]]) -> str:
    rows = "".join(
        f"<tr><td>{percent(figures['hit@5'].value)}</td><td><bdi>{escaped(name)}</bdi></td>"
        f"<td>{figures['hit@5'].count}</td></tr>"
        for name, figures in sorted(documents.items(), key=lambda pair: pair[1]["hit@5"].value)
        if "hit@5" in figures
    )
    names = ("hit@5", say("document"), say("questions"))
    head = f"<tr>{''.join(f'<th>{name}</th>' for name in names)}</tr>"
    return f'<div class="rag-table"><table>{head}{rows}</table></div>'


def _as_json(report: EvalReport) -> str:
    return json.dumps({"reports": [report.everything()]}, ensure_ascii=False, indent=1) + "\n"
