"""The sentences of a document that say most of it, some of each of its sections.

A sentence counts by how near it is to the middle of its section and of the document (centroids:
Radev and others, Information Processing and Management 40, 2004), less what was said already
(maximal marginal relevance: Carbonell and Goldstein, SIGIR 1998). Measured beside TextRank and
LexRank in docs/benchmarks.md.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass

import numpy as np

from ingest.embed.embedder import Embedder
from ingest.similarity import Vectors, unit
from rag_app.collection.rows import cells_of, in_words
from rag_app.collection.sections import Section
from rag_app.collection.told import Told, told_in
from rag_app.evidence.sentences import FRAGMENT

# Of a section, so many chunks are read sentence by sentence: those nearest to its middle, and its
# first one, which often says what it is about.
CHUNKS_READ = 4
# Of all sections together, so many sentences are embedded, and of each at least so many: with them
# a document of 300 pages takes as long as one of 30.
MOST_READ = 480
LEAST_READ = 4
# What the first sentence of a section has above its last: it mostly says what comes.
LEAD = 0.1
# How much the middle of the document counts beside that of the section.
DOCUMENT = 0.5
# What a sentence that was chosen already takes from one like it.
SAID = 0.5
# In words. What is shorter says little; what is longer is no summary.
SHORT, LONG = 6, 60
# What such a sentence loses, and one that says nothing without the one before it.
ODD = 0.25
WORD = re.compile(r"\w+")
LABEL = re.compile(r"[\w -]{1,40}: ")
WHOLE = frozenset(".!?。！？।؟")


@dataclass(frozen=True, slots=True)
class _Candidate:
    told: Told
    worth: float
    vector: Vectors


def telling(
    sections: Sequence[Section], embedder: Embedder, each: int, wanted: Vectors | None = None
) -> list[list[Told]]:
    """For each section at most ``each`` of its sentences, in their order; none for one that has no
    sentences. With ``wanted``, a vector of length one, those that are nearest to it."""
    middles = unit(np.stack([section.vectors.mean(axis=0) for section in sections]))
    whole = unit(middles.mean(axis=0)) if wanted is None else wanted
    candidates = _candidates(sections, middles, whole, embedder)
    chosen: list[list[Told]] = []
    said: list[Vectors] = []
    for of_section in candidates:
        told: list[Told] = []
        left = list(of_section)
        while left and len(told) < each:
            best = max(left, key=lambda one: one.worth - SAID * _most_alike(one.vector, said))
            left.remove(best)
            told.append(best.told)
            said.append(best.vector)
        chosen.append(sorted(told, key=lambda one: one.start))
    return chosen


def _candidates(
    sections: Sequence[Section], middles: Vectors, whole: Vectors, embedder: Embedder
) -> list[list[_Candidate]]:
    titles = {section.title for section in sections} - {""}
    titles |= {one.title for section in sections for one in section.headings}
    most = max(LEAST_READ, MOST_READ // len(sections))
    found = [
        _few([one for one in _sentences(section, middle) if not _names(one.text, titles)], most)
        for section, middle in zip(sections, middles, strict=True)
    ]
    texts = [in_words(one.chunk, one.start, one.end) for told in found for one in told]
    if not texts:
        return [[] for _ in sections]
    vectors = unit(embedder.encode(texts))
    candidates: list[list[_Candidate]] = []
    at = 0
    for told, middle in zip(found, middles, strict=True):
        own = vectors[at : at + len(told)]
        lead = LEAD * np.linspace(1, 0, len(told)) if told else 0
        worth = own @ middle + DOCUMENT * (own @ whole) + lead
        candidates.append(
            [
                _Candidate(one, float(value) - _odd(one.text), vector)
                for one, value, vector in zip(told, worth, own, strict=True)
            ]
        )
        at += len(told)
    return candidates


def _sentences(section: Section, middle: Vectors) -> list[Told]:
    """The sentences of the chunks that are read of a section, each once, in order."""
    nearest = np.argsort(-(section.vectors @ middle))[: CHUNKS_READ - 1].tolist()
    chunks = [section.chunks[place] for place in sorted({0, *nearest})]
    return [one for one in told_in(section, chunks) if not cells_of(one.chunk, one.start, one.end)]


def _few(told: Sequence[Told], most: int) -> list[Told]:
    """At most so many sentences, in their order: whole ones first, and of these the first ones."""
    places = sorted(range(len(told)), key=lambda place: (_odd(told[place].text), place))
    return [told[place] for place in sorted(places[:most])]


def _names(text: str, titles: Set[str]) -> bool:
    """Whether a line says nothing, and only names what there is: a heading, a caption, a line of a
    table of contents."""
    is_named = text.rstrip()[-1:] not in WHOLE and any(title in text for title in titles)
    return is_named or FRAGMENT.match(text) is not None


def stands_alone(text: str) -> bool:
    """Whether some words are a whole sentence that says something without another; a name with its
    value, as in a table, is none."""
    return not _odd(text) and len(WORD.findall(text)) >= SHORT and not LABEL.match(text)


def _odd(text: str) -> float:
    """What a sentence loses that is no whole sentence, or is none without another."""
    words, end = len(text.split()), text.rstrip(")\"'”’»")[-1:]
    leads_on = end in ":：;,"
    return ODD * (not SHORT <= words <= LONG) + ODD * (end not in WHOLE) + ODD * leads_on


def _most_alike(vector: Vectors, said: Sequence[Vectors]) -> float:
    return float(np.max(np.stack(said) @ vector)) if said else 0.0
