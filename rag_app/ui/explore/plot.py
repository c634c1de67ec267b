"""The map as a plot: points that can be hovered over and selected."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from rag_app import Engine
from rag_app.insights.map.map import PassageMap
from rag_app.insights.topics.records import Topics
from rag_app.messages import say, to_say

if TYPE_CHECKING:
    import pandas as pd

TOPIC, FOLDER, TYPE, YEAR = to_say("Topic"), to_say("Folder"), to_say("Type"), to_say("Year")
COLOURS = (TOPIC, FOLDER, TYPE, YEAR)
MOST_DRAWN = 20_000  # points; a browser draws more only slowly
MOST_COLOURS = 10  # beside "Other"; more cannot be told apart
LONGEST = 160  # characters of a passage that are shown on hovering
OWN = "="  # before the name of a field of the documents' own metadata
MOST_NAMES = 12  # on the map; more would cover each other
LONGEST_NAME = 26
OTHER, NONE = to_say("Other"), to_say("None")
AXIS = 70  # pixels below bars


def colours_of(engine: Engine) -> list[str]:
    """What the points can be coloured by: ``COLOURS``, and fields of the documents' own."""
    own = {one.name for one in engine.filter_fields() if one.own and len(one.values) > 1}
    return [*COLOURS, *(f"{OWN}{name}" for name in sorted(own))]


def colour_name(colour: str) -> str:
    """A colour for a reader: a field's own name stays as it is."""
    return colour.removeprefix(OWN) if colour.startswith(OWN) else say(colour)


def points_of(engine: Engine, made: PassageMap, topics: Topics, colour: str) -> pd.DataFrame:
    """The points to draw, a row each: x, y, colour, document, page, words and place in the map.

    Of very many, an even part is drawn.
    """
    import pandas as pd

    every = -(-len(made.chunk_ids) // MOST_DRAWN)
    rows = range(0, len(made.chunk_ids), every)
    texts = engine.collection.passage_texts([made.chunk_ids[row] for row in rows])
    return pd.DataFrame(
        {
            "at": list(rows),
            "x": [made.x[row] for row in rows],
            "y": [made.y[row] for row in rows],
            "colour": _most_frequent(_values(engine, made, topics, colour, rows)),
            "document": [made.documents[made.owners[row]] for row in rows],
            "page": [str(made.pages[row] or "") for row in rows],
            "words": [
                textwrap.shorten(texts.get(made.chunk_ids[row], ""), LONGEST, placeholder=" …")
                for row in rows
            ],
        }
    )


def _values(
    engine: Engine, made: PassageMap, topics: Topics, colour: str, rows: range
) -> list[str]:
    """What each point is coloured by."""
    if colour == TOPIC:
        layer = topics.layers[topics.main]
        topic_of = dict(zip(topics.chunk_ids, layer.of_passages, strict=True))
        found = [topic_of.get(made.chunk_ids[row]) for row in rows]
        return [say(NONE) if topic is None else layer.topics[topic].name for topic in found]
    stored = {one.name: one for one in engine.documents()}
    value_of: dict[str, str] = {}
    for name, one in stored.items():
        if colour == FOLDER:
            value_of[name] = one.folder or say("(top)")
        elif colour == TYPE:
            value_of[name] = one.kind
        elif colour.startswith(OWN):
            value_of[name] = _said(one.metadata.get(colour.removeprefix(OWN)))
        else:
            value_of[name] = one.modified[:4]
    return [value_of.get(made.documents[made.owners[row]], say(NONE)) for row in rows]


def _said(value: object) -> str:
    """A value of metadata in words."""
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value))
    return say(NONE) if value in (None, "") else str(value)


def _most_frequent(values: list[str]) -> list[str]:
    """The values, the rare ones as "Other"."""
    names, counts = np.unique(values, return_counts=True)
    kept = set(names[np.argsort(-counts, kind="stable")][:MOST_COLOURS].tolist())
    return [value if value in kept else say(OTHER) for value in values]


