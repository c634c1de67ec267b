"""A second search with what the first has found: who asks "Where was the builder of the red lamp
born?" needs the passage that names the builder, and one that tells where that person was born.

The names in the best passage that the question does not have are each searched for, together with
the question's words that the passage lacks; what matches best, and has the name, is the second
passage. By rules for English, where names are told by their capitals. Measured on three sets,
docs/LOG.md, 2026-11-29.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ingest.catalog.filters import Filter
from ingest.text.analyzer import stems
from rag_app.evidence.evidence import Evidence
from rag_app.evidence.sentences import Sentence, order_sentences
from rag_app.questions.parts import bare, is_name, name_after
from rag_app.retrieval.passage import Passage, full_text, passage_stems
from rag_app.retrieval.searcher import Searcher
from rag_app.retrieval.snapshot import Snapshot

# A question of fewer words to look for asks for one thing; so many names of a passage are tried.
FEWEST_WORDS = 5
MOST_NAMES = 10
SMALL = frozenset("of the de du la le von van and & in".split())


class Bridge(NamedTuple):
    """A passage that was found by a ``name`` in the best one, and its sentence that answers."""

    name: str
    passage: Passage
    sentence: Sentence


def bridged(
    question: str,
    evidence: Evidence,
    searcher: Searcher,
    snapshot: Snapshot,
    where: Filter | None = None,
) -> Bridge | None:
    """The passage that the best one leads to; None where the question does not ask for more than
    that says, or nothing is found. Raises EmbedderError, RerankerError."""
    lacking = _lacking(question, evidence)
    if not lacking or evidence.query is None:
        return None
    best, known = evidence.sentences[0].passage, set(evidence.query.stems)
    found: list[tuple[float, str, Passage]] = []
    names = [name for name in _names(best.chunk.text) if not set(stems(name)) <= known]
    for name in names[:MOST_NAMES]:
        query = searcher.query(" ".join([name, *lacking]))
        for passage in searcher.retrieve(snapshot, query, 1, where):
            is_new = passage.chunk.id != best.chunk.id
            if is_new and set(stems(name)) <= set(stems(full_text(passage))):
                found.append((passage.score, name, passage))
    if not found:
        return None
    _, name, passage = max(found, key=lambda one: one[0])
    query = searcher.query(" ".join([name, *lacking]))
    sentences = order_sentences(query, [passage], searcher.embedder)
    return Bridge(name, passage, sentences[0]) if sentences else None


def _lacking(question: str, evidence: Evidence) -> list[str]:
    """The words of a question that the best passage has not, where that passage has a name which
    the question names."""
    query = evidence.query
    if query is None or len(query.words) < FEWEST_WORDS or not evidence.sentences:
        return []
    best = evidence.sentences[0].passage
    if (best.chunk.metadata.get("language") or "en") != "en":
        return []
    there = set(passage_stems(best))
    names = [bare(token) for token in question.split()[1:] if is_name(token)]
    if there.isdisjoint(stems(" ".join(names))):
        return []
    return [word for word, own in query.words.items() if there.isdisjoint(own)]


def _names(text: str) -> Iterator[str]:
    """The names in a text, each once, in order."""
    tokens, seen, at = text.split(), set[str](), 0
    while at < len(tokens):
        end = name_after(tokens, at, SMALL) if is_name(tokens[at]) else at
        name = " ".join(map(bare, tokens[at:end]))
        if len(name) > 3 and stems(name) and name not in seen:
            seen.add(name)
            yield name
        at = max(end, at + 1)
