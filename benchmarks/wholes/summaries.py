"""Summaries of meetings without an LLM, beside TextRank and LexRank.

    python -m benchmarks.wholes.summaries BENCH/insights/qmsum/val.jsonl [--meetings 35]

ROUGE-1 F1 (stemmed) of the summary of a whole meeting against the one that people wrote, and beside
it the sentences that TextRank and LexRank (sumy) put first, until they have as many words. Needs
``rouge-score`` and ``sumy``, which the project does not install. *Covered*: the share of the
meeting's sections that have a sentence in the summary.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from statistics import mean, median
from time import perf_counter
from typing import Any

from ingest import ingest_paths
from ingest.text.sentences import split_sentences
from rag_app import AnswerSettings, open_engine
from rag_app.collection.sections import sections_of
from rag_app.summary.answer import summary_of
from rag_app.summary.subject import Subject


class Words:
    """What sumy is to cut texts with."""

    def to_sentences(self, text: str) -> list[str]:
        """The sentences of a text."""
        return [one.strip() for one in split_sentences(text) if one.strip()]

    def to_words(self, sentence: str) -> list[str]:
        """The words of a sentence."""
        return re.findall(r"\w+", sentence.lower())


def main() -> None:
    """Sum up, and print the means."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("meetings", type=Path)
    parser.add_argument("--first", type=int, default=35)
    options = parser.parse_args()
    lines = options.meetings.read_text("utf-8").splitlines()[: options.first]
    meetings = [json.loads(line) for line in lines]
    figures: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for meeting in meetings:
            said = "\n\n".join(f"{who}: {words}" for who, words in meeting["turns"])
            Path(folder, f"{meeting['id']}.txt").write_text(said, encoding="utf-8")
        ingest_paths([Path(folder)], store=Path(folder, "store"))
        with open_engine(Path(folder, "store"), answers=AnswerSettings()) as engine:
            documents = {one.name: one for one in engine.documents()}
            with engine.parts.searcher.reading() as snapshot:
                for meeting in meetings:
                    name = f"{meeting['id']}.txt"
                    started = perf_counter()
                    subject = Subject(documents[name], tuple(sections_of(snapshot.view, name)))
                    summary = summary_of(subject, engine.parts.searcher.embedder).draft
                    seconds = perf_counter() - started
                    own = " ".join(one.quote for one in summary.citations)
                    told = {
                        place
                        for place, section in enumerate(subject.sections)
                        for one in summary.citations
                        if section.start <= one.start < section.end
                    }
                    gold = " ".join(one["summary"] for one in meeting["general"])
                    texts = {"ours": own, **_others(meeting["turns"], len(own.split()))}
                    for who, text in texts.items():
                        figures.setdefault(f"{who}, ROUGE-1", []).append(_rouge(gold, text))
                    figures.setdefault("seconds", []).append(seconds)
                    figures.setdefault("words", []).append(len(own.split()))
                    figures.setdefault("covered", []).append(len(told) / len(subject.sections))
    for what, values in figures.items():
        print(f"{what:20} mean {mean(values):.3f}  median {median(values):.3f}")


def _others(turns: list[list[str]], words: int) -> dict[str, str]:
    from sumy.parsers.plaintext import PlaintextParser
    from sumy.summarizers.lex_rank import LexRankSummarizer
    from sumy.summarizers.text_rank import TextRankSummarizer

    document = PlaintextParser.from_string("\n".join(said for _, said in turns), Words()).document
    made: dict[str, str] = {}
    methods: dict[str, Any] = {"TextRank": TextRankSummarizer, "LexRank": LexRankSummarizer}
    for name, method in methods.items():
        chosen = method()(document, partial(_best, words))
        made[name] = " ".join(map(str, chosen))
    return made


def _best(words: int, rated: Sequence[Any]) -> list[Any]:
    """The first of some rated sentences, until they have so many words."""
    kept: list[Any] = []
    said = 0
    for one in rated:
        if said >= words:
            break
        kept.append(one)
        said += len(str(one.sentence).split())
    return kept


def _rouge(gold: str, text: str) -> float:
    from rouge_score.rouge_scorer import RougeScorer

    score = RougeScorer(["rouge1"], use_stemmer=True).score(gold, text)["rouge1"]
    return float(score.fmeasure)


if __name__ == "__main__":
    main()
