"""What becomes of a small local model's answers: refused, replaced, supported, marked, invented.

    python -m benchmarks.answers.local_model MODEL.gguf [--questions data/questions.jsonl] [--limit
    N]

The sample documents are ingested, llama.cpp serves the file in a process of its own, and every
question is asked through the engine, over HTTP, as users do. Counted is what came of the answers,
from their records; and, with plain regular expressions instead of the program's own checks, the
sentences that stand unmarked although they hold a number or a capitalised name that no passage
given to the model has. There should be none.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

from ingest import ingest_paths
from rag_app import Answer, AnswerSettings, open_engine
from rag_app.answer.record import AnswerRecord, read_records
from rag_app.eval.questions import read_questions

MARKERS = re.compile(r"\s*\[(\d+)\]")
NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
# A word with a capital that does not begin a sentence, a line or a quotation.
NAME = re.compile(r"(?<=[\w,;)’'] )[A-Z][\w’'-]+")
ITEM = re.compile(r"^\s*(?:[-*•]|\d+[.)])(?:\s+|$)")
ENDS = re.compile(r"(?<=[.!?])\s+(?!\[\d)|\n+")
NOTHING_HELD = "Nothing that "


def main() -> None:
    """Ask, count, and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--questions", type=Path, default=Path("data/questions.jsonl"))
    parser.add_argument("--documents", type=Path, default=Path("data/documents"))
    parser.add_argument("--limit", type=int, help="only so many questions")
    parser.add_argument("--max-tokens", type=int, default=96)
    parser.add_argument("--context-tokens", type=int, default=4096)
    parser.add_argument("--passages", type=int, default=4)
    parser.add_argument("--records", type=Path, help="keep the records in this file")
    parser.add_argument("--count", action="store_true", help="only count those of --records")
    options = parser.parse_args()
    if options.count:
        read = [one for one in read_records(options.records) if isinstance(one, AnswerRecord)]
        print(json.dumps(measured(read), indent=2, ensure_ascii=False))
        return
    answers = AnswerSettings(
        llm_path=str(options.model),
        llm_max_tokens=options.max_tokens,
        llm_context_tokens=options.context_tokens,
        passages=options.passages,
        record=options.records,
        # What is measured is what becomes of the answers, however slow the machine is.
        llm_idle_seconds=600,
        llm_total_seconds=900,
    )
    records: list[AnswerRecord] = []
    started = perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        ingest_paths([options.documents], store=folder)
        with open_engine(folder, answers=answers) as engine:
            for question in read_questions(options.questions)[: options.limit]:
                for part in engine.stream(question.text, on_record=records.append):
                    if isinstance(part, Answer):
                        print(f"{len(records):3}  {part.seconds:5.1f} s  {part.model}", flush=True)
    report = measured(records)
    report["seconds"] = round(perf_counter() - started)
    print(json.dumps(report, indent=2, ensure_ascii=False))


def measured(records: list[AnswerRecord]) -> dict[str, object]:
    """The figures, and the unmarked sentences with what no passage has."""
    became = Counter(outcome(record) for record in records)
    sentences, markers = Counter[str](), Counter[str]()
    unmarked, written = [], 0
    for record in records:
        foreign_said = 0
        if record.call is not None:
            foreign_said = sum(bool(foreign(one, record)) for one in split(record.call.text))
        sentences["written by the model"] += len(split(record.call.text)) if record.call else 0
        sentences["of them with a number or name of no passage"] += foreign_said
        if outcome(record) != "written by the model":
            continue
        written += 1
        markers += moved(record)
        for start, end in spans(record.answer.text):
            sentence = record.answer.text[start:end]
            marked = any(one.start < end and start < one.end for one in record.answer.unsupported)
            cited = bool(MARKERS.search(sentence))
            kind = "marked unsupported" if marked else "supported" if cited else "claim nothing"
            sentences[f"shown, {kind}"] += 1
            if not marked and (what := foreign(sentence, record)):
                unmarked.append({"question": record.question, "sentence": sentence, "has": what})
    return {
        "answers": len(records),
        "became": dict(became.most_common()),
        "sentences": dict(sentences),
        "markers": dict(markers),
        "unmarked with a number or name of no passage": len(unmarked),
        "which": unmarked,
    }


def outcome(record: AnswerRecord) -> str:
    """What became of one answer."""
    answer = record.answer
    if answer.failure is not None:
        return "the model failed"
    if record.call is None:
        return "refused before the model was asked" if answer.refused else "counted"
    if any(note.startswith(NOTHING_HELD) for note in answer.notes):
        replaced = "refused" if answer.refused else "quotes"
        return f"nothing of it held: {replaced} in its place"
    return "the model said that it is not there" if answer.refused else "written by the model"


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


if __name__ == "__main__":
    main()
