"""Subtitles (SubRip and WebVTT) as running text, each piece with the time at which it is said.

Captions are put together to sentences. A piece begins with the time of its first word, "[01:07]".
"""

from __future__ import annotations

import re

from ingest.errors import BrokenFile
from ingest.load.common.charset import decode
from ingest.load.common.compose import compose
from ingest.records import Block, LoadedDocument

_TIMES = re.compile(r"(?:(\d{1,4}):)?(\d{1,2}):(\d{2})[.,]\d{1,3} {0,9}-->")
_TAG = re.compile(r"<(/?)(\w++)([^<>]*+)>")
_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’»)\]]*$")
# A piece is no longer than this, in characters, so that its time says where to look.
_LONGEST = 300


def read(data: bytes, name: str) -> LoadedDocument:  # noqa: ARG001
    """Read subtitles. Raises BrokenFile for data that is not text or has no caption."""
    text = decode(data).replace("\r\n", "\n").replace("\r", "\n")
    blocks: list[Block] = []
    piece, speaker = "", ""
    for part in text.split("\n\n"):
        lines = [line.strip() for line in part.strip("\n").split("\n")]
        at = next((i for i, line in enumerate(lines[:2]) if _TIMES.match(line)), None)
        if at is None:
            continue
        said, by = _said(" ".join(lines[at + 1 :]))
        if not said:
            continue
        if piece and (by != speaker or _SENTENCE_END.search(piece) or len(piece) > _LONGEST):
            blocks.append(Block("paragraph", piece))
            piece = ""
        if not piece:
            piece = f"[{_time(lines[at])}] " + (f"{by}: " if by else "") + said
        else:
            piece = f"{piece} {said}"
        speaker = by
    if piece:
        blocks.append(Block("paragraph", piece))
    if not blocks:
        raise BrokenFile("damaged: it has no caption")
    return compose("subtitles", blocks)


def _said(text: str) -> tuple[str, str]:
    """The words of a caption without its marks, and who says them."""
    voice = next((found[3].strip() for found in _TAG.finditer(text) if found[2] == "v"), "")
    return " ".join(_TAG.sub("", text).split()), voice


def _time(line: str) -> str:
    found = _TIMES.match(line)
    assert found is not None, "a line of times"
    hours, minutes, seconds = found[1], found[2], found[3]
    clock = f"{int(minutes):02}:{seconds}"
    return f"{int(hours)}:{clock}" if hours and int(hours) else clock
