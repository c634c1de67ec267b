"""Behind an answer: every passage that is found for its question, where it stood, and the cost."""

from __future__ import annotations

import time
from collections.abc import Sequence

import streamlit as st

from ingest import RagError
from rag_app import Answer, Engine, Exchange
from rag_app.counting import MODEL as COUNT
from rag_app.quotes import MODEL as QUOTES
from rag_app.retrieve import Passage
from rag_app.ui.safe import escaped, label
from rag_app.ui.scroll import scroll_to

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


def show_inspector(engine: Engine, exchange: Exchange, answer: Answer) -> None:
    """Search again for the question, as it was searched for, and show all that is found."""
    st.html(_figures_html(answer))
    if answer.model == COUNT:
        st.html('<p class="rag-caption">Counted over all documents: nothing was ranked.</p>')
        return
    question = answer.standalone or answer.question
    started = time.perf_counter()
    try:
        evidence = engine.evidence(question, exchange.where)
    except RagError as error:
        st.error(label(str(error)), icon=":material/error:")
        return
    seconds = time.perf_counter() - started
    used = {hit.chunk_id for hit in answer.hits}
    st.html(
        f'<p class="rag-caption">{len(evidence.passages)} passages are found now for '
        f"“{escaped(question)}”, in {seconds * 1000:,.0f} ms. That they answer it has a "
        f"probability of {evidence.confidence:.2f}.</p>"
        + passages_html(evidence.passages, used, answer, reranked=engine.reranker is not None)
    )
    # It opens below what is seen, where the answer is long.
    scroll_to(".rag-figures", f"inspect-{exchange.id}")


def passages_html(
    passages: Sequence[Passage], used: set[str], answer: Answer, *, reranked: bool
) -> str:
    """The passages as a table, each of which opens to its words."""
    headings = "".join(
        f'<th scope="col" title="{escaped(why)}">{name}</th>' for name, why in HEADINGS
    )
    rows = "".join(
        _row_html(place, passage, used, answer, reranked=reranked)
        for place, passage in enumerate(passages, start=1)
    )
    return (
        '<div class="rag-table" role="region" tabindex="0" aria-label="Passages and their ranks">'
        f"<table><thead><tr>{headings}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _row_html(
    place: int, passage: Passage, used: set[str], answer: Answer, *, reranked: bool
) -> str:
    chunk, ranks = passage.chunk, passage.ranks
    page = f' <span class="rag-page">page {chunk.page}</span>' if chunk.page else ""
    over = " › ".join(chunk.headings)
    words = (
        f'<details><summary><bdi class="rag-document">{escaped(chunk.documents[0])}</bdi>{page}'
        f"</summary><p><b>{escaped(over)}</b></p><blockquote>{escaped(chunk.text)}</blockquote>"
        "</details>"
    )
    given = chunk.id in used
    cells = (
        str(place),
        words,
        _rank(ranks.dense, ranks.similarity),
        _rank(ranks.keyword, ranks.share),
        _rank(ranks.found, ranks.score),
        str(place) if reranked else "–",
        f"{passage.score:.3f}",
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


def _figures_html(answer: Answer) -> str:
    """Time, tokens and cost of the answer."""
    figures = [("Time", f"{answer.seconds:.2f} s")]
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
    told = "".join(
        f"<div><dt>{escaped(name)}</dt><dd>{escaped(value)}</dd></div>" for name, value in figures
    )
    return f'<dl class="rag-figures">{told}</dl>'
