"""TAR and 7-Zip archives, compressed files, and archives in archives."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
from base64 import b85decode
from collections.abc import Callable, Mapping

import pytest

from ingest.errors import BrokenFile, LoadError
from ingest.load.archive import Member, members, read_source
from ingest.load.formats.detect import detect
from ingest.load.read import ARCHIVE
from tests.ingest.load.samples import zipped

FILES = {"b.md": b"# B\n" * 300, "sub/a.txt": "Ä lamp".encode(), "empty.txt": b"", ".git/x": b"x"}
READ = [Member("b.md", FILES["b.md"]), Member("sub/a.txt", FILES["sub/a.txt"])]

# The first three of these files, as py7zr writes them: LZMA2 with a filter; its header is packed.
SEVEN_ZIP = b85decode(
    """
H+sCUCma9-Sw0r8qW}N^00000761SM00000581F{-~_e+8C?Johy=o$^bb5-
5N&y%4BT8*ZFbyZP}C>@0N?<g0D4^j0D&_Ht`E>1(tMve5S(#D@|f_I$qVhdL~~vi_b>C)&hs>{dY63oG0YSS4AtAZWWU4Y
D2g01V$u``TITv+`X23zj3WCYyuG9x1~yExA<iL5T_1l=7*$(+$5tj<@aE`&+S|7w2PIzTxmM+0rxGWtWWW*t0000N1|b0n
fPw%A3jqKDAt3=641k{i00
""".replace("\n", "")
)
PPMD = b85decode(
    """
H+sCUCma9-
W@AS~lmGw#00000761SM00000U*L>;03!UXiw<85?F_g0WG)268!iCg0G<GOT>t=qGY75@&nNJV2gpN!gM#9~1T2sy$MkF9
p?_BrG~M=#3uQ74l;z5qzCMo%tOSDEbEX{B=<}Xdp&ziNzM)pDxvI?}UHozNce_MAv~(`l3}u2<)dND%w|`+Lls}Ep6#1j0
H8;&d^T0w>hN<z9n0yER000007X}jn34nnB2MYlJ0U;p)7z}`)000
""".replace("\n", "")
)
LOCKED = b85decode(
    """
