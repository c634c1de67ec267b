"""Copies, edits, versions and boilerplate."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import ingest_paths
from ingest.embed.embedder import Embedder
from ingest.errors import UsageError
from ingest.similarity import unit
from rag_app import AnswerSettings, open_engine
from rag_app.insights.duplicates.find import find_duplicates
from rag_app.insights.duplicates.nearest import MOST_PAIRS, pairs_above
from rag_app.insights.duplicates.records import Duplicates
from rag_app.insights.duplicates.shingles import overlaps

RULES = """The boat house opens at seven and closes at dusk. Members sign the book before they take
a boat out, and again when they bring it back. Oars are rinsed and hung on the rack by size. A boat
that is damaged gets a red tag, and the steward is told the same day. Guests row with a member in
the same boat, and wear a life jacket. In fog nobody goes beyond the weir."""
BAKING = """Weigh the flour and the salt into a bowl. Warm the milk to the heat of a hand, stir the
yeast into it, and wait until it foams. Knead for ten minutes. Let the dough rise under a cloth
until it has doubled, then shape it into rolls. Bake them for twenty minutes and let them cool."""
FOOTER = "This sheet is printed by the parish office for its readers and may be copied."


def filling(word: str) -> str:
    """Words that no other document has."""
    return " ".join(f"{word}{one}{two}" for one in "bdfgkl" for two in "aeioumnprstw")


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Duplicates:
    folder = tmp_path_factory.mktemp("documents")
    files = {
        "boat-rules-2023.md": RULES,
        "boat-rules-2024.md": RULES.replace("seven", "six").replace("a red tag", "an orange tag"),
        "rolls.md": BAKING,
        "breakfast.md": BAKING.upper(),
        "twin.md": RULES,
        "edited.md": "We were given this text.\n\n" + RULES.replace("Guests", "Visitors"),
        **{
            f"sheet-{word}.md": f"# On {word}\n\n{text} {filling(word)}\n\n# Colophon\n\n{FOOTER}"
            for word, text in {
                "bees": "Bees fly from March on. A hive holds forty thousand of them in June.",
                "clocks": "The tower clock was made in Lyon and is wound twice a week by hand.",
                "roads": "The road to the quarry is closed for lorries in wet weather.",
                "wells": "The well in the square is thirty metres deep and never dry.",
            }.items()
        },
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    store = tmp_path_factory.mktemp("duplicates") / "store"
    ingest_paths([folder], store=store, embedder=embedder)
    with open_engine(store, answers=AnswerSettings(), embedder=embedder) as engine:
        return find_duplicates(engine.collection, embedder)


def kinds(found: Duplicates) -> dict[frozenset[str], str]:
    return {frozenset((one.first, one.second)): one.kind for one in found.documents}


def test_copies_versions_and_edits(found: Duplicates) -> None:
    pairs = kinds(found)
    assert pairs[frozenset(("boat-rules-2023.md", "twin.md"))] == "copy"
    assert pairs[frozenset(("breakfast.md", "rolls.md"))] == "copy"
    assert pairs[frozenset(("boat-rules-2023.md", "boat-rules-2024.md"))] == "version"
    assert pairs[frozenset(("boat-rules-2023.md", "edited.md"))] == "edited"
    assert not any("rolls.md" in pair and "edited.md" in pair for pair in pairs)
    assert not any(all(name.startswith("sheet") for name in pair) for pair in pairs)


def test_the_newer_version_is_proposed_with_what_differs(found: Duplicates) -> None:
    [pair] = [one for one in found.documents if one.kind == "version"]
    assert (pair.first, pair.newer) == ("boat-rules-2023.md", "boat-rules-2024.md")
    assert "date" in pair.why
    assert any("seven" in one.first and "six" in one.second for one in pair.changes)


def test_boilerplate_is_told_once(found: Duplicates) -> None:
    [text] = found.boilerplate
    assert len(text.documents) == 4
    assert FOOTER.split()[3] in text.place.text
    assert not [one for one in found.passages if "parish office" in one.first.text]


def test_rows_and_text(found: Duplicates) -> None:
    rows = found.rows()
    assert len({tuple(row) for row in rows}) == 1  # the same columns
    assert "keep boat-rules-2024.md" in found.text()


def test_a_filter_that_nothing_passes(sample: Path, embedder: Embedder) -> None:
    with (
        open_engine(sample, answers=AnswerSettings(), embedder=embedder) as engine,
        pytest.raises(UsageError, match="passes the filter"),
    ):
        find_duplicates(engine.collection, where={"document": "no such"})


@settings(max_examples=6)
@given(st.integers(0, 2**32 - 1), st.sampled_from([5, 60, 384]), st.floats(0.3, 0.99))
def test_no_pair_is_missed(seed: int, dimension: int, least: float) -> None:
    chance = np.random.default_rng(seed)
    vectors = unit(chance.normal(size=(40, dimension)) + 2 * chance.normal(size=(1, dimension)))
    alike = vectors @ vectors.T
    expected = {(a, b) for a, b in np.argwhere(alike >= least + 1e-5) if a < b}
    first, second, *_ = pairs_above(vectors, least)
    pairs = set(zip(first.tolist(), second.tolist(), strict=True))
    assert expected <= pairs
    assert all(alike[pair] >= least - 1e-5 for pair in pairs)


WORDS = st.lists(st.sampled_from("a b c d e f g h".split()), max_size=12)


@given(st.lists(WORDS, min_size=2, max_size=6))
def test_overlaps_are_those_of_the_sets(texts: list[list[str]]) -> None:
    sets = [
        {tuple(words[at : at + 3]) for at in range(max(len(words) - 2, 1))} if words else set()
        for words in texts
    ]
    found = overlaps([" ".join(words) for words in texts], least=1e-9, size=3)
    shares = dict(zip(zip(found.first.tolist(), found.second.tolist(), strict=True),
                      found.resemblance.tolist(), strict=True))  # fmt: skip
    for one in range(len(texts)):
        for other in range(one + 1, len(texts)):
            both = sets[one] & sets[other]
            expected = len(both) / len(sets[one] | sets[other]) if both else 0.0
            assert shares.get((one, other), 0.0) == pytest.approx(expected)


def test_more_pairs_than_there_is_room_for_are_not_all_kept() -> None:
    equal = np.tile(np.eye(64, dtype=np.float32)[:1], (2_000, 1))  # two million pairs
    found = pairs_above(equal, 0.9)
    assert not found.is_whole and len(found.first) == MOST_PAIRS
    assert pairs_above(equal[:500], 0.9).is_whole
