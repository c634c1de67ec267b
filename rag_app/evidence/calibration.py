"""The probability that evidence answers a question: its weights, and what is enough.

A default ships. ``rag-app calibrate`` fits another to a collection and keeps it beside the catalog,
in ``calibration.json``; questions take it from then on, as long as it fits the collection.
"""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

from ingest.catalog.view import Catalog, CatalogView
from ingest.embed.embedder import TUNED
from ingest.store.directory import Store

# What the probability is made of (``rag_app.evidence.features``), each 0 to 1.
FEATURES = ("nearest", "found", "there", "another_code", "otherwise")
RESET = "fit it again: rag-app calibrate; or go back to the default: rag-app calibrate --reset"

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic regression, and from which probability on there is enough to quote. ``weights``
    are in the order of FEATURES. ``fitted`` says on what, and with which errors
    (``rag_app.eval.calibration.calibrate``): empty for the default."""

    bias: float
    weights: tuple[float, ...]
    enough: float
    fitted: Mapping[str, Any] = field(default_factory=dict)

    def probability(self, features: Sequence[float]) -> float:
        """Of an answer in evidence with these features, 0 to 1."""
        z = self.bias + sum(w * x for w, x in zip(self.weights, features, strict=True))
        return 1 / (1 + math.exp(-z))


# Fitted by benchmarks/answers/evidence.py; both errors: docs/decisions/0022.
DEFAULT = Calibration(bias=-5.8, weights=(2.6, 2.8, 3.3, -2.5, -1.0), enough=0.155)
# Of embedding models whose cosines are of another scale, by their names: fitted on the half "dev"
# of benchmarks.languages, passages held out (docs/LOG.md, 2026-11-30).
BY_MODEL = {
    "multilingual-e5-small": Calibration(bias=-4.1, weights=(8.6, 0.0, 1.0, -2.5, -1.0), enough=0.2)
}

# Of questions that are written in Latin letters, in a language that the embedding model does not
# know, to documents in it: its vectors tell less of them, and a right answer that is thrown away is
# worse than a false one. Fitted on German, French and Spanish of the same half.
UNKNOWN_LANGUAGE = Calibration(bias=-3.4, weights=(3.5, 2.2, 0.8, -2.5, -1.0), enough=0.18)


class OwnCalibration:
    """The calibration of a collection, followed while others change it. Threads may share it."""

    def __init__(self, store: Store, catalog: Catalog) -> None:
        """Nothing is read before it is asked for."""
        self._path = store.calibration_path
        self._catalog = catalog
        self._read: tuple[object, dict[str, Any] | str | None] = (None, None)
        self._told: str | None = None

    def current(self, view: CatalogView | None = None) -> Calibration:
        """The collection's own where it has one that fits, else the default. Of one that does not
        fit a warning says why, once. Raises StoreEmpty, StoreError."""
        calibration, problem = self._examine(view)
        if problem is not None and problem != self._told:
            logger.warning("%s", problem)
        self._told = problem
        if calibration is DEFAULT and view is not None:
            model = str((view.fingerprint() or {}).get("model"))
            return BY_MODEL.get(model.partition(TUNED)[0], DEFAULT)
        return calibration

    def in_words(self) -> str:
        """Which calibration is in use, and why not another, as a reader is told."""
        calibration, problem = self._examine()
        if problem is not None:
            return problem
        fitted = calibration.fitted
        if not fitted:
            return "the default, which is fitted on other collections; to fit it: rag-app calibrate"
        return f"fitted to this collection on {fitted['at']}, by {fitted['questions']} questions"

    def _examine(self, view: CatalogView | None = None) -> tuple[Calibration, str | None]:
        fields = self._fields()
        if fields is None:
            return DEFAULT, None
        if isinstance(fields, str):
            return DEFAULT, f"The calibration {self._path} is not used: {fields}; {RESET}"
        with self._catalog.reading() if view is None else nullcontext(view) as view:
            built_with = view.fingerprint()
        if fields["fingerprint"] != built_with:
            why = "it was fitted with another embedding model or chunks of another size"
            return DEFAULT, f"The calibration {self._path} is not used: {why}; {RESET}"
        return _calibration(fields), None

    def _fields(self) -> dict[str, Any] | str | None:
        """What the file holds, None if there is none, or what is wrong with it. Read again when it
        changes, which it does by giving its place to another."""
        try:
            status = self._path.stat()
        except OSError:
            return None
        state = (status.st_mtime_ns, status.st_size, status.st_ino)
        if self._read[0] != state:
            self._read = (state, self._load())
        return self._read[1]

    def _load(self) -> dict[str, Any] | str:
        try:
            fields = json.loads(self._path.read_text(encoding="utf-8"))
            if fields["features"] != list(FEATURES):
                return "another version of rag-app wrote it, which looks at other things"
            _check(_calibration(fields))
            return dict(fields)
        except OSError as error:
            return f"it cannot be read ({error.strerror or error})"
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return "it is damaged"


def to_json(calibration: Calibration, fingerprint: Mapping[str, Any] | None) -> str:
    """What the file of a calibration holds; ``fingerprint`` is the collection's."""
    return json.dumps(
        {
            "features": list(FEATURES),
            "bias": calibration.bias,
            "weights": list(calibration.weights),
            "enough": calibration.enough,
            "fitted": dict(calibration.fitted),
            "fingerprint": fingerprint,
        },
        indent=1,
    )


def _calibration(fields: Mapping[str, Any]) -> Calibration:
    return Calibration(
        float(fields["bias"]),
        tuple(map(float, fields["weights"])),
        float(fields["enough"]),
        {"at": "an unknown day", "questions": "some", **fields["fitted"]},
    )


def _check(calibration: Calibration) -> None:
    """Raise ValueError for what is no calibration."""
    numbers = (calibration.bias, *calibration.weights)
    sound = len(calibration.weights) == len(FEATURES) and all(map(math.isfinite, numbers))
    if not (sound and 0 <= calibration.enough <= 1):
        raise ValueError("not a calibration")
