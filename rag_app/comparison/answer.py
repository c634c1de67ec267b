"""The answer to "Compare A and B" and "What changed in the new version of A?": both documents' own
words, side by side."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from ingest.catalog.filters import Filter
from ingest.catalog.view import CatalogView
from ingest.embed.embedder import Embedder
from ingest.records import StoredDocument
from ingest.text.language import question_language
from rag_app.answer.draft import Draft
from rag_app.collection.dates import dated
from rag_app.collection.named import date_of, documents_in, named_so
from rag_app.collection.sections import sections_of
from rag_app.collection.told import Told
from rag_app.comparison.align import Alignment, Laid, lines_of
from rag_app.comparison.compared import Compared
from rag_app.comparison.intent_english import compared_english
from rag_app.comparison.intent_german import compared_german
from rag_app.evidence.versions import subject_of
from rag_app.languages import COMPARISONS
from rag_app.messages import say, say_many
from rag_app.records import Citation

MODEL = "comparison"
# So many differences of each kind are shown; how many more there are is said.
SHOWN = 20
# In characters: of a sentence that is in one document only, what is shown.
LONGEST = 300
# Documents are versions of one if so much of the shorter is in both.
VERSIONS = 0.2
# From this cosine on sentences of two documents are about one matter; so many pairs are shown.
OF_ONE_MATTER = 0.5
PAIRS = 10


def compared(
    question: str,
    view: CatalogView,
    where: Filter | None,
    embedder: Embedder,
    languages: Sequence[str] = (),
) -> Draft | None:
    """The comparison that a question to documents in some languages asks for; None if it asks for
    none, or for one of what are no two documents. Raises StoreError, EmbedderError."""
    language = question_language(question, languages)
    rules = COMPARISONS.of(language, en=compared_english, de=compared_german)
    asked = None if rules is None else rules(question)
    pair = None if asked is None else _pair(asked, documents_in(view, where))
    if pair is None:
        return None
    lines = [lines_of(sections_of(view, document.name)) for document in pair]
    laid = Laid(lines[0], lines[1], embedder)
    found = laid.aligned()
    if found.same + len(found.changed) >= VERSIONS * min(map(len, lines)):
        return _versions(pair, found)
    return _of_one_matter(pair, laid.aligned(OF_ONE_MATTER))


def _pair(
    asked: Compared, documents: Sequence[StoredDocument]
) -> tuple[StoredDocument, StoredDocument] | None:
    """The two documents that are meant, of two versions the older first."""
    one = named_so(asked.one, documents)
    if not one:
        return None
    if asked.other:
        other = [each for each in named_so(asked.other, documents) if each.name != one[0].name]
        return (one[0], other[0]) if other else None
    # The versions of a document differ in their dates and numbers.
    families = [[each for each in one if _family(each) == _family(first)] for first in one]
    newest = next((family for family in families if len(family) > 1), None)
    if newest is None:
        return None
    in_order = sorted(newest, key=lambda each: (date_of(each), each.name))
    return in_order[-2], in_order[-1]


def _family(document: StoredDocument) -> frozenset[str]:
    return subject_of(document.title or "") or subject_of(document.name)


def _versions(pair: tuple[StoredDocument, StoredDocument], found: Alignment) -> Draft:
    """Two versions of a document: what changed, what only one has, what was moved."""
    names = _names(pair)
    said = _Said(names)
    in_order = sorted(found.changed, key=lambda one: one[1].start)
    said.table(say("Changed"), [one for one in in_order if _are_other(*one)])
    said.table(say("Put in other words"), [one for one in in_order if not _are_other(*one)])
    said.sentences(say("Only in {document}", document=names[0]), found.only_first)
    said.sentences(say("Only in {document}", document=names[1]), found.only_second)
    said.moved(found.moved)
    notes = [
        say_many(
            "{count} sentence or row is the same in both.",
            "{count} sentences or rows are the same in both.",
            found.same,
        )
    ]
    if not said.parts:
        text = say("{one} and {other} say the same.", one=names[0], other=names[1])
        return Draft(text, model=MODEL, notes=tuple(notes))
    return said.draft(_first_line(pair, names), notes)


def _of_one_matter(pair: tuple[StoredDocument, StoredDocument], found: Alignment) -> Draft:
    """Two documents of their own: what both say of one matter."""
    names = _names(pair)
    said = _Said(names)
    said.table(say("On the same matter"), found.changed[:PAIRS], in_bold=False)
    if not said.parts:
        text = say(
            "{one} and {other} have no sentences on the same matter.",
            one=names[0],
            other=names[1],
        )
        return Draft(text, refused=True, model=MODEL)
    note = say(
        "These are not versions of one document, so their sentences are laid side by side by what "
        "they are about, the nearest first."
    )
    return said.draft(_first_line(pair, names), [note])


def _first_line(pair: tuple[StoredDocument, StoredDocument], names: tuple[str, str]) -> str:
    """The two, with the dates that they give themselves, and which of them is the newer."""
    dates = [dated(one.name, one.metadata, None) for one in pair]
    days = [date[0] if date else "" for date in dates]
    shown = [
        f"**{name}**{f' ({day})' if day else ''}" for name, day in zip(names, days, strict=True)
    ]
    line = say("{one} beside {other}.", one=shown[0], other=shown[1])
    if all(days) and days[0] != days[1]:
        first, second = say("The first is the newer."), say("The second is the newer.")
        line += " " + (first if days[0] > days[1] else second)
    return line


class _Said:
    """What the answer says, part by part, with its citations."""

    def __init__(self, names: tuple[str, str]) -> None:
        self.names = names
        self.parts: list[str] = []
        self.citations: list[Citation] = []

    def draft(self, first: str, notes: Sequence[str]) -> Draft:
        """All of it, under a first line."""
        text = "\n\n".join([first, *self.parts])
        return Draft(text, tuple(self.citations), model=MODEL, notes=tuple(notes))

    def table(
        self, title: str, pairs: Sequence[tuple[Told, Told]], *, in_bold: bool = True
    ) -> None:
        """Two columns, a document each; what differs ``in_bold``."""
        if not pairs:
            return
        lines = [f"**{title}**\n", f"| {' | '.join(map(_cell, self.names))} |", "| --- | --- |"]
        for one, other in pairs[:SHOWN]:
            old, new = one.words, other.words
            if in_bold:
                old, new = _standing_out(old, new)
            lines.append(f"| {_cell(old)} {self._cite(one)} | {_cell(new)} {self._cite(other)} |")
        self._add(lines, len(pairs))

    def sentences(self, title: str, found: Sequence[Told]) -> None:
        """Sentences of one document."""
        if found:
            lines = [f"**{title}**\n"]
            for one in found[:SHOWN]:
                words = one.words if len(one.words) <= LONGEST else f"{one.words[:LONGEST]} …"
                lines.append(f"- {words} {self._cite(one)}")
            self._add(lines, len(found))

    def moved(self, pairs: Sequence[tuple[Told, Told]]) -> None:
        """What stands in another section than it did."""
        if pairs:
            title = say("Moved")
            lines = [f"**{title}**\n"]
            for one, other in pairs[:SHOWN]:
                to = say("from “{old}” to “{new}”", old=one.section, new=other.section)
                lines.append(f"- {one.words} {self._cite(one)} {to} {self._cite(other)}")
            self._add(lines, len(pairs))

    def _add(self, lines: list[str], of: int) -> None:
        if of > SHOWN:
            lines.append("\n" + say("… and {count} more.", count=of - SHOWN))
        self.parts.append("\n".join(lines))

    def _cite(self, line: Told) -> str:
        marker = len(self.citations) + 1
        self.citations.append(line.to_citation(marker))
        return f"[{marker}]"


def _are_other(one: Told, other: Told) -> bool:
    """Whether two sentences that belong together differ in more than wording: in a number, or so
    little that the difference must be what was meant to change."""
    numbers = [re.findall(r"\d+(?:[.,]\d+)*", line.words) for line in (one, other)]
    if sorted(numbers[0]) != sorted(numbers[1]):
        return True
    words = SequenceMatcher(None, one.words.split(), other.words.split(), autojunk=False)
    return words.ratio() >= 0.5


def _standing_out(one: str, other: str) -> tuple[str, str]:
    """Two sentences with the words that only one of them has in bold."""
    left, right = one.split(), other.split()
    words = SequenceMatcher(None, left, right, autojunk=False)
    old: list[str] = []
    new: list[str] = []
    for kind, start, end, first, last in words.get_opcodes():
        for shown, own in ((old, left[start:end]), (new, right[first:last])):
            if own:
                shown.append(" ".join(own) if kind == "equal" else f"**{' '.join(own)}**")
    return " ".join(old), " ".join(new)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _names(pair: tuple[StoredDocument, StoredDocument]) -> tuple[str, str]:
    """The titles of two documents, or their files' names where they have the same one or none."""
    first, second = (one.title or one.name for one in pair)
    return (pair[0].name, pair[1].name) if first == second else (first, second)