H+sCUCma9-#xt)6&Hw-
a00000761SM00000VzWw+Ztj$sp`UB%7dCWu8(Sl_>RJq83zQu~u60Ivk66a*)E9>n=1dsl5XFzLAh`=`-
~hG&mR$e<finlL577Z46Q(CYp%_!H1~XQ!dApwhLvrGK(MUO^(s9_DYV!<Ns4!<9=3t!?kYz3aori#Ls-
J46h63Z=<n}z`R9xle??;|WdPq^YpM#a96%xG(OO3M$&9i7QnYF8tDUgdZ!+ES`9<a`bOb6h43vSK4;4{Xm*{9CUaJL@Y1#
pU681$02!Ms{zMN|L)000*TFaZgGo&X060RRCZApsZ+fVThu
""".replace("\n", "")
)


def tarred(files: Mapping[str, bytes], mode: str = "w") -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode=mode) as archive:  # type: ignore[call-overload]
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "mode"),
    [("a.tar", "w"), ("a.tar.gz", "w:gz"), ("a.tbz2", "w:bz2"), ("a.tar.xz", "w:xz")],
)
def test_tar(name: str, mode: str) -> None:
    data = tarred(FILES, mode)
    assert detect(data, name) == ARCHIVE
    assert list(members(data, 200, name)) == [*READ, Member("empty.txt")]


def test_seven_zip() -> None:
    assert detect(SEVEN_ZIP, "a.7z") == ARCHIVE
    assert list(members(SEVEN_ZIP)) == [*READ, Member("empty.txt")]
    for data, reason in (
        (PPMD, "compressed in a way that is not read; pack it again"),
        (LOCKED, "protected by a password"),
    ):
        assert {one.problem for one in members(data) if one.name == "b.md"} == {reason}


@pytest.mark.parametrize(
    ("suffix", "compress"), [(".gz", gzip.compress), (".bz2", bz2.compress), (".xz", lzma.compress)]
)
def test_a_single_file_that_is_compressed(suffix: str, compress: Callable[[bytes], bytes]) -> None:
    data = compress(b"first ") + compress(b"second")
    assert list(members(data, 200, f"notes.txt{suffix}")) == [Member("notes.txt", b"first second")]
    large = compress(bytes(2_000_000))
    problem = "larger than 1 MB; see max_file_megabytes"
    assert list(members(large, 1, f"a.txt{suffix}")) == [Member("a.txt", problem=problem)]


def test_paths_that_lead_out_and_links() -> None:
    stream = io.BytesIO(tarred({"../a.txt": b"x", "/etc/b.txt": b"x"}))
    with tarfile.open(fileobj=stream, mode="a") as archive:
        for kind, name in (
            (tarfile.SYMTYPE, "link"),
            (tarfile.LNKTYPE, "hard"),
            (tarfile.FIFOTYPE, "p"),
        ):
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, "/etc/passwd"
            archive.addfile(member)
    assert {one.name: one.problem for one in members(stream.getvalue())} == {
        "../a.txt": "its path leads out of the archive",
        "/etc/b.txt": "its path leads out of the archive",
        "link": "a link",
        "hard": "a link",
        "p": "not a file",
    }


def test_archives_in_archives(tmp_path) -> None:
    inner = tarred({"deep.txt": b"found"}, "w:gz")
    middle = zipped({"in.tar.gz": inner, "../out.txt": "x", "empty.zip": zipped({})})
    path = tmp_path / "all.tar"
    path.write_bytes(tarred({"one/m.zip": middle, "two.txt": b"beside", "cut.zip": middle[:60]}))
    found = list(members(path.read_bytes(), 200, path.name))
    assert found == [
        Member("one/m.zip/../out.txt", problem="its path leads out of the archive"),
        Member("one/m.zip/empty.zip", problem="an archive without files"),
        Member("one/m.zip/in.tar.gz/deep.txt", b"found"),
        Member("two.txt", b"beside"),
        Member("cut.zip", middle[:60]),
    ]
    assert read_source(str(path / "one/m.zip/in.tar.gz/deep.txt")) == b"found"
    assert read_source(str(path / "two.txt")) == b"beside"
    with pytest.raises(BrokenFile, match="no such file in the archive"):
        read_source(str(path / "one/m.zip/in.tar.gz/other.txt"))


def test_how_deep_archives_may_be() -> None:
    data = zipped({"a.txt": "deep"})
    for _ in range(3):
        data = zipped({"in.zip": data})
    problem = "more than 3 archives in one another; unpack it"
    assert list(members(data)) == [Member("in.zip/in.zip/in.zip", problem=problem)]


def test_bombs_are_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    member = tarfile.TarInfo("zeros.txt")
    member.size = 10**12
    with pytest.raises(BrokenFile, match="unpacks to 1,000,000 MB, which is more than is read"):
        list(members(member.tobuf() + bytes(1024)))
    many = gzip.compress(b"".join(tarfile.TarInfo(str(one)).tobuf() for one in range(10_001)))
    with pytest.raises(BrokenFile, match="more than 10,000 files"):
        list(members(many, 200, "many.tgz"))
    long_name = tarfile.TarInfo("x")
    long_name.type, long_name.size = tarfile.XHDTYPE, 900_000_000
    with pytest.raises(BrokenFile, match="holds a piece that is larger than is read"):
        list(members(long_name.tobuf() + bytes(1024), 200))
    monkeypatch.setattr("ingest.load.packed.entry.MOST_MEGABYTES", 2)
    parts = zipped({f"{n}.gz": gzip.compress(bytes(900_000), 1) for n in range(3)})
    problems = [one.problem for one in members(parts) if one.problem]
    assert problems == ["unpacks to 3 MB, which is more than is read"]


@pytest.mark.parametrize("name", ["a.tar.gz", "a.tar", "a.7z", "a.tar.xz"])
def test_damaged_archives_end_in_a_reason(name: str) -> None:
    data = {
        "a.tar.gz": tarred(FILES, "w:gz"),
        "a.tar": tarred(FILES),
        "a.7z": SEVEN_ZIP,
        "a.tar.xz": tarred(FILES, "w:xz"),
    }[name]
    for place in range(0, len(data), max(len(data) // 150, 1)):
        for damaged in (data[:place], data[:place] + b"\xff\x01\x80" + data[place + 3 :]):
            try:
                assert all(
                    one.problem or one.data is not None for one in members(damaged, 200, name)
                )
            except LoadError as error:
                assert str(error)
