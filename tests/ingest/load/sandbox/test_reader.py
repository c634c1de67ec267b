"""Reading in a process of its own: what a bomb, a hang or a crash costs, and who outlives whom."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import docx
import pytest

from ingest import ingest_paths
from ingest.embed.embedder import Embedder
from ingest.errors import BrokenFile, EmptyFile, LoadError, NoText, UnknownFormat
from ingest.load.read import load_bytes
from ingest.load.sandbox.reader import IsolatedReader
from ingest.settings import IndexSettings
from tests.conftest import REPOSITORY
from tests.ingest.load.samples import Line, check, pdf, zipped

BAD = {"text": "tests.ingest.load.sandbox.bad_readers"}
GOOD = b"# Leave\n\nEveryone has 27 days of leave.\n"
linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits memory so")
posix = pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals")


@pytest.fixture
def reader() -> Iterator[IsolatedReader]:
    """A reader in which text files say what its process does."""
    with IsolatedReader(seconds=20, memory_megabytes=1000, readers=BAD) as reader:
        yield reader


def is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{process}/stat")
    return not state.exists() or state.read_text().rpartition(")")[2].split()[0] != "Z"


def wait_until_gone(process: int, seconds: float = 20) -> bool:
    end = time.monotonic() + seconds
    while is_running(process) and time.monotonic() < end:
        time.sleep(0.01)
    return not is_running(process)


def fails(reader: IsolatedReader, order: str) -> str:
    with pytest.raises(BrokenFile) as raised:
        reader.load(order.encode(), "a.txt")
    return str(raised.value)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.md", GOOD),
        ("a.txt", "Zoë said: “yes”.\r\n\r\nSurrogate: \ud800".encode("utf-8", "surrogatepass")),
        ("a.html", b"<title>T</title><meta name=author content=Ann><h1>H</h1><p>p</p><li>i</li>"),
        ("a.pdf", pdf([[Line(72, 700, "one")], [], [Line(72, 700, "three")]])),
        ("a.csv", b"name,price,weight\nmast,90,3\nsail,45,2\n"),
    ],
)
def test_the_same_document_as_without_a_process(name: str, data: bytes) -> None:
    with IsolatedReader() as reader:
        found = reader.load(data, name)
    check(found)
    assert found == load_bytes(data, name)


@pytest.mark.parametrize(
    ("name", "data", "error"),
    [
        ("a.bin", b"\0\1", UnknownFormat),
        ("a.txt", b" ", EmptyFile),
        ("a.pdf", pdf([[]]), NoText),
        ("a.pdf", b"%PDF-1.4 not really", BrokenFile),
    ],
)
def test_the_same_errors_as_without_a_process(
    name: str, data: bytes, error: type[LoadError]
) -> None:
    with pytest.raises(error) as here:
        load_bytes(data, name)
    with IsolatedReader() as reader:
        with pytest.raises(error) as there:
            reader.load(data, name)
        assert str(there.value) == str(here.value)
        assert reader.load(GOOD, "a.md").title == "Leave"


def test_one_process_reads_many_files_and_is_replaced_now_and_then() -> None:
    processes = []
    with IsolatedReader(files=3) as reader:
        assert reader.process_id is None, "started at the first file"
        for _ in range(6):
            reader.load(GOOD, "a.md")
            processes.append(reader.process_id)
    assert processes[0] == processes[1] is not None
    assert processes[2] is None, "the third file was its last"
    assert len(set(processes)) == 3
    assert reader.process_id is None


def test_the_process_imports_readers_only(reader: IsolatedReader) -> None:
    modules = set(reader.load(b"modules\n", "a.txt").text.split())
    heavy = "torch chromadb numpy llama_index openai streamlit sentence_transformers pydantic"
    assert modules.isdisjoint(heavy.split())


@pytest.mark.parametrize("order", ["sleep", "hold"])
def test_a_hang_costs_one_file(order: str) -> None:
    with IsolatedReader(seconds=2, readers=BAD) as reader:
        reader.load(GOOD, "a.md")
        started = time.monotonic()
        assert fails(reader, order) == "took longer than 2 s to read"
        assert time.monotonic() - started < 15
        assert reader.load(GOOD, "a.md").title == "Leave"


@linux
def test_too_much_memory_costs_one_file(reader: IsolatedReader) -> None:
    assert fails(reader, "memory") == "needed more than 1 GB of memory to read"
    assert reader.load(GOOD, "a.md").title == "Leave"


@linux
@pytest.mark.long
def test_too_much_memory_for_a_real_parser() -> None:
    """A sound document of 50 kB, whose XML takes more when it is parsed than is allowed."""
    stream = BytesIO()
    document = docx.Document()
    document.add_paragraph("TEXT")
    document.save(stream)
    with zipfile.ZipFile(stream) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    main = members["word/document.xml"]
    members["word/document.xml"] = main.replace(b"TEXT", b"<w:t/>" * 5_000_000)
    with IsolatedReader(memory_megabytes=150) as reader:
        with pytest.raises(BrokenFile, match=r"needed more than 0\.15 GB of memory"):
            reader.load(zipped(members), "a.docx")
        assert reader.load(GOOD, "a.md").title == "Leave"


@posix
@pytest.mark.parametrize("order", ["die", "fault", "bug", "garbage", "huge"])
def test_a_crash_costs_one_file(reader: IsolatedReader, order: str) -> None:
    reader.load(GOOD, "a.md")
    assert fails(reader, order) == "its reader crashed"
    assert reader.load(GOOD, "a.md").title == "Leave"


def test_the_answer_is_bounded(reader: IsolatedReader) -> None:
    assert fails(reader, "long") == "holds more than 64 MB of text; split it"
    assert reader.load(GOOD, "a.md").title == "Leave"


@posix
def test_a_process_killed_from_outside_while_it_reads(reader: IsolatedReader) -> None:
    reader.load(GOOD, "a.md")
    process = reader.process_id
    assert process is not None
    threading.Timer(0.3, os.kill, (process, signal.SIGKILL)).start()
    assert fails(reader, "sleep") == "its reader crashed"
    assert reader.load(GOOD, "a.md").title == "Leave"


@posix
def test_a_process_killed_between_two_files_costs_none(reader: IsolatedReader) -> None:
    reader.load(GOOD, "a.md")
    process = reader.process_id
    assert process is not None
    os.kill(process, signal.SIGKILL)
    assert wait_until_gone(process)
    assert reader.load(GOOD, "a.md").title == "Leave"
    assert reader.process_id != process


@posix
def test_it_prints_nothing_and_writes_nothing(
    reader: IsolatedReader, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert reader.load(b"print\nhello", "a.txt").text == "hello"
    assert fails(reader, f"write\n{tmp_path / 'file'}") == "its reader crashed"
    assert not (tmp_path / "file").exists() or not (tmp_path / "file").read_text()
    assert capfd.readouterr() == ("", "")


@posix
def test_ctrl_c_is_for_the_parent(reader: IsolatedReader) -> None:
    reader.load(GOOD, "a.md")
    process = reader.process_id
    assert process is not None
    os.kill(process, signal.SIGINT)
    assert reader.load(GOOD, "a.md").title == "Leave"
    assert reader.process_id == process


@posix
def test_a_run_that_is_stopped_ends_the_process(
    reader: IsolatedReader, request: pytest.FixtureRequest
) -> None:
    # A test of another program may have left a way of its own to be stopped.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    request.addfinalizer(lambda: signal.signal(signal.SIGINT, before))
    reader.load(GOOD, "a.md")
    process = reader.process_id
    assert process is not None
    main = threading.main_thread().ident
    threading.Timer(0.3, signal.pthread_kill, (main, signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        reader.load(b"sleep", "a.txt")
    assert wait_until_gone(process)
    assert reader.load(GOOD, "a.md").title == "Leave"


@posix
@pytest.mark.parametrize("order", ["sleep", "hold", ""])
def test_it_does_not_outlive_its_parent(order: str) -> None:
    """Also after ``kill -9``, and in the middle of a parser that never comes back."""
    code = (
        "import sys, threading; from ingest.load.sandbox.reader import IsolatedReader\n"
        f"reader = IsolatedReader(readers={BAD!r})\n"
        "reader.load(b'# x', 'a.md'); print(reader.process_id, flush=True)\n"
        f"reader.load({order.encode()!r}, 'a.txt') if {order!r} else sys.stdin.read()\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None and parent.stdin is not None
    child = int(parent.stdout.readline())
    time.sleep(0.3)
    assert is_running(child)
    parent.kill()
    assert wait_until_gone(child)
    parent.communicate()


def test_a_python_that_cannot_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    for program in ("/no/such/python", "/bin/true"):
        monkeypatch.setattr(sys, "executable", program)
        with IsolatedReader() as reader, pytest.raises(BrokenFile, match="could not be started"):
            reader.load(GOOD, "a.md")


def test_bombs_cost_their_own_file_only(tmp_path: Path, embedder: Embedder) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "a-good.md").write_bytes(GOOD)
    document = docx.Document()
    document.add_paragraph("text")
    document.save(folder / "bomb.docx")
    with zipfile.ZipFile(folder / "bomb.docx", "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/media/image.xml", b"A" * 139_500_000)
    bomb = b"<!DOCTYPE x [<!ENTITY a 'lol'>" + b"".join(
        f"<!ENTITY {after} '{f'&{name};' * 10}'>".encode()
        for name, after in zip("abcdefgh", "bcdefghi", strict=True)
    )
    with (
        zipfile.ZipFile(folder / "bomb.docx") as archive,
        zipfile.ZipFile(folder / "laughs.docx", "w") as laughs,
    ):
        for member in archive.namelist():
            content = archive.read(member) if "image" not in member else b""
            if member == "word/document.xml":
                content = bomb + b"]>" + content.partition(b"?>")[2].replace(b"text", b"&i;")
            laughs.writestr(member, content)
    (folder / "deep.html").write_bytes(b"<div>" * 100_000 + b"deep")
    (folder / "deep.json").write_bytes(b"[" * 100_000 + b"]" * 100_000)
    (folder / "picture.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(50))
    (folder / "z-good.txt").write_bytes(b"The mast costs 90 pounds.")
    settings = IndexSettings(store=tmp_path / "store", read_seconds=20)
    report = ingest_paths([folder], settings=settings, embedder=embedder)
    assert {receipt.path: (receipt.status, receipt.reason) for receipt in report.files} == {
        "a-good.md": ("added", None),
        "bomb.docx": ("failed", "unpacks to 140 MB, which is more than is read"),
        "deep.html": ("failed", "elements nested more than 20,000 deep"),
        "deep.json": ("failed", "nested too deeply to be read"),
        "laughs.docx": ("failed", "damaged: its XML cannot be read"),
        "picture.txt": ("failed", "damaged: it cannot be opened as a picture"),
        "z-good.txt": ("added", None),
    }
