"""A second search with what the first has found: who asks "Where was the builder of the red lamp
born?" needs the passage that names the builder, and one that tells where that person was born.

The names in the best passage that the question does not have are each searched for, together with
the question's words that the passage lacks; what matches best, and has the name, is the second
passage. By rules for English, where names are told by their capitals. Measured on three sets,
docs/LOG.md, 2026-11-29.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ingest.catalog.filters import Filter
from ingest.text.analyzer import stems
from rag_app.collection.rows import cells_of
from rag_app.evidence.evidence import Evidence
from rag_app.evidence.sentences import Sentence, order_sentences
from rag_app.languages import BRIDGES
from rag_app.questions.parted.parts import bare, is_name, name_after
from rag_app.retrieval.passage import Passage, full_text, passage_stems
from rag_app.retrieval.searcher import Searcher
from rag_app.retrieval.snapshot import Snapshot

# A question of fewer words to look for asks for one thing; and one whose words stand together: the
# best passages have so much more of them, as a share, together than the best alone.
FEWEST_WORDS = 6
APART = 0.15
LOOKED_AT = 5
# So many names of a passage are followed.
MOST_NAMES = 10
SMALL = frozenset("of the de du la le von van and & in".split())


class Bridge(NamedTuple):
    """A passage that was found by a ``name`` in the best one, and its sentence that answers."""

    name: str
    passage: Passage
    sentence: Sentence


def bridged(
    lacking: Sequence[str],
    evidence: Evidence,
    searcher: Searcher,
    snapshot: Snapshot,
    where: Filter | None = None,
) -> Bridge | None:
    """The passage that the best one leads to, of a question with ``lacking_words``; None if there
    are none, or nothing is found. Raises EmbedderError, RerankerError."""
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
    sentences = order_sentences(query, [passage], searcher.recent)
    return Bridge(name, passage, sentences[0]) if sentences else None


def lacking_words(question: str, evidence: Evidence) -> list[str]:
    """The words of a question that the best passage lacks, where one passage is not enough: the
    best has a name that the question names, and lacks others of its words, and several together
    have clearly more of these than any one."""
    query = evidence.query
    if (
        query is None
        or not BRIDGES.are_for(query.language)
        or len(query.words) < FEWEST_WORDS
        or not evidence.sentences
    ):
        return []
    best = evidence.sentences[0]
    chunk = best.passage.chunk
    is_row = bool(cells_of(chunk, best.start, best.end))
    if is_row or not BRIDGES.are_for(str(chunk.metadata.get("language") or "en")):
        return []
    there = set(passage_stems(best.passage))
    names = [bare(token) for token in question.split()[1:] if is_name(token)]
    if there.isdisjoint(stems(" ".join(names))):
        return []
    around = [set(passage_stems(one)) for one in evidence.passages[:LOOKED_AT]]

    def share(stems: set[str]) -> float:
        return sum(not stems.isdisjoint(own) for own in query.words.values()) / len(query.words)

    if share(set().union(*around)) - max(map(share, around), default=0.0) < APART:
        return []
    return [word for word, own in query.words.items() if there.isdisjoint(own)]


def _names(text: str) -> Iterator[str]:
    """The names in a text, each once, in order."""
    tokens, seen, at = text.split(), set[str](), 0
    while at < len(tokens):
        end = name_after(tokens, at, SMALL) if is_name(tokens[at]) else at
        name = " ".join(map(bare, tokens[at:end]))
        is_code = any(map(str.isdigit, name))
        if len(name) > 3 and not is_code and stems(name) and name not in seen:
            seen.add(name)
            yield name
        at = max(end, at + 1)
