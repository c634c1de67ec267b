"""Old Word and PowerPoint files, by LibreOffice where it is installed: it saves them in today's
form, without a window, in a confined process with a folder and a profile of its own.

The process is kept from the network and from all files but the system's and that folder, as far as
the system can; it has a limit of time, of memory and of what it writes.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from hashlib import md5
from pathlib import Path
from tempfile import TemporaryDirectory

from ingest.errors import BrokenFile, LoadError
from ingest.lifeline import Lifeline, end_with
from ingest.load.formats.containers import OLE
from ingest.load.formats.detect import detect
from ingest.load.sandbox.confine import forbid_files, forbid_network, python_paths

NOTE = "converted by LibreOffice"
_MODERN = {"doc": "docx", "ppt": "pptx"}
_NAMES = ("soffice", "libreoffice")
# Where installers put it without telling the shell.
_PLACES = (
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    r"C:\Program Files\LibreOffice\program\soffice.exe",
)
# With a new profile it starts, ends and starts again, where its first socket is in the way.
_STARTS = 2
_MOST_WRITTEN = 512_000_000


def modern(
    data: bytes | bytearray, name: str, seconds: float, memory: int
) -> tuple[bytes | bytearray, bool]:
    """A file as it is, or an old one in today's form and True, if LibreOffice is there.

    ``seconds`` and ``memory`` in bytes are what it may take. Raises BrokenFile if it makes nothing
    of the file.
    """
    program = find() if data.startswith(OLE) else None
    try:
        kind = detect(data, name) if program else ""
    except LoadError:
        kind = ""
    if program is None or kind not in _MODERN:
        return data, False
    with TemporaryDirectory(prefix="rag-office-", ignore_cleanup_errors=True) as folder:
        source = Path(folder, f"file.{kind}")
        source.write_bytes(data)
        made = source.with_suffix(f".{_MODERN[kind]}")
        for _ in range(_STARTS):
            if not made.is_file():
                _run(program, folder, kind, seconds, memory)
        if not made.is_file():
            raise BrokenFile("damaged, or LibreOffice cannot read it")
        return made.read_bytes(), True


def find() -> str | None:
    """LibreOffice's program, if it is installed."""
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    return found or next((place for place in _PLACES if Path(place).is_file()), None)


def _run(program: str, folder: str, kind: str, seconds: float, memory: int) -> None:
    with Lifeline() as lifeline:
        told = {"program": program, "folder": folder, "kind": kind, "memory": memory}
        told |= {"lifeline": lifeline.number, "seconds": seconds}
        try:
            process = lifeline.start(__name__, json.dumps(told), options=["-B"])
        except OSError:
            raise BrokenFile("LibreOffice could not be started") from None
        try:
            process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            raise BrokenFile(f"took longer than {seconds:g} s to convert") from None
        finally:
            # It starts others, which are of its group.
            with suppress(OSError):
                if sys.platform != "win32":
                    os.killpg(process.pid, signal.SIGKILL)
            process.kill()
            process.wait()
            # It may make a socket there, but remove nothing.
            _socket(folder).unlink(missing_ok=True)


def _profile(folder: str) -> str:
    return Path(folder, "profile").as_uri()


def _socket(folder: str) -> Path:
    """Where LibreOffice looks for another one with the same profile, by the rules of its source
    (``officeipcthread.cxx`` and ``pipe.cxx``)."""
    digest = md5(_profile(folder).encode("utf-16-le"), usedforsecurity=False).digest()
    user = os.getuid() if sys.platform != "win32" else 0
    return Path(f"/tmp/OSL_PIPE_{user}_SingleOfficeIPC_{''.join(f'{byte:x}' for byte in digest)}")


def main() -> None:
    """Become LibreOffice, confined. The argument is JSON: what ``_run`` tells."""
    told = json.loads(sys.argv[1])
    end_with(told["lifeline"])
    folder, program = told["folder"], Path(told["program"]).resolve()
    if sys.platform != "win32":
        import resource

        os.setsid()
        for limit, most in (
            (resource.RLIMIT_CPU, int(told["seconds"]) + 1),
            (resource.RLIMIT_FSIZE, _MOST_WRITTEN),
            (resource.RLIMIT_DATA, told["memory"]),
            (resource.RLIMIT_CORE, 0),
        ):
            resource.setrlimit(limit, (most, most))
    forbid_network(but_local=True)
    own = (
        "/etc/libreoffice",
        "/etc/passwd",
        "/etc/nsswitch.conf",
        "/var/cache/fontconfig",
        "/bin",
    )
    forbid_files([*python_paths(), *own, program.parent], [folder], sockets_in="/tmp")
    arguments = [
        str(program),
        f"-env:UserInstallation={_profile(folder)}",
        *("--headless", "--norestore", "--nologo", "--convert-to", _MODERN[told["kind"]]),
        *("--outdir", folder, str(Path(folder, f"file.{told['kind']}"))),
    ]
    path = os.environ.get("PATH", os.defpath)
    os.execve(
        program, arguments, {"PATH": path, "HOME": folder, "TMPDIR": folder, "LANG": "C.UTF-8"}
    )


if __name__ == "__main__":
    main()
