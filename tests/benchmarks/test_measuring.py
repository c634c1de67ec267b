"""What measures, measures: a child's time and memory; and only the table is replaced."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks.speed.processes import Usage, in_turns, measure, median, ratio
from benchmarks.speed.report import Table, write

WORKS = """
import subprocess, sys, time
if len(sys.argv) > 1:
    held = bytearray(200_000_000)
    end = time.process_time() + 0.3
    while time.process_time() < end:
        pass
    time.sleep(0.5)
else:
    print("it says", flush=True)
    subprocess.run([sys.executable, __file__, "again"], check=True)
"""
TABLE = Table("speed", "Speed", ("", "seconds"), [("ours", "1.0"), ("other", "4.0")], "A note.")
PAGE = "# Page\n\nBefore.\n<!-- bench: speed -->\nold\n<!-- bench: end of speed -->\n\nAfter.\n"


def test_a_process_is_measured_with_what_it_starts(tmp_path: Path) -> None:
    script = tmp_path / "works.py"
    script.write_text(WORKS)
    # What the measuring process has is not the child's.
    held = bytearray(600_000_000)
    usage = measure([sys.executable, script])
    assert len(held) == 600_000_000
    assert usage.output == "it says\n"
    assert 0.3 <= usage.cpu_seconds < usage.seconds
    assert usage.seconds >= 0.8
    assert 200e6 < usage.memory < 400e6


def test_one_that_fails_is_no_figure() -> None:
    with pytest.raises(RuntimeError, match="no such thing"):
        measure([sys.executable, "-c", "raise SystemExit('no such thing')"])
    refused = measure([sys.executable, "-c", "raise SystemExit(1)"], accepted=(0, 1))
    assert refused.output == ""


def test_in_turns_and_compared_round_by_round() -> None:
    order: list[str] = []

    def takes(name: str, *seconds: float) -> Usage:
        order.append(name)
        return Usage(seconds[order.count(name) - 1], 1.0, 1)

    usages = in_turns(
        {"ours": lambda: takes("ours", 1, 10, 2), "other": lambda: takes("other", 4, 40, 9)}, 3
    )
    assert order == ["ours", "other"] * 3
    assert median(usages["ours"]).seconds == 2
    assert ratio(usages["other"], usages["ours"]) == 4


def test_the_table_is_replaced_and_the_rest_stays(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(PAGE)
    write(page, TABLE, "Measured once.")
    write(page, TABLE, "Measured again.")
    text = page.read_text()
    assert text.startswith("# Page\n\nBefore.\n<!-- bench: speed -->\n")
    assert text.endswith("<!-- bench: end of speed -->\n\nAfter.\n")
    assert "old" not in text
    assert "once" not in text
    assert text.count("| ours | 1.0 |\n| other | 4.0 |\n\nA note.\n\nMeasured again.\n") == 1


def test_a_page_without_markers_is_left_alone(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Page\n")
    with pytest.raises(ValueError, match="bench: speed"):
        write(page, TABLE, "Measured.")
    assert page.read_text() == "# Page\n"
