"""The parts of a message: its header, its words, and its attachments.

An attachment that has a reader is read like a file, under a heading with its name; others are
only named. A message in a message is read likewise, a few levels deep.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.policy import Compat32
from email.utils import getaddresses, parseaddr, parsedate_to_datetime

from ingest.errors import BrokenFile, LoadError
from ingest.load.common.charset import decode
from ingest.load.formats.detect import detect
from ingest.load.mail.body import html_blocks, missing_rows, plain_blocks
from ingest.load.mail.letter import Letter, base_of
from ingest.load.nesting import inside_blocks
from ingest.load.web.html import html_content
from ingest.records import Block

_HEADERS = ("From", "To", "Cc", "Date", "Subject")
_MESSAGES = ("email", "mbox")

# How many messages may stand in one another, and how many attachments of one message are read.
_DEEPEST = 3
_MOST_ATTACHMENTS = 100


class _RawHeaders(Compat32):
    """Header lines as they are. The policies of the library fail on damaged ones."""

    def header_fetch_parse(self, name: str, value: str) -> str:  # noqa: ARG002
        return value


def parse_message(data: bytes) -> Message:
    """The message in these bytes; whatever they are, there is one. Raises BrokenFile."""
    try:
        return message_from_bytes(data.lstrip(), policy=_RawHeaders())
    except RecursionError:
        raise BrokenFile("nested too deeply to be read") from None


def subject_of(message: Message) -> str:
    """The subject, or an empty text."""
    return _header(message, "Subject")


def sent_by_and_when(message: Message) -> dict[str, str | list[str]]:
    """The sender as "author", who gets it as "to" and the time of sending as "created", as far as
    they are told."""
    found: dict[str, str | list[str]] = {"author": _header(message, "From")}
    found["to"] = [
        f"{name} <{address}>" if name else address
        for name, address in getaddresses([_header(message, "To"), _header(message, "Cc")])
        if address
    ]
    with suppress(ValueError, OverflowError, IndexError):
        found["created"] = parsedate_to_datetime(_header(message, "Date")).isoformat()
    return {name: value for name, value in found.items() if value}


def letter_of(message: Message) -> Letter:
    """What the header tells of what the text may quote."""
    subject = subject_of(message)
    is_reply = bool(_header(message, "In-Reply-To") or _header(message, "References"))
    return Letter(
        subject,
        parseaddr(_header(message, "From"))[0],
        f"{_header(message, 'To')} {_header(message, 'Cc')}",
        is_reply or base_of(subject) != subject,
    )


@dataclass(slots=True)
class Mail:
    """Reads one message. ``attachments`` are the names of those that were found."""

    depth: int = 0
    attachments: list[str] = field(default_factory=list)

    def blocks(self, message: Message) -> Iterator[Block]:
        """The blocks of a message: its header lines, its text, its attachments."""
        for name in _HEADERS:
            if value := _header(message, name):
                yield Block("row", f"{name}: {value}")
        others: list[Message] = []
        yield from _body(message, others)
        for part in others[:_MOST_ATTACHMENTS]:
            yield from self._attachment(part)
        if len(others) > _MOST_ATTACHMENTS:
            left = len(others) - _MOST_ATTACHMENTS
            yield Block("paragraph", f"{left:,} more attachments are not read.")

    def _attachment(self, part: Message) -> Iterator[Block]:
        name = _name(part)
        self.attachments.append(name)
        try:
            blocks = self._read(part, name)
        except LoadError as error:
            yield Block("paragraph", f"Attachment {name} is not read: {error}.")
            return
        yield Block("heading", f"Attachment: {name}", 2)
        yield from blocks

    def _read(self, part: Message, name: str) -> list[Block]:
        if part.get_content_type() == "message/rfc822" and part.is_multipart():
            inner = part.get_payload(0)
        else:
            data = _bytes(part)
            if detect(data, name) not in _MESSAGES:
                return inside_blocks(data, name)
            inner = parse_message(data)
        if self.depth + 1 >= _DEEPEST:
            raise BrokenFile(f"more than {_DEEPEST} messages in one another")
        assert isinstance(inner, Message)
        return list(Mail(self.depth + 1).blocks(inner))


def _body(message: Message, others: list[Message]) -> Iterator[Block]:
    """The blocks of the message's own text. Its other parts are added to ``others``."""
    letter = letter_of(message)
    pending = [message]
    tables: list[Block] = []
    while pending:
        part = pending.pop()
        kind = part.get_content_type()
        if kind == "message/rfc822" or _is_attached(part):
            others.append(part)
        elif kind == "multipart/alternative":
            best = _best(_parts(part))
            pending.extend(best)
            tables.extend(_tables_of(_parts(part), best, letter))
        elif part.is_multipart():
            pending.extend(reversed(_parts(part)))
        elif kind in ("text/plain", "text/html"):
            yield from _text(part, letter)
        elif not _is_inline_picture(part):
            others.append(part)
    yield from tables


