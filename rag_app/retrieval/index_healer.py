"""An index that is damaged or behind is mended beside the searches, on a thread."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Set

from ingest.catalog.view import CatalogView
from ingest.errors import StoreError
from ingest.index.repair import heal
from ingest.index.segments import chain, check, finished
from ingest.index.writer import LAG
from ingest.store.directory import Store

logger = logging.getLogger(__name__)


class Healer:
    """Mends the index of one collection. Not safe for threads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._thread: threading.Thread | None = None
        self._healed = self._sound = -1
        # By segment, whether its files are sound.
        self._checked: dict[str, bool] = {}

    def heal_if_behind(
        self, view: CatalogView, upto: Callable[[], int], damaged: Set[str] = frozenset()
    ) -> None:
        """Where there is no index, or it lacks much, mend it, once for each state of the catalog.
        ``upto`` says up to which generation it has everything, 0 where there is none; ``damaged``
        are segments that cannot be used."""
        state = view.generation()
        if self._healed == state or (self._sound == state and not damaged):
            return
        if self._thread is not None and self._thread.is_alive():
            return
        generation = upto()
        if generation and view.count_after(generation) < LAG:
            self._sound = state
            return
        self._healed = state
        damaged = damaged | {name for name, sound in self._checked.items() if not sound}
        self._thread = threading.Thread(
            target=heal, args=(self._store, damaged), name="heal", daemon=True
        )
        self._thread.start()

    def sound_upto(self) -> int:
        """Up to which generation the index could answer, where it needs not be opened. Each of
        its files is looked at once."""
        upto = 0
        for segment in chain(finished(self._store.index_directory)):
            if segment.name not in self._checked:
                try:
                    check(segment)
                    self._checked[segment.name] = True
                except StoreError as error:
                    logger.warning("%s", error)
                    self._checked[segment.name] = False
            if not self._checked[segment.name]:
                break
            upto = segment.upto
        return upto

    def forget(self) -> None:
        """Another catalog is in the place of the one before."""
        self._checked, self._healed, self._sound = {}, -1, -1

    def join(self) -> None:
        """Wait until what is being mended is done."""
        if self._thread is not None:
            self._thread.join()
