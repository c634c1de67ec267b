"""Start the server for programs: uvicorn, in this process, behind the gates that the page has."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from ingest.errors import UsageError
from ingest.settings import load_settings
from rag_app.auth.keys import Keys
from rag_app.opening import open_engine
from rag_app.server.app import create_app
from rag_app.server.gate.observed import log_to_stderr
from rag_app.server.settings import ServerSettings
from rag_app.web.connections import run_server
from rag_app.web.gate import AddressGate
from rag_app.web.reach import ADDRESS, ANY, check_port, only_here, share_memory
from rag_app.web.warming import warm

NAMES = ("localhost", "127.0.0.1", "[::1]")
GRACE_SECONDS = 5  # for answers that are being sent when the server ends
# Nothing of an answer is a page that loads or runs anything.
POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


def serve(
    *,
    store: str | None,
    collection: str | None,
    port: int,
    address: str | None = None,
    hosts: Sequence[str] = (),
    with_keys: bool = False,
    log_questions: bool = False,
) -> int:
    """Serve programs until it is interrupted, and return the exit code: those of this machine, or,
    by an ``address`` or ``hosts``, others too, who need keys, as all do ``with_keys``.

    Raises UsageError for a wrong setting, for others while there are no keys, and for a port that
    cannot be had; StoreError.
    """
    address = address or ADDRESS
    given = {"log_questions": True} if log_questions else {}
    settings = load_settings(ServerSettings, **given)
    engine = open_engine(store, collection=collection)
    keys = _keys(engine.store.root, address, hosts, with_keys=with_keys)
    check_port(port, address, "rag-app serve")
    # uvicorn would believe every process of this machine.
    os.environ["FORWARDED_ALLOW_IPS"] = ",".join(settings.trusted_proxies)
    own = [] if address in ANY else [address]
    app = create_app(engine, keys=keys, settings=settings)
    gate = AddressGate(app, port=port, names=[*NAMES, *own], hosts=hosts, policy=POLICY)
    share_memory()
    log_to_stderr()
    name = hosts[0] if hosts else "localhost" if address in (ADDRESS, *ANY) else address
    sys.stdout.write(f"Programs are served at http://{name}:{port}/v1 and /api (Ctrl-C ends it)\n")
    sys.stdout.flush()
    threading.Thread(target=warm, args=(engine,), daemon=True).start()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with suppress(KeyboardInterrupt):
        run_server(
            gate,
            address,
            port,
            timeout_graceful_shutdown=5,
            log_level="warning",
            server_header=False,
        )
    return 0


def _keys(store: Path, address: str, hosts: Sequence[str], *, with_keys: bool) -> Keys | None:
    """The keys that are asked for; None where nobody needs one. Raises UsageError, StoreError."""
    if only_here(address, hosts) and not with_keys:
        return None
    if address in ANY and not hosts:
        raise UsageError(
            "Say by which name others reach this machine, so that no other is answered: "
            f"rag-app serve --address {address} --host NAME"
        )
    keys = Keys(store)
    keys.check_any()
    return keys
