"""The inspector of an answer: each passage found with its ranks, the prompt, time and cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from ingest import RagError
from rag_app import Answer, Engine, Exchange
from rag_app.answer.draft import QUOTES
from rag_app.comparison.answer import MODEL as COMPARISON
from rag_app.inventory.mentions import MODEL as COUNT
from rag_app.messages import decimal, percent, retold, say, say_many, to_say
from rag_app.retrieval.passage import Ranks
from rag_app.summary.summary import MODEL as SUMMARY
from rag_app.tables.answer import MODEL as TABLE
from rag_app.ui.widgets.escape import escaped, label
from rag_app.ui.widgets.scroll import scroll_to
from rag_app.ui.widgets.times import format_seconds, format_time

HEADINGS = (
    ("#", to_say("place among the evidence, after any re-ranking")),
    (to_say("Passage"), ""),
    (
        to_say("Meaning"),
        to_say("rank by the similarity of its vector, among the best of the whole collection"),
    ),
    (
        to_say("Words"),
        to_say("rank by the question's words, among the best of the whole collection"),
    ),
    (
        to_say("Together"),
        to_say("rank by meaning and words together, with what stands around it"),
    ),
    (to_say("Re-ranked"), to_say("rank by the cross-encoder")),
    (to_say("Score"), to_say("by which it stands where it does")),
    (to_say("Used"), to_say("whether the answer was made from it")),
)

PARTS = {
    "question": to_say("Question"),
    "search": to_say("Search"),
    "answer": to_say("Answer and checks"),
}
# How an answer came about that no search did.
OF_A_WHOLE = {
    COUNT: to_say("Counted over all documents, so no passages were ranked."),
    TABLE: to_say("Computed from all rows of the table, so no passages were ranked."),
    SUMMARY: to_say("Chosen from every section of the document, so no passages were ranked."),
    COMPARISON: to_say("Both documents were compared passage by passage, so none were ranked."),
}
NO_LONGER = to_say("No document has these words any more.")


@dataclass(frozen=True, slots=True)
class Row:
    """A passage, and where it stood. ``words`` are None where no document has them any more."""

    id: str
    document: str
    page: int | None
    headings: Sequence[str]
    words: str | None
    score: float
    ranks: Ranks


def show_inspector(engine: Engine, exchange: Exchange, answer: Answer) -> None:
    """How an answer came about, as its record says; without one, what a search finds now."""
    record = exchange.record
    st.html(_figures_html(answer, record))
    try:
        if (how := OF_A_WHOLE.get(answer.model)) is not None:
            st.html(f'<p class="rag-caption">{say(how)}</p>')
        elif record is not None and record.get("passages"):
            _show_record(engine, answer, record)
        else:
            _show_search(engine, exchange, answer)
    except RagError as error:
        st.error(label(retold(error)), icon=":material/error:")
    # It opens below what is seen, where the answer is long.
    scroll_to(".rag-figures", f"inspect-{exchange.id}")


def _show_record(engine: Engine, answer: Answer, record: Mapping[str, Any]) -> None:
    found = record["passages"]
    words = engine.collection.passage_texts([one["chunk_id"] for one in found])
    words |= {hit.chunk_id: hit.text for hit in answer.hits}
    rows = [
        Row(
            one["chunk_id"],
            one["document"],
            one["page"],
            one["headings"],
            words.get(one["chunk_id"]),
            one["score"],
            Ranks(**one["ranks"]),
        )
        for one in found
    ]
    call = record.get("call")
    # As many as fitted the model's context; without an LLM, all that were chosen were read.
    given = [hit.chunk_id for hit in answer.hits][: call["given"] if call else None]
    found_then = say_many(
        "{count} passage was found for “{question}”.",
        "{count} passages were found for “{question}”.",
        len(rows),
        question=answer.standalone or answer.question,
    )
    sent, rewritten = say("What was sent to the LLM"), record.get("rewriting")
    put = say("What was sent to put the question on its own")
    recorded = say("Recorded {time}", time=format_time(record["time"]))
    st.html(
        f"{_caption_html(found_then, record['confidence'])}"
        f"{passages_html(rows, set(given), answer, reranked=_reranker(record) is not None)}"
        f"{_call_html(sent, call)}"
        f"{_call_html(put, rewritten)}"
        f'<p class="rag-caption">{escaped(recorded)}</p>'
    )


def _show_search(engine: Engine, exchange: Exchange, answer: Answer) -> None:
    evidence = engine.evidence(answer.standalone or answer.question, exchange.where)
    rows = [
        Row(
            one.chunk.id,
            one.chunk.documents[0],
            one.chunk.page,
            one.chunk.headings,
            one.chunk.text,
            one.score,
            one.ranks,
        )
        for one in evidence.passages
    ]
    used = {hit.chunk_id for hit in answer.hits}
    found_now = say_many(
        "{count} passage is found now for “{question}”.",
        "{count} passages are found now for “{question}”.",
        len(rows),
        question=answer.standalone or answer.question,
    )
    note = say("The search behind this answer was not recorded. This is what it finds now.")
    st.html(
        f'<p class="rag-note">{note}</p>{_caption_html(found_now, evidence.confidence)}'
        f"{passages_html(rows, used, answer, reranked=engine.answer_settings.reranker is not None)}"
    )


def _caption_html(found: str, confidence: float) -> str:
    likely = say(
        "Together they answer it with a probability of {share}.", share=percent(confidence)
    )
    return f'<p class="rag-caption">{escaped(found)} {likely}</p>'


def _reranker(record: Mapping[str, Any]) -> str | None:
    reranker: str | None = record["settings"].get("reranker")
    return reranker


def _call_html(name: str, call: Mapping[str, Any] | None) -> str:
    """A request to the LLM and its words before any check, closed at first."""
    if call is None:
        return ""
    said = [(message["role"], message["content"]) for message in call["messages"]]
    said.append((say("what came back, before any check"), call["text"]))
    messages = "".join(
        f"<h4>{escaped(role)}</h4><pre>{escaped(words)}</pre>" for role, words in said
    )
    notes = "".join(f"<p>{escaped(note)}</p>" for note in call["notes"])
    return f'<details class="rag-prompt"><summary>{name}</summary>{notes}{messages}</details>'


def passages_html(rows: Sequence[Row], used: set[str], answer: Answer, *, reranked: bool) -> str:
    """The passages as a table, each of which opens to its words."""
    headings = "".join(
        f'<th scope="col" title="{escaped(say(why) if why else why)}">{say(name)}</th>'
        for name, why in HEADINGS
    )
    lines = "".join(
        _row_html(place, row, row.id in used, answer, reranked=reranked)
        for place, row in enumerate(rows, start=1)
    )
    name = escaped(say("Passages and their ranks"))
    return (
        f'<div class="rag-table" role="region" tabindex="0" aria-label="{name}">'
        f"<table><thead><tr>{headings}</tr></thead><tbody>{lines}</tbody></table></div>"
    )


def _row_html(place: int, row: Row, given: bool, answer: Answer, *, reranked: bool) -> str:
    ranks = row.ranks
    told = say("page {number}", number=row.page) if row.page else ""
    page = f' <span class="rag-page">{told}</span>' if told else ""
    over = " › ".join(row.headings)
    said = f'<blockquote dir="auto">{escaped(row.words or "")}</blockquote>'
    if row.words is None:
        said = f"<p>{say(NO_LONGER)}</p>"
    words = (
        f'<details><summary><bdi class="rag-document">{escaped(row.document)}</bdi>{page}'
        f"</summary><p><b>{escaped(over)}</b></p>{said}</details>"
    )
    cells = (
        str(place),
        words,
        _rank(ranks.dense, ranks.similarity),
        _rank(ranks.keyword, ranks.share),
        _rank(ranks.found, ranks.score),
        str(place) if reranked else "–",
        f"{row.score:.3f}",
        _used(answer) if given else say("no"),
    )
    kind = ' class="rag-used"' if given else ""
    return f"<tr{kind}>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _rank(rank: int | None, score: float | None) -> str:
    if rank is None:
        return "–"
    return str(rank) if score is None else f"{rank} <small>{score:.3f}</small>"


def _used(answer: Answer) -> str:
    return say("read") if answer.model == QUOTES else say("prompt")


def _figures_html(answer: Answer, record: Mapping[str, Any] | None) -> str:
    """Time, by its parts where they are recorded, tokens and cost of the answer."""
    figures = [(say("Time"), format_seconds(answer.seconds, 2))]
    for part, seconds in (record or {}).get("seconds", {}).items():
        name = say(PARTS[part]) if part in PARTS else part
        figures.append((name, format_seconds(seconds, 2)))
    if answer.usage is None:
        figures.append((say("LLM"), say("not asked")))
    else:
        sent, written = answer.usage.prompt_tokens, answer.usage.completion_tokens
        is_about = answer.usage.estimated
        figures += [
            (say("LLM"), answer.model),
            (
                say("Tokens sent"),
                say("about {count}", count=sent) if is_about else decimal(sent, 0),
            ),
            (
                say("Tokens written"),
                say("about {count}", count=written) if is_about else decimal(written, 0),
            ),
        ]
        cost = answer.usage.cost
        figures.append((say("Cost"), say("no price is set") if cost is None else decimal(cost, 4)))
    rows = "".join(
        f"<div><dt>{escaped(name)}</dt><dd>{escaped(value)}</dd></div>" for name, value in figures
    )
    return f'<dl class="rag-figures">{rows}</dl>'
