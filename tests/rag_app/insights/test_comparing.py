"""Two texts compared, and sums of meanings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ingest.embed.embedder import Embedder
from ingest.errors import UsageError
from rag_app import AnswerSettings, open_engine
from rag_app.insights.comparing.analogy import analogy, nearest_to_sum
from rag_app.insights.comparing.texts import compare_texts

FIRST = "The ferry leaves at noon. Dogs travel free of charge."
SECOND = "Animals pay nothing on board. At twelve o'clock the boat departs. There is a café."


def test_sentences_find_their_counterparts(embedder: Embedder) -> None:
    found = compare_texts(FIRST, SECOND, embedder)
    assert [FIRST[one.start : one.end] for one in found.sentences] == [
        one.first for one in found.sentences
    ]
    assert found.sentences[0].second.startswith("At twelve")
    assert found.sentences[1].second.startswith("Animals")
    for one in found.sentences:  # of vectors of length one all three say the same
        assert one.measures.dot == pytest.approx(one.measures.cosine, abs=1e-5)
        assert one.measures.distance**2 == pytest.approx(2 - 2 * one.measures.cosine, abs=1e-4)


def test_a_text_is_like_itself(embedder: Embedder) -> None:
    found = compare_texts(FIRST, FIRST, embedder)
    assert (found.covered, found.covers) == pytest.approx((1, 1), abs=1e-5)
    assert found.whole.cosine == pytest.approx(1, abs=1e-5)


def test_an_empty_text(embedder: Embedder) -> None:
    with pytest.raises(UsageError, match="empty"):
        compare_texts("…", FIRST, embedder)


def test_the_sum_is_nearest() -> None:
    vectors = np.eye(4, dtype=np.float32)
    alike = nearest_to_sum(vectors, vectors[[1, 2]], vectors[[0]], [1])
    assert int(alike.argmax()) == 2
    assert alike[1] == -1


def test_words_and_passages_of_the_collection(sample: Path, embedder: Embedder) -> None:
    with open_engine(sample, answers=AnswerSettings(), embedder=embedder) as engine:
        where = {"folder": "policies"}
        found = analogy(engine.collection, embedder, ["hotel", "travel"], ["work"], where, k=5)
        assert len(found.words) == len(found.passages) == 5
        assert not {"hotel", "travel", "work"} & {one.word.casefold() for one in found.words}
        place = found.passages[0].place
        assert engine.document_text(place.document)[place.start : place.end] == place.text
        with pytest.raises(UsageError, match="nothing to add"):
            analogy(engine.collection, embedder, [" "])
