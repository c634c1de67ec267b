"""How strange texts are among others: by meaning, from their nearest neighbours, and by form, from
their letters.

By meaning, it is one minus the mean similarity to the nearest neighbours (Ramaswamy et al. 2000;
Angiulli and Pizzuti 2002), which on sentence vectors finds more than density ratios such as the
local outlier factor. By form, it is the one property that is furthest from what is usual. What the
vectors hardly tell, such as spam among messages, is in the form (``benchmarks.insights.outliers``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ingest.similarity import Vectors
from rag_app.clusters.nearest import Rows, nearest, nearest_to
from rag_app.insights.base.steps import QUIET, Steps

NEIGHBOURS = 5
OF_FORM = 0.25  # its weight beside the meaning, whose weight is 1
# What there is of a form, and how a reader is told that there is much or little of it.
FORMS = (
    ("long", "short"),
    ("many digits", "few digits"),
    ("many capitals", "few capitals"),
    ("many signs", "few signs"),
    ("long words", "short words"),
    ("many letters beyond ASCII", "few letters beyond ASCII"),
)


@dataclass(frozen=True, slots=True)
class Strangeness:
    """By text, in arrays of shape (n,): the whole ``score`` in standard deviations, of which
    ``meaning`` and ``form`` are the parts. ``neighbours`` are the rows of the nearest others and
    ``alike`` their similarities, both of shape (n, k). ``forms``, shape (n, len(FORMS)), are the
    deviations of each property from what is usual."""

    score: Vectors
    meaning: Vectors
    form: Vectors
    neighbours: Rows
    alike: Vectors
    forms: Vectors


def strangeness(
    vectors: Vectors, forms: Vectors, k: int = NEIGHBOURS, steps: Steps = QUIET
) -> Strangeness:
    """How strange each of some texts is among the others. Vectors have length one; ``forms`` are
    those of ``forms_of``."""
    rows, alike = nearest(vectors, k, steps)
    far = 1 - alike.mean(axis=1) if alike.shape[1] else np.zeros(len(vectors), dtype=np.float32)
    deviations = (forms - forms.mean(axis=0)) / (forms.std(axis=0) + 1e-3)
    return _strangeness(far, far, deviations, deviations, rows, alike)


def strangeness_beside(
    normal: tuple[Vectors, Vectors], asked: tuple[Vectors, Vectors], k: int = NEIGHBOURS
) -> Strangeness:
    """How strange texts are beside others that are known to be normal. Both are given as vectors
    and forms; ``neighbours`` are rows of the normal ones."""
    _, own = nearest(normal[0], k)
    rows, alike = nearest_to(normal[0], asked[0], k)
    mean, spread = normal[1].mean(axis=0), normal[1].std(axis=0) + 1e-3
    usual, deviations = (normal[1] - mean) / spread, (asked[1] - mean) / spread
    far, usually_far = 1 - alike.mean(axis=1), 1 - own.mean(axis=1)
    return _strangeness(far, usually_far, deviations, usual, rows, alike)


def forms_of(texts: Sequence[str]) -> Vectors:
    """The form of each text, shape (n, len(FORMS)): the logarithm of its length, the roots of the
    shares of digits, capitals and signs, the logarithm of the mean length of its words, and the
    root of the share of what is not ASCII."""
    return np.array([_form(text) for text in texts], dtype=np.float32).reshape(-1, len(FORMS))


def _form(text: str) -> tuple[float, ...]:
    n, words = max(len(text), 1), max(len(text.split()), 1)
    signs = sum(not (sign.isalnum() or sign.isspace()) for sign in text)
    shares = (
        sum(map(str.isdigit, text)) / n,
        sum(map(str.isupper, text)) / n,
        signs / n,
        sum(sign > "\x7f" for sign in text) / n,
    )
    digits, capitals, of_signs, beyond = (share**0.5 for share in shares)
    spaces = sum(map(str.isspace, text))
    length = (n - spaces) / words
    return float(np.log(n)), digits, capitals, of_signs, float(np.log(length + 1)), beyond


def _strangeness(
    far: Vectors,
    usually_far: Vectors,
    deviations: Vectors,
    usual: Vectors,
    rows: Rows,
    alike: Vectors,
) -> Strangeness:
    """``far`` and ``deviations`` as standard deviations of what is usual."""
    meaning = _standard(far, usually_far)
    form = _standard(np.abs(deviations).max(axis=1), np.abs(usual).max(axis=1))
    return Strangeness(meaning + OF_FORM * form, meaning, form, rows, alike, deviations)


def _standard(values: Vectors, usual: Vectors) -> Vectors:
    return np.asarray((values - usual.mean()) / (usual.std() + 1e-6), dtype=np.float32)
