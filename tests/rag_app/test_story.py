"""What the story of a question computes, when, and that it can be stopped in each part."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest

from ingest.catalog import CatalogView
from ingest.embed.embedder import Embedder
from ingest.errors import StoreEmpty, UsageError
from rag_app import Answer, AnswerSettings, Engine, Stop, Turn, open_engine
from rag_app.evidence import conflicts as disagreement
from tests.support.llm_servers import Behaviour, ScriptedServer, dribble, hang, reply, status

QUESTION = "What does error code E22 mean?"
BEFORE = (Turn("user", "What is the hotel limit outside London?"), Turn("assistant", "£120 [1]."))


@pytest.mark.parametrize(
    "behaviour", [hang(), hang("What"), dribble(), status(429, headers={"Retry-After": "8"})]
)
def test_stopping_while_the_question_is_rewritten_ends_at_once(
    sample: Path, embedder: Embedder, behaviour: Behaviour
) -> None:
    with ScriptedServer(behaviour) as server:
        answers = AnswerSettings(openai_base_url=server.base_url, llm_model="scripted")
        with open_engine(sample, answers=answers, embedder=embedder) as engine:
            stop = Stop()
            set_at: list[float] = []

            def stop_when_asked() -> None:
                while not server.requests:
                    time.sleep(0.01)
                time.sleep(0.1)
                set_at.append(time.monotonic())
                stop.set()

            threading.Thread(target=stop_when_asked).start()
            assert list(engine.stream("And in Greater London?", BEFORE, stop=stop)) == []
            assert time.monotonic() - set_at[0] < 5
            assert len(server.requests) == 1, "nothing more is asked of the LLM"


@pytest.fixture
def looked_for(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The best sentence of each evidence in which disagreements were looked for."""
    calls: list[str] = []
    original = disagreement.disagreements

    def counting(evidence: Any) -> Any:
        calls.append(evidence.sentences[0].text)
        return original(evidence)

    monkeypatch.setattr(disagreement, "disagreements", counting)
    return calls


@pytest.mark.parametrize(
    ("question", "where", "times"),
    [
        (QUESTION, None, 1),
        ("What is the capital of Australia?", None, 0),
        ("How many documents mention fuses?", None, 0),
        (QUESTION, {"document": "none.pdf"}, 0),
    ],
)
def test_disagreements_are_looked_for_once_and_only_where_they_are_told(
    sample_engine: Engine, looked_for: list[str], question: str, where: Any, times: int
) -> None:
    sample_engine.ask(question, where=where)
    assert len(looked_for) == times


def test_an_llm_is_not_kept_waiting_for_disagreements(
    sample: Path, embedder: Embedder, looked_for: list[str]
) -> None:
    with ScriptedServer(reply("E22 means that the wind sensor path is blocked [1].")) as server:
        answers = AnswerSettings(openai_base_url=server.base_url, llm_model="scripted")
        with open_engine(sample, answers=answers, embedder=embedder) as engine:
            parts = engine.stream(QUESTION)
            assert isinstance(next(parts), str)
            assert looked_for == []
            assert isinstance([*parts][-1], Answer)
            assert len(looked_for) == 1


def test_passages_are_counted_only_for_a_question_about_all_there_is(
    sample_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[int] = []
    monkeypatch.setattr(CatalogView, "chunk_count", lambda _: counted.append(1) or 162)
    sample_engine.ask(QUESTION)
    assert counted == []
    answer = sample_engine.ask("List all steps to install a station.")
    assert counted == [1]
    assert any("8 of 162 passages" in note for note in answer.notes)


def test_a_search_by_words_loads_no_model(sample: Path, tmp_path: Path) -> None:
    class NoModel:
        def __getattr__(self, name: str) -> Any:
            raise AssertionError(f"the embedder's {name} is not needed")

        name = "none"  # it and what it knows are told without loading anything

        def knows(self, language: str) -> bool:
            return language == "en"

    with open_engine(sample, answers=AnswerSettings()) as engine:
        expected = [hit.chunk_id for hit in engine.search("E22 wind", 3, mode="keyword")]
        assert expected
    no_model: Any = NoModel()
    with open_engine(sample, answers=AnswerSettings(), embedder=no_model) as engine:
        assert [hit.chunk_id for hit in engine.search("E22 wind", 3, mode="keyword")] == expected
    with open_engine(tmp_path / "none") as engine, pytest.raises(StoreEmpty):
        engine.search("E22 wind", mode="keyword")


def test_llama_index_filters(sample_engine: Engine) -> None:
    from llama_index.core.vector_stores import (
        FilterCondition,
        FilterOperator,
        MetadataFilter,
        MetadataFilters,
    )

    def documents(where: Any) -> set[str]:
        nodes = sample_engine.as_retriever(k=40, where=where).retrieve("error code")
        return {node.metadata["document"] for node in nodes}

    manual = "manuals/ws-40-manual.pdf"
    assert documents({"document": manual}) == {manual}
    is_manual = MetadataFilter(key="document", value=manual)
    page = MetadataFilter(key="page", value=8, operator=FilterOperator.GTE)
    assert documents(MetadataFilters(filters=[is_manual])) == {manual}
    nodes = sample_engine.as_retriever(
        where=MetadataFilters(filters=[is_manual, MetadataFilters(filters=[page])])
    ).retrieve("error code")
    assert nodes and all(node.metadata["page"] >= 8 for node in nodes)
    other = MetadataFilter(key="folder", value=["policies"], operator=FilterOperator.IN)
    either = MetadataFilters(filters=[is_manual, other], condition=FilterCondition.OR)
    ours = {"$or": [{"document": manual}, {"folder": {"$in": ["policies"]}}]}
    assert documents(either) == documents(ours) > {manual}
    assert documents(MetadataFilters(filters=[])) == documents(None)
    for wrong in (
        MetadataFilters(filters=[is_manual], condition=FilterCondition.NOT),
        MetadataFilters(filters=[MetadataFilter(key="a", value="b", operator="contains")]),
    ):
        with pytest.raises(UsageError, match="A filter"):
            sample_engine.as_retriever(where=wrong)
    response = sample_engine.as_query_engine({"document": manual}).query(QUESTION)
    assert {node.metadata["document"] for node in response.source_nodes} == {manual}
