"""Relevance of evidence that was found with words of an earlier question to the question itself."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ingest.embed.embedder import Embedder
from ingest.similarity import similarities, unit
from ingest.text.analyzer import sought_stems
from rag_app.evidence.evidence import SENTENCE_PASSAGES, Evidence
from rag_app.questions.rewrite import rules_for
from rag_app.retrieval.passage import Passage, ids_of, passage_stems
from rag_app.retrieval.snapshot import Snapshot

# The cosine of a fragment and of a sentence that speaks of the same in other words: "in winter" and
# "In air temperatures below 5 °C" have 0.35; "on the moon" has 0.25 with its nearest.
RELATED = 0.33
# A question with more words to look for says itself what it is about.
MOST_OWN = 4
# What is found with the subject of a conversation has to be about even, and what is found without
# is enough if it is that and the same (docs/LOG.md, 2026-11-29).
WITH_SUBJECT = 0.4
ALONE = 0.5
# What the passage that the subject leads to may lack of the question's own words, by rarity.
LACKING = 0.3


def is_about_its_own(
    question: str, evidence: Evidence, snapshot: Snapshot, embedder: Embedder
) -> bool:
    """Whether evidence that was found with words of an earlier question has anything to do with
    the words of the follow-up itself: "And on the moon?" is not answered by hotels in London."""
    language = evidence.query.language if evidence.query else None
    rules = rules_for(language)
    rest = rules.without_opening(question)
    own = set(sought_stems(rest, language)) - rules.measures
    is_fragment = not rules.points_back(question)
    passages = evidence.passages[: SENTENCE_PASSAGES if is_fragment else None]
    if not own or snapshot.stems_there(own, ids_of(passages))[0]:
        return True
    if not is_fragment or not evidence.sentences:
        return False
    sentences = np.stack([sentence.vector for sentence in evidence.sentences])
    nearest = similarities(sentences, unit(embedder.encode_queries([rest])[0]))
    return float(nearest.max()) >= RELATED


def leans(alone: Evidence, carried: Evidence, snapshot: Snapshot) -> bool:
    """Whether a question leans on the subject of the conversation: what is found with it is
    likelier the answer than what is found without, and holds the question's own words as well."""
    if not alone.passages or not carried.passages or alone.query is None:
        return False
    without, with_subject = alone.passages[0], carried.passages[0]
    if with_subject.chunk.id == without.chunk.id and alone.confidence >= ALONE:
        return False
    often = snapshot.often(alone.query.stems)
    rarity = {stem: 1 / times for stem, times in often.items()}
    language = alone.query.language
    held, held_without = (_held(rarity, one, language) for one in (with_subject, without))
    likelier = carried.confidence >= max(alone.confidence, WITH_SUBJECT)
    return likelier and held > 0 and held_without - held <= LACKING


def _held(rarity: Mapping[str, float], passage: Passage, language: str) -> float:
    """The share of some stems that a passage has, each as heavy as it is rare."""
    there = set(passage_stems(passage, language))
    heard = sum(weight for stem, weight in rarity.items() if stem in there)
    return heard / (sum(rarity.values()) or 1)
