"""Related documents and passages, and recommendations."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from ingest import ingest_paths
from ingest.embed.embedder import Embedder
from ingest.errors import UsageError
from ingest.similarity import unit
from rag_app import AnswerSettings, Engine, open_engine
from rag_app.conversation.records import Conversation, Exchange, Feedback
from rag_app.conversation.store import Conversations
from rag_app.insights.related.cited import cited_in_chat
from rag_app.insights.related.recommend import Seen, read_history, recommend
from rag_app.insights.related.related import related
from rag_app.insights.related.scores import diverse, item_item
from tests.conftest import DATA


@pytest.fixture
def engine(sample: Path, embedder: Embedder) -> Engine:
    return open_engine(sample, answers=AnswerSettings(), embedder=embedder)


def test_related_documents_with_their_reasons(engine: Engine) -> None:
    with engine:
        names = [one.name for one in engine.documents()]
        found = related(engine.collection, names[0], k=3)
        assert len(found.items) == 3
        assert names[0] not in {one.document for one in found.items}
        scores = [one.score for one in found.items]
        assert scores == sorted(scores, reverse=True)
        for one in found.items:
            assert one.because.document == names[0]
            text = engine.document_text(one.place.document)
            assert text[one.place.start : one.place.end] == one.place.text
        passages = related(engine.collection, names[0], at=found.items[0].because.start, k=4)
        assert len(passages.items) == 4
        assert {one.because.document for one in passages.items} == {names[0]}
        with pytest.raises(UsageError, match="no document"):
            related(engine.collection, "gone.md")
        with pytest.raises(UsageError, match="no passage"):
            related(engine.collection, names[0], at=10**9)


def test_nothing_that_is_known_is_recommended(engine: Engine) -> None:
    with engine:
        names = [one.name for one in engine.documents()]
        history = [
            Seen("ada", names[0]),
            Seen("ada", names[1], -1),
            Seen("bob", names[0]),
            Seen("bob", names[2]),
            Seen("bob", "gone.md"),
        ]
        found = recommend(engine.collection, history, "ada", k=50, diversity=0)
        documents = [one.document for one in found.items]
        assert set(documents) == set(names[2:])
        assert {one.because for one in found.items} == {names[0]}
        [of_bob] = [one for one in found.items if one.document == names[2]]
        assert of_bob.by in ("both", "others")
        assert "left out" in found.basis.notes[-1]
        with pytest.raises(UsageError, match="liked it"):
            recommend(engine.collection, history, "eve")


def test_what_the_chat_cited_is_a_history(tmp_path: Path, embedder: Embedder) -> None:
    ingest_paths([DATA / "documents/policies"], store=tmp_path / "store", embedder=embedder)
    with open_engine(tmp_path / "store", answers=AnswerSettings(), embedder=embedder) as engine:
        conversations = Conversations(engine.store)
        with pytest.raises(UsageError, match="Nothing was cited"):
            cited_in_chat(conversations)
        answer = engine.ask("What is the limit for a hotel?")
        rated = Exchange(answer.question, answer, feedback=Feedback("up"))
        conversations.put(Conversation(), rated)
        cited = {one.document for one in answer.citations}
        assert cited
        history = cited_in_chat(conversations)
        assert {one.document: one.weight for one in history} == dict.fromkeys(cited, 2.0)
        found = recommend(engine.collection, history)
        assert not cited & {one.document for one in found.items}


def test_history_files(tmp_path: Path) -> None:
    path = tmp_path / "history.csv"
    path.write_text("user,item,weight\nada,a.md,2\nada,b.md,\n", encoding="utf-8")
    assert read_history(path) == [Seen("ada", "a.md", 2.0), Seen("ada", "b.md", 1.0)]
    path.write_text("user,item,weight\nada,a.md,much\n", encoding="utf-8")
    with pytest.raises(UsageError, match="cannot be read"):
        read_history(path)
    path.write_text("who,what\nada,a.md\n", encoding="utf-8")
    with pytest.raises(UsageError, match="no history"):
        read_history(path)


def test_items_that_the_same_users_like_are_alike() -> None:
    ratings = csr_matrix(np.array([[1, 1, 0, 0], [2, 1, 0, 1], [0, 0, 3, 1]], dtype=float))
    alike = item_item(ratings).toarray()
    assert alike == pytest.approx(alike.T)
    assert not alike.diagonal().any()
    assert alike[0, 1] > alike[0, 3] > alike[0, 2] == 0


def test_what_is_like_the_first_comes_later() -> None:
    vectors = unit(np.array([[1, 0], [1, 0.01], [0, 1]], dtype=np.float32))
    scores = np.array([1.0, 0.99, 0.9])
    assert diverse(scores, vectors, 2, 0.0) == [0, 1]
    assert diverse(scores, vectors, 2, 0.5) == [0, 2]
    assert diverse(np.array([1.0, -np.inf, -np.inf]), vectors, 3) == [0]
