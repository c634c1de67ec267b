"""Ask every question, and count what came of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rag_app.engine import Engine
from rag_app.eval.questions import Gold, Question
from rag_app.records import Answer, Citation, Hit


@dataclass(frozen=True, slots=True)
class EvalReport:
    """Shares are of 1, or None where there was no such question.

    A *hit* is a passage that overlaps a gold quote or, where no quote is given, lies on a gold
    page. *search* is the vector search alone; *evidence* the order in which an answer uses it.
    *cited* is the share of answered questions that cite a gold passage (the page, or for formats
    without pages the document), *quoted* of those whose cited words overlap the gold quote.
    """

    questions: int
    unanswerable: int
    search_hit_at_1: float | None
    search_hit_at_5: float | None
    search_mrr: float | None
    evidence_hit_at_1: float | None
    evidence_hit_at_5: float | None
    cited: float | None
    quoted: float | None
    false_refusals: float | None
    refused_rightly: float | None
    wrong_offsets: int
    seconds_per_answer: float

    def table(self) -> str:
        """The report for a terminal."""
        search = _shares(self.search_hit_at_1, self.search_hit_at_5, self.search_mrr)
        rows = [
            ("questions, of them unanswerable", f"{self.questions}, {self.unanswerable}"),
            ("search: hit@1 / hit@5 / MRR", search),
            ("evidence: hit@1 / hit@5", _shares(self.evidence_hit_at_1, self.evidence_hit_at_5)),
            ("answers that cite a gold passage", _shares(self.cited)),
            ("answers whose cited words hold the gold quote", _shares(self.quoted)),
            ("refused although answerable", _shares(self.false_refusals)),
            ("refused, of the unanswerable", _shares(self.refused_rightly)),
            ("citations whose offsets are wrong", str(self.wrong_offsets)),
            ("seconds an answer", f"{self.seconds_per_answer:.2f}"),
        ]
        width = max(len(name) for name, _ in rows)
        return "\n".join(f"{name:{width}}  {value}" for name, value in rows)


def evaluate(
    engine: Engine, questions: Sequence[Question], told: Callable[[int], None] = lambda _: None
) -> EvalReport:
    """Search and answer each question, and compare with its gold. ``told`` counts them."""
    answers: list[Answer] = []
    found: list[list[Hit]] = []
    for number, question in enumerate(questions, start=1):
        found.append(engine.search(question.text, 10))
        answers.append(engine.ask(question.text))
        told(number)
    texts = {document.name: engine.document_text(document.name) for document in engine.documents()}
    known = [place for place, question in enumerate(questions) if question.answerable]
    unknown = [place for place, question in enumerate(questions) if not question.answerable]
    answered = [place for place in known if not answers[place].refused]

    search_ranks = [_rank(found[place], questions[place].gold, texts) for place in known]
    evidence_ranks = [_rank(answers[place].hits, questions[place].gold, texts) for place in known]
    citations = [citation for answer in answers for citation in answer.citations]
    return EvalReport(
        questions=len(questions),
        unanswerable=len(unknown),
        search_hit_at_1=_mean([rank == 1 for rank in search_ranks]),
        search_hit_at_5=_mean([rank is not None and rank <= 5 for rank in search_ranks]),
        search_mrr=_mean([1 / rank if rank else 0.0 for rank in search_ranks]),
        evidence_hit_at_1=_mean([rank == 1 for rank in evidence_ranks]),
        evidence_hit_at_5=_mean([rank is not None and rank <= 5 for rank in evidence_ranks]),
        cited=_mean([_cites(answers[place], questions[place].gold) for place in answered]),
        quoted=_mean([_quotes(answers[place], questions[place].gold, texts) for place in answered]),
        false_refusals=_mean([answers[place].refused for place in known]),
        refused_rightly=_mean([answers[place].refused for place in unknown]),
        wrong_offsets=sum(
            texts[citation.document][citation.start : citation.end] != citation.quote
            for citation in citations
        ),
        seconds_per_answer=_mean([answer.seconds for answer in answers]) or 0.0,
    )


def _rank(hits: Sequence[Hit], gold: Sequence[Gold], texts: dict[str, str]) -> int | None:
    """The rank, from 1, of the first hit that holds gold."""
    for rank, hit in enumerate(hits, start=1):
        if any(holds(hit, one, texts) for one in gold):
            return rank
    return None


def holds(place: Hit | Citation, gold: Gold, texts: dict[str, str]) -> bool:
    """Whether a hit or citation overlaps a gold quote or, without one, lies on the gold page.

    ``texts`` has the text of the document by its name.
    """
    if place.document != gold.document:
        return False
    if gold.quote is None:
        return gold.page is None or place.page == gold.page
    start = texts[gold.document].find(gold.quote)
    return start >= 0 and place.start < start + len(gold.quote) and start < place.end


def _cites(answer: Answer, gold: Sequence[Gold]) -> bool:
    return any(
        citation.document == one.document and one.page in (None, citation.page)
        for citation in answer.citations
        for one in gold
    )


def _quotes(answer: Answer, gold: Sequence[Gold], texts: dict[str, str]) -> bool:
    return any(holds(citation, one, texts) for citation in answer.citations for one in gold)


def _mean(values: Sequence[float | bool]) -> float | None:
    return sum(values) / len(values) if values else None


def _shares(*values: float | None) -> str:
    return " / ".join("-" if value is None else f"{value:.3f}" for value in values)
