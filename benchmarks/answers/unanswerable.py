"""What becomes of an LLM's answers to questions that Northwind's documents cannot answer.

    python -m benchmarks.answers.unanswerable --bench-data BENCH

Each is asked of a scripted LLM that says so, in three ways, which is to end in a refusal; and of
one that answers all the same, from general knowledge or out of nothing, with and without the
handbook for its authority: then each claim is to be marked, or nothing of it shown. Two minutes.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

from benchmarks.answers.right.play import MODEL, ScriptedStream
from ingest import ingest_paths
from ingest.embed.embedder import Embedder
from rag_app import Answer, AnswerSettings, Engine, open_engine
from rag_app.answer.draft import Models
from rag_app.grounding.support import HELD
from rag_app.llm.stop import Stop
from rag_app.prompts import NO_ANSWER, AnswerPrompt

SAYS_NO = (
    NO_ANSWER,
    "The documents do not say.",
    "I could not find an answer to this question in the passages.",
)
# By the last part of the question's id.
INVENTED = {
    24: "The capital of France is Paris [1].",
    25: "The novel was written by Jane Austen [1].",
    26: "The chemical symbol for gold is Au [1].",
    27: "The tallest mountain in the world is Mount Everest, at 8,849 metres [1].",
    28: "Leonardo da Vinci painted the Mona Lisa [1].",
    29: "Jupiter is the largest planet [1].",
    30: "The square root of 81 is 9 [1].",
    31: "Neil Armstrong was the first person to walk on the moon [1].",
    32: "Water freezes at 32 degrees Fahrenheit [1].",
    33: "The main ingredient is chickpeas [1].",
    34: "France won the World Cup in 2018 [1].",
    35: "The currency of Japan is the yen [1].",
    36: "A rainbow weighs about 12 miles [1].",
    37: "Yes, the color of the wind can be smelled by all employees [1].",
    38: "The color blue goes to sleep at 10 p.m. [1].",
    39: "A thought has 40 square feet [1].",
    40: "Yes, a sunrise can be tasted during working hours [1].",
    41: "The smell of a rose has 65 decibels [1].",
    42: "A dream has a temperature of 98.6 degrees [1].",
    43: "A whisper is 7 inches tall [1].",
    44: "The number seven has the flavor of vanilla [1].",
}
AUTHORITY = "According to the Northwind employee handbook, {}"


class Saying:
    """A ``rag_app.answer.draft.Writer`` that always says the same."""

    def __init__(self, said: str) -> None:
        self.said = said

    def __call__(
        self,
        prompt: AnswerPrompt,
        *,
        stop: Stop | None = None,  # noqa: ARG002 (there is nothing to wait for)
    ) -> ScriptedStream:
        return ScriptedStream(self.said, prompt)


def main() -> None:
    """Ask them, and count."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--bench-data", type=Path, required=True)
    folder = parser.parse_args().bench_data / "northwind"
    rows = map(json.loads, (folder / "questions.jsonl").read_text("utf-8").splitlines())
    questions = [row for row in rows if not row["answerable"]]
    refused = noes = marked = inventions = replaced = 0
    embedder = Embedder()
    with tempfile.TemporaryDirectory() as store:
        ingest_paths([folder / "pdfs"], store=Path(store), embedder=embedder)
        with open_engine(store, answers=AnswerSettings(), embedder=embedder) as engine:
            for row in questions:
                for said in SAYS_NO:
                    answer = _answer(engine, row["question"], said)
                    noes, refused = noes + 1, refused + answer.refused
                    if not answer.refused:
                        print(f"not refused: {row['question']} {said!r}: {answer.text!r}")
                invented = INVENTED[int(row["id"].rpartition("-")[2])]
                for said in (invented, AUTHORITY.format(invented)):
                    answer = _answer(engine, row["question"], said)
                    inventions += 1
                    replaced += answer.model != MODEL or answer.refused
                    held = [one for one in answer.checks if one.status in HELD]
                    shown = answer.model == MODEL and not answer.refused
                    is_marked = not shown or (bool(answer.checks) and not held)
                    marked += is_marked
                    if not is_marked:
                        print(f"unmarked: {row['question']} {answer.text!r} {answer.checks}")
    print(f"{len(questions)} questions; refused where the LLM says no: {refused} of {noes}")
    print(f"inventions marked or not shown: {marked} of {inventions}; not shown: {replaced}")


def _answer(engine: Engine, question: str, said: str) -> Answer:
    for part in engine.stream(question, models=Models(Saying(said))):
        if isinstance(part, Answer):
            return part
    raise AssertionError("a stream ends with its Answer")


if __name__ == "__main__":
    main()
