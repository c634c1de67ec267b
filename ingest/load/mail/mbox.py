"""Mailboxes in the mbox format: messages one after the other, each under its subject."""

from __future__ import annotations

import re
from dataclasses import replace

from ingest.errors import BrokenFile
from ingest.load.common.compose import compose
from ingest.load.mail.parts import Mail, parse_message, subject_of
from ingest.records import Block, LoadedDocument

_MOST_MESSAGES = 20_000
_BETWEEN = re.compile(rb"(?:\A|(?<=\n\n)|(?<=\r\n\r\n))From [^\r\n]*\r?\n")
# "From " at the beginning of a line of text is written with a ">" before it.
_ESCAPED = re.compile(rb"^>(>*From )", re.M)


def read(data: bytes, name: str) -> LoadedDocument:  # noqa: ARG001
    """Read a mailbox. Raises BrokenFile if it holds too many messages or absurd nesting."""
    messages = _BETWEEN.split(data.lstrip())
    if len(messages) > _MOST_MESSAGES:
        raise BrokenFile(f"a mailbox of more than {_MOST_MESSAGES:,} messages; split it")
    blocks: list[Block] = []
    for part in messages:
        if not part.strip():
            continue
        message = parse_message(_ESCAPED.sub(rb"\1", part))
        blocks.append(Block("heading", subject_of(message) or "(no subject)", 1))
        for block in Mail().blocks(message):
            is_heading = block.kind == "heading"
            blocks.append(replace(block, level=min(block.level + 1, 6)) if is_heading else block)
    return compose("mbox", blocks)
