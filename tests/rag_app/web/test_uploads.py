from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import StoreError
from rag_app.web.upload_settings import UploadSettings
from rag_app.web.uploads import (
    LONGEST_NAME,
    MEGABYTE,
    remove,
    safe_name,
    safe_path,
    save,
    sift,
)


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
    chosen, refused = sift([Sent("a.txt", b"one"), Sent("../a.txt", b"two")])
    assert not refused
    assert {path: file.getvalue() for path, file in chosen.items()} == {"a.txt": b"two"}
    for data in (b"one", b"two"):
        assert save(data, folder / "a.txt").read_bytes() == data
    assert [path.name for path in folder.iterdir()] == ["a.txt"]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("plans/2026/a.md", "plans/2026/a.md"),
        ("./plans//a.md", "plans/a.md"),
        ("plans\\a.md", "plans/a.md"),
        ("plans/../../a.md", "a.md"),
        ("/etc/a.md", "a.md"),
        ("C:\\plans\\a.md", "a.md"),
        ("pl?ns/a.md", "pl_ns/a.md"),
        ("/".join("abcdefghijklmnop") + "/z.md", "e/f/g/h/i/j/k/l/m/n/o/p/z.md"),
    ],
)
def test_paths_of_a_folder_that_was_sent_are_kept_where_they_are_safe(sent: str, kept: str) -> None:
    assert safe_path(sent) == kept


@given(st.text(st.characters()) | st.text("ab./\\:~ "))
def test_any_path_stays_in_the_uploads(sent: str) -> None:
    parts = safe_path(sent).split("/")
    assert all(parts) and ".." not in parts
    assert not any(part.startswith((".", "~")) for part in parts)


def test_of_a_folder_what_is_hidden_or_has_no_reader_is_left_alone() -> None:
    sent = ["plans/a.md", "plans/.git/config.txt", "plans/~$a.docx", "__MACOSX/b.md", "plans/c.mp3"]
    chosen, refused = sift(map(Sent, sent))
    assert list(chosen) == ["plans/a.md"]
    assert [(one.path, one.status, one.reason) for one in refused] == [
        ("plans/c.mp3", "skipped", ".mp3 files aren't supported"),
        ("hidden files", "skipped", "3 hidden files are left alone"),
    ]


def test_each_limit_has_its_receipt() -> None:
    sent = [Sent(f"{number}.txt", b"x" * (MEGABYTE - 1)) for number in range(4)]
    sent.append(Sent("big.txt", b"x" * (MEGABYTE + 1)))

    def refused(**limits: int) -> list[tuple[str, str]]:
        _, receipts = sift(sent, UploadSettings(**limits))  # type: ignore[arg-type]
        return [(one.path, (one.reason or "").split(";")[0]) for one in receipts]

    assert refused(upload_megabytes=1) == [("big.txt", "larger than 1 MB")]
    assert refused(upload_files=3) == [
        ("3.txt", "more than 3 files at once"),
        ("big.txt", "more than 3 files at once"),
    ]
    assert refused(upload_total_megabytes=3) == [
        ("3.txt", "more than 3 MB at once"),
        ("big.txt", "more than 3 MB at once"),
    ]


def test_what_is_removed_leaves_no_empty_folders_and_nothing_else_is_touched(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "uploads"
    paths = [save(b"words", folder / name) for name in ("deep/er/a.txt", "deep/b.txt")]
    (tmp_path / "own.txt").write_text("mine")
    remove([paths[0], tmp_path / "own.txt"], folder)
    assert sorted(path.name for path in folder.rglob("*")) == ["b.txt", "deep"]
    assert (tmp_path / "own.txt").exists()


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        (Sent("virus.exe"), ".exe files aren't supported"),
        (Sent("README"), "its name says no format"),
        (Sent("big.pdf", claimed=50 * MEGABYTE + 1), "larger than 50 MB"),
    ],
)
def test_the_server_refuses_what_the_browser_let_through(sent: Sent, reason: str) -> None:
    chosen, (receipt,) = sift([sent])
    assert not chosen
    assert receipt.status == "failed"
    assert receipt.reason is not None
    assert receipt.reason.startswith(reason)


def test_a_store_that_cannot_be_written_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "uploads").write_text("a file in the way")
    with pytest.raises(StoreError, match="cannot be kept"):
        save(b"words", tmp_path / "uploads" / "a.txt")
