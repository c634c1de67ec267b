"""What the header of a message tells of what its text may quote: who answers whom, about what."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

# "Re: ", "AW: ", "Fwd[2]: ": what programs put before a subject, in any language.
_PREFIXES = re.compile(r"(?:\s*+\w{1,5}(?:\[\d{1,4}\])?\s?[:：]\s*+)+")
_REPLY = re.compile(r"\s*+re(?:\[\d{1,4}\])?\s?:", re.IGNORECASE)  # RFC 5322, 3.6.5
_ADDRESS = re.compile(r"(?<![\w.+-])[\w.+-]++@[\w-]++(?:\.[\w-]++)+")
# A year, or a time of day.
_WHEN = re.compile(r"(?<!\d)(?:(?:19|20)\d\d|\d{1,2}[:.h]\d\d)(?!\d)")
# "From:", "Gesendet:", "À :", with the stars of bold type in plain text.
_LABEL = re.compile(r"(?:^|(?<=\s))\*?[^\W\d_][\w-]*(?: [\w-]+)?\*?\s?[:：]\*?(?=\s|$)")
_LEAST_LABELS = 3
# In characters: the patterns above are slow on endless words.
_LONGEST_HEADING = 2_000
_SHORT = 6  # words
# Of a signature, in lines and characters.
_LONGEST_SIGNATURE = 12
_LONGEST_LINE = 80
# A header block has a line for each of these, at most, and lines that go on.
MOST_HEADER_LINES = 12


@dataclass(frozen=True, slots=True)
class Letter:
    """``sender`` is the name of who wrote it, ``recipients`` names and addresses of who gets it, as
    one text; ``is_reply`` says whether it may quote another message without marks."""

    subject: str = ""
    sender: str = ""
    recipients: str = ""
    is_reply: bool = False

    def is_header(self, text: str) -> bool:
        """Whether a text is the header of another message, as mail programs put it above one:
        "From: … Sent: … To: … Subject: …", in any language."""
        text = text[:_LONGEST_HEADING]
        if not self.is_reply or len(_LABEL.findall(text)) < _LEAST_LABELS:
            return False
        words, about = _plain(text), _plain(base_of(self.subject))
        is_about_it = bool(about) and about in words
        return bool(_WHEN.search(text)) and (is_about_it or bool(_ADDRESS.search(text)))

    def is_attribution(self, text: str, *, is_above_quote: bool = False) -> bool:
        """Whether a text says who wrote what follows: "On 2 March 2026 at 10:15, Ann Lee
        <ann@example.org> wrote:", in any language."""
        if len(text) > _LONGEST_HEADING or not text.rstrip().endswith((":", "：")):
            return False
        if is_above_quote:
            is_short = len(text.split()) <= _SHORT
            return is_short or bool(_WHEN.search(text) or _ADDRESS.search(text))
        return self.is_reply and bool(_WHEN.search(text)) and bool(_ADDRESS.search(text))

    def hands_on(self, heading: str) -> bool:
        """Whether the message hands on another one, whose header or attribution this is, rather
        than answers it: an answer goes to who wrote the other, among others."""
        if _REPLY.match(self.subject):
            return False
        author = _ADDRESS.search(heading[:_LONGEST_HEADING])
        return author is not None and author[0].casefold() not in self.recipients.casefold()

    def signs(self, line: str) -> bool:
        """Whether a line is the sender's name, or the first of their names."""
        names = _plain(self.sender)
        return bool(names) and _plain(line) in (names, names.split()[0])


def base_of(subject: str) -> str:
    """A subject without what programs put before it."""
    found = _PREFIXES.match(subject)
    return subject[found.end() :] if found else subject


def begins_with_label(line: str) -> bool:
    """Whether a line may be the first of a header block."""
    return _LABEL.match(line.lstrip()) is not None


def without_signature(lines: Sequence[str], letter: Letter) -> tuple[list[str], list[str]]:
    """The sender's own lines, and those of the signature at their end: below a line of "-- "
    (RFC 3676, 4.3), or from the line on with which the sender signs, and the greeting above it."""
    lines = list(lines)
    full = [index for index, line in enumerate(lines) if line.strip()]
    for index in reversed(full[-_LONGEST_SIGNATURE - 1 :]):
        if lines[index].rstrip() == "--":
            return lines[:index], ["--", *_told(lines[index + 1 :])]
    for place in full[-_LONGEST_SIGNATURE:]:
        below = _told(lines[place + 1 :])
        if letter.signs(lines[place]) and not any(map(_is_prose, below)):
            above = [index for index in full if index < place]
            first = above[-1] if above and _is_greeting(lines, above[-1]) else place
            return lines[:first], _told(lines[first:])
    return lines, []


def _told(lines: Sequence[str]) -> list[str]:
    return [line.strip() for line in lines if line.strip()]


def _is_prose(line: str) -> bool:
    return len(line) > _LONGEST_LINE or line.endswith((".", "!", "?", "。"))


def _is_greeting(lines: Sequence[str], index: int) -> bool:
    """Whether a line closes a letter, "Best regards,": a few words that stand alone."""
    line = lines[index].strip()
    stands_alone = index == 0 or not lines[index - 1].strip()
    return stands_alone and len(line.split()) <= _SHORT and line.endswith((",", "，"))


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
