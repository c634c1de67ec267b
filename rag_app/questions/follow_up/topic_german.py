"""What a German question is about: the things that it names, and the words of it that stand for
something said before. By rules for German, whose nouns begin with a capital."""

from __future__ import annotations

import re
from typing import NamedTuple

from ingest.text.analyzer import words_with_stems

GERMAN = "de"
OPENING = re.compile(
    r"^(?:(?:und|aber|oder|dann|also|auch|ok|okay|ja|nein|danke|gut|hallo)\b[\s,.!]*)*"
    r"(?P<about>(?:(?:was ist|was wäre)(?: dann| denn)? mit|(?:wie (?:ist|wäre|sieht|steht|verhält)"
    r"(?: sich)? (?:das|es)(?: denn)?(?: aus)?|(?:gilt|geht) das auch)(?: mit)?)\b\s*)?",
    re.IGNORECASE,
)
ASKING = re.compile(
    r"\b(?:wer|wen|wem|wessen|was|wann|wo|woher|wohin|warum|wieso|weshalb|wie|wieviele?"
    r"|welche[rsmn]?|wo(?:mit|für|von|zu|rauf|ran|rin|durch|bei|nach|rüber|gegen))\b",
    re.IGNORECASE,
)
HELPING = re.compile(
    r"\b(?:ist|sind|war|waren|hat|haben|hatte|hatten|habe|wird|werden|wurde|wurden|kann|können|konnte"
    r"|darf|dürfen|muss|müssen|musste|soll|sollen|sollte|sollten|gibt|gilt|gelten|bekomme|bekommt)\b",
    re.IGNORECASE,
)
PREPOSITION = re.compile(
    r"^(?:in|im|an|am|auf|bei|beim|für|von|vom|mit|ohne|nach|zu|zum|zur|aus|über|unter|vor|während"
    r"|seit|bis|ab|zwischen|durch|gegen|um|wegen|trotz|innerhalb|außerhalb|wenn|falls)\b",
    re.IGNORECASE,
)
# Those that are one word, but for the article in it.
SAME = {
    "im": "in", "ins": "in", "am": "an", "beim": "bei", "vom": "von", "zum": "zu", "zur": "zu",
}  # fmt: skip
DETERMINER = r"(?:der|die|das|den|dem|des|(?:k?ein|mein|dein|sein|unser|ihr|dies|jed)(?:e[nrms]?)?)"
# An article, adjectives, a noun, and what belongs to it: a name, a code, "des Vertrags".
NOUN = r"[A-ZÄÖÜ][\wäöüß/-]*(?:\s+(?:[A-ZÄÖÜ][\wäöüß/-]*|\d[\w.,/-]*)){0,3}"
THING = re.compile(
    rf"(?:\b(?i:(?P<article>{DETERMINER}))\s+(?:[a-zäöüß]+e[nrms]?\s+){{0,2}})?"
    rf"(?<![\wäöüß])(?P<noun>{NOUN}(?P<of>\s+(?:des|der|eines|einer)\s+{NOUN})?)"
)
# The genders, and numbers, that an article may have, in any case.
GENDERS = {
    "der": "mf", "die": "fp", "das": "n", "den": "mp", "dem": "mn", "des": "mn", "ein": "mn",
    "eine": "f", "einen": "m", "einem": "mn", "einer": "f", "eines": "mn",
}  # fmt: skip
PRONOUNS = {
    "er": "m", "ihn": "m", "ihm": "mn", "es": "n", "sie": "fp", "ihr": "f", "ihnen": "p",
}  # fmt: skip
# "Das" and the like, but where a noun follows, or a clause before went on with it.
NO_NOUN = r"(?!\s+(?:[a-zäöüß]+e[nrms]?\s+){0,3}[A-ZÄÖÜ\d])"
POINTING = re.compile(
    r"(?<!, )(?<!\w)(?:das|dies|diese[rsnm]?|jene[rsnm]?|letztere[rsnm]?|erstere[rsnm]?)"
    rf"{NO_NOUN}(?!\w)"
    r"|\b(?:davon|dafür|damit|darin|darauf|dabei|dazu|daran|darüber|daraus|dagegen|dort|dorthin)\b"
    rf"|\b(?:(?:der|die|das|den|dem) (?:erste|zweite|dritte|letzte|andere)n?){NO_NOUN}\b"
    r"|\b(?:der|die|den|dem|denen)(?=\W*$)|\b(?:seine?[rsnm]?|ihre[rsnm]?|deren|dessen)\b"
    r"|\b(?:er|ihn|ihm|es|sie|ihr|ihnen)\b"
)
OWNING = re.compile(r"(?:seine?[rsnm]?|ihre[rsnm]?|ihr|deren|dessen)$")
# "Es" that stands for nothing.
EMPTY = re.compile(
    r"\b(?:gibt|gab|geht|handelt|kommt|bedarf|heißt|gäbe)\s+es\b|\bes\s+(?:gibt|gab|geht|handelt)\b"
    r"|\bes\b(?=[^?]{0,200}(?:, (?:dass|ob|wenn|bis|um|wie|was)\b|\bzu \w+en\b))"
)
CLAUSE_END = re.compile(r"[,;:]|\b(?:und|oder)\b")
CAPITAL = re.compile(r"(?<=\s)[A-ZÄÖÜ]\w+")
FORMAL = frozenset({"Sie", "Ihnen", "Ihr", "Ihre", "Ihren", "Ihrem", "Ihrer", "Ihres"})


