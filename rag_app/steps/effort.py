"""When an answer takes several steps."""

from __future__ import annotations

from rag_app.evidence.evidence import Evidence
from rag_app.finding import Found
from rag_app.records import Effort
from rag_app.retrieval.passage import passage_stems

# A question asks for more than one search finds where it has so many words to look for, and the
# best passages together have so much more of them than any one: a question of one thing finds its
# words together. Measured on two sets, docs/LOG.md, 2026-11-29.
MANY_WORDS = 6
APART = 0.15
LOOKED_AT = 5


def takes_steps(effort: Effort, found: Found) -> bool:
    """Whether an LLM is to plan steps to an answer: never where all there is to say is known, or
    the question is for a whole document, which is read anyway; in "auto" where the question names
    several things, or its words lie apart."""
    if effort == "quick" or found.draft is not None or found.whole is not None:
        return False
    return effort == "thorough" or bool(found.parts) or _lie_apart(found.evidence)


def _lie_apart(evidence: Evidence) -> bool:
    words = list(evidence.query.words.values()) if evidence.query else []
    if len(words) < MANY_WORDS:
        return False
    stems = [set(passage_stems(one)) for one in evidence.passages[:LOOKED_AT]]

    def share(there: set[str]) -> float:
        return sum(not there.isdisjoint(own) for own in words) / len(words)

    together = share(set().union(*stems))
    return together - max(map(share, stems), default=0.0) >= APART
