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
from rag_app.retrieval.passage import Ranks
from rag_app.summary.answer import MODEL as SUMMARY
from rag_app.tables.answer import MODEL as TABLE
from rag_app.ui.widgets.escape import escaped, label
from rag_app.ui.widgets.scroll import scroll_to
from rag_app.ui.widgets.times import format_time

HEADINGS = (
    ("#", "place among the evidence, after any re-ranking"),
    ("Passage", ""),
    ("Meaning", "rank by the similarity of its vector, among the best of the whole collection"),
    ("Words", "rank by the question's words, among the best of the whole collection"),
    ("Together", "rank by meaning and words together, with what stands around it"),
    ("Re-ranked", "rank by the cross-encoder"),
    ("Score", "by which it stands where it does"),
    ("Used", "whether the answer was made from it"),
)

PARTS = {"question": "Question", "search": "Search", "answer": "Answer and checks"}
# How an answer came about that no search did.
OF_A_WHOLE = {
    COUNT: "Counted over all documents, so no passages were ranked.",
    TABLE: "Computed from all rows of the table, so no passages were ranked.",
    SUMMARY: "Chosen from every section of the document, so no passages were ranked.",
    COMPARISON: "Both documents were compared passage by passage, so none were ranked.",
}
NO_LONGER = "<p>No document has these words any more.</p>"


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
            st.html(f'<p class="rag-caption">{how}</p>')
        elif record is not None and record.get("passages"):
            _show_record(engine, answer, record)
        else:
            _show_search(engine, exchange, answer)
    except RagError as error:
        st.error(label(str(error)), icon=":material/error:")
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
    st.html(
        f"{_caption_html(rows, answer, record['confidence'], 'were found')}"
        f"{passages_html(rows, set(given), answer, reranked=_reranker(record) is not None)}"
        f"{_call_html('What was sent to the LLM', call)}"
        f"{_call_html('What was sent to put the question on its own', record.get('rewriting'))}"
        f'<p class="rag-caption">Recorded {escaped(format_time(record["time"]))}</p>'
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
    st.html(
        '<p class="rag-note">The search behind this answer was not recorded. This is what it '
        f"finds now.</p>{_caption_html(rows, answer, evidence.confidence, 'are found now')}"
        f"{passages_html(rows, used, answer, reranked=engine.answer_settings.reranker is not None)}"
    )


def _caption_html(rows: Sequence[Row], answer: Answer, confidence: float, found: str) -> str:
    question = escaped(answer.standalone or answer.question)
    return (
        f'<p class="rag-caption">{len(rows)} passages {found} for “{question}”. '
        f"Together they answer it with a probability of {confidence:.0%}.</p>"
    )


def _reranker(record: Mapping[str, Any]) -> str | None:
    reranker: str | None = record["settings"].get("reranker")
    return reranker


def _call_html(name: str, call: Mapping[str, Any] | None) -> str:
    """A request to the LLM and its words before any check, closed at first."""
    if call is None:
        return ""
    said = [(message["role"], message["content"]) for message in call["messages"]]
    said.append(("what came back, before any check", call["text"]))
    messages = "".join(
        f"<h4>{escaped(role)}</h4><pre>{escaped(words)}</pre>" for role, words in said
    )
    notes = "".join(f"<p>{escaped(note)}</p>" for note in call["notes"])
    return f'<details class="rag-prompt"><summary>{name}</summary>{notes}{messages}</details>'


def passages_html(rows: Sequence[Row], used: set[str], answer: Answer, *, reranked: bool) -> str:
    """The passages as a table, each of which opens to its words."""
    headings = "".join(
        f'<th scope="col" title="{escaped(why)}">{name}</th>' for name, why in HEADINGS
    )
    lines = "".join(
        _row_html(place, row, row.id in used, answer, reranked=reranked)
        for place, row in enumerate(rows, start=1)
    )
    return (
        '<div class="rag-table" role="region" tabindex="0" aria-label="Passages and their ranks">'
        f"<table><thead><tr>{headings}</tr></thead><tbody>{lines}</tbody></table></div>"
    )


def _row_html(place: int, row: Row, given: bool, answer: Answer, *, reranked: bool) -> str:
    ranks = row.ranks
    page = f' <span class="rag-page">page {row.page}</span>' if row.page else ""
    over = " › ".join(row.headings)
    said = NO_LONGER if row.words is None else f"<blockquote>{escaped(row.words)}</blockquote>"
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
        _used(answer) if given else "no",
    )
    kind = ' class="rag-used"' if given else ""
    return f"<tr{kind}>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _rank(rank: int | None, score: float | None) -> str:
    if rank is None:
        return "–"
    return str(rank) if score is None else f"{rank} <small>{score:.3f}</small>"


def _used(answer: Answer) -> str:
    return "read" if answer.model == QUOTES else "prompt"


def _figures_html(answer: Answer, record: Mapping[str, Any] | None) -> str:
    """Time, by its parts where they are recorded, tokens and cost of the answer."""
    figures = [("Time", f"{answer.seconds:.2f} s")]
    for part, seconds in (record or {}).get("seconds", {}).items():
        figures.append((PARTS.get(part, part), f"{seconds:.2f} s"))
    if answer.usage is None:
        figures.append(("LLM", "not asked"))
    else:
        about = "about " if answer.usage.estimated else ""
        figures += [
            ("LLM", answer.model),
            ("Tokens sent", f"{about}{answer.usage.prompt_tokens:,}"),
            ("Tokens written", f"{about}{answer.usage.completion_tokens:,}"),
        ]
        cost = answer.usage.cost
        figures.append(("Cost", "no price is set" if cost is None else f"{cost:.4f}"))
    rows = "".join(
        f"<div><dt>{escaped(name)}</dt><dd>{escaped(value)}</dd></div>" for name, value in figures
    )
    return f'<dl class="rag-figures">{rows}</dl>'