def _tables_of(parts: list[Message], best: list[Message], letter: Letter) -> list[Block]:
    """The rows of tables that only the HTML form of a message has, where its plain one is read."""
    html = [part for part in parts if part.get_content_type() == "text/html"]
    html += [
        inner
        for part in parts
        if part.is_multipart()
        for inner in _parts(part)
        if inner.get_content_type() == "text/html"
    ]
    if not html or not best or best[0].get_content_type() != "text/plain":
        return []
    return missing_rows(_text(html[-1], letter), _decoded_text(best[0]))


def _parts(part: Message) -> list[Message]:
    payload = part.get_payload()
    return (
        [inner for inner in payload if isinstance(inner, Message)]
        if isinstance(payload, list)
        else []
    )


def _best(parts: list[Message]) -> list[Message]:
    """Of the same message in several forms, the plain one, unless it is empty; else the last."""
    plain = [part for part in parts if part.get_content_type() == "text/plain"]
    return [part for part in plain if _bytes(part).strip()][:1] or parts[-1:]


def _is_attached(part: Message) -> bool:
    return not part.is_multipart() and (
        part.get_content_disposition() == "attachment" or bool(part.get_filename())
    )


def _is_inline_picture(part: Message) -> bool:
    return part.get_content_maintype() == "image" and not part.get_filename()


def _text(part: Message, letter: Letter) -> list[Block]:
    """The blocks of a part of text; none if it is not text at all."""
    try:
        text = _decoded_text(part)
        if part.get_content_type() == "text/html":
            return html_blocks(html_content(text, is_mail=True).blocks, letter)
    except BrokenFile as error:
        return [Block("paragraph", f"A part of the message is not read: {error}.")]
    return plain_blocks(text, letter)


def _decoded_text(part: Message) -> str:
    return decode(_bytes(part), str(part.get_content_charset() or "") or None)


def _bytes(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _name(part: Message) -> str:
    """The name of an attachment, without folders; one is made up where there is none."""
    name = _decoded(part.get_filename() or "").replace("\\", "/").rpartition("/")[2]
    if part.get_content_type() == "message/rfc822" and part.is_multipart():
        inner = part.get_payload(0)
        return name or (subject_of(inner) if isinstance(inner, Message) else "") or "message"
    return name or f"part.{part.get_content_subtype()}"


def _header(message: Message, name: str) -> str:
    return " ".join(_decoded(str(message.get(name, ""))).split())


def _decoded(value: str) -> str:
    """The text of a header line, as good as it can be had."""
    try:
        if "=?" in value:
            return str(make_header(decode_header(value)))
        # Bytes that are not ASCII should not be there, but often are.
        return decode(value.encode("ascii", "surrogateescape"))
    except (MessageError, ValueError, LookupError, BrokenFile):
        return value
