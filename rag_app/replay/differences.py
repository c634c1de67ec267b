"""The differences between two records of one question, in words."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ingest.catalog.view import CatalogView
from ingest.text.sentences import split_sentences
from ingest.text.wording import with_page
from rag_app.answer.record import AnswerRecord, text_digests
from rag_app.grounding.markers import LLM_MARKER
from rag_app.records import Answer, Citation, Hit, LLMCall

Kind = Literal[
    "settings", "model", "collection", "document", "question", "passage", "evidence", "prompt",
    "refused", "answer", "citation", "check", "failure",
]  # fmt: skip
# The same numbers summed in another order differ by less; what matters differs by more.
SAME_CONFIDENCE = 0.005
SHOWN = 80


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is different, as a sentence; of an answer, its lines that went and came."""

    kind: Kind
    text: str


def changes_between(
    then: AnswerRecord, now: AnswerRecord, view: CatalogView, *, offline: bool
) -> tuple[Change, ...]:
    """What changed, in the order in which an answer comes about. ``view`` is of the collection now.

    ``offline``: which LLM is set now is no change, because it was not asked.
    """
    return (
        *_settings(then, now, offline=offline),
        *_built_with(then.collection.fingerprint, now.collection.fingerprint),
        *_documents(then, view),
        *_question(then, now),
        *_passages(then, now, view),
        *_prompt(then, now),
        *_answer(then.answer, now.answer),
        *_citations(then.answer, now.answer),
        *_checks(then.answer, now.answer),
    )


def _settings(then: AnswerRecord, now: AnswerRecord, *, offline: bool) -> Iterator[Change]:
    for name, old in then.settings.items():
        of_llm = name.startswith(("llm_", "openai_"))
        # A setting that one of the two programs does not have cannot be compared.
        if name in now.settings and old != now.settings[name] and not (offline and of_llm):
            yield Change("settings", f"The setting {name} is {now.settings[name]}, was {old}.")
    if then.endpoint != now.endpoint and not offline:
        yield Change("model", f"Answers are by {_by(now)}, were by {_by(then)}.")
    if then.call and now.call and then.call.model != now.call.model:
        yield Change("model", f"The model is {now.call.model}, was {then.call.model}.")


def _by(record: AnswerRecord) -> str:
    return "quotes" if record.endpoint is None else f"the LLM at {record.endpoint}"


def _built_with(then: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Change]:
    for name in sorted({*then, *now}):
        if then.get(name) != now.get(name):
            yield Change(
                "collection",
                f"The collection is built with {name} = {now.get(name)}, was {then.get(name)}.",
            )


def _documents(then: AnswerRecord, view: CatalogView) -> Iterator[Change]:
    texts = text_digests(view, list(then.collection.documents))
    for name, digest in then.collection.documents.items():
        if name not in texts:
            yield Change("document", f"{name} is no longer in the collection.")
        elif texts[name] != digest:
            yield Change("document", f"The text of {name} has changed.")


def _question(then: AnswerRecord, now: AnswerRecord) -> Iterator[Change]:
    if then.standalone != now.standalone:
        old, new = (one.standalone or one.question for one in (then, now))
        yield Change("question", f"Searched for is “{new}”, was “{old}”.")


def _passages(then: AnswerRecord, now: AnswerRecord, view: CatalogView) -> Iterator[Change]:
    ranks = {hit.chunk_id: rank for rank, hit in enumerate(now.answer.hits, start=1)}
    before = {hit.chunk_id: rank for rank, hit in enumerate(then.answer.hits, start=1)}
    for rank, hit in enumerate(then.answer.hits, start=1):
        if (place := ranks.get(hit.chunk_id)) is None:
            yield Change("passage", f"Passage {rank} is gone: {_shown(hit)}; {_why(hit, view)}.")
        elif place != rank:
            yield Change("passage", f"Passage {rank} is now {place}: {_shown(hit)}.")
        elif now.answer.hits[place - 1].text != hit.text:
            yield Change("passage", f"Passage {rank} has other words: {_shown(hit)}.")
    for rank, hit in enumerate(now.answer.hits, start=1):
        if hit.chunk_id not in before:
            yield Change("passage", f"Passage {rank} is new: {_shown(hit)}.")
    if abs(then.confidence - now.confidence) > SAME_CONFIDENCE:
        yield Change(
            "evidence",
            f"The evidence is {now.confidence:.2f} of 1, was {then.confidence:.2f}.",
        )


def _why(hit: Hit, view: CatalogView) -> str:
    """Why a passage is not among those of an answer any more."""
    text = view.document_text(hit.document)
    if text is None:
        return "its document is gone"
    if text[hit.start : hit.end] == hit.text:
        return "others match better"
    if hit.text in text:
        return "it stands elsewhere in its document"
    return "its words have changed"


