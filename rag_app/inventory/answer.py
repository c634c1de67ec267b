"""The answer to a question about the whole collection: counted, not found."""

from __future__ import annotations

from functools import cache, partial

from ingest.catalog.filters import Filter
from ingest.catalog.view import CatalogView
from ingest.text.language import question_language
from rag_app.answer.draft import Draft
from rag_app.inventory.asked import Documents, Length
from rag_app.inventory.documents import tell_documents, tell_length
from rag_app.inventory.intent import inventory_of
from rag_app.inventory.intent_english import asks_for_all as all_english
from rag_app.inventory.intent_german import asks_for_all as all_german
from rag_app.inventory.mentions import MODEL, count_mentions
from rag_app.inventory.mentions_told import tell_mentions
from rag_app.inventory.told import Told
from rag_app.languages import COUNTING
from rag_app.messages import say
from rag_app.retrieval.snapshot import Snapshot

# A value of more words than this is a sentence, and no name that a question would have.
VALUE_WORDS = 4


def counted(question: str, snapshot: Snapshot, where: Filter | None) -> Draft | None:
    """The answer to a question about all of the collection; None if it is an ordinary one, or
    asks for what is about a matter and no passage has its words, or how long something is that is
    no document: that is for the search.

    Raises StoreError.
    """
    view = snapshot.view
    asked = inventory_of(question, cache(partial(_values, view)), snapshot.languages)
    if asked is None or not view.has_more_chunks_than(0):
        return None
    told: Told | None
    if isinstance(asked, Documents):
        told = tell_documents(view, asked, where)
    elif isinstance(asked, Length):
        told = tell_length(view, asked, where)
    else:
        count = count_mentions(snapshot, asked, where)
        if not count.found and not asked.exactly:
            return None
        told = tell_mentions(view, asked, count, where)
    if told is None:
        return None
    return Draft(told.text, told.citations, model=MODEL, notes=told.notes)


def coverage_note(question: str, passages: int, snapshot: Snapshot) -> tuple[str, ...]:
    """What to know of an answer from some passages to a question that asks for all there is."""
    language = question_language(question, snapshot.languages)
    asks_for_all = COUNTING.of(language, en=all_english, de=all_german)
    if asks_for_all is None or not asks_for_all(question):
        return ()
    if passages >= (of_passages := snapshot.view.chunk_count()):
        return ()
    return (
        say(
            "This is from {some} of {all} passages, those that match best; there may be more.",
            some=passages,
            all=of_passages,
        ),
    )


def _values(view: CatalogView) -> list[tuple[str, str]]:
    """(field, value): folders, and the texts of fields of the documents' own."""
    return [
        (field.name, str(value))
        for field in view.filter_fields()
        if field.kind == "text" and (field.own or field.name == "folder")
        for value in field.values
        if value and len(str(value).split()) <= VALUE_WORDS
    ]
