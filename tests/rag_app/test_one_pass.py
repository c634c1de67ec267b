"""One pass a question: nothing of it is read, analyzed, embedded or written twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from ingest import ingest_paths
from ingest.catalog import Catalog
from ingest.embed.embedder import Embedder
from ingest.text import analyzer
from rag_app import AnswerSettings, Engine, open_engine
from rag_app.prompts import Prompts
from tests.support.llm_servers import ScriptedServer, reply

QUESTION = "What does error code E22 mean?"


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Callable[[type, str], list[tuple[Any, ...]]]:
    """Has the calls of a method remembered: ``calls(Class, "method")``."""

    def remembered(owner: type, name: str) -> list[tuple[Any, ...]]:
        made: list[tuple[Any, ...]] = []
        original = getattr(owner, name)

        def counting(*arguments: Any, **named: Any) -> Any:
            made.append(arguments[1:])
            return original(*arguments, **named)

        monkeypatch.setattr(owner, name, counting)
        return made

    return remembered


def test_a_question_opens_the_catalog_once_and_builds_one_prompt(
    sample: Path, embedder: Embedder, calls: Callable[[type, str], list[tuple[Any, ...]]]
) -> None:
    with ScriptedServer(reply("E22 means that the wind sensor path is blocked [1].")) as server:
        answers = AnswerSettings(openai_base_url=server.base_url, llm_model="scripted")
        with open_engine(sample, answers=answers, embedder=embedder) as engine:
            opened, built = calls(Catalog, "reading"), calls(Prompts, "answer_messages")
            assert engine.ask(QUESTION).model == "scripted-reported"
    assert len(opened) == 1
    assert len(built) == 1


def test_no_text_is_embedded_or_stemmed_twice(
    sample_engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
    calls: Callable[[type, str], list[tuple[Any, ...]]],
) -> None:
    embedded = calls(Embedder, "_encode")
    stemmed: list[str] = []
    original = analyzer.stems

    def counting(text: str, *language: str | None) -> list[str]:
        stemmed.append(text)
        return original(text, *language)

    for module in _modules_with_stems():
        monkeypatch.setattr(module, "stems", counting)
    assert not sample_engine.ask(QUESTION).refused
    texts = [text for of_call, _ in embedded for text in of_call]
    assert len(texts) == len(set(texts))
    # As it was before, 162 times and 39,000 characters; and a few headings over sentences.
    assert len(stemmed) <= 162 / 3 + 5
    assert sum(map(len, stemmed)) <= 39_000 / 3


def _modules_with_stems() -> list[Any]:
    import sys

    return [
        module
        for name, module in list(sys.modules.items())
        if name.startswith(("rag_app.", "ingest.text.analyzer")) and hasattr(module, "stems")
    ]


def test_searches_of_many_threads_beside_changes_each_see_one_generation(
    tmp_path: Path, embedder: Embedder
) -> None:
    """What is in memory is shared by all, while documents come, change and go."""
    docs = tmp_path / "docs"
    docs.mkdir()

    def write(generation: int) -> None:
        for number in range(6):
            (docs / f"d{number}.txt").write_text(f"Lamp {number} is of generation {generation}.")
        ingest_paths([docs], store=tmp_path / "store", embedder=embedder, sync=True)

    write(0)
    done = threading.Event()
    opened = open_engine(tmp_path / "store", answers=AnswerSettings(), embedder=embedder)
    with opened as engine, ThreadPoolExecutor(4) as threads:

        def search() -> None:
            while not done.is_set():
                hits = engine.search("Which lamp is of which generation?", 6)
                assert len(hits) == 6
                assert all(hit.text.startswith("Lamp") for hit in hits)

        searching = [threads.submit(search) for _ in range(4)]
        try:
            for generation in range(1, 6):
                write(generation)
                newest = engine.search(f"generation {generation}", 6)
                assert all(hit.text.endswith(f"generation {generation}.") for hit in newest)
        finally:
            done.set()
        for one in searching:
            one.result()
