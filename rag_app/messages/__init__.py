"""What the program says to a reader, in the reader's language.

A message is written in English where it is said, and looked up in a file of the language, such as
de.po (https://www.gnu.org/software/gettext/manual/html_node/PO-Files.html); what is not in it stays
English.
``scripts/messages.py`` finds the messages of the program and brings the files up to date.
"""

from __future__ import annotations

from rag_app.messages.catalogue import (
    FROM_RIGHT,
    LANGUAGES,
    decimal,
    in_its_own_language,
    language_now,
    percent,
    say,
    say_many,
    speak,
    speak_by_default,
    speaking,
    to_say,
)
from rag_app.messages.retold import retold

__all__ = [
    "FROM_RIGHT",
    "LANGUAGES",
    "decimal",
    "in_its_own_language",
    "language_now",
    "percent",
    "retold",
    "say",
    "say_many",
    "speak",
    "speak_by_default",
    "speaking",
    "to_say",
]
