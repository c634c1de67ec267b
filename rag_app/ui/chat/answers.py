"""The outcome of a question: an answer, a refusal, an error, or a stopped answer."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import streamlit as st

from rag_app import Answer, Citation, Engine, Exchange
from rag_app.answer.draft import QUOTES, REPLY
from rag_app.comparison.answer import MODEL as COMPARISON
from rag_app.inventory.mentions import MODEL as COUNT
from rag_app.messages import decimal, say, say_many, to_say
from rag_app.records import Step, columns_of
from rag_app.remarks import remarks_on
from rag_app.report.made import MODEL as REPORT
from rag_app.summary.summary import MODEL as SUMMARY
from rag_app.tables.answer import MODEL as TABLE
from rag_app.ui.chat.sources.chips import opens, show_sources
from rag_app.ui.chat.sources.source import Source, marker_chips
from rag_app.ui.chat.state import ChatState
from rag_app.ui.widgets.escape import escaped, label, markdown_html, quoted_as, remark_html
from rag_app.ui.widgets.tables import table_html
from rag_app.ui.widgets.times import format_seconds
from rag_app.ui.widgets.typeset import unwrapped

BLANK_LINES = re.compile(r"\n[ \t]*\n\s*")
Chips = Mapping[int, Sequence[str]]
# How an answer was made that no LLM has written.
MADE = {
    QUOTES: to_say("Quoted from the documents, word for word"),
    REPLY: "",
    COUNT: to_say("Counted over the whole collection"),
    TABLE: to_say("Computed from the rows of a table"),
    COMPARISON: to_say("Compared sentence by sentence"),
    SUMMARY: to_say("In the documents' own sentences"),
    REPORT: to_say("In the documents' own sentences"),
}
# Their notes say what was gone through, and warn of nothing.
TELLING = (TABLE, COMPARISON, SUMMARY)


def show_outcome(chat: ChatState, engine: Engine, exchange: Exchange, slot: str) -> None:
    """Draw it, with the passages that it rests on."""
    if exchange.error is not None:
        st.error(label(exchange.error), icon=":material/error:")
    elif exchange.answer is None:
        _show_stopped(exchange)
    else:
        _show_answer(chat, engine, exchange, exchange.answer, slot)


def _show_answer(
    chat: ChatState, engine: Engine, exchange: Exchange, answer: Answer, slot: str
) -> None:
    sources = chat.sources.of(exchange, engine)
    chips = marker_chips(answer, sources, opens(slot))
    st.html(answer_html(answer, chips, sources))
    show_sources(chat.sources, exchange, sources, slot)


def answer_html(answer: Answer, chips: Chips, sources: Sequence[Source] = ()) -> str:
    """What an answer says, with its markers: all but the passages that it rests on."""
    languages = {source.quote: source.language for source in sources}
    if answer.refused:
        body = f'<div class="rag-refusal"><p>{escaped(refusal_of(answer))}</p></div>'
        if sources:
            body += f'<p class="rag-nearest">{say("Closest passages")}</p>'
        if answer.closest:
            closest = (_blockquote(one, chips[one.marker][0], languages) for one in answer.closest)
            body += f'<div class="rag-answer rag-closest">{"".join(closest)}</div>'
    elif answer.model == QUOTES:
        # Why they stand here comes before the documents' own words, as they are the answer to it.
        quotes = f'<div class="rag-answer">{_quotes_html(answer, chips, languages)}</div>'
        body = f"{_notes_html(answer)}{quotes}"
        return f"{_searched_html(answer)}{body}"
    else:
        body = f'<div class="rag-answer">{_written_html(answer, chips)}</div>'
    return f"{_searched_html(answer)}{_steps_html(answer)}{body}{_notes_html(answer)}"


def refusal_of(answer: Answer) -> str:
    """What a refusal says on the page, where what came closest stands below it; the rest is for
    those without a page."""
    return answer.text.partition("\n\n")[0]


def _show_stopped(exchange: Exchange) -> None:
    body = markdown_html(exchange.partial)
    stopped = say("Stopped.")
    unchecked = say("What is written here was not checked.") if exchange.partial else ""
    note = f"{stopped} {unchecked}"
    st.html(f'<div class="rag-answer">{body}</div><p class="rag-note">{note}</p>')


def _quotes_html(answer: Answer, chips: Chips, languages: Mapping[str, str | None]) -> str:
    """Quotes, each with its marker, as the documents have them: their Markdown is not ours. What
    is said before and between them is."""
    shown: dict[int, list[Citation]] = {}
    for one in answer.citations:
        shown.setdefault(one.marker, []).append(one)
    html, at = "", 0
    for marker, rows in shown.items():
        is_table = bool(rows[0].cells)
        start = answer.text.find("| " if is_table else rows[0].quote, at)
        if start >= 0:
            html += _said_html(answer.text[at:start])
            end = answer.text.find("\n\n", start) if is_table else start + len(rows[0].quote)
            at = len(answer.text) if end < 0 else end + (0 if is_table else len(f" [{marker}]"))
        html += (
            _table_html(rows, chips[marker])
            if is_table
            else _blockquote(rows[0], chips[marker][0], languages)
        )
    return html + (_said_html(answer.text[at:]) if at else "")


def _said_html(text: str) -> str:
    """What is said beside quotes, a line each."""
    lines = filter(None, (line.strip() for line in text.splitlines()))
    return "".join(f'<p class="rag-note">{escaped(line)}</p>' for line in lines)


def _table_html(rows: Sequence[Citation], chips: Sequence[str]) -> str:
    """Rows of one table under the heads of their columns, each with its marker at its end."""
    columns = columns_of([one.cells for one in rows])
    lines: list[list[str]] = []
    for one, chip in zip(rows, chips, strict=True):
        there = dict(one.cells)
        cells = [escaped(there.get(head, "")) for head in columns]
        lines.append([*cells[:-1], f"{cells[-1]} {chip}"])
    return table_html([escaped(head) for head in columns], lines, has_tools=True)


def _blockquote(citation: Citation, chip: str, languages: Mapping[str, str | None]) -> str:
    language = quoted_as(languages.get(citation.quote))
    return f'<blockquote class="rag-quote"{language}>{_quote_html(citation)} {chip}</blockquote>'


def _quote_html(citation: Citation) -> str:
    """A quote, in which the sentence that answers best stands out from what is around it."""
    quote = unwrapped(citation.quote)
    if citation.best is None or citation.best == (citation.start, citation.end):
        html = escaped(quote)
    else:
        first, last = (place - citation.start for place in citation.best)
        best = f"<strong>{escaped(quote[first:last])}</strong>"
        html = f"{escaped(quote[:first])}{best}{escaped(quote[last:])}"
    return BLANK_LINES.sub('<span class="rag-gap"></span>', html)


def _written_html(answer: Answer, chips: Chips) -> str:
    remarks = [
        (one.end, remark_html(one.status, one.label, one.reason)) for one in remarks_on(answer)
    ]
    return markdown_html(answer.text, chips, remarks)


def _notes_html(answer: Answer) -> str:
    is_quiet = answer.model in TELLING and answer.failure is None
    kind = "rag-note rag-quiet" if is_quiet else "rag-note"
    return "".join(f'<p class="{kind}">{escaped(note)}</p>' for note in answer.notes)


def _searched_html(answer: Answer) -> str:
    """What was searched for, where the question left out what the conversation says."""
    if answer.standalone is None:
        return ""
    searched = say("Searched for: {question}", question=answer.standalone)
    return f'<p class="rag-caption">{escaped(searched)}</p>'


def _steps_html(answer: Answer) -> str:
    """The steps on the way to an answer, to be opened."""
    if not answer.steps:
        return ""
    steps = say_many("{count} step", "{count} steps", len(answer.steps))
    summary = f"<summary>{steps}</summary>"
    return f'<details class="rag-steps">{summary}{steps_html(answer.steps)}</details>'


def steps_html(steps: Sequence[Step]) -> str:
    """Steps as a list, in order."""
    return f"<ol>{''.join(f'<li>{escaped(one.told)}</li>' for one in steps)}</ol>"


def caption_html(answer: Answer) -> str:
    """By what an answer was made, and what it took."""
    if answer.model in MADE:
        made = MADE[answer.model] and say(MADE[answer.model])
    else:
        made = say("Written by {model}", model=answer.model)
    parts = [made] if made and not (answer.refused and answer.model in MADE) else []
    parts.append(format_seconds(answer.seconds, 1))
    if answer.usage is not None:
        tokens = answer.usage.prompt_tokens + answer.usage.completion_tokens
        if answer.usage.estimated:
            parts.append(say("about {count} tokens", count=tokens))
        else:
            parts.append(say("{count} tokens", count=tokens))
        if answer.usage.cost is not None:
            parts.append(say("cost {amount}", amount=decimal(answer.usage.cost, 4)))
    return f'<p class="rag-caption">{escaped(" · ".join(parts))}</p>'
