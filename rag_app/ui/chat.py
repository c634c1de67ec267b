"""The conversation: questions, answers as they come, and what each answer rests on."""

from __future__ import annotations

from typing import Any

import streamlit as st

from ingest import RagError
from rag_app import Answer, Engine
from rag_app.counting import MODEL as COUNT
from rag_app.quotes import MODEL as QUOTES
from rag_app.ui.background import Asking
from rag_app.ui.filters import filter_html
from rag_app.ui.follow import Follower
from rag_app.ui.safe import doubt_html, escaped, label, markdown_html
from rag_app.ui.sources import marker_chips, source_html, sources_html, sources_of
from rag_app.ui.state import Exchange, State

QUESTION_KEY = "question"
USER_AVATAR = ":material/person:"
ANSWER_AVATAR = ":material/menu_book:"
# Streamlit keeps those who are at the end of the page there, past the beginning of a long answer,
# and leaves all others where they are. This is the one script that the page runs; nothing of
# others goes into it. Its number makes it run once for each step; the second time is for when
# Streamlit's own scrolling, which takes its time, comes after the first.
SCROLL_TO_QUESTION = """<script data-step="{step}">
for (const delay of [150, 600]) setTimeout(() => {{
  [...document.querySelectorAll(".rag-question")].at(-1)?.scrollIntoView({{block: "start"}});
}}, delay);
</script>"""


def show_conversation(state: State, engine: Engine) -> Follower | None:
    """All questions and answers, and the place of the answer that is on its way."""
    for exchange in state.conversation:
        _show_question(exchange.question, exchange.where)
        with st.chat_message("assistant", avatar=ANSWER_AVATAR):
            _show_outcome(exchange)
    follower = None
    if state.asking is not None:
        _show_question(state.asking.question, state.asking.where)
        with st.chat_message("assistant", avatar=ANSWER_AVATAR):
            follower = _AnswerFollower(state, state.asking, engine)
    step = 2 * len(state.conversation) + (follower is not None)
    st.html(SCROLL_TO_QUESTION.format(step=step), unsafe_allow_javascript=True)
    return follower


def show_question_field(state: State, engine: Engine, *, is_empty: bool) -> None:
    """Where questions are typed."""
    st.chat_input(
        "Add a document first" if is_empty else "Ask your documents",
        key=QUESTION_KEY,
        disabled=is_empty,
        on_submit=_ask_typed,
        args=(state, engine),
    )


def ask(state: State, engine: Engine, question: str) -> None:
    """Send a question on its way, with the filter that is chosen. The answer to one that is still
    on its way is stopped."""
    stop(state)
    state.asking = Asking(engine, question, state.history, state.where)


def stop(state: State) -> None:
    """Stop the answer that is on its way, and keep what has come of it."""
    if state.asking is None:
        return
    asking = state.asking
    asking.stop()
    exchange = Exchange(asking.question, partial=asking.text, where=asking.where)
    state.conversation.append(exchange)
    state.asking = None


class _AnswerFollower:
    """Shows an answer while it comes."""

    def __init__(self, state: State, asking: Asking, engine: Engine) -> None:
        self._state = state
        self._asking = asking
        self._engine = engine
        self._text = st.empty()
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            self._doing = st.empty()
            st.button(
                "Stop", icon=":material/stop_circle:", type="tertiary", on_click=stop, args=(state,)
            )

    def follow(self) -> bool:
        asking = self._asking
        if asking.work.done:
            self._finish()
            return False
        if asking.text and self._engine.llm is not None:
            self._text.html(f'<div class="rag-answer">{markdown_html(asking.text)}</div>')
        doing = "Writing, and checking each citation" if asking.text else "Reading the documents"
        seconds = f" · {asking.work.seconds:.0f} s" if asking.work.seconds >= 2 else ""
        self._doing.html(f'<p class="rag-doing">{doing} …{seconds}</p>', width="content")
        return True

    def _finish(self) -> None:
        question, where = self._asking.question, self._asking.where
        self._state.asking = None
        try:
            answer = self._asking.work.result()
        except RagError as error:
            self._state.conversation.append(Exchange(question, error=str(error), where=where))
            return
        if answer is not None:
            sources = sources_of(answer, self._engine)
            self._state.conversation.append(Exchange(question, answer, sources, where=where))


