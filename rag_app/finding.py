"""All that is read of the collection for a question, in one view of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import NamedTuple

from ingest.catalog.filters import Filter
from ingest.similarity import Vectors
from ingest.text.language import question_language
from ingest.tracing.traced import traced
from rag_app.answer.draft import REPLY, Draft
from rag_app.answer.record import CollectionState, collection_state
from rag_app.answer.refusal import refuse_filter
from rag_app.comparison.answer import compared
from rag_app.evidence.bridge_english import Bridge, bridged, lacking_words
from rag_app.evidence.evidence import POOL, Evidence, find_evidence
from rag_app.evidence.relevance import MOST_OWN, is_about_its_own, leans
from rag_app.inventory.answer import counted, coverage_note
from rag_app.messages import say, speak
from rag_app.parts import Parts
from rag_app.questions.parted.parts_of import parts_of
from rag_app.questions.rewrite import Rewritten
from rag_app.questions.small_talk import Reply
from rag_app.retrieval.passage import Passage, full_text
from rag_app.retrieval.snapshot import Snapshot
from rag_app.summary.answer import summed_up
from rag_app.summary.summary import Summary
from rag_app.tables.answer import OpenTable, TableSearch, from_tables, open_tables

# Where one of so many passages, the best, names all that a question names, it needs no others.
LOOKED_AT = 3
NO_EVIDENCE = Evidence((), (), 0.0)


class FoundPart(NamedTuple):
    """What a collection had for a part of a question, which is named in the asker's ``words``."""

    words: str
    evidence: Evidence


class Found(NamedTuple):
    """What a collection had for a question, as it was searched for in the end: a draft, where that
    is all there is to say, or else evidence, and notes for an answer from it; ``whole`` where the
    draft sums up a whole document, which an LLM may do from its passages; ``parts`` where the
    question names two or more things that different passages speak of; ``lacking`` the
    words that the best passage lacks, where others have them, and ``bridge`` to a passage that it
    leads to; ``state`` where the answer is to be recorded; ``tables`` over
    which an LLM may plan."""

    asked: str
    draft: Draft | None
    evidence: Evidence = NO_EVIDENCE
    notes: tuple[str, ...] = ()
    state: CollectionState | None = None
    whole: Summary | None = None
    parts: tuple[FoundPart, ...] = ()
    lacking: tuple[str, ...] = ()
    bridge: Bridge | None = None
    tables: tuple[OpenTable, ...] = ()

    def for_llm(self) -> Found:
        """The same for an LLM, which sums up a whole document itself."""
        if self.whole is None or not self.whole.passages:
            return self
        return self._replace(draft=None, evidence=self.whole.evidence)

    def read(self, most: int) -> tuple[Passage, ...]:
        """The passages that an answer is written from: the best, or all of a summary."""
        sums_up = self.whole is not None and self.draft is None
        return self.evidence.passages[: None if sums_up else most]


@traced("find", "CHAIN")
def find(
    parts: Parts,
    question: str,
    asked: Rewritten,
    where: Filter | None,
    vector: Vectors | None = None,
    reply: Reply | None = None,
    *,
    is_recorded: bool,
    opens_tables: bool = False,
) -> Found:
    """Look at all of a collection, a table or a document, where that is what is asked; or else
    search, with the subject of the conversation too where the question may lean on it; give the
    ``reply`` to small talk, unless the documents speak of just that. ``vector`` is the question's,
    if it is known; with ``opens_tables``, those that may answer it are given too. The view ends
    before anything is shown, so that no reader holds one while an LLM writes. Raises StoreEmpty,
    StoreError, FingerprintMismatch, EmbedderError, RerankerError."""
    with parts.searcher.reading() as snapshot:
        view, standalone = snapshot.view, asked.question
        speak_as_asked(question, snapshot)
        language = question_language(standalone, snapshot.languages)
        tables = TableSearch(standalone, language, view, where)
        draft, whole = _of_a_whole(parts, snapshot, tables, where)
        found = Found(standalone, draft, whole=whole)
        if draft is None:
            known = vector if standalone == question else None
            evidence = evidence_for(parts, snapshot, standalone, where, vector=known)
            if asked.carried and len(evidence.looked_for) <= MOST_OWN:
                with_subject = evidence_for(parts, snapshot, asked.carried, where)
                if leans(evidence, with_subject, snapshot):
                    standalone, evidence = asked.carried, with_subject
            if standalone != question and not is_about_its_own(
                question, evidence, snapshot, parts.searcher.embedder
            ):
                evidence = replace(evidence, confidence=0.0)
            if where is not None and not evidence.passages:
                draft = refuse_filter(where, view.filter_fields())
            in_parts = _part_by_part(parts, snapshot, standalone, evidence, where)
            lacking, bridge = tuple(lacking_words(standalone, evidence)), None
            if in_parts:
                evidence = replace(evidence, passages=_in_turn(in_parts, evidence))
            elif draft is None and evidence.is_enough:
                bridge = bridged(lacking, evidence, parts.searcher, snapshot, where)
                evidence = _with_second(evidence, bridge)
            used = min(len(evidence.passages), parts.answers.passages)
            notes = coverage_note(standalone, used, snapshot)
            if bridge is not None:
                notes += (
                    say(
                        "Also searched for “{name}”, which the best passage names.",
                        name=bridge.name,
                    ),
                )
            found = Found(standalone, draft, evidence, notes, None, None, in_parts, lacking, bridge)
            if draft is None and opens_tables:
                if standalone != tables.question:
                    tables = TableSearch(standalone, language, view, where)
                found = found._replace(tables=open_tables(tables))
            if reply is not None and reply.cosine > _nearest(evidence):
                found = Found(question, Draft(reply.text, model=REPLY))
        if is_recorded:
            used_passages = found.evidence.passages[: parts.answers.passages]
            documents = {passage.chunk.documents[0] for passage in used_passages}
            state = collection_state(view, parts.searcher.collection, documents)
            found = found._replace(state=state)
        return found


