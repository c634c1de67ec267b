"""Outlook messages (MSG), put into the form of any other mail and read as such."""

from __future__ import annotations

import struct
from dataclasses import replace
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import format_datetime
from io import BytesIO
from typing import Any

from oxmsg import Message
from oxmsg.domain.constants import PID_ATTACH_METHOD, PID_DISPLAY_CC, PID_DISPLAY_TO
from oxmsg.domain.model import UnrecognizedCodePageError, UnsupportedEncodingError

from ingest.errors import BrokenFile
from ingest.load.common.left_out import LeftOut
from ingest.load.mail import message
from ingest.records import LoadedDocument

_RTF = 0x1009
_IS_A_MESSAGE = 5  # how something is attached: [MS-OXCMSG], 2.2.2.9
_DAMAGED = (
    *(OSError, ValueError, LookupError, TypeError, AttributeError, AssertionError),
    *(struct.error, OverflowError, RecursionError, MessageError),
)


def read(data: bytes, name: str) -> LoadedDocument:
    """Read a message. What cannot be read of its attachments is named in the text.

    Raises BrokenFile if it is damaged.
    """
    left_out = LeftOut()
    try:
        mail = _as_mail(Message.load(BytesIO(data)), left_out)
        data = mail.as_bytes()
    except (UnrecognizedCodePageError, UnsupportedEncodingError) as error:
        raise BrokenFile("in a character set that is not known; save it as .eml") from error
    except _DAMAGED as error:
        raise BrokenFile("damaged, or not an Outlook message inside") from error
    document = message.read(data, name)
    return replace(document, notes=(*document.notes, *left_out.notes()))


def _as_mail(outlook: Message, left_out: LeftOut) -> EmailMessage:
    mail = EmailMessage()
    properties: Any = outlook.properties
    sent = outlook.sent_date
    headers = {key.lower(): value for key, value in outlook.message_headers.items()}
    for key, value in (
        ("From", outlook.sender),
        ("To", headers.get("to") or properties.str_prop_value(PID_DISPLAY_TO)),
        ("Cc", headers.get("cc") or properties.str_prop_value(PID_DISPLAY_CC)),
        ("Date", headers.get("date") or (format_datetime(sent) if sent else "")),
        ("Subject", outlook.subject),
    ):
        if told := " ".join((value or "").replace("\0", "").split()):
            mail[key] = told
    text, html = outlook.body, outlook.html_body
    if text is not None or html is None:
        mail.set_content(text or "")
        left_out["RTF-only text"] += text is None and bool(properties.binary_prop_value(_RTF))
    if html is not None and text is None:
        mail.set_content(html, subtype="html")
    elif html is not None:
        mail.add_alternative(html, subtype="html")
    for attachment in outlook.attachments:
        if attachment.properties.int_prop_value(PID_ATTACH_METHOD) == _IS_A_MESSAGE:
            left_out["attached message"] += 1
        else:
            content, name = attachment.file_bytes or b"", attachment.file_name or ""
            mail.add_attachment(content, "application", "octet-stream", filename=name)
    return mail
