"""Rows of tables that are asked for by name: "What does the X-4 cost?" is answered by the row whose
cell begins with X-4, in the column "Price".

A sentence that says the same word ("the case for the X-4 costs …") is of another thing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from functools import lru_cache

from ingest.text.analyzer import stems
from rag_app.records import Cells
from rag_app.retrieval.forms import code_in
from rag_app.retrieval.query import Query

# How a question asks, and the stems of the heads of columns that answer it.
Forms = Sequence[tuple[re.Pattern[str], frozenset[str]]]


def columns_asked(question: str, forms: Forms) -> frozenset[str]:
    """The stems of the heads that columns have which answer a question of such a form."""
    return frozenset[str]().union(*(heads for form, heads in forms if form.search(question)))


def is_asked_for(query: Query, columns: Set[str], cells: Cells) -> bool:
    """Whether a row has a cell that the question names, and in another one what it asks for:
    ``columns`` as the question's form says, or as it names the head itself; and nothing else is
    asked. A question for nothing but a code ("What does E22 mean?") asks for the row of that
    name."""
    named = {head for head, cell in cells if _is_named(query, cell)}
    if not named:
        return False
    if query.codes and not any(map(str.isalpha, query.stems)):
        return len(cells) > 1
    wanted = columns | set(query.stems)
    language = query.language
    heads = [head for head, _ in cells if head not in named]
    if all(wanted.isdisjoint(_stems_of(head, language)) for head in heads):
        return False
    # "What led to the rise in revenue in 2018?" names a row and a column, and asks for neither.
    told = set(columns).union(*(_stems_of(f"{head} {cell}", language) for head, cell in cells))
    return told.issuperset(one for one in query.stems if one.isalpha())  # codes have many forms


def _is_named(query: Query, cell: str) -> bool:
    words = cell.casefold().split()
    # "GW-3 gateways" are the gateways, where no code says which.
    own = words if query.codes else [word for word in words if not _is_code(word)]
    cell_stems = _stems_of(" ".join(own), query.language)
    if cell_stems and cell_stems <= set(query.stems) and any(map(str.isalpha, cell)):
        return True
    first = " ".join(words[:2])
    return any(
        any(map(str.isalpha, code)) and first.startswith(code[0]) and code_in(code, first)
        for code in query.codes
    )


def _is_code(word: str) -> bool:
    return any(map(str.isdigit, word)) and any(map(str.isalpha, word))


@lru_cache(512)
def _stems_of(text: str, language: str) -> frozenset[str]:
    return frozenset(stems(text, language))
