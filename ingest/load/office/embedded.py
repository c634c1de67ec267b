"""Files that stand in an Office file as objects: their text follows its own.

An object is a file as it is, or an OLE file, in which another program has put its document
([MS-OLEDS], 2.2 and 2.3). The sheet behind a chart is no object; the chart gives its values.
"""

from __future__ import annotations

import struct
import zipfile
from io import BytesIO

from olefile import OleFileIO

from ingest.errors import LoadError
from ingest.load.common.charset import decode
from ingest.load.common.left_out import LeftOut, tell_inside
from ingest.load.formats.containers import OLE, ole_format
from ingest.load.nesting import attachment_blocks
from ingest.load.office.package import relations
from ingest.records import Block

_OBJECTS = ("oleObject", "package")
_FILMS = ("audio", "video", "media")
_CHARTS = ("chart", "chartEx")
_MOST = 100
# The streams of an OLE file in which programs keep a document of another format.
_NATIVE = "\x01ole10native"
_WHOLE = ("package", "contents", "embeddedodf")
_DAMAGED = (OSError, ValueError, LookupError, TypeError, AttributeError, struct.error)


def embedded_blocks(data: bytes) -> list[Block]:
    """The blocks of the objects in an Office file, each under its name, where it has one. Its
    receipt says which sounds and films are left out. Raises what ``zipfile`` and lxml raise."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        related = _related(archive)
        films = sum(kind in _FILMS for kind in related.values())
        tell_inside(LeftOut({"recording": films}).notes())
        objects = [target for target, kind in related.items() if kind in _OBJECTS]
        files = [_unpacked(archive.read(one)) for one in objects[:_MOST]]
        tell_inside(LeftOut({"object": files.count(None) + len(objects[_MOST:])}).notes())
        return list(attachment_blocks(file for file in files if file is not None))


def _related(archive: zipfile.ZipFile) -> dict[str, str]:
    """All parts that others refer to, but for those behind charts, and as what."""
    owners = [
        name.replace("_rels/", "").removesuffix(".rels")
        for name in archive.namelist()
        if name.endswith(".rels")
    ]
    found = {owner: list(relations(archive, owner).values()) for owner in owners if owner}
    charts = {one.target for parts in found.values() for one in parts if one.kind in _CHARTS}
    return {
        one.target: one.kind
        for owner, parts in found.items()
        if owner not in charts
        for one in parts
    }


def _unpacked(data: bytes) -> tuple[str, bytes] | None:
    """Name and bytes of the document in an object, None for one of a program that is not known."""
    if not data.startswith(OLE):
        return "", data
    try:
        with OleFileIO(BytesIO(data)) as ole:
            streams = {path[0].lower(): path for path in ole.listdir() if len(path) == 1}
            if _NATIVE in streams:
                return _file(ole.openstream(streams[_NATIVE]).read())
            whole = next((streams[name] for name in _WHOLE if name in streams), None)
            if whole is not None:
                return "", ole.openstream(whole).read()
        ole_format(data)
    except (*_DAMAGED, LoadError):
        return None
    return "", data


def _file(stream: bytes) -> tuple[str, bytes]:
    """Name and bytes of a file that was dropped into a document. Raises ValueError, struct.error
    and BrokenFile for another form of the stream."""
    at = 6  # after its length and a number
    end = stream.index(b"\0", at)
    name = decode(stream[at:end]).replace("\\", "/").rpartition("/")[2]
    # Where it came from, a number, and where it was kept for a time.
    at = stream.index(b"\0", end + 1) + 5
    (length,) = struct.unpack_from("<I", stream, at)
    at += 4 + length
    (size,) = struct.unpack_from("<I", stream, at)
    return name, stream[at + 4 : at + 4 + size]
