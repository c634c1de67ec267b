"""Collections that are too small, all alike, or change meanwhile: each insight says its limits in a
clear line or in its result."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ingest import delete_documents, ingest_paths
from ingest.embed.embedder import Embedder
from ingest.errors import StoreEmpty, UsageError
from rag_app import Engine, open_engine
from rag_app.cli.main import main
from rag_app.insights.base.records import Insight, Place
from rag_app.insights.base.steps import QUIET, Steps
from rag_app.insights.bias.audit import audit, read_wanted
from rag_app.insights.classes.learn import learn_classes
from rag_app.insights.classes.records import Example
from rag_app.insights.comparing.analogy import analogy
from rag_app.insights.duplicates.find import find_duplicates
from rag_app.insights.learning.path import learning_path
from rag_app.insights.map.map import make_map
from rag_app.insights.outliers.outliers import find_outliers
from rag_app.insights.related.recommend import Seen, recommend
from rag_app.insights.related.related import related
from rag_app.insights.topics.topics import find_topics

TEXT = "A lease ends three months after notice is given. The rent is due on the first."
LABELS = [Example("a", text="notice of a lease"), Example("b", text="the rent is due")]


def of_first(engine: Engine) -> str:
    return engine.documents()[0].name


INSIGHTS: dict[str, Callable[[Engine, Any, Steps], Insight]] = {
    "topics": lambda e, where, steps: find_topics(e.collection, where, steps=steps),
    "map": lambda e, where, steps: make_map(e.collection, where, steps=steps),
    "outliers": lambda e, where, steps: find_outliers(e.collection, where, steps=steps),
    "duplicates": lambda e, where, steps: find_duplicates(
        e.collection, e.embedder, where, steps=steps
    ),
    "classes": lambda e, where, steps: learn_classes(
        e.collection, e.embedder, LABELS, where, steps=steps
    ),
    "related": lambda e, where, steps: related(e.collection, of_first(e), where, steps=steps),
    "recommend": lambda e, where, steps: recommend(
        e.collection, [Seen("", of_first(e))], where=where, steps=steps
    ),
    "analogy": lambda e, where, steps: analogy(
        e.collection, e.embedder, ["lease"], [], where, steps=steps
    ),
    "bias": lambda e, where, steps: audit(
        e.collection, e.embedder, read_wanted(), where, steps=steps
    ),
    "learn": lambda e, where, steps: learning_path(e, ["lease", "rent"], where, steps=steps),
}


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[Engine]:
    yield from opened(tmp_path_factory.mktemp("one"), embedder, 1)


@pytest.fixture(scope="module")
def equal(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[Engine]:
    yield from opened(tmp_path_factory.mktemp("equal"), embedder, 12)


def opened(folder: Path, embedder: Embedder, count: int) -> Iterator[Engine]:
    for number in range(count):  # other bytes each, so that each is a document of its own
        path = folder / f"lease-{number:02}.txt"
        path.write_text(TEXT + "\n" * (number + 1), encoding="utf-8")
    ingest_paths([folder], store=folder / "store", embedder=embedder)
    with open_engine(folder / "store", embedder=embedder) as engine:
        yield engine


def places_in(value: object) -> Iterator[Place]:
    if isinstance(value, Place):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from places_in(each)
    elif hasattr(value, "__dataclass_fields__"):
        for name in value.__dataclass_fields__:
            yield from places_in(getattr(value, name))


@pytest.mark.parametrize("name", INSIGHTS)
def test_one_passage_gives_a_result_that_says_so(name: str, one: Engine) -> None:
    found = INSIGHTS[name](one, None, QUIET)
    assert "There is only one passage" in " ".join(found.basis.notes)
    assert isinstance(found.text(), str)
    assert len({tuple(row) for row in found.rows()}) <= 1


@pytest.mark.parametrize("name", INSIGHTS)
def test_passages_that_are_all_equal(name: str, equal: Engine) -> None:
    found = INSIGHTS[name](equal, None, QUIET)
    assert found.basis.chunks == 12
    assert "nothing tells them apart" in found.basis.notes[0]
    for place in places_in(found):
        assert equal.document_text(place.document)[place.start : place.end] == place.text


@pytest.mark.parametrize("name", INSIGHTS)
def test_a_field_that_there_is_not_is_a_clear_line(name: str, equal: Engine) -> None:
    with pytest.raises(UsageError, match=r"rag-app status|no document"):
        INSIGHTS[name](equal, {"colour": "red"}, QUIET)


@pytest.mark.parametrize("name", INSIGHTS)
def test_nothing_ingested_is_a_clear_line(name: str, tmp_path: Path, embedder: Embedder) -> None:
    with (
        open_engine(tmp_path / "new", embedder=embedder) as engine,
        pytest.raises((StoreEmpty, UsageError, IndexError)) as error,
    ):
        INSIGHTS[name](engine, None, QUIET)
    assert name in ("related", "recommend") or "rag-app ingest" in str(error.value)


class Deletes(Steps):
    """Deletes a document from the store at one of the steps, once."""

    def __init__(self, store: Path, document: str, at: str = "") -> None:
        super().__init__()
        self._delete, self._at = (store, document), at
        self.is_done = False

    def __call__(self, doing: str, *_: float) -> None:
        if not self.is_done and doing.startswith(self._at):
            self.is_done = True
            delete_documents([self._delete[1]], store=self._delete[0])


@pytest.mark.long
@pytest.mark.parametrize("name", [name for name in INSIGHTS if name != "learn"])
def test_what_is_deleted_meanwhile_is_still_in_the_result(
    name: str, tmp_path: Path, embedder: Embedder
) -> None:
    for engine in opened(tmp_path, embedder, 3):
        steps = Deletes(tmp_path / "store", "lease-02.txt")
        found = INSIGHTS[name](engine, None, steps)
        assert steps.is_done and found.basis.documents == 3
        assert engine.collection.document_count() == 2


def test_a_path_leaves_out_what_is_deleted_meanwhile(tmp_path: Path, embedder: Embedder) -> None:
    for engine in opened(tmp_path, embedder, 3):
        steps = Deletes(tmp_path / "store", "lease-00.txt", "Putting it in order")
        path = learning_path(engine, ["lease", "rent"], steps=steps)
        assert steps.is_done and len(path.pieces) == 2


def test_one_label_and_labels_with_one_example(equal: Engine) -> None:
    with pytest.raises(UsageError, match="two labels"):
        learn_classes(equal.collection, equal.embedder, LABELS[:1])
    found = learn_classes(equal.collection, equal.embedder, LABELS)
    assert found.quality is None and "too few examples" in found.basis.notes[1]


def test_a_history_of_what_is_not_here(equal: Engine) -> None:
    with pytest.raises(UsageError, match="liked it"):
        recommend(equal.collection, [Seen("", "gone.md")])
    found = recommend(equal.collection, [Seen("", "gone.md"), Seen("", of_first(equal))])
    assert "1 line of the history left out" in " ".join(found.basis.notes)


def test_a_file_of_objectives_is_named_with_its_sign(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "goals.txt").write_text("rent\nnotice\n", encoding="utf-8")
    goals = str(tmp_path / "goals.txt")
    assert main(["insights", "learn", goals, "--store", str(tmp_path / "store")]) == 2
    assert f"write @{goals}" in capsys.readouterr().err
