"""What rows of a table hold, and a passage does not say: a sum, a count, the greatest of some.

Nothing is calculated here: that the rows hold it is said, and they are quoted.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.text.analyzer import sought_stems, stems
from rag_app.answer.draft import Draft
from rag_app.collection.rows import are_of_one_table, cells_of
from rag_app.evidence.calculation_english import ENGLISH
from rag_app.evidence.calculation_german import GERMAN
from rag_app.evidence.evidence import Evidence
from rag_app.evidence.sentences import Sentence
from rag_app.languages import OPERATIONS
from rag_app.messages import say
from rag_app.records import Cells

NUMBER = re.compile(r"\W*\d[\d.,]*\W*(?:\w+\W*)?")  # with its unit
# Of the best sentences.
LOOKED_AT = 10


def lead_of(question: str, evidence: Evidence) -> str | None:
    """What to say before the rows that hold what a question has to have worked out; None where it
    asks for nothing of the kind, or no table has it: the best sentence is no row, is the only
    one, shares no word with the question, or says the result itself; or where the evidence is
    of another matter than the question, and its confidence nothing."""
    language = evidence.query.language if evidence.query is not None else "en"
    rules = OPERATIONS.of(language, en=ENGLISH, de=GERMAN)
    needs = rules.of(question) if rules is not None and evidence.confidence > 0 else None
    rows = _rows(evidence) if needs else []
    if rules is None or needs is None or len(rows) < 2:
        return None
    first = rows[0]
    cells = _cells(first)
    heads = set(stems(" ".join(head for head, _ in cells), language))
    about = set(sought_stems(question, language)) - rules.words_of(question)
    said = {*heads, *first.stems, *stems(first.passage.chunk.documents[0], language)}
    if not about & said or rules.words & set(stems(question, language)) & said:
        return None
    # Of a column of numbers its head and its unit, and the label of a row, which has no head.
    counted = " ".join(
        f"{head} {cell}" for head, cell in cells if NUMBER.fullmatch(cell) or not head
    )
    if rules.how_many.search(question) and about & set(stems(counted, language)):
        return None  # the row has the number
    return say(
        "The rows of a table hold this, but {what} could not be worked out from them. These match "
        "best:",
        what=say(needs),
    )


def with_lead(draft: Draft, lead: str | None) -> Draft:
    """A draft with words before it, if there are any."""
    return draft if lead is None else draft._replace(text=f"{lead}\n\n{draft.text}")


def _rows(evidence: Evidence) -> Sequence[Sentence]:
    """The rows among the best sentences that have the columns of the first of all, which is one."""
    best = evidence.sentences[:LOOKED_AT]
    first = _cells(best[0]) if best else ()
    return [
        one
        for one in best
        if first
        and one.passage.chunk.documents == best[0].passage.chunk.documents
        and are_of_one_table(first, _cells(one))
    ]


def _cells(sentence: Sentence) -> Cells:
    return cells_of(sentence.passage.chunk, sentence.start, sentence.end)
