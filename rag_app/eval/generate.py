"""Generate questions from the user's own documents, each with the place that answers it.

By rules (``rag_app.questions.made.from_text``), offline; or, where an LLM is configured, by it,
from a passage that is drawn by chance. Rules copy words of the documents, so such questions are
easier than people's for a search by words, and clumsier: they show that something broke, and
compare settings, but are no promise.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, zip_longest
from typing import TypeVar, cast

from ingest.catalog.chunk_vectors import places_in
from ingest.catalog.view import Catalog, CatalogView
from ingest.errors import StoreEmpty, UsageError
from ingest.records import StoredChunk
from ingest.store.directory import Store
from rag_app.errors import LLMError, LLMTooLong
from rag_app.eval.questions import Gold, Question
from rag_app.llm.client import ChatModel
from rag_app.prompts import Prompts, shipped_prompts
from rag_app.questions.candidate import Candidate
from rag_app.questions.made.from_text import candidates

RULES_NOTE = (
    "Questions made by rule copy the documents' own words, which makes them easier than people's "
    "for a search by words; they are clumsier too, and another place may answer them as well. "
    "Compare settings by them; the figures are not those of real questions."
)
# Of large collections, so many documents are read, drawn by chance.
MOST_DOCUMENTS = 300
# What more passages than this name is not asked about by rule.
MOST_PLACES = 5
# A passage that is shorter says too little to be asked about.
SHORTEST_PASSAGE = 120
# Passages that are offered to an LLM for each question that is wanted.
TRIES = 3
LONGEST_QUESTION = 40  # words
T = TypeVar("T")
LONGEST_REPLY = 400  # characters
_LABEL = re.compile(r"^(?:question|q)\s*+\d*+\s*+[:.]\s*", re.IGNORECASE)
_MARK = re.compile("[?？؟]")
_SIGN = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
# Words by which a question gives away that it was made from a passage.
_POINTS = re.compile(
    r"\b(?:passage|paragraph|excerpt|snippet|the (?:given |provided |above )?(?:text|context)|"
    r"this (?:text|section|document)|mentioned above|according to the (?:document|text|author))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Generated:
    """Questions, and sentences on how they were made."""

    questions: tuple[Question, ...]
    notes: tuple[str, ...]


def by_rules(store: Store, count: int, seed: int = 0) -> Generated:
    """At most ``count`` questions by rule, spread over the documents and the rules.

    The same documents and seed give the same questions. Raises StoreEmpty, and UsageError if no
    rule fits anything.
    """
    _check(count)
    chance = random.Random(seed)
    found: dict[str, list[tuple[str, Candidate]]] = defaultdict(list)
    texts: list[str] = []
    for document, chunks in _documents(store, chance):
        texts += (" ".join(chunk.text.split()).casefold() for chunk in chunks)
        for candidate in candidates(chunks):
            found[candidate.question.casefold()].append((document, candidate))
    # Asked of two places, a question has no one place that answers it.
    once = [same[0] for same in found.values() if len(same) == 1]
    clear = (one for one in _in_turn(once, chance) if _is_rare(one[1].about, texts))
    chosen = sorted(islice(clear, count), key=lambda one: (one[0], one[1].start, one[1].kind))
    if not chosen:
        raise UsageError(
            "No rule makes a question of these documents (the rules are for English and German); "
            "write some by hand, one JSON object a line, or configure an LLM"
        )
    kinds: dict[str, int] = defaultdict(int)
    for _, one in chosen:
        kinds[one.kind] += 1
    told = ", ".join(f"{number} {kind}" for kind, number in sorted(kinds.items()))
    fewer = "" if len(chosen) == count else f" (of {count} wanted; the documents give no more)"
    return Generated(
        tuple(
            Question(
                f"g{number:03}", one.question, (Gold(document, one.page, one.quote),), one.kind
            )
            for number, (document, one) in enumerate(chosen, start=1)
        ),
        (f"{len(chosen)} questions made by rule{fewer}: {told}.", RULES_NOTE),
    )


def by_llm(
    store: Store,
    llm: ChatModel,
    count: int,
    seed: int = 0,
    on_progress: Callable[[int], None] = lambda _: None,
    prompts: Prompts | None = None,
) -> Generated:
    """At most ``count`` questions from an LLM, each of a passage drawn by chance: its gold.

    What is no question, or speaks of "the passage", is left out, and so are passages at which the
    LLM fails. Where nothing it says can be used, rules make the questions, and a note says so.
    Raises StoreEmpty, UsageError where no rule fits either, and LLMError where the LLM fails at
    every passage or has to be set or started first.
    """
    _check(count)
    chance = random.Random(seed)
    passages = [
        (document, chunk)
        for document, chunks in _documents(store, chance)
        for chunk in chunks
        if len(chunk.text) >= SHORTEST_PASSAGE
    ]
    chance.shuffle(passages)
    questions: dict[str, Question] = {}
    refused = 0
    failures: list[str] = []
    model = llm.model or "the model"
    for document, chunk in passages[: count * TRIES]:
        if len(questions) == count:
            break
        messages = (prompts or shipped_prompts()).generate_messages(chunk.text, chunk.headings)
        try:
            with llm.stream(messages) as stream:
                asked = usable_question(_first_line(stream), chunk.text)
                model = stream.model or model
        except LLMError as error:
            if error.must_act and not isinstance(error, LLMTooLong) and not questions:
                raise
            failures.append(str(error))
            continue
        if asked is None or asked in questions:
            refused += 1
            continue
        gold = Gold(document, chunk.page, chunk.text)
        questions[asked] = Question(f"g{len(questions) + 1:03}", asked, (gold,), "llm")
        on_progress(len(questions))
    if failures and not questions and not refused:
        raise LLMError(f"the LLM gave no question in {len(failures)} tries: {failures[-1]}")
    if not questions:
        made = by_rules(store, count, seed)
        told = f"Nothing that {model} said in {refused} tries is a question, so rules made these."
        return Generated(made.questions, (told, *made.notes))
    note = (
        f"{len(questions)} questions asked of {model} at {llm.endpoint}, each from one passage, "
        f"which is its gold; {refused} were left out, because they are no questions, or point at "
        "the passage, or repeat it. Other passages may answer them too."
    )
    failed = (f"{len(failures)} passages failed, the last: {failures[-1]}.",) if failures else ()
    return Generated(tuple(questions.values()), (note, *failed))


def _first_line(parts: Iterable[str]) -> str:
    """What an LLM says up to the end of the first line: some would go on for minutes."""
    said = ""
    for part in parts:
        said = (said + part).lstrip()
        line, end, _ = said.partition("\n")
        if end or len(line) > LONGEST_REPLY:
            return line
    return said


def usable_question(said: str, passage: str) -> str | None:
    """The question in what an LLM said; None if there is none that a person could ask."""
    line = " ".join(said.split()).strip("\"'“”*` ")
    line = _LABEL.sub("", line).strip('"“”* ')
    if len(_MARK.findall(line)) != 1 or not _MARK.match(line[-1]) or _POINTS.search(line):
        return None
    # Chinese and Japanese have no spaces: a sign is as good as a word.
    if not 3 <= len(line.split()) + len(_SIGN.findall(line)) <= LONGEST_QUESTION:
        return None
    if _MARK.sub("", line).casefold() in " ".join(passage.split()).casefold():
        return None
    return line


def _check(count: int) -> None:
    if count < 1:
        raise UsageError(f"--generate must be at least 1, not {count}")


def _documents(store: Store, chance: random.Random) -> Iterator[tuple[str, list[StoredChunk]]]:
    """Documents drawn by chance, each with its chunks in order. Raises StoreEmpty."""
    with Catalog(store.catalog_path).reading() as view:
        documents = [
            document
            for document in view.documents()
            if document.chunks and document.name <= min((document.name, *document.same_as))
        ]
        if not documents:
            raise StoreEmpty(
                f"The collection {store.collection!r} holds nothing to ask about; run: "
                "rag-app ingest PATH"
            )
        chosen = chance.sample(documents, min(len(documents), MOST_DOCUMENTS))
        for document in sorted(chosen, key=lambda one: one.name):
            yield document.name, _chunks(view, document.name)


def _chunks(view: CatalogView, document: str) -> list[StoredChunk]:
    ids = [place.id for place in places_in(view, document)]
    return sorted(view.chunks(ids).values(), key=lambda chunk: chunk.start)


def _is_rare(about: str, texts: Sequence[str]) -> bool:
    """Whether few passages speak of it: of what stands everywhere, many could answer."""
    words = " ".join(about.split()).casefold()
    return len(list(islice((1 for text in texts if words in text), MOST_PLACES + 1))) <= MOST_PLACES


def _in_turn(
    found: Sequence[tuple[str, Candidate]], chance: random.Random
) -> Iterator[tuple[str, Candidate]]:
    """What was found, in the order of chance, but in turn from each rule and each document."""
    groups: dict[str, dict[str, list[tuple[str, Candidate]]]] = defaultdict(dict)
    for one in found:
        groups[one[1].kind].setdefault(one[0], []).append(one)
    turns: list[Iterator[tuple[str, Candidate]]] = []
    for by_document in groups.values():
        for group in by_document.values():
            chance.shuffle(group)
        rings = list(by_document.values())
        chance.shuffle(rings)
        turns.append(_one_of_each(rings))
    # A rule's turn is not longer because it fits more sentences.
    yield from _one_of_each(turns)


def _one_of_each(rings: Iterable[Iterable[T]]) -> Iterator[T]:
    """The first of each, then the second of each, while there are any."""
    absent = object()
    for row in zip_longest(*rings, fillvalue=absent):
        for one in row:
            if one is not absent:
                yield cast(T, one)
