"""Zipped folders: their files one by one, and what is refused."""

from __future__ import annotations

import stat
import zipfile
from io import BytesIO

import pytest

from ingest.errors import BrokenFile
from ingest.load.archive import Member, members
from ingest.load.formats.detect import detect
from ingest.load.read import ARCHIVE
from tests.ingest.load.samples import zipped


def test_files_in_order_of_their_names_hidden_ones_left_alone():
    archive = zipped(
        {
            "b.md": "# B",
            "sub/": "",
            "sub/a.txt": "A",
            ".git/config": "x",
            "__MACOSX/._b.md": "x",
            "sub/~$a.docx": "x",
            "sub\\from-windows.txt": "W",
            "./c.txt": "C",
        }
    )
    assert detect(archive, "papers.zip") == ARCHIVE
    assert list(members(archive)) == [
        Member("b.md", b"# B"),
        Member("c.txt", b"C"),
        Member("sub/a.txt", b"A"),
        Member("sub/from-windows.txt", b"W"),
    ]


def test_paths_that_lead_out_and_links_are_refused():
    names = ["../../tmp/a.txt", "/tmp/b.txt", "..\\..\\c.txt", "C:\\d.txt", "e/../../f.txt", "g/.."]
    stream = BytesIO(zipped({**dict.fromkeys(names, "out"), "fine..txt": "in", "a..b/c": "in"}))
    with zipfile.ZipFile(stream, "a") as archive:
        link = zipfile.ZipInfo("link.txt")
        link.create_system = 3
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    found = {member.name: member for member in members(stream.getvalue())}
    assert found.pop("fine..txt").data == found.pop("a..b/c").data == b"in"
    assert found.pop("link.txt").problem == "a link"
    assert len(found) == len(names)
    for member in found.values():
        assert (member.data, member.problem) == (b"", "its path leads out of the archive")


def test_names_in_utf_8_without_being_declared():
    data = zipped({"xxxx.txt": "x"}).replace(b"xxxx.txt", "äö.txt".encode())
    assert [member.name for member in members(data)] == ["äö.txt"]


def test_a_damaged_or_locked_file_costs_itself_only():
    good = zipped({"a.txt": "first", "b.txt": "second" * 99, "c.txt": "third"})
    with zipfile.ZipFile(BytesIO(good)) as archive:
        place = archive.getinfo("b.txt").header_offset + 40
    damaged = good[:place] + bytes(4) + good[place + 4 :]
    problems = {member.name: member.problem for member in members(damaged)}
    assert problems == {"a.txt": None, "b.txt": "damaged: it cannot be unpacked", "c.txt": None}
    locked = bytearray(good)
    with zipfile.ZipFile(BytesIO(good)) as archive:
        entry = archive.start_dir
    locked[entry + 8] |= 1
    assert next(members(bytes(locked))).problem == "protected by a password"


@pytest.mark.long
def test_what_is_too_large_is_not_unpacked():
    archive = zipped({"small.txt": "x", "large.txt": b"0" * 1_000_001})
    found = {member.name: member for member in members(archive, 1)}
    assert found["large.txt"].problem == "larger than 1 MB; see max_file_megabytes"
    assert found["small.txt"].data == b"x"
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as many:
        for index in range(6):
            many.writestr(f"{index}.txt", bytes(180_000_000), compresslevel=1)
    with pytest.raises(BrokenFile, match="unpacks to 1,080 MB, which is more than is read"):
        next(members(stream.getvalue()))


@pytest.mark.parametrize(
    ("count", "reason"),
    [(10_001, "more than 10,000 files"), (20_001, "more than 20,000 files")],
)
def test_too_many_files(count, reason):
    archive = zipped({str(index): b"" for index in range(count)})
    with pytest.raises(BrokenFile, match=reason):
        next(members(archive))
    if count > 20_000:
        with pytest.raises(BrokenFile, match=reason):
            detect(archive, "a.zip")


def test_what_is_no_archive():
    with pytest.raises(BrokenFile, match="damaged"):
        next(members(b"PK\x03\x04 cut off"))


def test_a_member_without_a_name_does_not_end_the_others() -> None:
    data = zipped({"a.txt": "lamp", "z": "no name"}).replace(b"z", b"\0")
    assert [one.name for one in members(data)] == ["a.txt"]
