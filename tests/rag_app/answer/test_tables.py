"""Rows of a table in an answer: under the heads of their columns, cited word for word."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from ingest import ingest_paths
from ingest.embed.embedder import Embedder
from rag_app import Answer, AnswerSettings, Conversation, Exchange, open_engine
from rag_app.cli.main import answer_lines
from rag_app.conversation.export import to_json, to_markdown
from rag_app.conversation.records import exchange_from
from rag_app.engine import Engine
from rag_app.ui.chat.answers import answer_html
from rag_app.ui.chat.sources.source import marker_chips

STAFF = """\
Name,Team,Pay
Ada | <b>Lane</b>,Logistics,31000
Bo Reed,Logistics,32500
Cleo Marsh,Bottling,36000
"""
TOOLS = """\
Tools for hire

Tool\tDeposit\tPrice a day
Laser level\t£150\t£24
Multimeter\t£40\t£6
Generator\t£300\t£55

A card is needed at the counter.
"""
RESULTS = """\
# Results

|   | Barrels |   |
|---|---|---|
|   | 2019 | 2018 |
| Held in store | 42 | 37 |
| Sold to pubs | 300 | 290 |

# Prices of 2018

| Beer | Size | Price |
|---|---|---|
| Stout | Cask | £90 |

# Prices of 2019

| Beer | Size | Price |
|---|---|---|
| Stout | Cask | £95 |
"""


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[Engine]:
    folder: Path = tmp_path_factory.mktemp("tables")
    names = {"staff.csv": STAFF, "tools.txt": TOOLS, "results.md": RESULTS}
    for name, text in names.items():
        (folder / name).write_text(text, encoding="utf-8")
    ingest_paths([folder / name for name in names], store=folder / "store", embedder=embedder)
    with open_engine(folder / "store", answers=AnswerSettings(), embedder=embedder) as opened:
        yield opened


def asked(engine: Engine, question: str) -> Answer:
    answer = engine.ask(question)
    for one in answer.citations:
        assert engine.document_text(one.document)[one.start : one.end] == one.quote
    return answer


def table_in(markdown: str) -> list[str]:
    """The cells of the first table of a text, row by row."""
    html = MarkdownIt("commonmark", {"html": False}).enable("table").render(markdown)
    rows = html.partition("<table>")[2].partition("</table>")[0].split("<tr>")[1:]
    return [" | ".join(re.findall(r"<t[hd]>(.*?)</t[hd]>", row)) for row in rows]


def test_rows_of_one_table_are_one_table(engine: Engine) -> None:
    answer = asked(engine, "What is the average pay in logistics?")
    assert answer.text.startswith("The mean of Pay over 2 rows where Team is logistics is 31,750.")
    assert table_in(answer.text) == [
        "Name | Team | Pay",
        "Ada | &lt;b&gt;Lane&lt;/b&gt; | Logistics | 31000 [1]",
        "Bo Reed | Logistics | 32500 [1]",
    ]
    assert [one.quote for one in answer.citations] == [
        "Name: Ada | <b>Lane</b>; Team: Logistics; Pay: 31000",
        "Name: Bo Reed; Team: Logistics; Pay: 32500",
    ]
    assert {one.marker for one in answer.citations} == {1}


def test_the_page_has_a_table_of_escaped_cells(engine: Engine) -> None:
    answer = asked(engine, "What do the people in logistics earn on average?")
    html = answer_html(answer, marker_chips(answer))
    assert html.index("the average could not be worked out") < html.index("<table>")
    assert '<th scope="col">Team</th>' in html and html.count("<tr>") == 3
    assert "<td>Ada | &lt;b&gt;Lane&lt;/b&gt;</td><td>Logistics</td><td>31000 <span" in html
    assert "<b>Lane" not in html
    computed = asked(engine, "What is the average pay in logistics?")
    html = answer_html(computed, marker_chips(computed))
    assert html.index("The mean of Pay over 2 rows") < html.index("<table>")
    assert "<td>Ada | &lt;b&gt;Lane&lt;/b&gt;</td>" in html and html.count("<tr>") == 3
    assert "<b>Lane" not in html


def test_terminal_and_export_keep_the_table(engine: Engine) -> None:
    answer = asked(engine, "What is the average pay in logistics?")
    said = answer_lines(answer)
    assert "\n| Bo Reed            | Logistics | 32500 [1] |\n" in said
    assert said.count("[1] staff.csv") == 1 and "“Name" not in said, "the rows stand above"
    exchange = Exchange("Pay?", answer=answer)
    conversation = Conversation(title="T", exchanges=(exchange,), shown=exchange.id)
    assert table_in(to_markdown(conversation))[2] == "Bo Reed | Logistics | 32500 [^1-2]"
    assert '"cells"' in to_json(conversation)


def test_a_kept_answer_comes_back_with_its_cells(engine: Engine) -> None:
    exchange = Exchange("Pay?", answer=asked(engine, "What is the average pay in logistics?"))
    assert exchange_from(json.loads(json.dumps(asdict(exchange)))) == exchange


def test_rows_with_tabs_have_the_heads_of_their_columns(engine: Engine) -> None:
    answer = asked(engine, "What does hiring the multimeter cost a day?")
    assert table_in(answer.text)[:2] == [
        "Tool | Deposit | Price a day",
        "Multimeter | £40 | £6 [1]",
    ]
    assert answer.citations[0].quote == "Multimeter\t£40\t£6"


def test_rows_with_tabs_are_no_refusal_where_they_have_to_be_added_up(engine: Engine) -> None:
    answer = asked(engine, "What is the sum of the deposit of all tools?")
    assert answer.text.startswith("The rows of a table hold this, but the sum could not")
    assert len(table_in(answer.text)) == 4, "all three under their heads"


def test_a_second_row_of_heads_is_said_with_each_number(engine: Engine) -> None:
    answer = asked(engine, "How many barrels were sold to pubs in 2018?")
    assert answer.citations[0].quote == "Sold to pubs; Barrels 2019: 300; 2018: 290"
    assert "worked out" not in answer.text


def test_rows_of_two_tables_are_not_put_into_one(engine: Engine) -> None:
    answer = asked(engine, "What does a cask of stout cost?")
    rows = {one.quote: one.marker for one in answer.citations}
    markers = {rows[f"Beer: Stout; Size: Cask; Price: £{price}"] for price in (90, 95)}
    assert len(markers) == 2
