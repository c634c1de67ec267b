"""Start the page: Streamlit's server, in this process, with the project's looks and manners."""

from __future__ import annotations

import atexit
import os
import signal
import sys
import threading
import tomllib
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from ingest.settings import IndexSettings, load_settings
from rag_app.opening import open_engine
from rag_app.ui.answering.desk import desk
from rag_app.ui.serving.entry.ways import Entry, TokenEntry
from rag_app.ui.serving.opening import open_when_served
from rag_app.ui.serving.reach_and_login import check_login, entry_of, logins_of, reach_options
from rag_app.ui.serving.settings import PageSettings
from rag_app.ui.session.user import FIELD, HEADER
from rag_app.web.reach import ADDRESS, check_port, share_memory
from rag_app.web.upload_settings import UploadSettings

PAGE = Path(__file__).parent.parent
# The wheel has a copy beside the script of the page; a checkout has the source of it.
CONFIG_FILES = (PAGE / "streamlit.toml", PAGE.parent.parent / ".streamlit" / "config.toml")


def serve(
    *,
    store: str | None,
    collection: str | None,
    port: int,
    open_browser: bool,
    address: str | None = None,
    hosts: Sequence[str] = (),
    without_login: bool = False,
) -> int:
    """Serve the page until it is interrupted, and return the exit code: to this machine, or, by an
    ``address`` or ``hosts``, to others too, who log in.

    Raises UsageError for a wrong setting, for others without a login unless that is said, and for
    a port that cannot be had; StoreError.
    """
    address = address or ADDRESS
    login = check_login(address, hosts, without_login=without_login)
    # What is wrong is said here, in one line, and not in the page.
    open_engine(store, collection=collection).close()
    if store is not None:
        os.environ["RAG_STORE"] = store
    if collection is not None:
        os.environ["RAG_COLLECTION"] = collection
    check_port(port, address, "rag-app chat")
    options = streamlit_options(port=port)
    options |= reach_options(options, address, hosts)
    entry = entry_of(login, port, without_login=without_login)
    # uvicorn would believe every process of this machine.
    os.environ["FORWARDED_ALLOW_IPS"] = ",".join(login.trusted_proxies)
    name = hosts[0] if hosts else "localhost" if address in ("0.0.0.0", "::", ADDRESS) else address
    url = f"http://{name}:{port}" + (
        f"/?token={entry.token}" if isinstance(entry, TokenEntry) else ""
    )
    sys.stdout.write(f"The chat is at {url} (Ctrl-C ends it)\n")
    sys.stdout.flush()
    if open_browser:
        open_when_served(url, address, port, load_settings(IndexSettings).store)
    _run_streamlit(options, hosts, entry, login)
    return 0


def streamlit_options(*, port: int) -> dict[str, Any]:
    """Streamlit's options by their dotted names: those of the project's file, and the server's."""
    file = next(path for path in CONFIG_FILES if path.is_file())
    options = _flat(tomllib.loads(file.read_text(encoding="utf-8")))
    options |= {
        "server.address": ADDRESS,
        "server.port": port,
        "browser.serverAddress": "localhost",
        "browser.serverPort": port,
        # There are none, and looking for them in a home that cannot be read ends the server.
        "secrets.files": [],
        # The gate sets it, and takes away what comes from outside.
        "server.trustedUserHeaders": {HEADER: FIELD},
    }
    # What Streamlit refuses has no receipt: so it lets through what ``uploads`` looks at.
    options["server.maxUploadSize"] = load_settings(UploadSettings).upload_megabytes
    # It would open a browser without the token, and as an ``st.App`` it opens none.
    options["server.headless"] = True
    return options


def _flat(table: dict[str, Any], above: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in table.items():
        flat |= (
            _flat(value, f"{above}{name}.") if isinstance(value, dict) else {above + name: value}
        )
    return flat


def _run_streamlit(
    options: dict[str, Any], hosts: Sequence[str], entry: Entry | None, login: PageSettings
) -> None:
    import streamlit as st
    from starlette.middleware import Middleware
    from streamlit import config
    from streamlit.web import bootstrap

    from rag_app.ui.serving.clicks import take_each_click
    from rag_app.ui.serving.entry.login_gate import LoginGate
    from rag_app.ui.serving.gate import Gate
    from rag_app.ui.serving.message_gate import MessageGate
    from rag_app.ui.serving.upload_gate import UploadGate
    from rag_app.web.connections import run_server

    names, port = options["server.allowedHosts"], options["server.port"]
    gates = [
        Middleware(Gate, port=port, names=names, hosts=hosts),
        Middleware(LoginGate, entry=entry, logins=logins_of(entry, login, port), port=port),
        Middleware(UploadGate),
        Middleware(MessageGate),
    ]
    share_memory()
    take_each_click()
    # A signal that has ended the server in good order comes a second time: that is no fault.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    app = st.App(PAGE / "app.py", middleware=gates)
    bootstrap.load_config_options(options)
    # Before all that registers while pages are served, and so called after it.
    atexit.register(_end)
    try:
        with suppress(KeyboardInterrupt):
            run_server(
                app,
                address=config.get_option("server.address"),
                port=config.get_option("server.port"),
                ws="websockets-sansio",
                ws_per_message_deflate=config.get_option("server.enableWebsocketCompression"),
                ssl_certfile=config.get_option("server.sslCertFile"),
                ssl_keyfile=config.get_option("server.sslKeyFile"),
            )
    except BaseException:
        atexit.unregister(_end)
        raise
    # What still reads documents is cut off; that its threads cannot go on is no fault.
    threading.excepthook = lambda _: None


def _end() -> None:
    """End this process without Python's own end, which before 3.14 unwinds threads that are still
    drawing a page, and so aborts if one of them is inside of C++ (CPython issue 87135). What was
    written of answers is kept."""
    desk.close()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
