"""Comparing two texts, sums of meanings, and the bias audit."""

from __future__ import annotations

from dataclasses import asdict

import streamlit as st

from ingest import RagError
from rag_app.insights.bias.audit import audit, read_wanted
from rag_app.insights.bias.records import NOT_TESTED, Audit
from rag_app.insights.comparing.analogy import Analogy, analogy
from rag_app.insights.comparing.texts import TextComparison, compare_texts
from rag_app.messages import decimal, percent, retold, say
from rag_app.ui.explore.parts import MOST_SHOWN, download, show_passage, show_rest, small
from rag_app.ui.explore.plot import show_bars
from rag_app.ui.explore.state import Here, Wanted
from rag_app.ui.widgets.escape import escaped, label
from rag_app.ui.widgets.tables import table_html

LONGEST = 20_000  # characters of a text; the command takes more
K = 10


def show_compare_place(here: Here) -> None:
    """Two texts, sentence by sentence."""
    with st.form("explore-compare", border=False):
        first = st.text_area(say("First text"), max_chars=LONGEST, height=120)
        second = st.text_area(say("Second text"), max_chars=LONGEST, height=120)
        is_wanted = st.form_submit_button(say("Compare"), type="primary")
    if not is_wanted:
        return
    try:
        with st.spinner(say("Comparing …")):
            found = compare_texts(first, second, here.engine.embedder)
    except RagError as error:
        st.warning(label(retold(error)), icon=":material/warning:")
        return
    _show_comparison(found)


def _show_comparison(found: TextComparison) -> None:
    whole = found.whole
    cosine = f"<b>{decimal(whole.cosine, 3)}</b>"
    told = say(
        "As a whole: cosine {cosine}, dot {dot}, distance {distance}",
        cosine=cosine,
        dot=decimal(whole.dot, 3),
        distance=decimal(whole.distance, 3),
    )
    st.html(f"<p>{told}</p>")
    pairs = found.sentences[:MOST_SHOWN]
    st.html(
        table_html(
            [say("Sentence"), say("Nearest in the second text"), say("Cosine"), say("Distance")],
            [
                [escaped(one.first), escaped(one.second), f"{one.measures.cosine:.3f}",
                 f"{one.measures.distance:.3f}"]
                for one in pairs
            ],
        )
    )  # fmt: skip
    show_rest(len(found.sentences))
    download("comparison.csv", found.rows)


def show_analogy_place(here: Here) -> None:
    """Words and passages near to a sum."""
    plus = st.text_input(say("Add, with commas between"), key="explore-plus",
                         placeholder="king, woman", persist_state="session")  # fmt: skip
    minus = st.text_input(say("Take away"), key="explore-minus",
                          placeholder="man", persist_state="session")  # fmt: skip
    added, taken = ([one.strip() for one in text.split(",") if one.strip()]
                    for text in (plus, minus))  # fmt: skip
    small(say("Vectors of sentences are good at subjects, and less so at single words."))
    engine = here.engine
    wanted = Wanted(
        Analogy,
        {"plus": added, "minus": taken, "k": K, "where": here.where},
        lambda steps, _: analogy(
            engine.collection, engine.embedder, added, taken, here.where, k=K, steps=steps
        ),
    )
    if not added or not (results := here.results(say("Add up"), wanted, ready=bool(added))):
        return
    found: Analogy = results[0]
    if found.words:
        show_bars([(one.word, one.cosine) for one in found.words], say("Cosine of words"))
    download("analogy.csv", found.rows)
    for one in found.passages:
        show_passage(
            here.session, one.place, note=say("Cosine {value}", value=decimal(one.cosine, 2))
        )


def show_bias_place(here: Here) -> None:
    """The audit, with what it did not look at."""
    wanted_tests, engine = read_wanted(), here.engine
    wanted = Wanted(
        Audit,
        {**asdict(wanted_tests), "where": here.where},
        lambda steps, _: audit(
            engine.collection, engine.embedder, wanted_tests, here.where, steps=steps
        ),
    )
    results = here.results(say("Audit"), wanted)
    small(retold(NOT_TESTED))
    if not results:
        return
    found: Audit = results[0]
    st.subheader(say("What the model associates"), anchor=False)
    show_bars([(one.name, one.found.effect) for one in found.tests], say("Effect size d, −2 to 2"))
    st.html(
        table_html(
            [say("Test"), "d", "p", say("d without the group's direction")],
            [
                [escaped(one.name), f"{one.found.effect:+.2f}", f"{one.found.p:.4f}",
                 f"{one.projected.effect:+.2f}"]
                for one in found.tests
            ],
        )
    )  # fmt: skip
    st.subheader(say("What a group's name changes in a search"), anchor=False)
    told = say(
        "How much of what is found is other passages when the name changes; beside it, when "
        "another word stands for the same group."
    )
    small(told)
    st.html(
        table_html(
            [say("Question"), say("By name"), say("By another word")],
            [
                [escaped(one.question.replace("{}", f"{one.first} / {one.second}")),
                 f"{one.found.exposure:.2f}", f"{one.yardstick.exposure:.2f}"]
                for one in found.asked
            ],
        )
    )  # fmt: skip
    told = say(
        "Projecting the direction away would keep {share} of the nearest neighbours. It is not in "
        "use.",
        share=percent(found.cost.neighbours_kept),
    )
    small(told)
    download("bias.csv", found.rows)
