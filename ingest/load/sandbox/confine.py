"""What the kernel forbids a process for good: the network (seccomp) and files (Landlock).

Linux only, without privileges: https://docs.kernel.org/userspace-api/seccomp_filter.html and
https://docs.kernel.org/userspace-api/landlock.html. By ctypes, because the libraries for it need
C libraries that are not on every system. Each function says whether the kernel took the rule; where
it has none, the process goes on with the limits that it has.
"""

from __future__ import annotations

import ctypes
import json
import os
import platform
import struct
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from ingest.lifeline import Lifeline, gain_no_rights

# By machine: its number in audit.h, and its numbers of the system calls seccomp and socket.
_CALLS = {"x86_64": (0xC000003E, 317, 41), "aarch64": (0xC00000B7, 277, 198)}
_IO_URING_SETUP = 425  # the other way to a socket
_UNIX = 1  # the family of sockets within a machine
_X32 = 0x40000000  # system calls of x86_64 by other numbers
_REFUSED = 0x00050000 | 13  # SECCOMP_RET_ERRNO, EACCES
_ALLOWED = 0x7FFF0000

_CREATE, _ADD, _RESTRICT = 444, 445, 446  # Landlock's system calls, the same on every machine
_EXECUTE, _READ, _LIST, _MAKE_SOCKET = 1 << 0, 1 << 2, 1 << 3, 1 << 9
# All rights over files that the versions of Landlock know: 13 in the first, then one more each.
_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1}
_ALL_RIGHTS = (1 << 16) - 1  # from the fifth on
_WITH_SCOPES = 6  # the version that can shut out signals and abstract sockets

# Where systems keep libraries, fonts, time zones and what they say of themselves. Not /etc: only
# what the loader and the C library read there. Not all of /proc: there, root could read the keys in
# the program's environment.
_SYSTEM = (
    "/usr", "/lib", "/lib32", "/lib64", "/opt", "/nix/store", "/sys", "/dev/null",
    "/dev/urandom", "/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/sys",
    "/etc/ld.so.cache", "/etc/localtime", "/etc/fonts", "/etc/ssl/openssl.cnf",
    "/etc/mime.types",
)  # fmt: skip


class Protections(NamedTuple):
    """What the kernel keeps a reading process from: the network, files, more rights."""

    network: bool
    files: bool
    rights: bool

    def in_words(self) -> str:
        """One line for a person."""
        said = {"the network": self.network, "your files": self.files, "more rights": self.rights}
        kept = ", ".join(what for what, holds in said.items() if holds)
        lacking = ", ".join(what for what, holds in said.items() if not holds)
        line = f"The process that reads documents is kept from {kept or 'nothing'}"
        return f"{line}; this system cannot keep it from {lacking}" if lacking else line


def confine() -> Protections:
    """Put this process under all rules of a reading process that the system has."""
    return Protections(
        rights=gain_no_rights(), network=forbid_network(), files=forbid_files(python_paths())
    )


def protections() -> Protections:
    """What holds for a reading process on this machine, as one finds it that puts itself under the
    rules: python -m ingest.load.sandbox.confine"""
    try:
        with Lifeline() as lifeline:
            process = lifeline.start("ingest.load.sandbox.confine", stdin=subprocess.DEVNULL)
            said, _ = process.communicate()
        return Protections(*json.loads(said))
    except (OSError, ValueError, TypeError):  # it could not even say so
        return Protections(network=False, files=False, rights=False)


def forbid_network(*, but_local: bool = False) -> bool:
    """Forbid this process, and its children, to make sockets of any kind. Pipes and sockets that
    it has go on. ``but_local`` lets it make those between processes of this machine, for programs
    that speak with themselves by them."""
    known = _CALLS.get(platform.machine())
    if sys.platform != "linux" or known is None or struct.calcsize("P") != 8:
        return False
    machine, seccomp, socket = known
    # Classic BPF, (code, jump if true, jump if false, value), over struct seccomp_data.
    rules = (
        (0x20, 0, 0, 4),  # its machine
        (0x15, 0, 7, machine),
        (0x20, 0, 0, 0),  # its number
        (0x35, 5, 0, _X32),
        (0x15, 4, 0, _IO_URING_SETUP),
        (0x15, 0, 2, socket),
        (0x20, 0, 0, 16),  # its first argument
        (0x15, 0 if but_local else 1, 1, _UNIX),
        (0x06, 0, 0, _ALLOWED),
        (0x06, 0, 0, _REFUSED),
    )
    filters = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *rule) for rule in rules))
    program = struct.pack("@HP", len(rules), ctypes.addressof(filters))
    gain_no_rights()  # without it, the kernel takes no filter
    # SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC: for all threads.
    return _call(seccomp, 1, 1, ctypes.c_char_p(program)) == 0


def forbid_files(
    readable: Iterable[str | Path], writable: Iterable[str | Path] = (), sockets_in: str = ""
) -> bool:
    """Forbid this thread, and all that it starts, to open files but to read those that are given,
    with what is in them, and the system's own; to make, rename or remove any, but in the folders
    that are ``writable``, and to make sockets in one more."""
    if sys.platform != "linux":
        return False
    version = _call(_CREATE, None, 0, 1)
    if version < 1:
        return False
    handled = struct.pack("=QQQ", _RIGHTS.get(version, _ALL_RIGHTS), 0, 3)
    size = 24 if version >= _WITH_SCOPES else 8
    rules = _call(_CREATE, ctypes.c_char_p(handled), ctypes.c_size_t(size), 0)
    if rules < 0:
        return False
    try:
        for path in {*map(str, readable), *_SYSTEM}:
            _let(rules, path)
        for path in map(str, writable):
            _let(rules, path, _RIGHTS.get(version, _ALL_RIGHTS))
        if sockets_in:
            _let(rules, sockets_in, _MAKE_SOCKET)
        gain_no_rights()
        return _call(_RESTRICT, rules, 0) == 0
    finally:
        os.close(rules)


def python_paths() -> list[str]:
    """Where Python and its modules are; but not the home as a whole, as where it is the current
    folder of ``python -m``."""
    ours = Path(__file__).parents[2]
    home = Path.home()
    found = [path for path in map(Path, sys.path) if not home.is_relative_to(path)]
    return [str(path) for path in (ours, sys.prefix, sys.base_prefix, *found)]


def _let(rules: int, path: str, rights: int = 0) -> None:
    """Let a file or folder be read, or be used by the rights that are given."""
    try:
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:  # not on this system
        return
    try:
        rights = rights or _EXECUTE | _READ | (_LIST if Path(path).is_dir() else 0)
        rule = struct.pack("=Qi", rights, opened)
        _call(_ADD, rules, 1, ctypes.c_char_p(rule), 0)
    finally:
        os.close(opened)


def _call(number: int, *arguments: object) -> int:
    """A system call; -1 if the kernel, or what is around it, refuses it."""
    values = [ctypes.c_long(value) if isinstance(value, int) else value for value in arguments]
    return int(ctypes.CDLL(None, use_errno=True).syscall(ctypes.c_long(number), *values))


if __name__ == "__main__":
    sys.stdout.write(json.dumps(confine()))
