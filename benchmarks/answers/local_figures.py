"""Figures of a local model's answers, from their records.

Of the answerable questions: how many end in a refusal; how many are *right* (the text or the quotes
hold three of five words and every number of the gold answer, or nine of ten words of the gold
quote, and it does not say yes for no); and how many are *unmarked and wrong* (the text itself lacks
a number of the gold answer or, where that has none, two of five words; or says yes for no; and what
it claims first is not marked).

And, with plain regular expressions instead of the program's own checks, the sentences that stand
unmarked although they hold a number or a capitalised name that no passage given to the model has.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from text_to_num import alpha2digit

from ingest.text.analyzer import stems
from rag_app.answer.record import AnswerRecord

MARKERS = re.compile(r"\s*\[(\d+)\]")
NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
# A word with a capital that does not begin a sentence, a line or a quotation.
NAME = re.compile(r"(?<=[\w,;)’'] )[A-Z][\w’'-]+")
ITEM = re.compile(r"^\s*(?:[-*•]|\d+[.)])(?:\s+|$)")
ENDS = re.compile(r"(?<=[.!?])\s+(?!\[\d)|\n+")
QUOTES = "quotes"
YES_OR_NO = re.compile(r"\W*(yes|no)\b", re.IGNORECASE)
# The shares of a gold answer's and a gold quote's words that a right answer has.
OF_ANSWER, OF_QUOTE = 0.6, 0.9
# An answer with less of a gold answer without numbers is wrong in its own words.
OF_WRONG = 0.4


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and its answer and words of the documents; None and none if there is none."""

    id: str
    question: str
    answer: str | None
    quotes: tuple[str, ...]


def measured(
    asked: Sequence[Asked], found: Mapping[str, AnswerRecord], *, show: bool = False
) -> dict[str, object]:
    """The figures, and the unmarked sentences with what no passage has."""
    pairs = [(one, found[one.question]) for one in asked if one.question in found]
    records = [record for _, record in pairs]
    became = Counter(outcome(record) for record in records)
    sentences, markers = Counter[str](), Counter[str]()
    unmarked = []
    for record in records:
        if record.call is not None:
            written = split(record.call.text)
            sentences["written by the model"] += len(written)
            sentences["of them with a number or name of no passage"] += sum(
                bool(foreign(one, record)) for one in written
            )
        if outcome(record) != "written by the model":
            continue
        markers += moved(record)
        for start, end in spans(record.answer.text):
            sentence = record.answer.text[start:end]
            marked = is_marked(record, start, end)
            cited = bool(MARKERS.search(sentence))
            kind = "marked" if marked else "supported" if cited else "claim nothing"
            sentences[f"shown, {kind}"] += 1
            if not marked and (what := foreign(sentence, record)):
                unmarked.append({"question": record.question, "sentence": sentence, "has": what})
    answerable = [(one, record) for one, record in pairs if one.answer is not None]
    others = [record for one, record in pairs if one.answer is None]
    figures = {
        "ends in a refusal": [one.id for one, record in answerable if record.answer.refused],
        "not right": [one.id for one, record in answerable if not is_right(one, record)],
        "unmarked and wrong": [
            one.id for one, record in answerable if is_unmarked(record) and is_wrong(one, record)
        ],
    }
    if show:
        for one, record in pairs:
            _show(one, record, [name for name, ids in figures.items() if one.id in ids])
    count = len(answerable) or 1
    return {
        "answers": len(records),
        "answerable": {
            "all": len(answerable),
            "ends in a refusal": round(len(figures["ends in a refusal"]) / count, 3),
            "right": round(1 - len(figures["not right"]) / count, 3),
            "unmarked and wrong": round(len(figures["unmarked and wrong"]) / count, 3),
        },
        "not answerable": {
            "all": len(others),
            "ends in a refusal": sum(one.answer.refused for one in others),
            "quotes": sum(outcome(one) == "the model's no, and quotes" for one in others),
            "shown without a mark": sum(map(is_unmarked, others)),
        },
        "which": figures,
        "became": dict(became.most_common()),
        "sentences": dict(sentences),
        "markers": dict(markers),
        "unmarked with a number or name of no passage": len(unmarked),
        "which of these": unmarked,
    }


def is_right(one: Asked, record: AnswerRecord) -> bool:
    """Whether the text or the quotes of an answer hold the gold."""
    answer = record.answer
    said = " ".join([answer.text, *(each.quote for each in answer.citations)])
    held = has(one.answer or "", said, OF_ANSWER) or any(
        has(quote, said, OF_QUOTE) for quote in one.quotes
    )
    return held and not answer.refused and not is_opposite(one, record)


