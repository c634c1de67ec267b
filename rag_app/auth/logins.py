"""Session store of logins: a random id in a cookie, and on this side who it stands for.

An id is kept as its SHA-256 only, in a file of the user who runs the page, so that logins survive
a restart. The file is not in the store: that may be somebody else's. Lengths of time are in hours
for people, and in seconds here; what they guard against is in OWASP's Session Management Cheat
Sheet.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import secrets
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from ingest.atomic_files import write_atomically
from ingest.private import make_directory

logger = logging.getLogger(__name__)

HOUR = 3600.0
ID_BYTES = 32
# So many are kept at the same time; the one that was used the longest ago gives way.
MOST_LOGINS = 2000
# How far the last use in the file may be behind, so that not every click writes it.
BEHIND_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class User:
    """Who is logged in: the ``owner`` of conversations ("" where all share them), the name that is
    shown, and the ``address`` that the provider has verified ("" if there is none)."""

    owner: str = ""
    name: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Login:
    """One login: ``key`` names it and lets nobody in, ``way`` is what it was made by."""

    key: str
    way: str
    user: User
    began: float
    used: float


class Logins:
    """The logins of one page. ``way`` stands for the password or provider that is set now: those
    that another one let in are over."""

    def __init__(
        self,
        path: Path | None,
        *,
        way: str,
        idle_hours: float,
        longest_hours: float,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._path, self._way, self._clock = path, way, clock
        self._idle, self._longest = idle_hours * HOUR, longest_hours * HOUR
        self._logins: dict[str, Login] = {}
        self._saved = self._clock()
        for login in _read(path):
            if self._is_fresh(login):
                self._logins[login.key] = login

    @property
    def longest_seconds(self) -> int:
        return int(self._longest)

    def begin(self, user: User) -> tuple[str, Login]:
        """A new login, and the id that a cookie holds."""
        known, now = secrets.token_urlsafe(ID_BYTES), self._clock()
        login = Login(_key(known), self._way, user, now, now)
        self._logins = {key: one for key, one in self._logins.items() if self._is_fresh(one)}
        self._logins[login.key] = login
        while len(self._logins) > MOST_LOGINS:
            del self._logins[min(self._logins.values(), key=lambda one: one.used).key]
        self._save()
        return known, login

    def find(self, known: str | None) -> Login | None:
        """The login that an id stands for, if it is not over. It is in use now."""
        login = self._logins.get(_key(known)) if known else None
        if login is None or not self.is_valid(login):
            return None
        self.use(login)
        return login

    def is_valid(self, login: Login) -> bool:
        """Whether it has neither been ended nor become too old."""
        known = self._logins.get(login.key)
        return known is not None and self._is_fresh(known)

    def use(self, login: Login) -> None:
        """Note that it is in use."""
        if login.key in self._logins:
            now = self._clock()
            self._logins[login.key] = replace(self._logins[login.key], used=now)
            if now - self._saved > BEHIND_SECONDS:
                self._save()

    def end(self, login: Login) -> None:
        """Log out: the id is worth nothing from now on."""
        if self._logins.pop(login.key, None) is not None:
            self._save()

    def _is_fresh(self, login: Login) -> bool:
        now = self._clock()
        young = now - login.used <= self._idle and now - login.began <= self._longest
        return young and login.way == self._way

    def _save(self) -> None:
        self._saved = self._clock()
        if self._path is None:
            return
        try:
            make_directory(self._path.parent)
            text = json.dumps([asdict(one) for one in self._logins.values()])
            write_atomically(self._path, text)
        except OSError as error:
            logger.warning("Logins end with this server: %s cannot be written (%s)",
                           self._path, error.strerror or error)  # fmt: skip
            self._path = None


def logins_file(port: int) -> Path | None:
    """Where the logins of a page are kept, by the XDG Base Directory Specification; None for a
    user without a home."""
    named = os.environ.get("LOCALAPPDATA" if sys.platform == "win32" else "XDG_STATE_HOME", "")
    try:
        base = Path(named) if Path(named).is_absolute() else Path.home() / ".local" / "state"
    except RuntimeError:
        return None
    return base / "rag-app" / f"logins-{port}.json"


def fingerprint(*parts: str) -> str:
    """What a login is bound to, without telling it."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _key(known: str) -> str:
    return hashlib.sha256(known.encode("utf-8", "surrogateescape")).hexdigest()


def _read(path: Path | None) -> list[Login]:
    """What an earlier server kept. What cannot be read is none: people log in again."""
    if path is None:
        return []
    try:
        kept = json.loads(path.read_bytes())
        return [Login(**{**one, "user": User(**one["user"])}) for one in kept]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except (OSError, ValueError, TypeError, KeyError) as error:
        logger.warning("Everybody has to log in again: %s cannot be read (%s)", path, error)
        return []
