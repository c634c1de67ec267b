"""What came of counting mentions, in words."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.catalog.filters import Filter
from ingest.catalog.view import CatalogView
from rag_app.inventory.asked import Matter, Mentions
from rag_app.inventory.documents import beginning, conditions_of
from rag_app.inventory.mentions import Count, citation_of, language_of, stems_of
from rag_app.inventory.told import LISTED, Told, more
from rag_app.messages import say, say_many
from rag_app.messages.counts import in_passages
from rag_app.records import Citation


def tell_mentions(
    view: CatalogView, asked: Mentions, count: Count, where: Filter | None = None
) -> Told:
    """What came of counting mentions, with a citation for each document that is named."""
    what = _listed([_quoted(one) for one in asked.matters], either=asked.either)
    if asked.without:
        without = _listed([_quoted(one) for one in asked.without], either=True)
        what = say("{this}, but not {that}", this=what, that=without)
    notes = [_how(asked, count, what)]
    yes = ""
    if asked.yes_or_no:
        yes = (say("Yes.") if count.found else say("No.")) + " "
    conditions = ", ".join(conditions_of(asked.scope))
    within = f" ({conditions})" if conditions else ""
    if not count.found:
        if asked.negated:
            none = say("Every document has {what}.", what=what)
        elif not asked.either and len([*asked.matters, *asked.matters[0].words[1:]]) > 1:
            none = say(
                "No passage of the collection{within} has all of {what}.", within=within, what=what
            )
        else:
            none = say("No passage of the collection{within} has {what}.", within=within, what=what)
        return Told(yes + none, (), tuple(notes))
    documents = say_many(
        "{some} of {count} document", "{some} of {count} documents", count.of_documents,
        some=len(count.found),
    ) + within  # fmt: skip
    if asked.negated:
        first = say_many(
            "{documents} does not have {what}:", "{documents} do not have {what}:",
            len(count.found), documents=documents, what=what,
        )  # fmt: skip
    else:
        passages = in_passages(count.passages)
        if asked.pages and count.pages:
            passages += say_many(", on {count} page", ", on {count} pages", count.pages)
        first = say_many(
            "{documents} has {what}, in {passages}:", "{documents} have {what}, in {passages}:",
            len(count.found), documents=documents, what=what, passages=passages,
        )  # fmt: skip
    first = yes + first
    lines = [first]
    citations: list[Citation] = []
    language = language_of(asked, view)
    wanted = {stem for one in asked.matters for stem in stems_of(one, language)}
    phrases = [phrase for one in asked.matters for phrase in one.phrases]
    for found in count.found[:LISTED]:
        marker = len(citations) + 1
        citation = (
            citation_of(view, found, wanted, phrases, language, marker, where)
            if found.numbers
            else beginning(view, found.document, marker)
        )
        citations += [citation] if citation else []
        counted = f": {in_passages(len(found.numbers))}" if found.numbers else ""
        lines.append(f"- {found.document}{counted}" + (f" [{marker}]" if citation else ""))
    left = more([found.document for found in count.found])
    return Told("\n".join([*lines, *left]), tuple(citations), tuple(notes))


def _how(asked: Mentions, count: Count, what: str) -> str:
    """How was counted."""
    matters = [*asked.matters, *asked.without]
    words = [word for one in matters for word in one.words]
    has_phrases = any(one.phrases for one in matters)
    first = asked.matters[0]
    of_one = len(asked.matters) == 1 and len(first.words + first.phrases) > 1
    told = [
        say(
            "Counted over all {passages} passages of {documents} documents: those with {what}.",
            passages=count.of_passages,
            documents=count.of_documents,
            what=say("all of {what}", what=what) if of_one else what,
        )
    ]
    if not has_phrases:
        told.append(
            say("A word counts in any of its forms, in the text or in the headings over it.")
        )
    elif words:
        told.append(say("What is quoted counts exactly, other words in any of their forms."))
    else:
        told.append(say("It counts exactly, in the text."))
    if len(asked.matters) > 1 and not asked.either:
        told.append(
            say(
                "The words of one thing stand in one passage; different things may stand in "
                "different passages of a document."
            )
        )
    told.append(say("What says it in other words is not counted."))
    return " ".join(told)


def _quoted(matter: Matter) -> str:
    return _listed([f"“{word}”" for word in (*matter.words, *matter.phrases)])


def _listed(words: Sequence[str], *, either: bool = False) -> str:
    if len(words) == 1:
        return words[0]
    last = say(" or ") if either else say(" and ")
    return f"{', '.join(words[:-1])}{last}{words[-1]}"
