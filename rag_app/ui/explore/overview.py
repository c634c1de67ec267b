"""Topics, the map, what does not belong, and what was not found."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from ingest import RagError
from rag_app.insights.map.map import NAMES, PassageMap, make_map, trust_in_words
from rag_app.insights.map.projection import METHODS, Method
from rag_app.insights.outliers.gaps import find_gaps
from rag_app.insights.outliers.outliers import find_outliers
from rag_app.insights.outliers.records import Outliers
from rag_app.insights.topics.records import Topic, Topics
from rag_app.insights.topics.topics import find_topics
from rag_app.messages import retold, say, say_many, to_say
from rag_app.messages.counts import in_documents, in_passages, in_questions
from rag_app.ui.explore.parts import (
    MOST_SHOWN,
    download,
    look_only_at,
    show_passage,
    show_rest,
    show_words,
    small,
)
from rag_app.ui.explore.plot import (
    MOST_DRAWN,
    TOPIC,
    colour_name,
    colours_of,
    points_of,
    show_map,
)
from rag_app.ui.explore.state import Here, Wanted
from rag_app.ui.session.navigation import ABOUT, CHAT, show_link
from rag_app.ui.session.state import Session
from rag_app.ui.widgets.escape import escaped, label

OUTLIERS = 20  # at most
MOST_ASKED = 20  # documents that the chat is asked to keep to; more do not fit in an address
QUICKEST = to_say("Automatic")


def show_map_place(here: Here) -> None:
    """Where each passage stands among the others."""
    by = st.segmented_control(
        say("Projection"), [QUICKEST, *METHODS], default=QUICKEST, required=True,
        format_func=_projection_name,
        key="explore-projection", persist_state="session",
    )  # fmt: skip
    topics, positions = _topics(here), _map(here, next((one for one in METHODS if one == by), None))
    if found := here.results(say("Draw the map"), topics, positions):
        _show_map(here, found[1], found[0])


def _projection_name(method: str) -> str:
    return next((NAMES[one] for one in METHODS if one == method), say(QUICKEST))


def show_topics_place(here: Here) -> None:
    """What the documents are about."""
    if found := here.results(say("Find topics"), _topics(here)):
        _show_topics(here.session, found[0])


def show_outliers_place(here: Here) -> None:
    """What does not belong."""
    wanted = Wanted(
        Outliers,
        {"count": OUTLIERS, "where": here.where},
        lambda steps, _: find_outliers(
            here.engine.collection, here.where, count=OUTLIERS, steps=steps
        ),
    )
    if not (results := here.results(say("Look for what does not belong"), wanted)):
        return
    found: Outliers = results[0]
    for heading, items in (
        (say("Documents"), found.documents),
        (say("Passages"), found.passages),
    ):
        st.subheader(heading, anchor=False)
        if not items:
            small(say("None is much unlike the others."))
        for one in items:
            show_passage(here.session, one.place, note=retold(one.why))
    download("outliers.csv", found.rows)


def show_gaps_place(here: Here) -> None:
    """What was asked and not found."""
    try:
        found = find_gaps(here.engine, here.session.conversations(here.engine))
    except RagError as error:
        st.error(label(retold(error)), icon=":material/error:")
        return
    if not found.gaps:
        small(say("No question was asked that found nothing."))
    for gap in found.gaps:
        with st.expander(label(f"{gap.name} · {in_questions(len(gap.questions))}")):
            for question in gap.questions:
                st.html(f"<p>{escaped(question)}</p>")
            show_passage(here.session, gap.nearest, note=say("Nearest to it:"))
    if found.gaps:
        download("not-found.csv", found.rows)


def _topics(here: Here) -> Wanted[Topics]:
    return Wanted(
        Topics,
        {"method": "graph", "count": None, "seed": 0, "where": here.where},
        lambda steps, stop: find_topics(
            here.engine.collection,
            here.where,
            llm=here.engine.llm,
            prompts=here.engine.prompts,
            steps=steps,
            stop=stop,
        ),
    )


def _map(here: Here, method: Method | None) -> Wanted[PassageMap]:
    return Wanted(
        PassageMap,
        {"method": method, "seed": 0, "where": here.where},
        lambda steps, _: make_map(here.engine.collection, here.where, method=method, steps=steps),
    )


def _show_map(here: Here, made: PassageMap, topics: Topics) -> None:
    colours = colours_of(here.engine)
    colour = st.segmented_control(
        say("Colour"), colours, default=TOPIC, required=True, format_func=colour_name
    )
    points = points_of(here.engine, made, topics, colour or TOPIC)
    chosen = show_map(points, f"map-{made.method}-{colour}")
    told = [say("Drag a frame around points to list them.")]
    if len(made.chunk_ids) > MOST_DRAWN:
        shown = say("{shown} of {count} are drawn.", shown=len(points), count=len(made.chunk_ids))
        told.append(shown)
    if made.trustworthiness is not None:
        told.append(retold(trust_in_words(made.trustworthiness)))
    small(" ".join(told))
    download("map.csv", made.rows)
    if chosen:
        _show_frame(here, made, chosen)


def _show_frame(here: Here, made: PassageMap, chosen: Sequence[int]) -> None:
    """What is within the frame, and what can be done with its documents."""
    title = say_many("{count} passage in the frame", "{count} passages in the frame", len(chosen))
    st.subheader(title, anchor=False)
    documents = list(dict.fromkeys(made.documents[made.owners[at]] for at in chosen))
    with st.container(horizontal=True):
        if len(documents) <= MOST_ASKED:
            show_link(
                here.session, CHAT, say("Ask about these documents"), icon=":material/forum:",
                query={ABOUT: documents},
            )  # fmt: skip
        st.button(
            say("Look only at these documents"), icon=":material/filter_list:", type="tertiary",
            on_click=look_only_at, args=(documents,),
        )  # fmt: skip
    download("frame.csv", lambda: [made.rows()[at] for at in chosen])
    texts = here.engine.collection.passage_texts([made.chunk_ids[at] for at in chosen[:MOST_SHOWN]])
    for at in chosen[:MOST_SHOWN]:
        name, text = made.documents[made.owners[at]], texts.get(made.chunk_ids[at], "")
        show_words(here.session, name, made.pages[at] or None, text)
    show_rest(len(chosen))


def _show_topics(session: Session, topics: Topics) -> None:
    numbers = [len(layer.topics) for layer in topics.layers]
    at = topics.main
    if len(numbers) > 1:
        chosen = st.segmented_control(
            say("How fine"),
            list(range(len(numbers))),
            default=topics.main,
            format_func=lambda layer: say_many("{count} topic", "{count} topics", numbers[layer]),
            required=True,
        )
        at = topics.main if chosen is None else chosen
    for topic in topics.layers[at].topics:
        passages = in_passages(topic.passages)
        documents = in_documents(topic.documents)
        amount = f"{passages}, {documents}"
        with st.expander(label(f"{topic.name} · {amount}")):
            _show_topic(session, topic)
    download("topics.csv", topics.rows)


def _show_topic(session: Session, topic: Topic) -> None:
    small(", ".join(topic.words))
    if topic.loose:
        loose = in_passages(topic.loose)
        small(say("Only loosely, as no other topic is nearer: {passages}", passages=loose))
    for place in topic.typical:
        show_passage(session, place)
    if len(topic.by_year) > 1:
        st.bar_chart(dict(topic.by_year), y_label=say("Documents"), height=160)