def show_map(points: pd.DataFrame, key: str) -> list[int]:
    """Draw the points, and the name of each group in its middle; return the places in the map of
    those that are selected."""
    import altair as alt

    area = alt.selection_interval(name="area")
    hidden: dict[str, Any] = {"axis": None}
    place: dict[str, Any] = {"x": alt.X("x:Q", **hidden), "y": alt.Y("y:Q", **hidden)}
    dots = (
        alt.Chart(points)
        .mark_circle(size=max(8, min(50, 40_000 // max(len(points), 1))), opacity=0.7)
        .encode(
            **place,
            color=alt.Color(
                "colour:N",
                legend=alt.Legend(title=None, orient="bottom", columns=2, labelLimit=280),
                scale=alt.Scale(scheme="tableau10"),
            ),
            tooltip=[
                alt.Tooltip("words:N", title=say("Words")),
                alt.Tooltip("document:N", title=say("Document")),
                alt.Tooltip("page:N", title=say("Page")),
            ],
        )
        .add_params(area)
    )
    ink, paper = ("#fafafa", "#0e1117") if st.context.theme.type == "dark" else ("#111", "#fff")
    named = alt.Chart(_names(points)).encode(**place, text="name:N")
    font: dict[str, Any] = {"fontSize": 12, "fontWeight": 600}
    halo = named.mark_text(**font, stroke=paper, strokeWidth=4, strokeJoin="round", color=paper)
    # Quicker than SVG for points by the thousand, in which the area would have no name, too.
    drawn = {"embedOptions": {"renderer": "canvas"}}
    chart = alt.layer(dots, halo, named.mark_text(**font, color=ink)).properties(
        height=520, usermeta=drawn
    )
    event: Any = st.altair_chart(
        chart.configure_view(strokeWidth=0),
        key=key, on_select="rerun", selection_mode="area", width="stretch",
    )  # fmt: skip
    chosen = event.selection.get("area") or {}
    if not chosen:
        return []
    x, y = sorted(chosen["x"]), sorted(chosen["y"])
    within = points[points.x.between(*x) & points.y.between(*y)]
    return [int(at) for at in within["at"]]


def _names(points: pd.DataFrame) -> pd.DataFrame:
    """The names of the largest groups, each in its middle, and none over another."""
    import pandas as pd

    rows: list[tuple[str, float, float]] = []
    groups = points.groupby("colour", sort=False)
    for name in groups.size().sort_values(ascending=False).index[:MOST_NAMES]:
        middle = groups.get_group(name)[["x", "y"]].median()
        x, y = float(middle["x"]), float(middle["y"])
        covers = any(abs(x - other) < 0.3 and abs(y - above) < 0.06 for _, other, above in rows)
        if name not in (say(OTHER), say(NONE)) and not covers:
            rows.append((textwrap.shorten(str(name), LONGEST_NAME, placeholder=" …"), x, y))
    return pd.DataFrame(rows, columns=["name", "x", "y"])


def show_bars(values: Sequence[tuple[str, float]], title: str, most: float | None = None) -> None:
    """Bars that lie, the first on top, each with its name and value; ``most`` is the end of the
    axis, if not the greatest value."""
    import altair as alt
    import pandas as pd

    if len(values) < 2:  # one bar shows nothing
        return
    rows = pd.DataFrame(values, columns=["name", "value"])
    is_count = all(isinstance(value, int) for _, value in values)
    ticks = alt.Axis(tickCount=4, tickMinStep=1) if is_count else alt.Axis(tickCount=4)
    scale = alt.Undefined if most is None else alt.Scale(domain=[0, most])
    bars = alt.Chart(rows).encode(
        x=alt.X("value:Q", title=title, axis=ticks, scale=scale),
        y=alt.Y("name:N", sort=None, title=None, axis=alt.Axis(labelLimit=180)),
        tooltip=[alt.Tooltip("name:N", title=" "), alt.Tooltip("value:Q", title=title)],
    )
    chart = bars.mark_bar().properties(height=26 * len(rows) + AXIS)
    st.altair_chart(chart.configure_view(strokeWidth=0), width="stretch")
