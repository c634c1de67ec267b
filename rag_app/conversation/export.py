"""Export of conversations: Markdown, Word and PDF to read, JSON to keep, feedback as questions.

The questions have the form of ``rag_app.eval.questions``: what a reader found good is a question
with its answer's cited passages as gold, or without gold where the refusal was good. What a reader
found bad has no gold that is known: such a line says ``"review": true`` and is passed over by
``rag-app eval`` until a person has put the right ``gold`` there and taken ``review`` away.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from rag_app.answer.draft import QUOTES, REPLY
from rag_app.conversation.records import Conversation, Exchange
from rag_app.conversation.written import written_answer
from rag_app.grounding.markers import MARKER
from rag_app.inventory import mentions as counting
from rag_app.messages import say
from rag_app.messages.places import place_of
from rag_app.records import Answer
from rag_app.remarks import DOUBTS, citation_statuses, with_remarks
from rag_app.tables import answer as computing

# What begins a block, an element or a mark of Markdown.
MARKS = re.compile(
    r"([\\`*_\[\]<>#|~$&!]|^[ \t]*[-+=](?=[\s=-])|(?:(?<=^\d)|(?<=^\d\d))[.)])", re.M
)
# What could load, lead or run, of an LLM's Markdown.
ACTS = re.compile(r"([\[\]<>!])")
# What could format a cell of a table.
IN_CELLS = re.compile(r"([`*_\[\]<>#~$&!])")
OURS = (QUOTES, counting.MODEL, computing.MODEL, REPLY)


class Form(NamedTuple):
    """A form in which a conversation is exported: its name, what its files end in, its type."""

    name: str
    suffix: str
    mime: str


FORMS = (
    Form("Markdown", "md", "text/markdown"),
    Form("JSON", "json", "application/json"),
    Form("Word", "docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    Form("PDF", "pdf", "application/pdf"),
)


def exported(conversation: Conversation, suffix: str) -> bytes:
    """A conversation in one of ``FORMS``, by its suffix; as JSON in any other. All but JSON have
    the branch that is shown, with numbered citations: document, page, exact words."""
    if suffix == "docx":
        from rag_app.conversation.word import to_docx

        return to_docx(conversation)
    if suffix == "pdf":
        from rag_app.conversation.pdf import to_pdf

        return to_pdf(conversation)
    form = to_markdown if suffix == "md" else to_json
    return form(conversation).encode("utf-8", "replace")


def to_json(conversation: Conversation) -> str:
    """The whole conversation, every branch of it, with all that is known of each answer."""
    branch = [exchange.id for exchange in conversation.branch()]
    values = {
        "id": conversation.id,
        "title": conversation.title,
        "created": conversation.created,
        "shown": branch,
        "exchanges": [exchange.to_json() for exchange in conversation.exchanges],
    }
    return json.dumps(values, ensure_ascii=True, indent=2) + "\n"


def to_markdown(conversation: Conversation) -> str:
    """The branch that is shown, with its citations as footnotes: document, page, exact words."""
    parts = [f"# {_escaped(_line(conversation.title))}"]
    footnotes: list[str] = []
    for number, exchange in enumerate(conversation.branch(), start=1):
        parts.append(f"## {_escaped(_line(exchange.question))}")
        if exchange.where is not None:
            only = say("Searched only in: {filter}", filter=json.dumps(exchange.where))
            parts.append(f"*{_escaped(only)}*")
        parts.append(_formatted(exchange, f"{number}-", footnotes))
    return "\n\n".join([*parts, *footnotes]) + "\n"


def report_file(title: str, answer: Answer, suffix: str) -> bytes:
    """An answer that stands alone under a title, such as a report, as Markdown ("md") or Word
    ("docx"), with its sources numbered."""
    if suffix == "docx":
        from rag_app.conversation.word import docx_of

        return docx_of(written_answer(title, answer))
    footnotes: list[str] = []
    parts = [f"# {_escaped(_line(title))}", _formatted(Exchange(title, answer), "", footnotes)]
    return ("\n\n".join([*parts, *footnotes]) + "\n").encode("utf-8", "replace")


def to_questions(exchanges: Iterable[Exchange]) -> str:
    """Exchanges with feedback as a questions file, one JSON object a line."""
    lines = (
        json.dumps(line, ensure_ascii=False) for line in map(_question_values, exchanges) if line
    )
    return "".join(f"{line}\n" for line in lines)


def cited_text(answer: Answer) -> str:
    """An answer with its sources below it, as plain text."""
    sources = [
        f"[{one.marker}] {place}: “{_line(one.quote)}”"
        for one in answer.citations
        for place in [place_of(one.document, one.page, by_ocr=one.by_ocr)]
    ]
    return "\n".join([answer.text, "", *dict.fromkeys(sources)]).strip()


def _formatted(exchange: Exchange, prefix: str, footnotes: list[str]) -> str:
    if exchange.answer is None:
        stopped = say("Stopped.")
        outcome = f"*{_escaped(exchange.error)}*" if exchange.error else f"*{stopped}*"
        return f"{_escaped(exchange.partial)}\n\n{outcome}".strip()
    answer = exchange.answer
    marks: dict[int, list[str]] = {}
    standings = citation_statuses(answer)
    for place, (citation, standing) in enumerate(
        zip(answer.citations, standings, strict=True), start=1
    ):
        name = f"{prefix}{place}"
        doubt = "" if standing == "supported" else f" ({say(DOUBTS[standing])})"
        cited = place_of(citation.document, citation.page, by_ocr=citation.by_ocr)
        source = _escaped(cited)
        footnotes.append(f"[^{name}]: {source}{doubt}: “{_escaped(_line(citation.quote))}”")
        marks.setdefault(citation.marker, []).append(f"[^{name}]")
    text = "".join(_with_footnotes(answer, marks))
    notes = [f"*{_escaped(note)}*" for note in answer.notes]
    # A note on the documents' own words says why they stand there.
    return "\n\n".join([*notes, text] if answer.model == QUOTES else [text, *notes])


def _shown(text: str, answer: Answer) -> str:
    """Words of an answer: an LLM's keep their emphasis, lists and tables, and rows that are quoted
    stay a table."""
    if answer.model not in OURS:
        return ACTS.sub(r"\\\1", text)
    if not any(one.cells for one in answer.citations):
        return _escaped(text)
    return "\n".join(
        IN_CELLS.sub(r"\\\1", line) if line.lstrip().startswith("|") else _escaped(line)
        for line in text.split("\n")
    )


def _with_footnotes(answer: Answer, marks: dict[int, list[str]]) -> Iterator[str]:
    """The answer with footnotes for its markers: each citation of a marker in its turn."""
    at = 0
    text = with_remarks(answer, "({})".format)
    for match in MARKER.finditer(text):
        waiting = marks.get(int(match[1]))
        if waiting:
            yield _shown(text[at : match.start()], answer)
            yield waiting.pop(0) if len(waiting) > 1 else waiting[0]
            at = match.end()
    yield _shown(text[at:], answer)


def _question_values(exchange: Exchange) -> dict[str, Any]:
    """One line; nothing for an exchange that was not answered or not rated."""
    answer, feedback = exchange.answer, exchange.feedback
    if answer is None or feedback is None:
        return {}
    line: dict[str, Any] = {"id": exchange.id, "question": answer.standalone or exchange.question}
    gold = _gold(answer)
    good = feedback.verdict == "up"
    if good and (gold or answer.refused):
        line |= {"answerable": not answer.refused, "gold": [] if answer.refused else gold}
    else:
        line |= {"review": True, "gold": [], "cited": gold, "refused": answer.refused}
    line |= {"answer": answer.text, "verdict": feedback.verdict, "comment": feedback.comment}
    return line | ({"where": exchange.where} if exchange.where else {})


def _gold(answer: Answer) -> list[dict[str, Any]]:
    """What an answer rests on, each place once."""
    places = [
        {"document": one.document, "page": one.page, "quote": one.quote}
        for one in answer.citations
        if one.supported
    ]
    return [place for number, place in enumerate(places) if place not in places[:number]]


def _line(text: str) -> str:
    return " ".join(text.split())


def _escaped(text: str) -> str:
    """Escape text for Markdown: what a document says must not format what is exported."""
    return MARKS.sub(r"\\\1", text)
