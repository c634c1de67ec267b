"""What is found for follow-up questions: as they are, with the question before them, and as the
engine has them, by rules and by what is found.

    python -m benchmarks.answers.conversations --store STORE [--file data/conversations.jsonl]

The store holds ``data/documents``. Each line of the file is a conversation of which the last
question counts (``data/README.md``); what comes before is answered by the engine, by quotes.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

from ingest.text.analyzer import stems
from rag_app import AnswerSettings, Engine, Turn, open_engine
from rag_app.eval.gold import GoldPlaces
from rag_app.eval.questions import Gold, read_lines, read_questions
from rag_app.finding import find
from rag_app.questions.rewrite import Rewritten, rewritten

HIT_AT = 5
# The way of version 0.2: the question before, in front of one that points back or is short.
POINTS_BACK = re.compile(
    r"^(?:and|but|or|so|what about|how about|why|then|also)\b"
    r"|\b(?:it|its|they|them|their|those|these|this|that|he|she|his|her|there|one|ones|same"
    r"|else|other|instead)\b",
    re.IGNORECASE,
)
Way = Callable[[str, Sequence[Turn]], str]


def as_it_is(question: str, history: Sequence[Turn]) -> str:  # noqa: ARG001 (a Way)
    """No rewriting."""
    return question


def with_the_one_before(question: str, history: Sequence[Turn]) -> str:
    """The question before in front."""
    before = [turn.content for turn in history if turn.role == "user"]
    if before and (POINTS_BACK.search(question) or len(stems(question)) < 2):
        return f"{before[-1]}\n{question}"
    return question


WAYS: dict[str, Way] = {
    "as it is": as_it_is,
    "with the one before": with_the_one_before,
}
BY_RULES = "by the rules"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--file", type=Path, default=Path("data/conversations.jsonl"))
    parser.add_argument("--questions", type=Path, default=Path("data/questions.jsonl"))
    parser.add_argument("--show", action="store_true", help="print each question by the rules")
    options = parser.parse_args()
    with open_engine(options.store, answers=AnswerSettings()) as engine:

        def by_rules(question: str, history: Sequence[Turn]) -> str:
            asked = rewritten(question, history, None, embedder=engine.embedder)
            return find(engine.parts, question, asked, None, is_recorded=False).asked

        ways = {**WAYS, BY_RULES: by_rules}
        counts: dict[str, dict[str, list[bool]]] = {way: defaultdict(list) for way in ways}
        places = GoldPlaces(engine)
        for _, fields in read_lines(options.file, "conversations"):
            *before, question = fields["turns"]
            history = held(engine, before)
            part = "held out" if fields["held_out"] else "known"
            for name, way in ways.items():
                asked = way(question, history)
                good = judged(engine, places, fields, question, asked, by_rules=name == BY_RULES)
                counts[name][f"{part}: {fields['kind']}"].append(good)
                if options.show and name == BY_RULES:
                    print(f"{'ok  ' if good else 'MISS'} {fields['id']} {asked}")
        # Questions that are asked alone, each after another one: none of them may change.
        known = [question.text for question in read_questions(options.questions)]
        for before, question in pairwise(known):
            history = [Turn("user", before), Turn("assistant", "Something.")]
            for name, way in ways.items():
                same = way(question, history) == question
                counts[name]["questions.jsonl: alone"].append(same)
    print(json.dumps({way: shares(kinds) for way, kinds in counts.items()}, indent=1))


def held(engine: Engine, questions: Sequence[str]) -> list[Turn]:
    """The turns of a conversation with these questions."""
    history: list[Turn] = []
    for question in questions:
        answer = engine.ask(question, history)
        history += [Turn("user", question, answer.standalone), Turn("assistant", answer.text)]
    return history


def judged(
    engine: Engine,
    places: GoldPlaces,
    fields: dict[str, object],
    question: str,
    asked: str,
    *,
    by_rules: bool,
) -> bool:
    """Whether what was found is right: gold among the first five; refused; or not rewritten."""
    if fields["kind"] == "alone":
        return asked == question
    own = question if by_rules else asked
    evidence = find(engine.parts, own, Rewritten(asked), None, is_recorded=False).evidence
    enough = evidence.is_enough
    if fields["kind"] == "refuse":
        return not enough
    assert isinstance(fields["gold"], list)
    gold = [Gold(one["document"], quote=one["quote"]) for one in fields["gold"]]
    found = [passage.to_hit() for passage in evidence.passages[:HIT_AT]]
    answered = enough or not by_rules  # what the rules refuse counts against them
    return answered and any(places.holds(hit, one) for hit in found for one in gold)


def shares(kinds: dict[str, list[bool]]) -> dict[str, str]:
    """Right of how many, by kind and of all that is in the documents."""
    told = {kind: f"{sum(good)}/{len(good)}" for kind, good in kinds.items()}
    for part in ("known", "held out"):
        found = [
            one
            for kind, good in kinds.items()
            if kind.startswith(part) and not kind.endswith(("alone", "refuse"))
            for one in good
        ]
        told[f"{part}: all in the documents"] = f"{sum(found)}/{len(found)}"
    return told


if __name__ == "__main__":
    main()
