"""An LLM from a GGUF file: llama.cpp in a process of its own, on a port of this machine.

The process is started at the first question, asked like any other endpoint, and ended with the
engine or with the program. Its own, so that a file that brings llama.cpp down costs an answer and
not the program, and so that the memory comes back (``docs/decisions/0012-llm-failures.md``).
Needs the extra ``local-llm``. Nothing is fetched: a name on the hub is looked up in its cache.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
import sys
import threading
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from ingest.errors import UsageError
from ingest.lifeline import Lifeline, end_with
from rag_app.errors import LLMRejected

SIGN_SECONDS = 0.5
DEFAULT_CONTEXT = 8192

_ON_THE_HUB = re.compile(r"([\w.-]+/[\w.-]+?)(?::([^:]+\.gguf))?")


class LocalModel:
    """A GGUF file, and the process that serves it. Threads may share it.

    ``path`` is a file, or ``owner/repository`` or ``owner/repository:file.gguf`` of the hub's
    cache. Raises UsageError if there is no such file, it is not GGUF, or the extra is missing.
    """

    def __init__(self, path: str, context_tokens: int | None = None) -> None:
        self.path = find_gguf(path)
        self.name = str(self.path)
        self.context_tokens = context_tokens or DEFAULT_CONTEXT
        self.key = secrets.token_urlsafe()
        self.base_url = ""
        if find_spec("xllamacpp") is None:
            raise UsageError(
                "a GGUF file needs the package xllamacpp; run: pip install 'rag-app[local-llm]', "
                "or unset RAG_LLM_PATH"
            )
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._lifeline: Lifeline | None = None
        self._reported = threading.Event()

    def starting(self) -> Iterator[object]:
        """Start the process if there is none, and give a sign of life while it loads.

        Raises LLMRejected if it cannot load the file.
        """
        with self._lock:
            process = self._process
            if process is None or process.poll() is not None:
                process = self._start()
            reported = self._reported
        while not reported.wait(SIGN_SECONDS):
            yield SimpleNamespace()
        if not self.base_url:
            raise LLMRejected(
                f"llama.cpp cannot load {self.path}: it ended with {process.wait()}; "
                "choose another file, a smaller one, or a smaller RAG_LLM_CONTEXT_TOKENS"
            )

    def close(self) -> None:
        """End the process. The next question starts another."""
        with self._lock:
            process, self._process, self.base_url = self._process, None, ""
            if self._lifeline is not None:
                self._lifeline.close()
                self._lifeline = None
        if process is not None:
            process.kill()
            process.wait()

    def _start(self) -> subprocess.Popen[bytes]:
        self.base_url = ""
        if self._lifeline is not None:
            self._lifeline.close()
        self._lifeline = lifeline = Lifeline()
        wanted = {
            "path": self.name,
            "key": self.key,  # by a pipe: arguments can be read by everybody on the machine
            "context": self.context_tokens,
            "lifeline": lifeline.number,
        }
        self._reported = reported = threading.Event()
        self._process = process = lifeline.start("rag_app.llm.local_server")

        def listen() -> None:
            try:
                assert process.stdin is not None and process.stdout is not None
                process.stdin.write(json.dumps(wanted).encode() + b"\n")
                process.stdin.flush()
                if address := process.stdout.readline().decode().strip():
                    self.base_url = f"{address}/v1"
            except OSError:
                process.kill()  # it has ended already, and ``starting`` says so
            finally:
                reported.set()

        threading.Thread(target=listen, name="llm-local", daemon=True).start()
        return process


def find_gguf(name: str) -> Path:
    """The file that a setting names. Raises UsageError."""
    path = Path(name).expanduser()
    on_the_hub = _ON_THE_HUB.fullmatch(name)
    if on_the_hub and not path.exists() and (on_the_hub[2] or not name.endswith(".gguf")):
        path = _in_cache(name, on_the_hub[1], on_the_hub[2])
    if path.is_dir():
        path = _only_file(name, path)
    try:
        with path.open("rb") as file:
            magic = file.read(4)
    except OSError as error:
        raise UsageError(
            f"RAG_LLM_PATH: {path} cannot be read: {error.strerror or error}; give the path of a "
            ".gguf file"
        ) from None
    if magic != b"GGUF":
        raise UsageError(f"RAG_LLM_PATH: {path} is not a GGUF file")
    return path.absolute()


def _in_cache(name: str, repository: str, file: str | None) -> Path:
    from huggingface_hub import snapshot_download, try_to_load_from_cache
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    try:
        if file is None:
            return Path(snapshot_download(repository, local_files_only=True))
        found = try_to_load_from_cache(repository, file)
        if isinstance(found, str):
            return Path(found)
    except (HFValidationError, HfHubHTTPError, LocalEntryNotFoundError, OSError):
        pass
    raise UsageError(
        f"RAG_LLM_PATH: {name} is neither a file nor in the hub's cache on this machine, and "
        f"nothing is fetched; download it first: hf download {repository} {file or ''}".rstrip()
    )


def _only_file(name: str, directory: Path) -> Path:
    """The model in a directory. A large one may be in parts, of which llama.cpp wants the first."""
    files = sorted(
        file
        for file in directory.rglob("*.gguf")
        if not file.name.startswith("mmproj") and not _is_later_part(file.name)
    )
    if len(files) == 1:
        return files[0]
    names = ", ".join(str(file.relative_to(directory)) for file in files[:8])
    raise UsageError(
        f"RAG_LLM_PATH: {name} has several models: {names}; name one"
        if files
        else f"RAG_LLM_PATH: {name} holds no .gguf file"
    )


def _is_later_part(name: str) -> bool:
    part = re.search(r"-(\d+)-of-\d+\.gguf$", name)
    return part is not None and int(part[1]) != 1


def main() -> None:
    """Serve a file until the program ends. The first line of standard input says which; the
    first line of standard output is the address, or nothing if the file cannot be loaded."""
    wanted: dict[str, Any] = json.loads(sys.stdin.readline())
    end_with(wanted["lifeline"])
    address = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # llama.cpp writes what it likes
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = wanted["path"]
    parameters.model_alias = {Path(wanted["path"]).stem}
    parameters.n_ctx = wanted["context"]
    parameters.n_parallel = 1
    parameters.api_keys = [wanted["key"]]
    parameters.ui = False
    parameters.warmup = False
    parameters.verbosity = -1
    server = xllamacpp.Server(parameters)
    print(server.listening_address, file=address, flush=True)
    sys.stdin.read()  # ends with the program
    os._exit(0)  # without waiting for an answer that nobody will read


if __name__ == "__main__":
    main()
