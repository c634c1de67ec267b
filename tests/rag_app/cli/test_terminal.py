"""Nothing that a document, its name or an archive says is an order to the terminal."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

import pytest

from rag_app.cli.main import main

ORDERS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
HOSTILE = "\x1b]0;mine\x07\x1b[2J\x9b31m\u202etxet"


@pytest.fixture
def store(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / f"lamp{HOSTILE}.md").write_text(
        f"# The{HOSTILE} lamp\n\nThe red lamp {HOSTILE} means that the battery is low.\n"
    )
    (folder / f"bad{HOSTILE}.pdf").write_bytes(b"%PDF-1.4 broken")
    with zipfile.ZipFile(folder / "old.zip", "w") as archive:
        archive.writestr(f"in{HOSTILE}.txt", "It rains.")
        archive.writestr(f"/etc/{HOSTILE}", "a path that leads out")
    assert main(["ingest", str(folder), "--store", str(tmp_path / "store")]) == 1
    out, err = capsys.readouterr()
    assert not ORDERS.search(out + err)
    assert r"lamp\x1b]0;mine\x07\x1b[2J\x9b31m\u202etxet.md" in out
    assert r"bad\x1b]0" in err
    return tmp_path / "store"


@pytest.mark.parametrize(
    "command",
    [
        ("ask", "What does the red lamp mean?"),
        ("search", "red lamp"),
        ("explain", "What does the red lamp mean?", "--expect", "battery"),
        ("status",),
        ("delete", f"lamp{HOSTILE}.md"),
        ("delete", f"missing{HOSTILE}"),
        ("search", "red lamp", "--unknown", HOSTILE),
    ],
)
def test_no_order_reaches_the_terminal(
    store: Path, command: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    main([*command, "--store", str(store)])
    out, err = capsys.readouterr()
    assert out + err and not ORDERS.search(out + err)


def test_json_says_the_same_without_raw_controls(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["status", "--json", "--store", str(store)]) == 0
    out, _ = capsys.readouterr()
    assert not ORDERS.search(out)
    names = {one["name"] for one in json.loads(out)["documents"]}
    assert f"lamp{HOSTILE}.md" in names
