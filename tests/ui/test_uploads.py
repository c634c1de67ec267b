from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import StoreError
from rag_app.ui.uploads import LARGEST_MEGABYTES, LONGEST_NAME, keep, safe_name


@dataclass
class Sent:
    """A file as a browser sends it."""

    name: str
    data: bytes = b"text"
    claimed: int | None = None

    @property
    def size(self) -> int:
        return len(self.data) if self.claimed is None else self.claimed

    def getvalue(self) -> bytes:
        return self.data


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("report.pdf", "report.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\me\\notes.md", "notes.md"),
        ("/absolute/notes.md", "notes.md"),
        (".hidden.md", "hidden.md"),
        ("~$draft.docx", "$draft.docx"),
        ("a<b>:c?.txt", "a_b__c_.txt"),
        ("line\nbreak\x00.txt", "line_break\ufffd.txt"),
        ("e\u0301te\u0301.txt", "été.txt"),
        ("..", "document"),
        ("", "document"),
    ],
)
def test_names_are_made_safe(sent: str, kept: str) -> None:
    assert safe_name(sent) == kept


@given(st.text(st.characters()))
def test_any_name_stays_in_its_folder(sent: str) -> None:
    name = safe_name(sent)
    assert PurePosixPath(name).name == name
    assert not name.startswith((".", "~"))
    assert not set("\\/\x00") & set(name)
    assert len(name.encode()) <= max(LONGEST_NAME, len(PurePosixPath(name).suffix.encode()))


def test_files_are_kept_and_the_same_name_replaces(tmp_path: Path) -> None:
    folder = tmp_path / "uploads"
    paths, refused = keep([Sent("a.txt", b"one"), Sent("x/a.txt", b"two")], folder)
    assert not refused
    assert paths == [folder / "a.txt"] * 2
    assert (folder / "a.txt").read_bytes() == b"two"
    assert [path.name for path in folder.iterdir()] == ["a.txt"]


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        (Sent("virus.exe"), "no reader for .exe files"),
        (Sent("README"), "no reader for a file without a suffix"),
        (Sent("big.pdf", claimed=LARGEST_MEGABYTES * 1024 * 1024 + 1), "larger than"),
    ],
)
def test_the_server_refuses_what_the_browser_let_through(
    tmp_path: Path, sent: Sent, reason: str
) -> None:
    paths, (receipt,) = keep([sent], tmp_path / "uploads")
    assert not paths
    assert receipt.status == "failed"
    assert receipt.reason is not None
    assert receipt.reason.startswith(reason)
    assert not (tmp_path / "uploads").exists()


def test_a_store_that_cannot_be_written_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "uploads").write_text("a file in the way")
    with pytest.raises(StoreError, match="cannot be kept"):
        keep([Sent("a.txt")], tmp_path / "uploads")
