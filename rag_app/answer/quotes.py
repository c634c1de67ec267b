"""Answers without an LLM: the parts of passages that answer best, word for word, each cited.

A 0.5-billion-parameter LLM gave a right answer to 0.30 of SQuAD's questions where the best
sentence held it for 0.76: saying less, exactly, is a good answer. Saying a little more is a better
one: the sentence that is most like a question often says it again, and its answer stands beside it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ingest.records import StoredChunk
from ingest.text.scripts import is_dense
from rag_app.answer.draft import Draft
from rag_app.answer.lists import WHOLE_LIST, asks_for_steps, list_around, short_table
from rag_app.collection.rows import are_of_one_table, cells_of, markdown_table
from rag_app.evidence.evidence import Evidence
from rag_app.evidence.sentences import Sentence
from rag_app.records import Cells, Citation

# In characters: the stretch round the best sentence, up to half of it before; the further ones; all
# of them. Measured on five sets, docs/LOG.md, 2026-11-29.
LONGEST = 500
FURTHER = 160
ALL = 800
MOST_QUOTES = 4
# Of all these, what writing that says a syllable or a word with each sign takes.
DENSE = 0.4
# Further sentences are quoted while they are nearly as good as the first ...
NEARLY = 0.35
# ... and one of a page that is quoted already counts so much less: whoever opens that page sees it,
# while another page may be the right one. Measured in docs/LOG.md, 2026-11-22.
SAME_PLACE = 0.18
# Rows of a table whose scores differ by less are all the same to a question: by 0.01 to 0.1 where
# it asks for what is in all of them, by 0.35 and more where it names one (docs/LOG.md, 2026-11-30).
ALIKE = 0.15
# "Dip plate." is a term, not a sentence. In characters.
TERM = 24

# What parts two tables, and never two rows.
PARTED = "\n\n"

POINTS_BACK = re.compile(
    r"(?:it|its|this|that|these|those|they|their|he|she|such|otherwise|however|in this case)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a document, as ``text[start:end]``, chosen for one sentence in them."""

    sentence: Sentence
    start: int
    end: int

    @property
    def text(self) -> str:
        offset = self.sentence.passage.chunk.start
        return self.sentence.passage.chunk.text[self.start - offset : self.end - offset]

    @property
    def cells(self) -> Cells:
        """The cells of the row that it is, with their heads; none if it is no row of a table."""
        return cells_of(self.sentence.passage.chunk, self.start, self.end)

    def to_citation(self, marker: int) -> Citation:
        """Its citation. It is supported by being the words themselves."""
        cited = self.sentence.passage.to_citation(marker, self.start, self.end)
        if self.sentence.text.endswith(":"):  # what leads to a list is not the answer
            return cited
        return replace(cited, best=(self.sentence.start, self.sentence.end))


def quote(
    evidence: Evidence, also: Sequence[Sentence] = (), *, most: int = MOST_QUOTES, first: int = 1
) -> Draft:
    """The stretches that answer best, and other sentences, word for word, each with its citation.
    Several rows of one table are shown as a table, under one marker, and so is a row that does not
    say the heads of its columns itself; their citations have the words of the document. There are
    ``most`` at most, beside the others; the markers begin with ``first``."""
    parts: list[str] = []
    citations: list[Citation] = []
    for marker, quotes in enumerate(_tables(choose_quotes(evidence, also, most)), start=first):
        cells = [one.cells for one in quotes]
        if len(quotes) == 1 and not (cells[0] and "\t" in quotes[0].text):
            parts.append(f"{quotes[0].text} [{marker}]")
            citations.append(quotes[0].to_citation(marker))
        else:
            parts.append(markdown_table(cells, marker))
            rows = zip(quotes, cells, strict=True)
            citations += [replace(one.to_citation(marker), cells=own) for one, own in rows]
    return Draft("\n\n".join(parts), tuple(citations))


def _tables(chosen: Sequence[Quote]) -> list[list[Quote]]:
    """Quotes one by one, but the rows of one table together, where its first one stands."""
    groups: list[list[Quote]] = []
    for one in chosen:
        table = next((group for group in groups if _is_of_its_table(one, group[0])), None)
        if table is None:
            groups.append([one])
        else:
            table.append(one)
    return [_in_order(group) for group in groups]


