"""The protocol between the program and its sandbox: frames of bytes, each after its length.

A document travels as JSON, its text as UTF-8 and its blocks as numbers. Not as a pickle: what
reads hostile files may be taken over by one, and a pickle from it could run anything here.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable, Sequence
from typing import IO, Any

from ingest.errors import BrokenFile, EmptyFile, LoadError, NoText, UnknownFormat
from ingest.records import (
    BlockKind,
    Box,
    LoadedDocument,
    PagePicture,
    PlacedBlock,
    ScannedPage,
    ScannedWord,
)

MOST_TEXT = 64 * 1000 * 1000
"""How many bytes of text, in UTF-8, one document may have: that of a hundred novels."""

READY = b"ready"
"""What the reading process says when it has started."""

_MOST_PICTURE = 32 * 1000 * 1000
_MOST_HEADER = 16 * 1000 * 1000
_MOST_BLOCKS = 64 * 1000 * 1000
_MOST_NOTES = 20
_MOST_PAGES = 1_000_000
_MOST_SCANS = 64 * 1000 * 1000
_MOST_SHARE = 10_000
_LONGEST_NOTE = 500
_LENGTH = 8

_KINDS: tuple[BlockKind, ...] = ("heading", "paragraph", "item", "row", "code", "context")
_NUMBERS_A_BLOCK = 4
_ERRORS = {error.__name__: error for error in (BrokenFile, EmptyFile, NoText, UnknownFormat)}


def write_frames(stream: IO[bytes], *frames: bytes | bytearray) -> None:
    """Write a message. Raises OSError if nobody reads it any more."""
    for frame in frames:
        stream.write(len(frame).to_bytes(_LENGTH, "big"))
        stream.write(frame)
    stream.flush()


def read_frame(stream: IO[bytes], most: int) -> bytes:
    """Read a frame of at most ``most`` bytes.

    Raises EOFError if the other side has ended, ValueError if the frame claims to be longer.
    """
    length = int.from_bytes(_read_exactly(stream, _LENGTH), "big")
    if length > most:
        raise ValueError(f"a frame of {length:,} bytes")
    return _read_exactly(stream, length)


def _read_exactly(stream: IO[bytes], length: int) -> bytes:
    data = stream.read(length)
    if len(data) < length:
        raise EOFError
    return data


def document_frames(document: LoadedDocument) -> tuple[bytes, ...]:
    """A document as the frames of an answer. Raises BrokenFile if it has too much text."""
    # Lone surrogates become "?", one for one, so that offsets hold.
    text = document.text.encode("utf-8", errors="replace")
    if len(text) > MOST_TEXT or _NUMBERS_A_BLOCK * 4 * len(document.blocks) > _MOST_BLOCKS:
        raise BrokenFile(f"holds more than {MOST_TEXT // 1_000_000} MB of text; split it")
    header = {
        "kind": document.kind,
        "title": document.title,
        "page_starts": document.page_starts,
        "empty_pages": document.empty_pages,
        "metadata": dict(document.metadata),
        "language": document.language,
        "notes": [note[:_LONGEST_NOTE] for note in document.notes[:_MOST_NOTES]],
    }
    blocks = array("I")
    for block in document.blocks:
        blocks.extend((_KINDS.index(block.kind), block.start, block.end, block.level))
    scans = json.dumps(document.scans).encode()
    return json.dumps(header).encode(), text, blocks.tobytes(), scans


def page_frames(page: int, pages: int) -> tuple[bytes, ...]:
    """That a page, from 1, is being read by OCR: what is sent before an answer, as often as it is
    true."""
    return (json.dumps({"page": page, "pages": pages}).encode(),)


def error_frames(kind: str, message: str) -> tuple[bytes, ...]:
    """The name and message of an error as the frames of an answer."""
    return (json.dumps({"error": kind, "message": message}).encode(),)


def read_answer(
    stream: IO[bytes], on_page: Callable[[int, int], None] | None = None
) -> LoadedDocument | LoadError | MemoryError:
    """Read an answer, a document or an error, and believe nothing of it that can be checked.

    ``on_page`` is told of each page, of how many, that is read by OCR until then. A file in a file
    has pages of its own, from 1 again.
    Raises EOFError, and ValueError for anything that is not an answer.
    """
    told = 0
    while True:
        header = json.loads(read_frame(stream, _MOST_HEADER))
        if not isinstance(header, dict):
            raise ValueError("not an answer")
        if "pages" not in header:
            break
        page, pages = _whole_numbers([header.get("page"), header["pages"]], _MOST_PAGES)
        told += 1
        if told > _MOST_PAGES:
            raise ValueError("pages that never end")
        if on_page is not None:
            on_page(page, pages)
    if "error" in header:
        return _error_of(str(header["error"]), str(header.get("message")))
    text = read_frame(stream, MOST_TEXT).decode("utf-8")
    blocks = array("I")
    blocks.frombytes(read_frame(stream, _MOST_BLOCKS))
    scans = json.loads(read_frame(stream, _MOST_SCANS))
    title, metadata = header.get("title"), header.get("metadata")
    language = header.get("language")
    if not isinstance(metadata, dict) or not all(
        one is None or isinstance(one, str) for one in (title, language)
    ):
        raise ValueError("not an answer")
    return LoadedDocument(
        kind=str(header.get("kind")),
        text=text,
        blocks=_placed(blocks, len(text)),
        title=title,
        page_starts=_whole_numbers(header.get("page_starts"), len(text)),
        empty_pages=_whole_numbers(header.get("empty_pages"), len(text) + _MOST_HEADER),
        metadata=metadata,
        language=language,
        notes=_notes(header.get("notes")),
        scans=_scans(scans),
    )


def picture_frames(picture: PagePicture) -> tuple[bytes, ...]:
    """A picture as the frames of an answer."""
    header = {
        "width": picture.width,
        "height": picture.height,
        "boxes": picture.boxes,
        "words": picture.words,
        "is_whole": picture.is_whole,
    }
    return json.dumps(header).encode(), picture.image


def read_picture(stream: IO[bytes]) -> PagePicture | LoadError | MemoryError:
    """Read an answer, a picture or an error, as carefully as ``read_answer``, and raise the same.

    What is in the picture is not looked at here: a browser does that, in a process of its own.
    """
    header = json.loads(read_frame(stream, _MOST_HEADER))
    if not isinstance(header, dict):
        raise ValueError("not an answer")
    if "error" in header:
        return _error_of(str(header["error"]), str(header.get("message")))
    image = read_frame(stream, _MOST_PICTURE)
    boxes = header.get("boxes")
    if not isinstance(boxes, list) or not image.startswith(b"RIFF"):
        raise ValueError("not a picture")
    width, height = (_whole_numbers([header.get(side)], 1_000_000) for side in ("width", "height"))
    return PagePicture(
        image=image,
        width=width[0],
        height=height[0],
        boxes=tuple(_box(box) for box in boxes),
        words=str(header.get("words")),
        is_whole=header.get("is_whole") is True,
    )


def _box(found: Any) -> Box:
    if not isinstance(found, list) or len(found) != 4:
        raise ValueError("not a box")
    if not all(isinstance(side, int | float) and 0 <= side <= 1 for side in found):
        raise ValueError("a box out of place")
    return Box(*map(float, found))


def _error_of(kind: str, message: str) -> LoadError | MemoryError:
    if kind == "MemoryError":
        return MemoryError()
    if kind not in _ERRORS:
        raise ValueError("not an answer")
    return _ERRORS[kind](" ".join(message.split())[:500])


def _placed(numbers: Sequence[int], end: int) -> tuple[PlacedBlock, ...]:
    if len(numbers) % _NUMBERS_A_BLOCK:
        raise ValueError("blocks in pieces")
    placed: list[PlacedBlock] = []
    position = 0
    for index in range(0, len(numbers), _NUMBERS_A_BLOCK):
        kind, first, last, level = numbers[index : index + _NUMBERS_A_BLOCK]
        if kind >= len(_KINDS) or not position <= first < last <= end or level > 6:
            raise ValueError("a block out of place")
        placed.append(PlacedBlock(_KINDS[kind], first, last, level))
        position = last
    return tuple(placed)


def _scans(found: Any) -> tuple[ScannedPage, ...]:
    if not isinstance(found, list) or not all(isinstance(one, list) for one in found):
        raise ValueError("not scans")
    scans = tuple(ScannedPage(page, tuple(map(_word, words))) for page, words in found)
    _whole_numbers([scan.page for scan in scans], _MOST_PAGES)
    if len({scan.page for scan in scans}) < len(scans):
        raise ValueError("a page that comes twice")
    return scans


def _word(found: Any) -> ScannedWord:
    text, *place = found
    are_whole = len(place) == 4 and all(isinstance(side, int) for side in place)
    if not isinstance(text, str) or not are_whole:
        raise ValueError("not a word")
    if not all(0 <= side <= _MOST_SHARE for side in place):
        raise ValueError("a word out of place")
    return ScannedWord(text, *place)


def _notes(found: Any) -> tuple[str, ...]:
    if not isinstance(found, list) or len(found) > _MOST_NOTES:
        raise ValueError("not notes")
    if not all(isinstance(note, str) and len(note) <= _LONGEST_NOTE for note in found):
        raise ValueError("not notes")
    return tuple(" ".join(note.split()) for note in found)


def _whole_numbers(found: Any, most: int) -> tuple[int, ...]:
    if not isinstance(found, list) or not all(isinstance(number, int) for number in found):
        raise ValueError("not numbers")
    if found != sorted(found) or (found and not 0 <= found[0] <= found[-1] <= most):
        raise ValueError("numbers out of place")
    return tuple(found)
