"""What a judge says of a sentence that the rules leave open.

It is asked after them, once, about what the sentence cites in the end. What rules settle stays, and
so does what lacks a name, or is in a language that they do not know.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag_app.grounding.checker import NOT_SAID, Judge, Verdict
from rag_app.grounding.claims import bare
from rag_app.grounding.similarity import ENOUGH
from rag_app.retrieval.passage import Passage, full_text

# Characters of all passages of a sentence together; of longer ones, the nearest words are read.
MOST_READ = 6_000


def judged(
    judge: Judge,
    sentence: str,
    language: str | None,
    verdict: Verdict,
    nearest: Sequence[str],
    passages: Sequence[Passage],
) -> Verdict:
    """A verdict once a judge has read a sentence and its passages, or the words of them that are
    ``nearest``. Raises what the judge raises."""
    is_open = verdict.status == "supported" or verdict.reason == NOT_SAID
    if verdict.by_rule or not is_open:
        return verdict
    whole = [full_text(one) for one in passages] if judge.reads_passages else []
    read = whole if whole and sum(map(len, whole)) <= MOST_READ else nearest
    said = judge.follows(bare(sentence, language), read)
    if not said:
        return verdict
    if (score := max(said)) >= ENOUGH:
        return replace(verdict, status="supported", score=score, reason=None)
    return replace(verdict, status="not_found", score=score, reason=NOT_SAID)
