"""Words beside meaning: vectors of passages, extended by what their words say.

Latent semantic analysis (Deerwester et al. 1990) of the stems, as TF-IDF. A vector of a sentence
model holds what a passage means and little of its rare words, which also say what it is about.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ingest.similarity import Vectors, unit
from ingest.text.analyzer import stems

WEIGHT = 0.3  # of the words' part, whose length is 1; AMI is the same from 0.3 to 0.5
PARTS = 100  # dimensions of it
PASSAGES_A_PART = 20  # of fewer passages, the parts would only tell each from all others
LEAST, MOST = 3, 0.2  # passages that have a word: at least, and the share at most


def with_words(vectors: Vectors, texts: Sequence[str]) -> Vectors:
    """Vectors of length one of meaning and words, shape (n, dimension + parts); the vectors as they
    are where there are too few passages or words."""
    from scipy.sparse import csr_array
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer

    n = len(texts)
    parts = min(PARTS, n // PASSAGES_A_PART)
    if parts < 2 or n * MOST < LEAST:
        return vectors
    by_words = TfidfVectorizer(analyzer=stems, sublinear_tf=True, min_df=LEAST, max_df=MOST)
    try:
        weights: csr_array = by_words.fit_transform(texts)
    except ValueError:  # no word is in so many
        return vectors
    if weights.shape[1] <= parts:
        return vectors
    said = TruncatedSVD(parts, random_state=0).fit_transform(weights).astype(np.float32)
    return unit(np.hstack([vectors, WEIGHT * unit(said)]))
