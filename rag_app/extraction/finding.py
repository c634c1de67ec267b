"""Fields found in a document without an LLM: by words and meaning of what stands at each value.

A field's name and description are compared with the label over a value, or with the words around
it in its sentence, by the cosine of their vectors and by shared stems. Each value goes to the field
that it fits best, so that the end of a contract is not its beginning; what fits no field well
enough is left, and the field is not found.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass

import numpy as np

from ingest.records import PlacedBlock
from ingest.similarity import unit
from ingest.tables.values import CODES
from ingest.text.analyzer import stems
from rag_app.extraction.places import Place, places_in
from rag_app.extraction.records import Field, Kind, Span
from rag_app.extraction.values import (
    WORD,
    Reading,
    Value,
    is_of_a_kind,
    says_no,
    value_of,
    values_in,
)
from rag_app.extraction.wanted import Wanted

HEADING = 0.5
# What a place loses: in a sentence, beside other words, in a second reading.
IN_SENTENCE, BESIDE, UNSURE = 0.1, 0.1, 0.05
# What a text loses that is an amount, or a date: what is called by a number is neither.
OTHER_KIND = 0.2
# What is left of one under a label that says no more than the kind: "Date", of a due date.
GENERAL = 0.75
# What is left of one in a column of several, which is of its row and not of the document.
REPEATED = 0.4
ENOUGH, ENOUGH_SENTENCE = 0.28, 0.35
IS_LABEL = 0.65
STEP = 0.001  # of the auction
LONGEST_TOLD = 60  # characters
# What is called a number, in any of the languages that the page speaks in Latin letters, has one.
CALLED_A_NUMBER = re.compile(
    r"(?:\b(?:number|no\.|code|id|ref|reference|iban|numéro|número)|(?:nummer|nr\.?))(?!\w)",
    re.IGNORECASE,
)
NO_WORD = re.compile(r"[\d\W]*$|\(?\d+[.,]?\d*\s?%\)?$")


@dataclass(frozen=True, slots=True)
class Found:
    """A value for a field, ``document_text[start:end]``, in the words ``quote`` (start and end);
    how well it fits, about 0 to 1.2."""

    field: int
    start: int
    end: int
    value: str
    quote: tuple[int, int]
    score: float

    @property
    def item(self) -> int:
        """What two fields cannot both have: a value, but not what a whole sentence says."""
        is_sentence = self.value in ("yes", "no")
        return -1 - self.field if is_sentence else self.start


def find_fields(
    wanted: Wanted,
    text: str,
    blocks: Sequence[PlacedBlock],
    reading: Reading,
    near: Sequence[Span] | None = None,
) -> list[Found | None]:
    """The values of a document, one for each field or None, in the order of the fields; only of
    some stretches of it if they are given (``near``).

    Raises EmbedderError.
    """
    if near is not None:
        blocks = [one for one in blocks if any(a < one.end and one.start < b for a, b in near)]
    labelled, sentences = places_in(text, blocks, reading.language or "en")
    sentences = [one for one in sentences if not _is_labelled(one, labelled)]
    titles = [one.label for one in labelled if one.is_sure] + [one.heading for one in sentences]
    named = {word for title in titles for word in WORD.findall(title.casefold())}
    found = [
        *_in_labelled(wanted, text, labelled, reading),
        *_in_sentences(wanted, text, sentences, reading, named),
    ]
    return _each_its_own(found, len(wanted.fields))


def _in_labelled(
    wanted: Wanted, text: str, places: Sequence[Place], reading: Reading
) -> Iterable[Found]:
    names = [one.label for one in places] + [one.then for one in places if one.then]
    told = {one: _told(text, one) for one in places}
    bare = {one: words for one in places if (words := _bare(text, one))}
    plain = {name: plain_label(name) for name in names}
    scores = wanted.scores_of([*names, *plain.values(), *told.values(), *bare.values()])
    labels = {name: np.maximum(scores[name], scores[plain[name]]) for name in names}
    ends: dict[int, float] = {}
    for one in places:
        if one.then:
            ends[one.start] = max(ends.get(one.start, -1.0), float(scores[plain[one.then]].max()))
    cells = {(_column_of(one), text[one.start : one.end].strip()) for one in places}
    often = Counter(column for column, _ in cells)
    known = {label.casefold() for label in (one.label for one in places if one.is_sure)}
    is_numbered = [
        one.kind == "text" and bool(CALLED_A_NUMBER.search(one.name)) for one in wanted.fields
    ]
    for one in places:
        if one.then and scores[plain[one.then]].max() < ends[one.start]:
            continue
        if one in bare and (bare[one].casefold() in known or scores[bare[one]].max() > IS_LABEL):
            continue
        cell = text[one.start : one.end]
        for at, field in enumerate(wanted.fields):
            value = value_of(field.kind, one.label, cell, reading)
            if value is None:
                value = _echo(field, cell, reading)
            if value is None or (is_numbered[at] and not re.search(r"\d", value.value)):
                continue
            score = float(labels[one.label][at])
            # Of a name or words, nothing tells what they are but the label.
            is_told = field.kind != "name" and (field.kind != "text" or " " not in value.value)
            if is_told:
                score = max(score, float(scores[told[one]][at]))
            if set(stems(one.label)) == set(stems(field.kind)):
                score *= GENERAL
            score -= BESIDE * (not value.is_whole) + UNSURE * (not one.is_sure)
            score -= OTHER_KIND * (field.kind == "text" and is_of_a_kind(cell, reading))
            if not one.then and often[_column_of(one)] > 1:
                score *= REPEATED
            if score >= ENOUGH:
                start = one.start + value.start
                yield Found(at, start, one.start + value.end, value.value, one.quote, score)


def _column_of(place: Place) -> tuple[str, bool, bool]:
    """What places have in common that may be cells of one column."""
    return place.label, place.is_sure, place.is_beside


def plain_label(label: str) -> str:
    """A label without what it says of units, and with its words in one: "Sub-total EUR" as
    "Subtotal"."""
    words = re.sub(r"(?<=[^\W\d_])-(?=[^\W\d_])", "", label)
    kept = [word for word in words.split() if word not in CODES and not NO_WORD.match(word)]
    return " ".join(kept) or label


def _told(text: str, place: Place) -> str:
    """A label with what stands under it, shortened, as a person would read it out."""
    words = " ".join(text[place.start : place.end].split())[:LONGEST_TOLD]
    return f"{plain_label(place.label)}: {words}"


def _is_labelled(sentence: Place, labelled: Sequence[Place]) -> bool:
    """Whether a sentence is no more than a label and its value."""
    return any(
        one.is_beside
        and one.end - one.start <= LONGEST_TOLD
        and sentence.start <= one.start
        and one.end <= sentence.end
        for one in labelled
    )


def _bare(text: str, place: Place) -> str:
    """What a place says, if that may be a label itself."""
    words = text[place.start : place.end].strip(" :\t")
    return words if 0 < len(words) <= 40 and not re.search(r"\d", words) else ""


def _echo(field: Field, cell: str, reading: Reading) -> Value | None:
    """Yes, where a cell says the field's own words again: renewal "automatic"."""
    if field.kind != "yes/no" or not set(stems(cell)) & set(stems(field.name)):
        return None
    words = cell.strip()
    start = len(cell) - len(cell.lstrip())
    said = says_no(words, reading)
    return Value(start, start + len(words), "no" if said else "yes", len(words.split()) < 4)


