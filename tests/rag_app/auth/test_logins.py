"""How long a login lasts, and what is kept of it."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from rag_app.auth.logins import HOUR, Logins, User, logins_file

ANNA = User("https://id.example 1", "anna@firm.example")


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def logins(path: Path | None, clock: Clock, way: str = "password 1") -> Logins:
    return Logins(path, way=way, idle_hours=2, longest_hours=5, clock=clock)


def test_a_login_ends_without_use_and_in_the_end_in_any_case(clock: Clock) -> None:
    kept = logins(None, clock)
    known, login = kept.begin(ANNA)
    other, _ = kept.begin(User())
    assert known != other
    found = kept.find(known)
    assert found is not None and found.user == ANNA
    for _ in range(3):
        clock.now += 1.5 * HOUR
        assert kept.find(known) is not None, "in use"
    assert kept.find(other) is None, "not used for 2 hours"
    clock.now += 0.6 * HOUR
    assert kept.find(known) is None and not kept.is_valid(login), "older than 5 hours"


def test_what_was_ended_or_never_began_lets_nobody_in(clock: Clock) -> None:
    kept = logins(None, clock)
    known, login = kept.begin(ANNA)
    kept.end(login)
    for one in (known, login.key, known + "x", "", None, "\udcff"):
        assert kept.find(one) is None
    assert not kept.is_valid(login)
    kept.use(login)
    assert kept.find(known) is None


def test_a_login_survives_a_restart_but_not_another_password(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "state" / "logins.json"
    first = logins(path, clock)
    known, login = first.begin(ANNA)
    out, ended = first.begin(User())
    first.end(ended)
    again = logins(path, clock)
    assert again.find(known) == login and again.find(out) is None
    assert logins(path, clock, "password 2").find(known) is None
    clock.now += 3 * HOUR
    assert logins(path, clock).find(known) is None


def test_the_file_is_private_and_lets_nobody_in(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "state" / "logins.json"
    known, _ = logins(path, clock).begin(ANNA)
    assert known not in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("text", ["", "[", "[1]", '{"a": 1}', '[{"key": "x"}]', "null"])
def test_a_damaged_file_is_no_file(tmp_path: Path, clock: Clock, text: str) -> None:
    path = tmp_path / "logins.json"
    path.write_text(text)
    kept = logins(path, clock)
    known, _ = kept.begin(ANNA)
    assert kept.find(known) is not None
    assert len(json.loads(path.read_text())) == 1


def test_where_nothing_can_be_written_logins_last_as_long_as_the_server(
    tmp_path: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    kept = logins(tmp_path / "file" / "logins.json", clock)
    known, _ = kept.begin(ANNA)
    kept.begin(ANNA)
    assert kept.find(known) is not None
    assert len(caplog.records) == 1 and "cannot be written" in caplog.text


def test_each_port_has_a_file_in_the_users_own_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert logins_file(8501) == tmp_path / "rag-app" / "logins-8501.json"
    monkeypatch.setenv("XDG_STATE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert logins_file(1) == tmp_path / "home" / ".local" / "state" / "rag-app" / "logins-1.json"