class Pronoun(NamedTuple):
    """A word that stands for something, where it stands, and of which genders that can be; "" where
    it may be any."""

    start: int
    end: int
    genders: str


def stems_of(text: str) -> set[str]:
    """The stems of the words that a search looks for."""
    return {stem for own in words_with_stems(text, GERMAN).values() for stem in own}


def without_opening(question: str) -> tuple[str, bool]:
    """A question without "Und …" and "Was ist mit …", and whether it had the latter."""
    match = OPENING.match(question)
    assert match is not None  # it matches nothing, too
    about = match["about"] is not None
    rest = question[match.end() :]
    return (rest.rstrip(" ?!.").removesuffix(" aus") if about else rest), about


def pronoun_in(question: str) -> Pronoun | None:
    """The first word that stands for something that the question itself does not name."""
    question = question[:1].lower() + question[1:]
    covered = [match.span() for match in EMPTY.finditer(question)]
    for match in POINTING.finditer(question):
        if any(start <= match.start() < end for start, end in covered):
            continue
        word, before = match[0], question[: match.start()]
        is_possessive = OWNING.match(word) is not None
        if is_possessive and re.match(r"\W*$", question[match.end() :]):
            is_possessive = False  # "Was kostet ihr?" is nobody's
        # "Wenn ein Gerät ausfällt, wer repariert es" names what it means, "der Mieter seine" too.
        parts = CLAUSE_END.split(before)
        named = before if is_possessive else "".join(parts[:-1])
        if any(one not in FORMAL for one in CAPITAL.findall(f" {named}")):
            continue
        return Pronoun(*match.span(), PRONOUNS.get(word, ""))
    return None


def things_in(question: str) -> list[re.Match[str]]:
    """The things that a question names, in order; the capital of its first word is none."""
    text = question[:1].lower() + question[1:]
    return [one for one in THING.finditer(text) if one["noun"] not in FORMAL]


def thing_of(question: str, genders: str = "") -> str | None:
    """The thing that a question speaks of, with its article, of a gender that fits; None where it
    names none that does."""
    things = things_in(question)
    for one in sorted(things, key=lambda one: bool(genders) and not one["article"]):
        own = GENDERS.get((one["article"] or "").lower(), "")
        if not genders or not own or set(own) & set(genders):
            return " ".join(one[0].split())
    return None
