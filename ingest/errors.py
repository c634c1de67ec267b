"""Every error of the project, in one tree.

RagError
├── UsageError              wrong argument or setting                        exit 2
├── StoreError              the store cannot be used                         exit 3
│   ├── StoreEmpty          nothing has been ingested yet
│   ├── StoreLocked         another process is writing
│   ├── CollectionGone      it was renamed or deleted meanwhile
│   ├── IndexNotWritten     the documents are stored, their index is not
│   └── FingerprintMismatch the index was built with other settings
├── EmbedderError           the embedding model cannot be loaded             exit 3
│   └── UnknownArchitecture the model runs with sentence-transformers only
├── NoPicture               (rag_app.errors) a page cannot be shown as one   exit 3
├── RerankerError           (rag_app.errors) the re-ranker cannot be used    exit 3
├── LLMError                (rag_app.errors) the LLM cannot be used          exit 3
│                           (quotes step in where they are enough)
└── LoadError               one file cannot be read: becomes its receipt     exit 1
    ├── UnknownFormat       no reader for this kind of file
    ├── EmptyFile           no bytes, or nothing but white space
    ├── NoText              a readable file that holds no text
    ├── BrokenFile          damaged, locked, or not what its name says
    └── PageError           a web page that cannot be fetched
        └── PageGone        there is no such page any more

A message is one line that says what is wrong and what to do about it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ingest.records import IngestReport


class RagError(Exception):
    """Base of all errors raised on purpose. ``exit_code`` is what the command line returns."""

    exit_code = 3


class UsageError(RagError):
    """A wrong argument or setting."""

    exit_code = 2


class StoreError(RagError):
    """The store cannot be opened, read or written."""


class StoreEmpty(StoreError):
    """There is nothing to search: no document has been ingested into this collection."""


class StoreLocked(StoreError):
    """Another process, or another thread of this one, is writing to this collection. ``holder``
    says which, ``process`` is its id where that is known."""

    holder = "another process"
    process: int | None = None


class CollectionGone(StoreError):
    """The collection that was meant was renamed or deleted; there may be another of its name."""


class IndexNotWritten(StoreError):
    """The catalog has everything, and answers; the vector index could not be written.

    ``report`` is the IngestReport of the run, where there was one.
    """

    report: IngestReport | None = None


class FingerprintMismatch(StoreError):
    """The collection was built with another embedding model or other chunk settings."""


class EmbedderError(RagError):
    """The embedding model cannot be found, loaded or trusted."""


class UnknownArchitecture(EmbedderError):
    """Not a model of which ``ingest.embed.bert_graph`` can build a graph; sentence-transformers can
    run it."""


class LoadError(RagError):
    """One file cannot be turned into text. Never stops a run: it ends in the file's receipt."""

    exit_code = 1


class UnknownFormat(LoadError):
    """No reader for this kind of file."""


class EmptyFile(LoadError):
    """The file has no bytes, or nothing but white space."""


class NoText(LoadError):
    """The file can be read but holds no text, as a scanned PDF does."""


class BrokenFile(LoadError):
    """The file is damaged, protected by a password, or not what its name says."""


class PageError(LoadError):
    """A web page cannot be fetched, or is not fetched: a private address, robots.txt, a limit."""


class PageGone(PageError):
    """The server says that there is no such page."""
