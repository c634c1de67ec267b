"""An LLM that makes things up, over the sample documents: each invention is marked or left out."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import Any, Literal

import pytest

from ingest.embed.embedder import Embedder
from rag_app import Answer, AnswerSettings, open_engine
from rag_app.eval.questions import read_questions
from tests.conftest import DATA
from tests.support.llm_servers import ScriptedServer

NUMBER = re.compile(r"(?<![\w.,-])\d{2,4}(?![\w-]|[.,]\d)")
STRANGERS = ("Oduya Brightwater", "Kestrel Vance", "Tamsin Okoro")
NOWHERE = (
    "Customers in Iceland receive a second turbine free of charge.",
    "The board sold its shares to a bank in Toronto last winter.",
    "Every cafeteria serves free lobster on Fridays.",
)


class Inventor:
    """Answers with one sentence of the passages and one of its own making."""

    def __init__(self) -> None:
        self.chance = random.Random(7)
        self.invented = ""
        self.kinds: set[str] = set()

    def __call__(self, body: dict[str, Any]) -> str:
        prompt = body["messages"][-1]["content"]
        texts = re.findall(r'<passage number="\d+"[^>]*>\n(.*?)\n</passage>', prompt, re.DOTALL)
        places = [
            (number, sentence)
            for number, text in enumerate(texts, start=1)
            for sentence in re.findall(r"(?<=[.\n] )?[A-Z][^.\n:|#]{30,}\.(?=\s|$)", text)
        ]
        marker, true = self.chance.choice(places) if places else (1, "")
        numbered = [one for one in places if NUMBER.search(one[1])]
        kind = self.chance.choice(["number", "stranger", "nowhere", "not", "marker"])
        self.invented = self.chance.choice(NOWHERE)
        if kind == "number" and numbered:
            marker, sentence = self.chance.choice(numbered)
            self.invented = NUMBER.sub("7919", sentence, count=1)
        elif kind == "stranger" and true:
            person = self.chance.choice(STRANGERS)
            self.invented = f"According to {person}, {true[0].lower()}{true[1:]}"
        elif kind == "not" and re.search(r"\b(is|are|must|can|has)\b(?! not\b)", true):
            self.invented = re.sub(r"\b(is|are|must|can|has)\b", r"\1 not", true, count=1)
            true = ""
        self.kinds.add(kind)
        wrong = f"[{self.chance.choice([marker, 1, 77, 404])}]"
        return f"{true} [{marker}][88]\n\n{self.invented} {wrong}".strip()


@pytest.mark.parametrize("unsupported", ["mark", "drop"])
@pytest.mark.parametrize(
    "answers",
    [pytest.param(20, marks=pytest.mark.slow), pytest.param(200, marks=pytest.mark.long)],
)
def test_every_invention_is_marked_or_left_out(
    sample: Path, embedder: Embedder, answers: int, unsupported: Literal["mark", "drop"]
) -> None:
    inventor = Inventor()
    questions = [one.text for one in read_questions(DATA / "questions.jsonl") if one.answerable]
    asked = missed = written = 0
    with ScriptedServer(inventor) as server:
        settings = AnswerSettings(
            openai_base_url=server.base_url, llm_model="scripted", unsupported=unsupported
        )
        with open_engine(sample, answers=settings, embedder=embedder) as engine:
            for number in range(answers):
                answer = engine.ask(questions[number % len(questions)])
                asked += answer.usage is not None
                missed += not _is_told(answer, inventor.invented)
                written += answer.model != "quotes"
                for citation in answer.citations:
                    text = engine.document_text(citation.document)
                    assert text[citation.start : citation.end] == citation.quote
                    assert 1 <= citation.marker <= len(answer.hits)
                assert not re.search(r"\[(?:88|77|404)\]", answer.text)
                for one in answer.unsupported:
                    assert answer.text[one.start : one.end].strip() and one.reason
                if unsupported == "drop":
                    assert answer.unsupported == ()
    assert inventor.kinds == {"number", "stranger", "nowhere", "not", "marker"}
    assert asked > 0.9 * answers and written > answers / 2
    assert missed == 0


def _is_told(answer: Answer, invented: str) -> bool:
    """Whether an invented sentence is not in the answer, or is named as unsupported."""
    if invented.rstrip(".") not in answer.text:
        return True
    told = [answer.text[one.start : one.end] for one in answer.unsupported]
    return any(invented.rstrip(".") in sentence for sentence in told)
