"""Pictures of pages are of the bytes whose text is in the collection, or there are none."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest import ingest_paths
from ingest.embed.embedder import Embedder
from ingest.errors import UsageError
from rag_app import AnswerSettings, Engine, open_engine
from rag_app.collection.page_pictures import Quoted
from rag_app.errors import NoPicture
from tests.ingest.load.samples import column, pdf

WORDS = "Dogs must be kept on a lead."
OTHER = "Cats may go where they want."
PAGES = [column([WORDS]), column([OTHER])]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "rules.pdf").write_bytes(pdf(PAGES))
    (folder / "note.txt").write_text("No pages here.")
    pack(folder / "zipped.zip", "inner.pdf")
    return folder


def pack(path: Path, name: str) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, pdf([column(["Fish swim."])]))


@pytest.fixture
def engine(folder: Path, tmp_path: Path, embedder: Embedder) -> Iterator[Engine]:
    report = ingest_paths([folder], store=tmp_path / "store", embedder=embedder)
    assert report.counts["added"] == 3
    with open_engine(tmp_path / "store", answers=AnswerSettings()) as engine:
        yield engine


def quoted(engine: Engine) -> Quoted:
    start = engine.document_text("rules.pdf").index(WORDS)
    return Quoted(start, start + len(WORDS), WORDS)


def test_a_page_has_the_words_of_its_own(engine: Engine) -> None:
    first = engine.collection.page_picture("rules.pdf", 1, [quoted(engine)])
    assert first.words == WORDS and first.is_whole and len(first.boxes) == 1
    second = engine.collection.page_picture("rules.pdf", 2, [quoted(engine)])
    assert second.boxes == () and second.is_whole
    assert len(engine.collection.page_starts("rules.pdf")) == 2


@pytest.mark.parametrize(
    ("document", "change", "why"),
    [
        ("rules.pdf", lambda path: path.write_bytes(pdf(PAGES[::-1])), "was changed after"),
        ("rules.pdf", lambda path: path.unlink(), "no longer where it was"),
        ("zipped.zip/inner.pdf", lambda path: path.parent.unlink(), "no longer where it was"),
        ("zipped.zip/inner.pdf", lambda path: pack(path.parent, "b.pdf"), "no such file in the"),
        ("note.txt", lambda _path: None, "Only pages of PDF files and pictures"),
    ],
    ids=["changed", "gone", "archive gone", "not in it", "no pdf"],
)
def test_where_there_is_none_it_says_why(engine: Engine, folder: Path, document, change, why):
    change(folder / document)
    with pytest.raises(NoPicture, match=why):
        engine.collection.page_picture(document, 1)


def test_a_file_in_an_archive_has_pictures(engine: Engine) -> None:
    picture = engine.collection.page_picture(
        "zipped.zip/inner.pdf", 1, [Quoted(0, 10, "Fish swim.")]
    )
    assert picture.words == "Fish swim." and picture.is_whole


def test_another_file_with_the_same_bytes_will_do(
    engine: Engine, folder: Path, tmp_path: Path, embedder: Embedder
) -> None:
    (folder / "copy.pdf").write_bytes((folder / "rules.pdf").read_bytes())
    ingest_paths([folder], store=tmp_path / "store", embedder=embedder)
    (folder / "rules.pdf").unlink()
    assert engine.collection.page_picture("rules.pdf", 1, [quoted(engine)]).words == WORDS


def test_words_that_are_not_there_are_never_marked(engine: Engine) -> None:
    there = quoted(engine)
    with pytest.raises(UsageError, match="other words there"):
        engine.collection.page_picture("rules.pdf", 1, [Quoted(there.start, there.end, OTHER)])
    with pytest.raises(UsageError, match="no page 3"):
        engine.collection.page_picture("rules.pdf", 3)


def test_a_picture_is_drawn_once(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = engine.collection.page_picture("rules.pdf", 1, [quoted(engine)])
    monkeypatch.setattr("rag_app.collection.page_pictures.picture_of", None)
    assert engine.collection.page_picture("rules.pdf", 1, [quoted(engine)]) is drawn
