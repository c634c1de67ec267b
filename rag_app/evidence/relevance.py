"""Relevance of evidence that was found with words of an earlier question to the question itself."""

from __future__ import annotations

import numpy as np

from ingest.embed.embedder import Embedder
from ingest.similarity import similarities, unit
from ingest.text.analyzer import stems
from rag_app.evidence.evidence import SENTENCE_PASSAGES, Evidence
from rag_app.questions.follow_up_english import MEASURES, pronoun_in, without_opening
from rag_app.retrieval.passage import ids_of
from rag_app.retrieval.snapshot import Snapshot

# The cosine of a fragment and of a sentence that speaks of the same in other words: "in winter" and
# "In air temperatures below 5 °C" have 0.35; "on the moon" has 0.25 with its nearest.
RELATED = 0.33


def is_about_its_own(
    question: str, evidence: Evidence, snapshot: Snapshot, embedder: Embedder
) -> bool:
    """Whether evidence that was found with words of an earlier question has anything to do with
    the words of the follow-up itself: "And on the moon?" is not answered by hotels in London."""
    rest = without_opening(question)[0]
    own = set(stems(rest)) - MEASURES
    is_fragment = pronoun_in(question) is None
    passages = evidence.passages[: SENTENCE_PASSAGES if is_fragment else None]
    if not own or snapshot.stems_there(own, ids_of(passages))[0]:
        return True
    if not is_fragment or not evidence.sentences:
        return False
    sentences = np.stack([sentence.vector for sentence in evidence.sentences])
    nearest = similarities(sentences, unit(embedder.encode_queries([rest])[0]))
    return float(nearest.max()) >= RELATED