def _in_sentences(
    wanted: Wanted,
    text: str,
    sentences: Sequence[Place],
    reading: Reading,
    named: Set[str],
) -> Iterable[Found]:
    """What sentences say. No name is made of the words ``named``, as labels and headings have them:
    "the Client" is nobody's."""
    kinds = list(dict.fromkeys(field.kind for field in wanted.fields))
    spans: list[tuple[Kind, Place, Value, str]] = []
    for one in sentences:
        said = text[one.start : one.end]
        for kind in kinds:
            if kind == "yes/no":
                no = says_no(said, reading)
                whole = Value(0, len(said), "no" if no else "yes")
                spans.append((kind, one, whole, " ".join(said.split())))
                continue
            values = values_in(kind, said, reading)
            if kind == "name":
                values = [one for one in values if set(WORD.findall(one.value.casefold())) - named]
            for at, value in enumerate(values):
                before = values[at - 1].end if at else 0
                after = values[at + 1].start if at + 1 < len(values) else len(said)
                window = _around(said, before, value, after, without=kind == "name")
                if window:
                    spans.append((kind, one, value, window))
    if not spans:
        return
    windows = list(dict.fromkeys(window for *_, window in spans))
    headings = [one for one in dict.fromkeys(place.heading for _, place, *_ in spans) if one]
    vectors = unit(wanted.embedder.encode([*windows, *headings]))
    of = dict(zip([*windows, *headings], vectors, strict=True))
    pairs = list(dict.fromkeys((window, place.heading) for _, place, _, window in spans))
    under = unit(np.stack([of[a] + (HEADING * of[b] if b else 0) for a, b in pairs]))
    alone = wanted.scores([a for a, _ in pairs], np.stack([of[a] for a, _ in pairs]))
    together = wanted.scores([f"{a} {b}" for a, b in pairs], under)
    scores = dict(zip(pairs, np.maximum(alone, together), strict=True))
    for kind, place, value, window in spans:
        for at, field in enumerate(wanted.fields):
            score = float(scores[window, place.heading][at]) - IN_SENTENCE
            if field.kind == kind and score >= ENOUGH_SENTENCE:
                start = place.start + value.start
                yield Found(at, start, place.start + value.end, value.value, place.quote, score)


def _around(said: str, before: int, value: Value, after: int, *, without: bool) -> str:
    """The words of a sentence that belong to one of its values: from the value before it, and up to
    the next mark, if that comes before the next value; ``without`` the value itself."""
    rest = said[value.end : after]
    mark = re.search(r"[,;:.!?]", rest)
    end = len(rest) if after == len(said) else 0
    end = value.end + (mark.start() if mark else end)
    words = said[before:end]
    if without:
        words = f"{said[before : value.start]} {said[value.end : end]}"
    return " ".join(words.strip(" ,;:.").split())


def _each_its_own(found: Iterable[Found], fields: int) -> list[Found | None]:
    """The values that fit the fields best together, where no value is of two fields: an assignment,
    by the auction algorithm (Bertsekas, Annals of Operations Research 14, 1988). What a sentence
    says as a whole may be of several."""
    best: list[dict[int, Found]] = [{} for _ in range(fields)]
    for one in found:
        known = best[one.field].get(one.item)
        if known is None or one.score > known.score:
            best[one.field][one.item] = one
    prices: dict[int, float] = {}
    owners: dict[int, int] = {}
    waiting = list(range(fields))
    while waiting:
        field = waiting.pop()
        gains = sorted(
            (prices.get(item, 0.0) - one.score, item) for item, one in best[field].items()
        )
        if not gains or gains[0][0] >= 0:
            continue
        gain, item = -gains[0][0], gains[0][1]
        second = max(-gains[1][0], 0.0) if len(gains) > 1 else 0.0
        prices[item] = prices.get(item, 0.0) + gain - second + STEP
        if item in owners:
            waiting.append(owners[item])
        owners[item] = field
    chosen: list[Found | None] = [None] * fields
    for item, field in owners.items():
        chosen[field] = best[field][item]
    return chosen
