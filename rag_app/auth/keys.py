"""Keys of the server for programs: kept as SHA-256 in the store, a file each.

A key is 256 bits by chance, so its hash needs no salt and no slow function, and nobody guesses it.
A file each, so that two commands at once lose nothing, and a key that is revoked is gone at once.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal, get_args

from ingest.atomic_files import write_atomically
from ingest.errors import StoreError, UsageError
from ingest.private import make_directory

Scope = Literal["ask", "read", "write", "admin"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
FOLDER = "keys"  # no name of a collection's directory: those end in a hash
PREFIX = "rag-"
SECRET_BYTES = 32
ID_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Key:
    """What is known of a key: all but the key. ``collections`` are those that it is for, all if
    there are none; ``ends`` is when it stops, ISO 8601 in UTC; ``per_minute`` requests and
    ``per_day`` questions are its limits."""

    id: str
    name: str
    scopes: tuple[Scope, ...]
    collections: tuple[str, ...]
    made: str
    ends: str | None
    per_minute: int | None
    per_day: int | None
    digest: str

    def has(self, scope: Scope) -> bool:
        """Whether it may do this; "admin" may do everything."""
        return scope in self.scopes or "admin" in self.scopes

    def is_for(self, collection: str) -> bool:
        """Whether it opens this collection."""
        return not self.collections or collection in self.collections

    @property
    def is_over(self) -> bool:
        """Whether its time has passed."""
        return self.ends is not None and datetime.now(UTC) >= datetime.fromisoformat(self.ends)


class Keys:
    """The keys of one store. All methods raise StoreError where they cannot be read or written."""

    def __init__(self, store: Path) -> None:
        self._folder = store / FOLDER

    def make(
        self,
        name: str,
        scopes: Sequence[Scope],
        *,
        collections: Sequence[str] = (),
        days: float | None = None,
        per_minute: int | None = None,
        per_day: int | None = None,
    ) -> tuple[str, Key]:
        """A new key, which is told this once, and what is kept of it. Raises UsageError."""
        if not name.strip():
            raise UsageError("A key needs a name, so that the audit log can say whose it is")
        secret, now = PREFIX + secrets.token_urlsafe(SECRET_BYTES), datetime.now(UTC)
        digest = _digest(secret)
        key = Key(
            id=digest[:ID_DIGITS],
            name=name.strip(),
            scopes=tuple(scopes),
            collections=tuple(collections),
            made=now.isoformat(timespec="seconds"),
            ends=(now + timedelta(days=days)).isoformat(timespec="seconds") if days else None,
            per_minute=per_minute,
            per_day=per_day,
            digest=digest,
        )
        try:
            make_directory(self._folder)
            write_atomically(self._path(key.id), json.dumps(asdict(key), indent=1))
        except OSError as error:
            raise self._cannot("written", error) from None
        return secret, key

    def listed(self) -> list[Key]:
        """The keys, oldest first, those whose time has passed too."""
        try:
            found = [_read(path) for path in self._folder.glob("*.json")]
        except OSError as error:
            raise self._cannot("read", error) from None
        return sorted((key for key in found if key is not None), key=lambda key: key.made)

    def check_any(self, scopes: str = "ask") -> None:
        """Raise UsageError if no key opens anything; ``scopes`` are those that one would need."""
        if all(key.is_over for key in self.listed()):
            raise UsageError(
                "There are no keys, so nobody could be let in; make one first: "
                f"rag-app keys make NAME --scope {scopes}"
            )

    def revoke(self, id_: str) -> Key:
        """Delete a key: it opens nothing from now on. Raises UsageError if there is none."""
        for key in self.listed():
            if key.id == id_:
                try:
                    self._path(id_).unlink(missing_ok=True)
                except OSError as error:
                    raise self._cannot("written", error) from None
                return key
        raise UsageError(f"There is no key {id_!r}; see: rag-app keys list")

    def find(self, secret: str) -> Key | None:
        """The key that somebody shows; None if it was not made here, or was revoked."""
        digest = _digest(secret)
        try:
            key = _read(self._path(digest[:ID_DIGITS]))
        except OSError as error:
            raise self._cannot("read", error) from None
        return key if key is not None and secrets.compare_digest(key.digest, digest) else None

    def _path(self, id_: str) -> Path:
        return self._folder / f"{id_}.json"

    def _cannot(self, done: str, error: OSError) -> StoreError:
        return StoreError(
            f"The keys in {self._folder} cannot be {done} ({error.strerror or error}); check its "
            "rights and the disk's space"
        )


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _read(path: Path) -> Key | None:
    """The key of a file; None where it is gone, or is none of ours."""
    try:
        values = json.loads(path.read_bytes())
        return Key(
            **{**values, "scopes": tuple(values["scopes"]),
               "collections": tuple(values["collections"])}
        )  # fmt: skip
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (ValueError, TypeError, KeyError):
        return None
