"""A question that names two or more things, in its parts, as ``parts_english`` has them. By rules
for German, where every noun begins with a capital: names are told by the comma before them."""

from __future__ import annotations

from rag_app.questions.follow_up.follow_up_german import GERMAN as FOLLOW_UPS
from rag_app.questions.follow_up.resolved import follow_up
from rag_app.questions.parted.parts import (
    FEWEST_WORDS,
    MOST_PARTS,
    Part,
    bare,
    ends_clause,
    is_name,
    one_for_each,
)
from rag_app.records import Turn

LONGEST = 300
JOINING = frozenset({"und", "oder"})
ASKING = frozenset(
    """wer wen wem wessen was wann wo woher wohin warum wieso weshalb wie wieviel wieviele welche
    welcher welches welchen welchem""".split()
)
REPEATED = frozenset(
    """des der vom von für im in am an beim bei zum zur zu mit unter über aus nach""".split()
)


def parts_german(question: str) -> list[Part]:
    """The parts of a German question; none if it is one."""
    tokens = question.strip().split()
    asks = any(bare(one).lower() in ASKING for one in tokens[:3])
    if len(question) > LONGEST or not asks:
        return []
    return (_one_after_another(tokens) or _repeated(tokens) or _names(tokens))[:MOST_PARTS]


def _one_after_another(tokens: list[str]) -> list[Part]:
    """Questions joined by "und": "Wer hat den Vertrag unterschrieben, und wann endet er?"."""
    for at in range(FEWEST_WORDS, len(tokens) - FEWEST_WORDS):
        if tokens[at].lower() == "und" and bare(tokens[at + 1]).lower() in ASKING:
            asked = [" ".join(one).strip(" ,;?") for one in (tokens[:at], tokens[at + 1 :])]
            first = [Turn("user", asked[0]), Turn("assistant", "")]
            alone = follow_up(FOLLOW_UPS, f"{asked[1]}?", first).text
            return [Part(asked[0], f"{asked[0]}?"), Part(asked[1], alone)]
    return []


def _repeated(tokens: list[str]) -> list[Part]:
    """Two things at the end, each after the same word: "des Mietvertrags und des Darlehens"."""
    tokens = [*tokens[:-1], tokens[-1].rstrip("?.!")]
    for at in range(2, len(tokens) - 1):
        word = tokens[at + 1].lower()
        if tokens[at].lower() != "und" or word not in REPEATED:
            continue
        before = [place for place in range(1, at) if tokens[place].lower() == word]
        if before and at - before[-1] > 1:
            spans = [(before[-1], at), (at + 1, len(tokens))]
            return one_for_each(tokens, spans, are_names=False)
    return []


def _names(tokens: list[str]) -> list[Part]:
    """Two names after a comma, joined by "oder": "Wer ist älter, Anna Marten oder Jan Reuter?"."""
    tokens = [*tokens[:-1], tokens[-1].rstrip("?.!")]
    joining = [at for at, token in enumerate(tokens) if token.lower() == "oder"]
    commas = [at for at, token in enumerate(tokens) if ends_clause(token)]
    if len(joining) != 1 or not commas or not commas[-1] + 1 < joining[0] < len(tokens) - 1:
        return []
    start, at = commas[-1] + 1, joining[0]
    if not (is_name(tokens[start]) and is_name(tokens[at + 1])):
        return []
    return one_for_each(tokens, [(start, at), (at + 1, len(tokens))], are_names=True)
