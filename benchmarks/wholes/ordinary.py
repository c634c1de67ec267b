"""What an ordinary question costs more because tables, whole documents, counts, parts of questions
and second searches are looked at, and with an LLM because it may plan.

    python -m benchmarks.wholes.ordinary --store STORE [--llm] [QUESTIONS.jsonl]

Each question is asked with these ways and without them in turns; processor time of the whole
process, since other work distorts what a clock says. Questions that take one of the ways, or are
searched for more than once, are left out, and how many they are is told. With ``--llm`` a server
on this machine says the same short answer to everything, "auto" is compared with "quick" without
these ways, and the tokens that the server is sent are counted.
"""

from __future__ import annotations

import argparse
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from time import process_time
from unittest.mock import patch

from rag_app import Answer, AnswerSettings, Engine, open_engine
from rag_app.eval.questions import read_lines
from rag_app.finding import evidence_for
from rag_app.llm.text import estimated_tokens
from tests.support.llm_servers import ScriptedServer, reply

ROUNDS = 3
WAYS = ("count", "table", "summary", "comparison")


def main() -> None:
    """Ask, and print the seconds and tokens."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--first", type=int, default=60)
    parser.add_argument("--llm", action="store_true")
    parser.add_argument("questions", type=Path, nargs="?", default=Path("data/questions.jsonl"))
    options = parser.parse_args()
    questions = [str(one["question"]) for _, one in read_lines(options.questions, "questions")]
    with ExitStack() as stack:
        answers, server = AnswerSettings(), None
        if options.llm:
            server = stack.enter_context(ScriptedServer(reply("The documents say so [1].")))
            answers = AnswerSettings(openai_base_url=server.base_url, llm_model="scripted")
        engine = stack.enter_context(open_engine(options.store, answers=answers))
        compare(engine, questions[: options.first], server)


def compare(engine: Engine, questions: list[str], server: ScriptedServer | None) -> None:
    """Ask with all ways and without them in turns, and print."""
    seconds = {True: 0.0, False: 0.0}
    tokens = {True: 0, False: 0}
    requests = {True: 0, False: 0}
    shares: list[float] = []
    ordinary: list[str] = []
    for question in questions:
        before = len(server.requests) if server else 0
        with patch("rag_app.finding.evidence_for", wraps=evidence_for) as searched:
            answer = engine.ask(question)
        asked = len(server.requests) - before if server else 0
        is_bridged = any(note.startswith("Also searched for") for note in answer.notes)
        if answer.model not in WAYS and asked <= 1 and not is_bridged and searched.call_count == 1:
            ordinary.append(question)
    for question in ordinary:
        took = {True: [0.0] * 0, False: [0.0] * 0}
        for _ in range(ROUNDS):
            for with_ways in (True, False):
                before = len(server.requests) if server else 0
                started = process_time()
                ask(engine, question, with_ways)
                took[with_ways].append(process_time() - started)
                for request in server.requests[before:] if server else ():
                    requests[with_ways] += 1
                    said = "".join(str(one["content"]) for one in request.body["messages"])
                    tokens[with_ways] += estimated_tokens(len(said.encode()))
        best = {with_ways: min(own) for with_ways, own in took.items()}
        shares.append(best[True] / best[False])
        for with_ways, own in best.items():
            seconds[with_ways] += own
    print(f"{len(ordinary)} of {len(questions)} questions are ordinary")
    took_with, took_without = (1000 * seconds[one] / len(ordinary) for one in (True, False))
    print(f"{took_with:.1f} ms of a processor with, {took_without:.1f} ms without")
    print(f"{took_with / took_without:.3f} times; of single ones the median {median(shares):.3f}")
    if server:
        print(f"tokens sent {tokens[True]} with, {tokens[False]} without, in {requests} requests")


def ask(engine: Engine, question: str, with_ways: bool) -> Answer:
    """The answer, with all ways or without them."""
    if with_ways:
        return engine.ask(question)
    with (
        patch("rag_app.finding._of_a_whole", return_value=(None, None)),
        patch("rag_app.finding._part_by_part", return_value=()),
        patch("rag_app.finding.lacking_words", return_value=[]),
        patch("rag_app.finding.bridged", return_value=None),
    ):
        return engine.ask(question, effort="quick")


if __name__ == "__main__":
    main()
