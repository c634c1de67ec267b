"""Hostile inputs end in a result or a RagError, soon, and nothing in them acts."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath
from time import monotonic, process_time

import pytest

from ingest.catalog.filters import parse_filter
from ingest.errors import RagError
from ingest.load.archive import members
from ingest.load.sandbox.reader import IsolatedReader
from ingest.store.directory import Store
from ingest.text.terminal import visible
from ingest.text.unicode import paired  # as all that an LLM sends is
from rag_app.answer.llm_answer import check_answer
from rag_app.grounding.checker import Checker
from rag_app.grounding.output_guard import Guard
from rag_app.llm.endpoint import Endpoint
from rag_app.settings import AnswerSettings
from rag_app.ui.serving.gate import Gate
from rag_app.ui.widgets.escape import markdown_html
from rag_app.ui.widgets.tables import tools_html
from rag_app.web.uploads import safe_path
from tests.hostile.inputs import (
    PLAIN,
    archive,
    mutated,
    mutated_plain,
    text,
    valid,
    where,
    with_parts_mutated,
)
from tests.rag_app.cli.test_terminal import ORDERS
from tests.rag_app.grounding.passages import passage
from tests.support.synthetic import HashEmbedder

MOST_SECONDS = 1.0  # of the processor
PASSAGES = [passage("The red lamp means that the battery is low.")]
TAGS = {"p", "em", "strong", "code", "pre", "ul", "ol", "li", "table", "thead", "tbody", "tr", "th",
        "td", "div", "blockquote", "hr", "br", "h1", "h2", "h3", "h4", "h5", "h6"}  # fmt: skip


ATTRIBUTES = {"start", "style", "class", "role", "tabindex", "aria-label"}


class Safe(HTMLParser):
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS, tag
        assert {name for name, _ in attrs} <= {
            "start",
            "style",
            "class",
            "role",
            "tabindex",
            "aria-label",
        }, attrs
        assert all("url" not in (value or "") for _, value in attrs), attrs


def filters(chance: random.Random) -> None:
    parse_filter(where(chance))  # type: ignore[arg-type]


def names(chance: random.Random) -> None:
    name = text(chance, 8)
    kept = PurePosixPath(safe_path(name))
    assert not kept.is_absolute() and ".." not in kept.parts
    assert Store(Path("/store"), name).directory.parent == Path("/store")
    assert not ORDERS.search(visible(name))


def addresses(chance: random.Random) -> None:
    passed = []

    async def app(scope, _receive, _send) -> None:
        passed.append(scope)

    async def send(_message: object) -> None:
        pass

    host = (chance.choice(["localhost:8501", ""]) + text(chance, 3)).encode("utf-8", "replace")
    headers = [
        (b"host", host),
        (b"origin", b"http://" + text(chance, 3).encode("utf-8", "replace")),
    ]
    scope = {"type": "websocket", "scheme": "ws", "path": "/_stcore/stream", "headers": headers}
    asyncio.run(Gate(app, port=8501, names=["localhost"])(scope, send, send))
    assert not passed or headers[1][1].lower() == b"http://" + host.lower()
    Endpoint(url="http://" + text(chance, 4))


def answers(chance: random.Random) -> None:
    guard = Guard([PASSAGES[0].chunk.text])
    cited, _ = check_answer(
        paired(text(chance)), PASSAGES, guard, Checker(HashEmbedder()), AnswerSettings()
    )
    Safe().feed(markdown_html(cited.text).replace(tools_html(), ""))


def archives(chance: random.Random) -> None:
    for member in members(archive(chance)):
        assert member.problem or ".." not in member.name.split("/")


@pytest.mark.parametrize(
    "count", [pytest.param(60, id="few"), pytest.param(10_000, id="many", marks=pytest.mark.long)]
)
@pytest.mark.parametrize("kind", [filters, names, addresses, answers, archives])
def test_an_input_ends_in_a_result_or_an_error_of_ours(kind, count: int) -> None:
    slowest = 0.0
    for seed in range(count):
        start = process_time()
        with suppress(RagError):  # -l shows the seed of any other
            kind(random.Random(f"{kind.__name__}-{seed}"))
        took = process_time() - start
        slowest = max(slowest, took)
        assert took < MOST_SECONDS, (kind.__name__, seed, took)
    print(f"{kind.__name__}: {count:,} inputs, slowest {slowest:.3f} s")


@pytest.mark.parametrize("many", [False, pytest.param(True, id="many", marks=pytest.mark.long)])
@pytest.mark.parametrize(
    ("change", "kind", "count"),
    [
        *((mutated, kind, 5_000) for kind in ("docx", "pptx", "xlsx", "pdf")),
        *((with_parts_mutated, kind, 2_000) for kind in ("docx", "pptx", "xlsx")),
        *((mutated_plain, kind, 5_000) for kind in PLAIN),
    ],
)
def test_a_file_ends_in_a_document_or_its_error(change, kind: str, count: int, many: bool) -> None:
    slowest, count = 0.0, count if many else 10
    with IsolatedReader() as reader:
        for seed in range(count):
            data = change(valid(kind), random.Random(f"{kind}-{seed}"))
            start = monotonic()
            try:
                reader.load(data, f"a.{kind}")
            except RagError as error:
                assert "crashed" not in str(error), (kind, seed)
            slowest = max(slowest, monotonic() - start)
    print(f"{change.__name__} {kind}: {count:,} inputs, slowest {slowest:.3f} s by the clock")
