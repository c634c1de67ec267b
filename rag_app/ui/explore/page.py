"""The page "Explore": what the vectors of the collection know."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from ingest import RagError
from ingest.text.wording import many, with_page
from rag_app import Engine
from rag_app.insights.base.csv_table import to_csv
from rag_app.insights.map.map import PassageMap, trust_in_words
from rag_app.insights.outliers.gaps import find_gaps
from rag_app.insights.outliers.records import Outlier
from rag_app.insights.topics.records import Topic, Topics
from rag_app.ui.explore.plot import COLOURS, MOST_DRAWN, TOPIC, points_of, show_map
from rag_app.ui.explore.state import Exploration, Explored, ExploreState
from rag_app.ui.session.navigation import ABOUT, CHAT, DOCUMENT, DOCUMENTS, show_link
from rag_app.ui.session.state import Session
from rag_app.ui.widgets.escape import escaped, label
from rag_app.ui.widgets.followers import Follower

MOST_LISTED = 25  # passages of what is selected on the map
MAP, TOPICS, OUTLIERS, GAPS = "Map", "Topics", "Does not belong", "Not found"


def show_explore_page(session: Session, engine: Engine) -> Follower | None:
    """What was worked out, and the way to have it worked out."""
    state = session.state_of(ExploreState)
    st.title("Explore", anchor=False)
    st.html(
        '<p class="rag-promise">What your documents are about, where each passage stands among the '
        "others, and what does not belong.</p>"
    )
    if state.running is not None:
        return _Following(state, state.running)
    if state.error:
        st.error(label(state.error), icon=":material/error:")
    explored = state.explored(engine)
    if explored is None or explored.is_stale:
        if explored is not None:
            st.info(
                "The documents have changed since this was worked out.", icon=":material/history:"
            )
        st.button(
            "Explore" if explored is None else "Work it out again",
            type="primary",
            icon=":material/travel_explore:",
            disabled=not engine.collection.chunk_count(),
            on_click=_begin,
            args=(state, engine),
        )
    if explored is not None:
        _show(session, engine, explored)
    return None


def _begin(state: ExploreState, engine: Engine) -> None:
    state.error, state.running = None, Exploration(engine)


def _show(session: Session, engine: Engine, explored: Explored) -> None:
    topics = explored.topics.result
    for note in topics.basis.notes:
        st.info(label(note), icon=":material/info:")
    on_map, of_topics, outliers, gaps = st.tabs([MAP, TOPICS, OUTLIERS, GAPS])
    with on_map:
        _show_map(session, engine, explored.map.result, topics)
    with of_topics:
        _show_topics(session, topics)
    with outliers:
        _show_outliers(session, explored)
    with gaps:
        _show_gaps(session, engine)


def _show_map(session: Session, engine: Engine, made: PassageMap, topics: Topics) -> None:
    colour = st.segmented_control("Colour", COLOURS, default=TOPIC, required=True)
    points = points_of(engine, made, topics, colour or TOPIC)
    chosen = show_map(points, f"map-{colour}")
    drawn = (
        f" {len(points):,} of {len(made.chunk_ids):,} are drawn."
        if len(made.chunk_ids) > MOST_DRAWN
        else ""
    )
    trust = "" if made.trustworthiness is None else trust_in_words(made.trustworthiness)
    told = f"Drag a frame around points to list them.{drawn} {trust}"
    st.html(f'<p class="rag-answering">{escaped(told)}</p>')
    _download("map.csv", made.rows())
    if not chosen:
        return
    st.subheader(f"{many(len(chosen), 'passage')} in the frame", anchor=False)
    listed = chosen[:MOST_LISTED]
    texts = engine.collection.passage_texts([made.chunk_ids[at] for at in listed])
    for at in listed:
        name = made.documents[made.owners[at]]
        _show_passage(session, name, made.pages[at] or None, texts.get(made.chunk_ids[at], ""))
    if len(chosen) > len(listed):
        st.html(f'<p class="rag-answering">The first {MOST_LISTED} are shown.</p>')


def _show_topics(session: Session, topics: Topics) -> None:
    numbers = [len(layer.topics) for layer in topics.layers]
    at = topics.main
    if len(numbers) > 1:
        chosen = st.segmented_control(
            "How fine",
            list(range(len(numbers))),
            default=topics.main,
            format_func=lambda layer: many(numbers[layer], "topic"),
            required=True,
        )
        at = topics.main if chosen is None else chosen
    for topic in topics.layers[at].topics:
        amount = f"{many(topic.passages, 'passage')}, {many(topic.documents, 'document')}"
        with st.expander(label(f"{topic.name} · {amount}")):
            _show_topic(session, topic)
    _download("topics.csv", topics.rows())


def _show_topic(session: Session, topic: Topic) -> None:
    st.html(f'<p class="rag-answering">{escaped(", ".join(topic.words))}</p>')
    if topic.loose:
        told = f"Only loosely, as no other topic is nearer: {many(topic.loose, 'passage')}"
        st.html(f'<p class="rag-answering">{escaped(told)}</p>')
    for place in topic.typical:
        _show_passage(session, place.document, place.page, place.text)
    if len(topic.by_year) > 1:
        st.bar_chart(dict(topic.by_year), y_label="Documents", height=160)


def _show_outliers(session: Session, explored: Explored) -> None:
    found = explored.outliers.result
    for heading, items in (("Documents", found.documents), ("Passages", found.passages)):
        st.subheader(heading, anchor=False)
        if not items:
            st.html('<p class="rag-answering">None is much unlike the others.</p>')
        for one in items:
            _show_outlier(session, one)
    _download("outliers.csv", found.rows())


def _show_outlier(session: Session, one: Outlier) -> None:
    st.html(f"<p><strong>{escaped(one.why)}</strong></p>")
    _show_passage(session, one.place.document, one.place.page, one.place.text)


def _show_gaps(session: Session, engine: Engine) -> None:
    try:
        found = find_gaps(engine, session.conversations(engine))
    except RagError as error:
        st.error(label(str(error)), icon=":material/error:")
        return
    if not found.gaps:
        st.html('<p class="rag-answering">No question was asked that found nothing.</p>')
    for gap in found.gaps:
        with st.expander(label(f"{gap.name} · {many(len(gap.questions), 'question')}")):
            for question in gap.questions:
                st.html(f"<p>{escaped(question)}</p>")
            st.html('<p class="rag-answering">Nearest to it:</p>')
            _show_passage(session, gap.nearest.document, gap.nearest.page, gap.nearest.text)
    if found.gaps:
        _download("not-found.csv", found.rows())


def _show_passage(session: Session, document: str, page: int | None, text: str) -> None:
    """The words, and the ways to the document and to a question about it."""
    with st.container(border=True):
        st.html(f'<p class="rag-passage">{escaped(text)}</p>')
        with st.container(horizontal=True):
            show_link(
                session,
                DOCUMENTS,
                with_page(document, page),
                icon=":material/description:",
                query={DOCUMENT: document},
            )
            show_link(
                session, CHAT, "Ask about it", icon=":material/forum:", query={ABOUT: document}
            )


def _download(name: str, rows: Sequence[dict[str, object]]) -> None:
    st.download_button(
        "Download as CSV",
        lambda: to_csv(rows),
        file_name=name,
        mime="text/csv",
        icon=":material/download:",
        key=f"download-{name}",
        on_click="ignore",
    )


class _Following:
    """Shows how far it is."""

    def __init__(self, state: ExploreState, run: Exploration) -> None:
        self._state, self._run = state, run
        self._bar = st.progress(0.0, "Starting …")
        st.button(
            "Stop",
            key="explore-stop",
            icon=":material/stop_circle:",
            type="tertiary",
            on_click=run.stop,
        )

    def follow(self) -> bool:
        now = self._run
        if not now.work.done:
            self._bar.progress(min(now.share, 1.0), f"{now.doing} · {now.work.seconds:.0f} s")
            return True
        self._state.running = self._state.shown = None
        try:
            now.work.result()
        except RagError as error:
            self._state.error = str(error)
        return False
