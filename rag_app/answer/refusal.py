"""What a refusal says: what was looked for, what came nearest, and what to try."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from ingest.catalog.fields import BUILT_IN
from ingest.catalog.filters import Filter
from ingest.records import FilterField
from rag_app.answer.draft import QUOTES, Draft
from rag_app.answer.quotes import choose_quotes
from rag_app.evidence.evidence import Evidence
from rag_app.messages import say, say_many
from rag_app.records import Citation
from rag_app.retrieval.passage import Passage

CLOSEST = 3
# Of words as many are shown as can be taken in.
MOST_WORDS = 12
# Of what came closest, in characters.
SHOWN = 500
MOST_FIELDS = 30
HOW_TO_CROSS = "RAG_EMBEDDING_MODEL=multilingual-e5-small rag-app reembed"


def refuse(
    evidence: Evidence,
    passages: Sequence[Passage],
    model: str = QUOTES,
    lead: str = "",
) -> Draft:
    """Say that the documents do not answer: ``lead``, if another is given, what came closest, and
    a short paragraph on what was looked for and what to try. Where something is about the like,
    it may be the answer in other words: then less is claimed, and it is shown."""
    query = evidence.query
    closest: tuple[Citation, ...] = ()
    if evidence.is_about_the_like:
        chosen = choose_quotes(evidence, most=CLOSEST)[:CLOSEST]
        closest = tuple(one.to_citation(at) for at, one in enumerate(chosen, start=1))
        lead = lead or say("No passage clearly answers this.")
    lead = lead or say("The documents do not answer this.")
    across = [_across()] if query is not None and query.crosses and not query.is_known else []
    paragraphs = _paragraphs(evidence, passages, closest)
    text = "\n\n".join([lead, *across, *paragraphs])
    return Draft(text, refused=True, model=model, closest=closest)


def refuse_filter(where: Filter, fields: Sequence[FilterField]) -> Draft:
    """Say that no passage passes a filter, and which fields there are: a field that is mistyped
    is one that no document has."""
    own = list(dict.fromkeys(field.name for field in fields if field.own))
    known = {*own, *BUILT_IN, "kind"}
    unknown = sorted(name for name in where.fields if name not in known)
    quoted = [f"“{name}”" for name in unknown]
    parts = [say("No passage passes the filter.")]
    if unknown:
        parts.append(say("No document has a field {names}.", names=listed(quoted)))
    there = listed([field.name for field in fields if not field.own])
    parts.append(say("There are the fields {names}.", names=there))
    if own:
        shown = [*own[:MOST_FIELDS], *(["…"] if len(own) > MOST_FIELDS else [])]
        parts.append(say("The documents have these of their own: {names}.", names=listed(shown)))
    return Draft(" ".join(parts), refused=True)


def _across() -> str:
    return say(
        "The documents are in another language than the question, and the embedding model does "
        "not know both, so only names, codes and numbers could be looked for."
    )


def _paragraphs(
    evidence: Evidence, passages: Sequence[Passage], closest: Sequence[Citation]
) -> Iterator[str]:
    places = list(dict.fromkeys(_place(one.chunk.documents[0], one.chunk.page) for one in passages))
    if closest:
        yield say("Closest passages:")
        # No list: "the second one" means none of these in a question that follows.
        yield from (f"{_place(one.document, one.page)}: “{_in_one_line(one)}”" for one in closest)
    elif places:
        yield say("Closest passages: {places}", places=listed(places[:CLOSEST]))
    if evidence.looked_for:
        words = evidence.looked_for[:MOST_WORDS]
        more = " …" if len(evidence.looked_for) > len(words) else ""
        yield say("Looked for: {words}", words=", ".join(words) + more)
    advice = say("; or ").join(_advice(evidence, found=bool(places)))
    yield say("To try: {advice}.", advice=advice)


def _advice(evidence: Evidence, *, found: bool) -> Iterator[str]:
    query = evidence.query
    if query is not None and query.crosses:
        yield say("a question in the language of the documents")
        if not query.is_known:
            yield say("an embedding model that knows both languages: {how}", how=HOW_TO_CROSS)
    elif evidence.absent:
        words = [f"“{word}”" for word in evidence.absent[:MOST_WORDS]]
        named = listed(words)
        yield say_many(
            "another word for {words}, which is in no passage",
            "other words for {words}, which are in no passage",
            len(words),
            words=named,
        )
    else:
        yield say("other words, or one thing at a time")
    if evidence.filtered:
        yield say("another filter, or none")
    if found:
        yield say("rag-app explain, if you know a passage that answers")


def _in_one_line(closest: Citation) -> str:
    # Without brackets: a marker in a document's words is none of this answer's.
    words = closest.quote.replace("[", "(").replace("]", ")")
    return textwrap.shorten(" ".join(words.split()), SHOWN, placeholder=" …")


def _place(document: str, page: int | None) -> str:
    if page is None:
        return document
    return say("{document} (page {page})", document=document, page=page)


def listed(names: Sequence[str]) -> str:
    """Names as a sentence has them; "" for none."""
    if len(names) < 2:
        return "".join(names)
    return say("{names} and {last}", names=", ".join(names[:-1]), last=names[-1])