def speak_as_asked(question: str, snapshot: Snapshot) -> None:
    """Say what is said from now on in the language of a question."""
    speak(question_language(question, snapshot.languages))


def _of_a_whole(
    parts: Parts, snapshot: Snapshot, tables: TableSearch, where: Filter | None
) -> tuple[Draft | None, Summary | None]:
    """What was counted, computed, laid side by side or summed up, where a question asks for that;
    of a summary also what it was made of, for an LLM to do it again."""
    embedder, languages = parts.searcher.embedder, snapshot.languages
    question = tables.question
    if (draft := counted(question, snapshot, where)) is not None:
        return draft, None
    # Before tables: "List the action items in the minutes" names a document, not minutes.
    if (summary := summed_up(question, snapshot.view, where, embedder, languages)) is not None:
        return summary.draft, summary
    draft = from_tables(tables)
    return draft or compared(question, snapshot.view, where, embedder, languages), None


def _part_by_part(
    parts: Parts, snapshot: Snapshot, question: str, evidence: Evidence, where: Filter | None
) -> tuple[FoundPart, ...]:
    """What there is for each part of a question that names two or more things; nothing where it
    names one, where one passage speaks of all of them, or where less is found part by part."""
    asked = parts_of(question, snapshot.languages)
    names = [one.words.casefold() for one in asked if one.is_name]
    best = [full_text(one).casefold() for one in evidence.passages[:LOOKED_AT]]
    if not asked or (names and any(all(name in text for name in names) for text in best)):
        return ()
    found = tuple(
        FoundPart(one.words, evidence_for(parts, snapshot, one.question, where)) for one in asked
    )
    enough = [one.evidence for one in found if one.evidence.is_enough]
    if not enough or (evidence.is_enough and len(enough) < len(found)):
        return ()
    firsts = {one.sentences[0].passage.chunk.id for one in enough}
    return found if len(firsts) == len(enough) else ()


def _with_second(evidence: Evidence, bridge: Bridge | None) -> Evidence:
    """The same with the passage that the best one leads to, in the second place."""
    if bridge is None:
        return evidence
    first, *others = evidence.passages
    id_ = bridge.passage.chunk.id
    if first.chunk.id == id_:
        return evidence
    rest = [one for one in others if one.chunk.id != id_]
    return replace(evidence, passages=(first, bridge.passage, *rest)[:POOL])


def _in_turn(found: Sequence[FoundPart], evidence: Evidence) -> tuple[Passage, ...]:
    """The passages of the parts, the best of each first, and then those of the whole question."""
    turns = zip_longest(*(one.evidence.passages for one in found))
    passages = [one for turn in turns for one in turn if one is not None]
    by_id = {one.chunk.id: one for one in (*passages, *evidence.passages)}
    return tuple(by_id.values())[:POOL]


def _nearest(evidence: Evidence) -> float:
    """The cosine of the sentence that is most like the question."""
    return max((one.cosine for one in evidence.sentences), default=0.0)


def evidence_for(
    parts: Parts,
    snapshot: Snapshot,
    question: str,
    where: Filter | None = None,
    without: Sequence[str] = (),
    *,
    vector: Vectors | None = None,
) -> Evidence:
    """The evidence for a question that stands alone, whose vector may be known. Raises what
    ``find`` raises."""
    calibration = parts.calibration.current(snapshot.view)
    return find_evidence(
        snapshot, question, parts.searcher, calibration, where, without, vector=vector
    )