def _prompt(then: AnswerRecord, now: AnswerRecord) -> Iterator[Change]:
    """Texts that are sent otherwise; that other passages are sent is said already."""
    for what, old, new in (
        ("answer", then.call, now.call),
        ("question that stands alone", then.rewriting, now.rewriting),
    ):
        if old is None or new is None or not old.messages or not new.messages:
            continue
        same_passages = _sent(then, old) == _sent(now, new)
        if old.messages[0] != new.messages[0]:
            yield Change("prompt", f"The rules that the LLM is given for the {what} have changed.")
        elif same_passages and old.messages != new.messages:
            yield Change("prompt", f"The prompt for the {what} has changed.")


def _sent(record: AnswerRecord, call: LLMCall) -> list[tuple[str, str, str, int | None]]:
    """The passages in a prompt, without their scores."""
    hits = record.answer.hits[: call.given]
    return [(hit.chunk_id, hit.text, hit.document, hit.page) for hit in hits]


def _answer(then: Answer, now: Answer) -> Iterator[Change]:
    if then.refused != now.refused:
        yield Change(
            "refused", "It is refused, and was answered." if now.refused else
            "It is answered, and was refused.",
        )  # fmt: skip
    if then.model != now.model:
        yield Change("model", f"The answer is by {now.model}, was by {then.model}.")
    lines = difflib.unified_diff(_sentences(then.text), _sentences(now.text), n=0, lineterm="")
    changed = [line for line in lines if not line.startswith(("---", "+++", "@@"))]
    if changed:
        shown = "\n".join(f"{line[0]} {line[1:]}" for line in changed)
        yield Change("answer", f"The answer has changed:\n{shown}")
    if then.failure != now.failure:
        old, new = (one.message if one else "none" for one in (then.failure, now.failure))
        yield Change("failure", f"The failure of the LLM is: {new}; was: {old}.")


def _citations(then: Answer, now: Answer) -> Iterator[Change]:
    old, new = ({_key(one): one for one in answer.citations} for answer in (then, now))
    for key, citation in old.items():
        if key not in new:
            yield Change("citation", f"A citation is lost: {_cited(citation)}.")
        elif (other := new[key]).supported != citation.supported:
            said = "now supports" if other.supported else "does no longer support"
            why = f" ({other.reason})" if other.reason else ""
            yield Change("citation", f"A citation {said} its sentence: {_cited(other)}{why}.")
    for key, citation in new.items():
        if key not in old:
            yield Change("citation", f"A citation is new: {_cited(citation)}.")


def _checks(then: Answer, now: Answer) -> Iterator[Change]:
    old, new = (_doubts(answer) for answer in (then, now))
    for sentence, reason in new.items():
        if old.get(sentence) != reason:
            yield Change("check", f"Not supported now: “{sentence}” ({reason}).")
    others = _others(now)
    for sentence in old:
        if sentence not in new:
            stands = f", now {others[sentence]}" if sentence in others else ""
            yield Change("check", f"No longer marked as unsupported{stands}: “{sentence}”.")
    before = _others(then)
    for sentence, stands in others.items():
        if (was := before.get(sentence)) is not None and was != stands:
            yield Change("check", f"Now {stands}, was {was}: “{sentence}”.")
    yield from (
        Change("check", f"A note is new: {note}") for note in now.notes if note not in then.notes
    )
    yield from (
        Change("check", f"A note is gone: {note}") for note in then.notes if note not in now.notes
    )


def _doubts(answer: Answer) -> dict[str, str]:
    return {_plain(answer.text[one.start : one.end]): one.reason for one in answer.unsupported}


def _others(answer: Answer) -> dict[str, str]:
    """How the sentences stand that are not unsupported."""
    told = {
        "supported": "supported",
        "derived": "worked out from its sources",
        "not_checked": "not checked",
    }
    return {
        _plain(answer.text[one.start : one.end]): told[one.status]
        for one in answer.checks
        if one.status in told
    }


def _sentences(text: str) -> list[str]:
    """The sentences without their markers: a passage that got another number is told as such."""
    lines = LLM_MARKER.sub("", text).splitlines()
    return [_plain(one) for line in lines for one in split_sentences(line) if one.strip()]


def _plain(text: str) -> str:
    return " ".join(LLM_MARKER.sub("", text).split())


def _key(citation: Citation) -> tuple[str, str]:
    return citation.document, citation.quote


def _cited(citation: Citation) -> str:
    return f"{with_page(citation.document, citation.page)}, “{_short(citation.quote)}”"


def _shown(hit: Hit) -> str:
    return f"{with_page(hit.document, hit.page)}, “{_short(hit.text)}”"


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= SHOWN else f"{plain[:SHOWN].rsplit(' ', 1)[0]} …"
