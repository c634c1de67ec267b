"""What a user chose about reading, for the readers of a process that reads files."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal

Mode = Literal["off", "auto", "force"]


@dataclass(frozen=True, slots=True)
class Choices:
    """``hidden`` says whether hidden sheets, rows, columns and slides are read, ``ocr`` when
    pictures are: never, where there is no text, or every page."""

    hidden: bool = False
    ocr: Mode = "auto"


CHOICES: ContextVar[Choices] = ContextVar("CHOICES", default=Choices())  # noqa: B039
"""Set once, by the process that reads, before the first file."""