def is_wrong(one: Asked, record: AnswerRecord) -> bool:
    """Whether an answer's own words, without the quotes, lack the gold."""
    text, gold = record.answer.text, one.answer or ""
    least = 0.0 if any(map(str.isdigit, _digits(gold))) else OF_WRONG
    held = has(gold, text, least) or any(has(quote, text, OF_ANSWER) for quote in one.quotes)
    return not held or is_opposite(one, record)


def is_opposite(one: Asked, record: AnswerRecord) -> bool:
    """Whether it says yes where the gold answer says no, or no for yes."""
    gold, said = (YES_OR_NO.match(text) for text in (one.answer or "", record.answer.text))
    return bool(gold and said and gold[1].lower() != said[1].lower())


def has(gold: str, text: str, share: float) -> bool:
    """Whether a text has this share of the words of a gold text, and all of its numbers."""
    wanted, there = set(stems(_digits(gold))), set(stems(_digits(text)))
    numbers = {one for one in wanted if one[0].isdigit()}
    return numbers <= there and len(wanted & there) >= share * len(wanted)


def _digits(text: str) -> str:
    """A text with its numbers in figures."""
    return alpha2digit(text.casefold(), "en", threshold=0)


def is_unmarked(record: AnswerRecord) -> bool:
    """Whether it is the model's answer, and the first that it claims stands unmarked."""
    answer = record.answer
    place = next(spans(answer.text), (0, 0))
    if answer.checks:  # records of earlier versions have none
        place = answer.checks[0].start, answer.checks[0].end
    return outcome(record) == "written by the model" and not is_marked(record, *place)


def is_marked(record: AnswerRecord, start: int, end: int) -> bool:
    """Whether something in a part of the answer is called unsupported, or not checked."""
    unchecked = (one for one in record.answer.checks if one.status == "not_checked")
    return any(
        one.start < end and start < one.end for one in (*record.answer.unsupported, *unchecked)
    )


def _show(one: Asked, record: AnswerRecord, figures: Sequence[str]) -> None:
    answer = record.answer
    print(f"\n{one.id} {one.question}\n  GOLD {one.answer}\n  {outcome(record)}: {answer.text}")
    if record.call is not None and record.call.text != answer.text:
        print(f"  MODEL {record.call.text}")
    for check in answer.checks:
        print(f"  {check.status}: {answer.text[check.start : check.end]!r} {check.reason or ''}")
    for name in figures:
        print(f"  <-- {name}")


def outcome(record: AnswerRecord) -> str:
    """What became of one answer."""
    answer = record.answer
    if answer.failure is not None:
        return "the model failed"
    if record.call is None:
        return "refused before the model was asked" if answer.refused else "counted"
    if answer.refused:
        return "the model said that it is not there"
    if answer.model == QUOTES:
        said_no = any("found no answer" in note for note in answer.notes)
        return "the model's no, and quotes" if said_no else "nothing of it held: quotes"
    return "written by the model"


def moved(record: AnswerRecord) -> Counter[str]:
    """What became of the markers, sentence by sentence."""
    assert record.call is not None
    given = len(record.answer.hits[: record.call.given])
    said = {plain(one): numbers(one) for one in split(record.call.text)}
    counts = Counter[str]()
    counts["written"] += sum(len(one) for one in said.values())
    counts["invented"] += sum(not 1 <= number <= given for one in said.values() for number in one)
    for sentence in split(record.answer.text):
        before, now = said.get(plain(sentence), set()), numbers(sentence)
        counts["kept"] += len(now & before)
        counts["moved to another passage" if before else "added"] += len(now - before)
    return counts


def spans(text: str) -> Iterator[tuple[int, int]]:
    """Where each sentence begins and ends, the markers after it with it."""
    start = 0
    for match in [*ENDS.finditer(text), None]:
        end = match.start() if match else len(text)
        if text[start:end].strip():
            yield start, end
        start = match.end() if match else end


def split(text: str) -> list[str]:
    """The sentences of a text."""
    return [text[start:end] for start, end in spans(text)]


def plain(sentence: str) -> str:
    """A sentence without its markers."""
    return re.sub(r"\W+", " ", MARKERS.sub("", sentence)).strip().casefold()


def numbers(sentence: str) -> set[int]:
    """Its markers."""
    return {int(number) for number in MARKERS.findall(sentence)}


def foreign(sentence: str, record: AnswerRecord) -> list[str]:
    """The numbers and capitalised names of a sentence that no passage has."""
    seen = "\n".join(
        "\n".join([hit.document, *hit.metadata["headings"], hit.text]) for hit in record.answer.hits
    )
    there = {number.replace(",", "") for number in NUMBER.findall(seen)}
    words = set(re.findall(r"[\w’'-]+", seen.casefold()))
    bare = ITEM.sub("", MARKERS.sub("", sentence))
    return [
        *(one for one in NUMBER.findall(bare) if one.replace(",", "") not in there),
        *(one for one in NAME.findall(bare) if one.casefold() not in words),
    ]
