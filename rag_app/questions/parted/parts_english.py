"""A question that names two or more things, in its parts. By rules for English, and only where the
parts are sure.

Three forms: questions one after the other ("Who signed the lease, and when does it end?"), one
question for two things after a word that is repeated ("the notice periods of the lease and of the
loan"), and one for several names ("Who is older, Annie Morton or Terry Richardson?").
"""

from __future__ import annotations

import re

from rag_app.questions.follow_up.follow_up_english import leaves_out, standalone_question
from rag_app.questions.parted.parts import (
    FEWEST_WORDS,
    MOST_PARTS,
    Part,
    bare,
    name_after,
    name_before,
    one_for_each,
)
from rag_app.records import Turn

LONGEST = 300
JOINING = frozenset({"and", "or"})
ASKING = frozenset("who whose whom what when where why how which".split())
HELPING = frozenset(
    """is are was were do does did has have had can could may must should will would shall
    """.split()
)
# What a question word asks with: "how much", "which lines".
MEASURES = frozenset("much many long often far high big old late soon".split())
REPEATED = frozenset("of for in on at to from with under by about".split())
# Small words inside names.
SMALL = frozenset("of the de du la le von van & in a an for to on at – - with".split())
BOTH = re.compile(r"\bboth (?:the )?", re.IGNORECASE)


def parts_english(question: str) -> list[Part]:
    """The parts of an English question; none if it is one."""
    if len(question) > LONGEST:
        return []
    tokens = question.strip().split()
    return (_one_after_another(tokens) or _repeated(tokens) or _names(tokens))[:MOST_PARTS]


def _one_after_another(tokens: list[str]) -> list[Part]:
    """Questions joined by "and", or each with its own mark. What the next says of the one before,
    as "it", is put into words."""
    starts = [0]
    for at in range(FEWEST_WORDS, len(tokens) - FEWEST_WORDS + 1):
        is_next = tokens[at].lower() in JOINING and _begins(tokens, at + 1)
        if is_next or (tokens[at - 1].endswith("?") and _begins(tokens, at)):
            starts.append(at)
    if len(starts) < 2 or not _begins(tokens, 0):
        return []
    asked: list[str] = []
    for start, end in zip(starts, [*starts[1:], len(tokens)], strict=True):
        first = start + (start > 0 and tokens[start].lower() in JOINING)
        if end - first < FEWEST_WORDS:
            return []
        asked.append(" ".join(tokens[first:end]).strip(" ,;?") + "?")
    parts = [Part(asked[0].rstrip("?"), asked[0])]
    for one in asked[1:]:
        history = [Turn("user", parts[-1].question), Turn("assistant", "")]
        alone = standalone_question(one, history) if leaves_out(one) else one
        parts.append(Part(one.rstrip("?"), alone))
    return parts


def _begins(tokens: list[str], at: int) -> bool:
    """Whether a question begins here: with a question word and what it asks, or with a verb."""
    first, second = (bare(one).lower() for one in (*tokens[at : at + 2], "", "")[:2])
    if at == 0:
        return first in ASKING | HELPING or second in ASKING
    return first in ASKING and (second in HELPING | MEASURES or not second.endswith("ly"))


def _repeated(tokens: list[str]) -> list[Part]:
    """Two things at the end of a question, each after the same word: "of the lease and of the
    loan"."""
    for at in range(2, len(tokens) - 1):
        word = tokens[at + 1].lower()
        if tokens[at].lower() != "and" or word not in REPEATED:
            continue
        before = [place for place in range(1, at) if tokens[place].lower() == word]
        if before and at - before[-1] > 1:
            tokens = [*tokens[:-1], tokens[-1].rstrip("?.!")]
            spans = [(before[-1], at), (at + 1, len(tokens))]
            parts = one_for_each(tokens, spans, are_names=False)
            return [part._replace(words=part.words.partition(" ")[2]) for part in parts]
    return []


def _names(tokens: list[str]) -> list[Part]:
    """Several names, the last two joined: "Annie Morton or Terry Richardson"."""
    tokens = [*tokens[:-1], tokens[-1].rstrip("?.!")] if tokens else []
    found: list[list[tuple[int, int]]] = []
    for at in range(1, len(tokens) - 1):
        joined = tokens[at].lower()
        end, start = name_after(tokens, at + 1, SMALL), name_before(tokens, at, SMALL)
        if joined not in JOINING or end == at + 1 or start == at:
            continue
        spans = [(start, at), (at + 1, end)]
        # "closer to Canada, Ken Flach or Lucie Šafářová": before "or", a comma opens the choice.
        while joined == "and" and start > 2 and tokens[start - 1].endswith(","):
            before = name_before(tokens, start, SMALL)
            if before == start:
                break
            spans.insert(0, (before, start))
            start = before
        found.append(spans)
    if len(found) != 1:
        return []
    parts = one_for_each(tokens, found[0], are_names=True)
    return [part._replace(question=BOTH.sub("", part.question)) for part in parts]