def _ask_typed(state: State, engine: Engine) -> None:
    question = st.session_state[QUESTION_KEY]
    if question and question.strip():
        ask(state, engine, question.strip())


def _show_question(question: str, where: dict[str, Any] | None) -> None:
    with st.chat_message("user", avatar=USER_AVATAR):
        filtered = f'<p class="rag-filter">{filter_html(where)}</p>' if where else ""
        st.html(f'<p class="rag-question">{escaped(question)}</p>{filtered}')


def _show_outcome(exchange: Exchange) -> None:
    if exchange.error is not None:
        st.error(label(exchange.error), icon=":material/error:")
    elif exchange.answer is None:
        _show_stopped(exchange)
    elif exchange.answer.refused:
        _show_refusal(exchange, exchange.answer)
    else:
        _show_answer(exchange, exchange.answer)


def _show_answer(exchange: Exchange, answer: Answer) -> None:
    body = _quotes_html(answer) if answer.model == QUOTES else _written_html(answer)
    st.html(f'{_searched_html(answer)}<div class="rag-answer">{body}</div>{_notes_html(answer)}')
    st.html(
        f'<div class="rag-sources">{sources_html(exchange.sources)}</div>{_caption_html(answer)}'
    )


def _show_refusal(exchange: Exchange, answer: Answer) -> None:
    nearest = "".join(source_html(source) for source in exchange.sources)
    st.html(
        f'{_searched_html(answer)}<div class="rag-refusal"><p>{escaped(answer.text)}</p></div>'
        f"{_notes_html(answer)}"
        f'<div class="rag-sources">{nearest}</div>{_caption_html(answer)}'
    )


def _show_stopped(exchange: Exchange) -> None:
    body = markdown_html(exchange.partial)
    note = "Stopped. " + ("What is written here was not checked." if exchange.partial else "")
    st.html(f'<div class="rag-answer">{body}</div><p class="rag-note">{note}</p>')


def _quotes_html(answer: Answer) -> str:
    """Quotes, each with its marker, as the documents have them: their Markdown is not ours."""
    chips = marker_chips(answer)
    return "".join(
        f'<blockquote class="rag-quote">{escaped(citation.quote)} '
        f"{chips[citation.marker][0]}</blockquote>"
        for citation in answer.citations
    )


def _written_html(answer: Answer) -> str:
    doubts = [(one.end, doubt_html(one.reason)) for one in answer.unsupported]
    return markdown_html(answer.text, marker_chips(answer), doubts)


def _notes_html(answer: Answer) -> str:
    return "".join(f'<p class="rag-note">{escaped(note)}</p>' for note in answer.notes)


def _searched_html(answer: Answer) -> str:
    """What was searched for, where the question left out what the conversation says."""
    if answer.standalone is None:
        return ""
    return f'<p class="rag-caption">Searched for: {escaped(answer.standalone)}</p>'


def _caption_html(answer: Answer) -> str:
    told = [f"Written by {answer.model}"]
    if answer.model == QUOTES:
        told = [] if answer.refused else ["Quoted from the documents, word for word"]
    if answer.model == COUNT:
        told = ["Counted over the whole collection"]
    told.append(f"{answer.seconds:.1f} s")
    if answer.usage is not None:
        tokens = answer.usage.prompt_tokens + answer.usage.completion_tokens
        told.append(f"{'about ' if answer.usage.estimated else ''}{tokens:,} tokens")
        if answer.usage.cost is not None:
            told.append(f"cost {answer.usage.cost:.4f}")
    return f'<p class="rag-caption">{escaped(" · ".join(told))}</p>'
