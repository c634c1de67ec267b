"""Web pages of a run: fetched if they have changed, and examined like files.

What a server said of the state of a page (ETag, Last-Modified) is kept in the catalog, beside the
digest of the bytes that it spoke of: it is sent back only while these are what is stored.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from time import time_ns

from ingest.catalog.view import CatalogView
from ingest.catalog.writer import CatalogWriter
from ingest.errors import LoadError, PageError, PageGone, RagError
from ingest.load.formats.detect import detect
from ingest.load.read import ARCHIVE
from ingest.paths import is_address
from ingest.progress import Stopped
from ingest.records import FileReceipt, FileState, KnownFile
from ingest.run.examine import Examiner, Outcome
from ingest.run.receipts import surprise
from ingest.sources.discover import FoundFile
from ingest.sources.web.fetch import Fetcher, Page
from ingest.sources.web.kinds import file_bytes, file_name

logger = logging.getLogger(__name__)

PAGES = "pages"


@dataclass(slots=True)
class Pages:
    """The web pages of one run. With ``sync``, the documents of pages that are gone are deleted;
    with ``reread``, pages are fetched whether they have changed or not."""

    catalog: CatalogWriter
    examiner: Examiner
    fetcher: Fetcher
    known: Mapping[str, KnownFile]
    sync: bool = False
    reread: bool = False
    # By address: ETag, Last-Modified, and the SHA-256 of the bytes.
    _told: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._told = json.loads(self.catalog.meta(PAGES) or "{}")

    def examine(self, page: FoundFile) -> Iterator[Outcome]:
        """Find out what has to be done with a page. Raises what the fetcher's ``check`` raises."""
        address, known = page.source, self.known.get(page.source)
        self.examiner.seen_paths.add(address)
        try:
            found = self._fetch(address, known)
            if found.data is None:
                yield address, self.examiner.unchanged(address, page)
                return
            data = file_bytes(found)
            page = replace(page, path=Path(file_name(found, address)))
            if detect(data, page.path.name) == ARCHIVE:
                raise PageError("it is an archive; download it, and ingest the file")
            state = FileState(len(data), found.modified_ns or time_ns(), 0)
            outcome = self.examiner.outcome(page, state, data)
        except PageGone as error:
            if self.sync and known is not None:
                yield address, FileReceipt(known.name, "deleted", reason=str(error))
            else:
                yield address, self.examiner.failure(page, str(error))
        except LoadError as error:
            yield address, self.examiner.failure(page, str(error))
        except (RagError, Stopped):
            raise
        except Exception as error:
            logger.exception("%r cannot be fetched", address)
            yield address, self.examiner.failure(page, surprise(error))
        else:
            self._told[address] = [found.etag, found.modified, sha256(data).hexdigest()]
            yield address, outcome

    def remember(self) -> None:
        """Keep what servers said of pages that are stored."""
        stored = self.catalog.known_files()
        kept = {address: said for address, said in self._told.items() if address in stored}
        now = json.dumps(kept, sort_keys=True)
        if now != (self.catalog.meta(PAGES) or "{}"):
            self.catalog.set_meta(PAGES, now)

    def _fetch(self, address: str, known: KnownFile | None) -> Page:
        etag, modified, digest = self._told.get(address, ("", "", ""))
        if self.reread or known is None or known.digest.partition(":")[0] != digest:
            return self.fetcher.fetch(address)
        return self.fetcher.fetch(address, etag, modified)


def known_pages(view: CatalogView) -> list[str]:
    """The addresses of all web pages of a collection, in order."""
    return sorted(source for source in view.known_files() if is_address(source))
