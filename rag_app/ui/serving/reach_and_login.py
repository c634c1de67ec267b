"""The host names that the server answers to, and the check of its login settings."""

from __future__ import annotations

import importlib.util
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ingest.errors import UsageError
from ingest.settings import load_settings
from rag_app.auth.logins import Logins, logins_file
from rag_app.ui.serving.entry.oidc import ProviderEntry
from rag_app.ui.serving.entry.ways import Entry, PasswordEntry, TokenEntry
from rag_app.ui.serving.settings import PageSettings
from rag_app.web.reach import ANY, only_here

NEEDED = ("redirect_uri", "cookie_secret")
SHORTEST_SECRET = 32  # characters: whoever can guess it can be anybody


def check_login(address: str, hosts: Sequence[str], *, without_login: bool) -> PageSettings:
    """The settings of the login. Raises UsageError if they cannot work, or others than this machine
    would be served without one and that is not said."""
    settings = load_settings(PageSettings)
    if address in ANY and not hosts:
        raise UsageError(
            "Say by which name others reach this machine, so that no other is answered: "
            f"rag-app chat --address {address} --host NAME"
        )
    if not (settings.has_login or without_login or only_here(address, hosts)):
        raise UsageError(
            "Others could read the documents and delete them: set a login first (rag-app password "
            "makes one), or say that all are to be let in: --without-login"
        )
    if settings.oidc is not None:
        _check_provider(settings.oidc)
    return settings


def reach_options(options: Mapping[str, Any], address: str, hosts: Sequence[str]) -> dict[str, Any]:
    """Streamlit's options for this, in place of those for this machine only."""
    own = [address] if address not in ANY else []
    changed: dict[str, Any] = {
        "server.address": address,
        "server.allowedHosts": list(dict.fromkeys([*options["server.allowedHosts"], *own, *hosts])),
    }
    if hosts:
        changed["browser.serverAddress"] = hosts[0]
    return changed


def entry_of(settings: PageSettings, port: int, *, without_login: bool) -> Entry | None:
    """The way in: the one that is set, or a token for this machine, or, if that is said, none."""
    if settings.oidc is not None:
        return ProviderEntry(settings, port)
    if settings.password is not None:
        return PasswordEntry(settings.password.get_secret_value())
    return None if without_login else TokenEntry()


def logins_of(entry: Entry | None, settings: PageSettings, port: int) -> Logins | None:
    """The logins by this way in, with those that an earlier server has kept."""
    if entry is None:
        return None
    return Logins(
        logins_file(port),
        way=entry.way,
        idle_hours=settings.login_idle_hours,
        longest_hours=settings.login_hours,
    )


def _check_provider(path: Path) -> None:
    if importlib.util.find_spec("authlib") is None:
        raise UsageError("RAG_OIDC needs Authlib; run: pip install 'rag-app[login]'")
    try:
        auth = tomllib.loads(path.read_text(encoding="utf-8")).get("auth")
    except OSError as error:
        raise UsageError(f"RAG_OIDC: {path} cannot be read ({error.strerror or error})") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"RAG_OIDC: {path} is not TOML ({error})") from None
    if not isinstance(auth, dict) or not all(auth.get(name) for name in NEEDED):
        raise UsageError(
            f"RAG_OIDC: {path} needs a table [auth] with {', '.join(NEEDED)}, client_id, "
            "client_secret and server_metadata_url"
        )
    if len(str(auth["cookie_secret"])) < SHORTEST_SECRET:
        raise UsageError(
            f"RAG_OIDC: cookie_secret in {path} is too short; give {SHORTEST_SECRET} characters by "
            'chance: python -c "import secrets; print(secrets.token_hex(32))"'
        )