def _in_order(rows: list[Quote]) -> list[Quote]:
    """A table that is quoted whole, in its own order; of another the best row first."""
    whole = short_table(rows[0].sentence.passage.chunk, rows[0].start)
    if {one.start for one in rows} != {start for start, _ in whole}:
        return rows
    return sorted(rows, key=lambda row: row.start)


def _is_of_its_table(one: Quote, other: Quote) -> bool:
    first, last = sorted((one, other), key=lambda quote: quote.start)
    chunk, later = first.sentence.passage.chunk, last.sentence.passage.chunk
    if chunk.documents != later.documents or not are_of_one_table(one.cells, other.cells):
        return False
    if chunk.id == later.id:
        between = chunk.text[first.end - chunk.start : last.start - chunk.start]
    else:  # what stands between the passages is not known
        before = later.text[: last.start - later.start]
        between = f"{chunk.text[first.end - chunk.start :]}\n{before}"
    return PARTED not in between


def choose_quotes(
    evidence: Evidence, also: Sequence[Sentence] = (), most: int = MOST_QUOTES
) -> list[Quote]:
    """One to four quotes, or ``most``, best first, none inside another; none if there is no
    sentence. And those of ``also``: what must not be left out."""
    chosen: list[Quote] = []
    waiting = list(evidence.sentences)
    least = waiting[0].score - NEARLY if waiting else 0.0
    while waiting and len(chosen) < most:
        places = set(map(_place, (one.sentence for one in chosen)))
        worth, _, best = max(
            (one.score - SAME_PLACE * (_place(one) in places), -order, one)
            for order, one in enumerate(waiting)
        )
        if worth < least:
            break
        waiting.remove(best)
        if not chosen and evidence.query and asks_for_steps(evidence.query.text):
            best = _first_step(best, evidence.sentences)
        quote = stretch(best, FURTHER if chosen else LONGEST, chosen)
        is_short = not chosen or sum(len(one.text) for one in (*chosen, quote)) <= ALL
        if is_short and not any(_says_the_same(quote, other) for other in chosen):
            chosen.append(quote)
    for sentence in (*_tables_in_full(chosen, evidence.sentences), *also):
        quote = stretch(sentence, 0, chosen)
        if not any(_says_the_same(quote, other) for other in chosen):
            chosen.append(quote)
    return chosen


def _tables_in_full(chosen: Sequence[Quote], sentences: Sequence[Sentence]) -> list[Sentence]:
    """The rows of short tables that are to be quoted as a whole: of the first row's table, where
    all its rows are the same to the question; and of the first table that a quote ends in front of,
    as "see table 1" says nothing without it."""
    first = next((one for one in chosen if one.cells), None)
    rows = _rows_of(first.sentence, first.start, sentences) if first is not None else []
    scores = [one.score for one in rows]
    found = rows if scores and max(scores) - min(scores) <= ALIKE else []
    for one in chosen:
        after = None if one.cells else _next(one.sentence.passage.chunk, one.end)
        if after is not None and (rows := _rows_of(one.sentence, after, sentences)):
            return [*found, *rows]
    return found


def _rows_of(one: Sentence, start: int, sentences: Sequence[Sentence]) -> list[Sentence]:
    """The rows of the short table in a sentence's passage of which one begins at ``start``."""
    chunk = one.passage.chunk
    starts = {row[0] for row in short_table(chunk, start)}
    there = [each for each in sentences if each.passage.chunk.id == chunk.id]
    return sorted((each for each in there if each.start in starts), key=lambda each: each.start)


def _next(chunk: StoredChunk, place: int) -> int | None:
    """Where the sentence or row begins that follows a place."""
    return next((start for start, _ in chunk.sentences if start >= place), None)


def _first_step(sentence: Sentence, sentences: Sequence[Sentence]) -> Sentence:
    """The first sentence of the list that a sentence stands in, where the list is too long to be
    quoted whole: who asks for the steps begins with the first. Else the sentence itself."""
    items = list_around(sentence)
    if items is None or items[1] - items[0] <= WHOLE_LIST:
        return sentence
    chunk = sentence.passage.chunk
    firsts = (
        one for one in sentences if one.start == items[0] and one.passage.chunk.id == chunk.id
    )
    return next(firsts, sentence)


