"""What a model is trained on: pairs from feedback, files and documents; the split; negatives."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.embed.embedder import Embedder
from ingest.errors import UsageError
from rag_app import Conversation, Conversations, Engine, Exchange, Feedback, open_engine
from rag_app.settings import AnswerSettings
from rag_app.tuning.negatives import MOST_OF_POSITIVE, hard_negatives
from rag_app.tuning.pairs import collect
from rag_app.tuning.records import Pair, Source
from rag_app.tuning.split import FEWEST_HELD_OUT, FEWEST_TRAINED_ON, hold_out

MANUAL = "manuals/ws-40-manual.pdf"


def test_rules_make_pairs_whose_passage_holds_the_answer(sample_engine: Engine) -> None:
    material = collect(sample_engine, made=50)
    assert material.sources() == {"rule": 50}
    assert len(material.passages) == sample_engine.collection.chunk_count()
    for pair in material.pairs:
        assert 1 <= len(pair.rows) <= 2, "a quote that two passages share, at most"
    again = collect(sample_engine, made=50)
    assert again.pairs == material.pairs


def test_gold_by_quote_page_and_document(sample_engine: Engine, tmp_path: Path) -> None:
    quote = sample_engine.document_text(MANUAL)[2000:2060].strip()
    rows = [
        {"question": "By its words?", "gold": [{"document": MANUAL, "quote": quote}]},
        {"question": "By its page?", "gold": [{"document": MANUAL, "page": 2}]},
        {"question": "All of it?", "gold": [{"document": MANUAL}]},
        {"question": "What is gone?", "gold": [{"document": "gone.txt"}]},
        {"question": "Nobody knows?", "answerable": False, "gold": []},
    ]
    file = tmp_path / "questions.jsonl"
    file.write_text("".join(json.dumps({"id": at, **row}) + "\n" for at, row in enumerate(rows)))
    material = collect(sample_engine, [file], made=0)
    pairs = {pair.question: pair for pair in material.pairs}
    assert set(pairs) == {"By its words?", "By its page?"}
    found = " ".join(material.passages[row] for row in pairs["By its words?"].rows)
    assert " ".join(quote.split())[:30] in " ".join(found.split())
    assert len(pairs["By its page?"].rows) >= 1
    assert [note.split(": ")[-1][0] for note in material.notes] == ["1", "1"]
    assert "Give pages or quotes" in material.notes[0] and "not in the coll" in material.notes[1]


def test_a_thumb_up_makes_a_pair(sample: Path, embedder: Embedder, tmp_path: Path) -> None:
    shutil.copytree(sample, tmp_path / "store")
    answers = AnswerSettings()
    with open_engine(tmp_path / "store", answers=answers, embedder=embedder) as engine:
        kept, conversation = Conversations(engine.store), Conversation()
        for question, verdict in (
            ("How long is the warranty of the WS-40?", "up"),
            ("What does error code E22 mean?", "down"),
            ("Who won the world cup of 1966?", "up"),
        ):
            exchange = Exchange(question, engine.ask(question))
            kept.put(conversation, exchange)
            kept.rate(exchange.id, Feedback(verdict))  # type: ignore[arg-type]
        material = collect(engine, made=0)
        [pair] = material.pairs
        assert pair.source == "feedback" and "warranty" in pair.question
        cited = kept.rated()[0].answer
        assert cited is not None
        quote = next(one.quote for one in cited.citations if one.supported)
        assert any(quote in material.passages[row] for row in pair.rows)


def pairs_of(count: int, source: Source = "gold", *, per_document: int = 1) -> list[Pair]:
    return [
        Pair(f"{source} {at}?", (at,), source, f"{source} {at // per_document}")
        for at in range(count)
    ]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 400), st.integers(0, 60), st.sampled_from(["gold", "rule"])),
        min_size=80,
        max_size=160,
    ),
    st.integers(0, 5),
)
def test_both_sides_share_nothing(drawn: Sequence[tuple[int, int, Source]], seed: int) -> None:
    pairs = [Pair(f"{at}?", (row,), source, f"d{d}") for at, (row, d, source) in enumerate(drawn)]
    try:
        split = hold_out(pairs, seed)
    except UsageError:
        return
    assert hold_out(pairs, seed) == split
    assert len(split.held_out) >= FEWEST_HELD_OUT and len(split.train) >= FEWEST_TRAINED_ON
    for key in (lambda pair: pair.about, lambda pair: pair.rows):
        assert not set(map(key, split.train)) & set(map(key, split.held_out))


def test_people_judge_where_they_asked_enough() -> None:
    made = [Pair(f"m{at}?", (1000 + at,), "rule", f"m{at}") for at in range(300)]
    split = hold_out([*made, *pairs_of(100)], 0)
    assert {pair.source for pair in split.held_out} == {"gold"} and not split.notes
    assert 30 <= len(split.held_out) <= 60
    split = hold_out([*made, *pairs_of(10)], 0)
    assert "real questions may gain less" in split.notes[0]
    with pytest.raises(UsageError, match="needs at least"):
        hold_out(pairs_of(200, per_document=200), 0)


def test_a_negative_is_near_and_not_nearly_the_answer() -> None:
    """Of rows by their nearness: the answer, its copy, one nearly as near, then wrong ones."""
    angles = np.array([0.30, 0.30, 0.34, 0.70, 0.90, 1.20])
    passages = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    asked = np.array([[1.0, 0.0]], dtype=np.float32)
    texts = ["answer", "answer", "nearly", "wrong", "more wrong", "far"]
    pair = Pair("What?", (0,), "gold", "d")
    [found] = hard_negatives(asked, passages, [pair], texts, 2, seed=0)
    assert found == [3, 4]
    assert np.cos(0.34) > np.cos(0.30) * MOST_OF_POSITIVE > np.cos(0.70)
    other = Pair("what?", (3,), "gold", "e")
    both = hard_negatives(np.repeat(asked, 2, axis=0), passages, [pair, other], texts, 2, seed=0)
    assert 3 not in both[0], "it answers the same question elsewhere"
    [few] = hard_negatives(asked, passages, [pair], texts, 5, seed=0)
    assert set(few) == {2, 3, 4, 5}, "what is missing is taken by chance, never an answer"
