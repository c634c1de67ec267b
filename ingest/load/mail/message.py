"""E-mail: who wrote to whom, when and about what, the message, and what is attached to it."""

from __future__ import annotations

from typing import Any

from ingest.load.common.compose import compose
from ingest.load.mail.parts import Mail, parse_message, sent_by_and_when, subject_of
from ingest.records import LoadedDocument


def read(data: bytes, name: str) -> LoadedDocument:  # noqa: ARG001
    """Read a message. What cannot be read of its attachments is named in the text.

    Raises BrokenFile if its parts are nested absurdly deep.
    """
    message = parse_message(data)
    mail = Mail()
    blocks = list(mail.blocks(message))
    metadata: dict[str, Any] = dict(sent_by_and_when(message))
    if mail.attachments:
        metadata["attachments"] = mail.attachments
    return compose("email", blocks, title=subject_of(message), metadata=metadata)