def stretch(sentence: Sentence, longest: int, chosen: Sequence[Quote] = ()) -> Quote:
    """A sentence with what it cannot be understood without, and as much of its passage after and
    before it as ``longest`` characters hold, but nothing that is quoted already or stands beyond a
    heading, which is no sentence. A row of a table stands for itself, and nothing of a short table
    is taken in: it is quoted as one."""
    chunk = sentence.passage.chunk
    spans = chunk.sentences
    room = round(longest * DENSE) if is_dense(chunk.text) else longest
    if cells_of(chunk, sentence.start, sentence.end):
        return Quote(sentence, sentence.start, sentence.end)
    start, end = _needed(sentence)
    if longest >= LONGEST and (items := list_around(sentence)):
        whole = Quote(sentence, *items)
        if len(whole.text) <= WHOLE_LIST and not any(_overlap(whole, other) for other in chosen):
            start, end = min(start, items[0]), max(end, items[1])
    first_start = min(start, sentence.start - room // 2)

    def fits(start: int, end: int) -> bool:
        grown = Quote(sentence, start, end)
        return (
            first_start <= start
            and end - start <= room
            and not any(_overlap(grown, other) for other in chosen)
        )

    def are_apart(end: int, start: int) -> bool:
        return bool(chunk.text[end - chunk.start : start - chunk.start].strip())

    before = [span for span in reversed(spans) if span[1] <= start]
    after = [span for span in spans if span[0] >= end]
    grows = True
    while grows:
        grows = False
        goes_on = after and not are_apart(end, after[0][0]) and not short_table(chunk, after[0][0])
        if goes_on and fits(start, after[0][1]):
            end, grows = after.pop(0)[1], True
        goes_back = before and not are_apart(before[0][1], start)
        goes_back = goes_back and not short_table(chunk, before[0][0])
        if goes_back and fits(before[0][0], end):
            start, grows = before.pop(0)[0], True
    return Quote(sentence, start, end)


def _needed(sentence: Sentence) -> tuple[int, int]:
    """Start and end of a sentence with what it cannot be understood without.

    One that begins with "It" or "These" needs the one before; one that ends with a colon needs
    the list after it; and a term that stands alone needs what is said of it.
    """
    chunk = sentence.passage.chunk
    spans = chunk.sentences
    place = spans.index((sentence.start, sentence.end))
    start, end = sentence.start, sentence.end
    if POINTS_BACK.match(sentence.text) and place > 0:
        before = spans[place - 1]
        gap = chunk.text[before[1] - chunk.start : start - chunk.start]
        if "\n\n" not in gap and end - before[0] <= LONGEST:
            start = before[0]
    if len(sentence.text) <= TERM and place + 1 < len(spans):
        after = spans[place + 1]
        if "\n\n" not in chunk.text[end - chunk.start : after[0] - chunk.start]:
            end = after[1]
    if sentence.text.endswith(":"):
        in_list = False
        for first, last in spans[place + 1 :]:
            gap = chunk.text[end - chunk.start : first - chunk.start]
            # The list may begin a paragraph of its own, and ends with it.
            if ("\n\n" in gap and in_list) or last - start > LONGEST:
                break
            end, in_list = last, True
    return start, end


def _place(sentence: Sentence) -> tuple[str, int | tuple[str, ...]]:
    """What a reader sees who opens it: a page, or a section where there are no pages."""
    chunk = sentence.passage.chunk
    return chunk.documents[0], chunk.headings if chunk.page is None else chunk.page


def _says_the_same(one: Quote, other: Quote) -> bool:
    return _overlap(one, other) or _plain(one.text) == _plain(other.text)


def _overlap(one: Quote, other: Quote) -> bool:
    same_document = one.sentence.passage.chunk.documents == other.sentence.passage.chunk.documents
    return same_document and one.start < other.end and other.start < one.end


def _plain(text: str) -> Sequence[str]:
    return text.casefold().split()
