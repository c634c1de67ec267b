"""What a German sentence states, asked for, as ``asking_english`` does: "Die Probezeit beträgt
sechs Monate" is asked for by "Wie lang ist die Probezeit?". By rules for German.

Asked about is only what stands first with an article, in the nominative: so no word has to be put
into another case.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

NOUN = r"[A-ZÄÖÜ][\wäöüß/-]*\w"
PHRASE = rf"(?:[a-zäöüß]+ ){{0,2}}{NOUN}(?: {NOUN})?"
SUBJECT = (
    rf"(?P<subject>(?:Der|Die|Das|Ein|Eine|Jeder|Jede|Jedes|Alle) {PHRASE}"
    r"(?: (?:des|der|eines|einer|für|im|am|in|auf|von|vom|mit|bei) (?:de[rnms] |die |das )?"
    rf"{PHRASE})?)"
)
WORDED = (
    r"(?:ein(?:en|em|e)?|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|vierzehn|fünfzehn"
    r"|zwanzig|dreißig)"
)
NUMBER = rf"(?:\d[\d.,]*|{WORDED})"
ABOUT = (
    r"(?:etwa |rund |circa |ca\. |höchstens |mindestens |maximal |in der Regel |jeweils |bis zu "
    r"|nur )?"
)
TIME = r"\w*(?:[Ss]ekunden?|[Mm]inuten?|[Ss]tunden?|[Tt]age?n?|[Ww]ochen?|[Mm]onate?n?|[Jj]ahre?n?)"
SPAN = rf"{ABOUT}{NUMBER}(?: (?:bis|oder|und) {NUMBER})? (?:volle |ganze )?{TIME}\b"
MONEY = r"(?:\d[\d.,]*\s?(?:Euro|EUR|€|Cent|Franken|CHF)|[€]\s?\d[\d.,]*)"
SHARE = r"\d[\d.,]*\s?(?:%|Prozent)"
DATE = (
    r"(?:am|um|ab|im|zum|bis|vom|von|jeden?|an jedem|Anfang|Mitte|Ende) "
    r"(?:\d|[A-ZÄÖÜ]|ersten|letzten|zweiten)"
)
AMOUNT = re.compile(rf"{SUBJECT} (?P<verb>beträgt|betragen) {ABOUT}(?:{MONEY}|{SHARE})")
LONG = re.compile(rf"{SUBJECT} (?P<verb>beträgt|betragen) {SPAN}")
COSTS = re.compile(rf"{SUBJECT} (?P<verb>kostet|kosten) {ABOUT}{MONEY}")
LASTS = re.compile(rf"{SUBJECT} (?P<verb>dauert|dauern|läuft|laufen|gilt|gelten) (?:für )?{SPAN}")
WEIGHS = re.compile(
    rf"{SUBJECT} (?P<verb>wiegt|wiegen) {ABOUT}{NUMBER} (?:kg|g|Kilogramm|Gramm|t)\b"
)
BEGINS = re.compile(
    rf"{SUBJECT} (?P<verb>beginnt|beginnen|endet|enden|öffnet|öffnen|schließt|schließen|startet"
    rf"|tagt) {DATE}"
)
OPEN = re.compile(
    rf"{SUBJECT} (?P<verb>ist|sind) (?:\w+ ){{0,3}}(?:von|ab|bis|zwischen|täglich|montags|am|an)\b"
    r"[^.;]{3,60}? (?P<done>geöffnet|besetzt|erreichbar|geschlossen|fällig)\b"
)
WHERE = re.compile(
    rf"{SUBJECT} (?P<verb>befindet sich|befinden sich|liegt|liegen|steht|stehen|hängt|hängen) "
    r"(?:im|in|am|an|auf|neben|unter|hinter|über|vor|beim) "
    r"(?!(?:der Regel|allen|Kraft|Verantwortung))"
)
KEPT = re.compile(
    rf"{SUBJECT} (?P<verb>wird|werden) (?:im|in|am|auf|bei|beim) [^.,;]{{3,50}}? "
    r"(?P<done>aufbewahrt|gelagert|abgelegt|verwahrt|ausgehängt)(?=[.,;])"
)
BY = re.compile(
    rf"{SUBJECT} (?P<verb>wird|werden|wurde|wurden) von (?!\d)[^.,;]{{3,50}}? "
    r"(?P<done>(?:ge|be|ver|er|unter)[a-zäöüß]{3,}(?:t|en))(?=[.,;])"
)
SOON = re.compile(
    rf"{SUBJECT} (?P<verb>muss|müssen|ist|sind) (?:spätestens )?(?:innerhalb von|binnen|bis)"
    rf"(?: spätestens)?(?: (?:zum|Ende))? (?:{SPAN}|\d[\w.]*(?: {NOUN})?(?: \d{{4}})?)"
    r"(?: nach [^.,;]{3,30}?)? (?P<rest>(?:zu )?[a-zäöüß][^.,;]{3,60})(?=[.,;])"
)
MANY = re.compile(
    rf"{SUBJECT} (?P<verb>hat|haben|umfasst|enthält) {ABOUT}{NUMBER} (?P<things>{NOUN}n?)"
)
WHO = re.compile(
    r"(?P<what>Verantwortlich|Zuständig) für (?P<thing>[^.,;]{3,60}?) (?P<verb>ist|sind) "
)
MEANS = re.compile(r"[„\"“](?P<term>[^“”\"]{2,40})[“”\"] bedeutet ")
# "Die folgenden Regeln" and "diese Frist" name nothing by themselves.
POINTING = re.compile(
    r"\b(?:folgende\w*|obige\w*|dies\w*|solche\w*|genannte\w*|erste\w*|zweite\w*|andere\w*|gleiche\w*"
    r"|letzte\w*|nächste\w*)\b"
)
Rule = Callable[[str], str | None]


def _subject(found: re.Match[str] | None) -> str | None:
    """What stands first, as it stands within a sentence; None if it names nothing by itself."""
    if found is None or POINTING.search(found["subject"]):
        return None
    article, _, rest = found["subject"].partition(" ")
    return f"{article.lower()} {rest}"


def _amount(text: str) -> str | None:
    subject = _subject(found := AMOUNT.match(text))
    return f"wie hoch {_is(found)} {subject}" if found and subject else None


def _long(text: str) -> str | None:
    subject = _subject(found := LONG.match(text))
    return f"wie lang {_is(found)} {subject}" if found and subject else None


def _costs(text: str) -> str | None:
    subject = _subject(found := COSTS.match(text))
    return f"was {found['verb']} {subject}" if found and subject else None


def _lasts(text: str) -> str | None:
    subject = _subject(found := LASTS.match(text))
    return f"wie lange {found['verb']} {subject}" if found and subject else None


def _weighs(text: str) -> str | None:
    subject = _subject(found := WEIGHS.match(text))
    return f"wie viel {found['verb']} {subject}" if found and subject else None


def _begins(text: str) -> str | None:
    subject = _subject(found := BEGINS.match(text))
    return f"wann {found['verb']} {subject}" if found and subject else None


def _open(text: str) -> str | None:
    subject = _subject(found := OPEN.match(text))
    return f"wann {found['verb']} {subject} {found['done']}" if found and subject else None


def _where(text: str) -> str | None:
    subject = _subject(found := WHERE.match(text))
    return f"wo {found['verb']} {subject}" if found and subject else None


def _kept(text: str) -> str | None:
    subject = _subject(found := KEPT.match(text))
    return f"wo {found['verb']} {subject} {found['done']}" if found and subject else None


def _by(text: str) -> str | None:
    subject = _subject(found := BY.match(text))
    return f"von wem {found['verb']} {subject} {found['done']}" if found and subject else None


def _soon(text: str) -> str | None:
    """``Der Antrag muss innerhalb von zwei Wochen gestellt werden`` asks by when."""
    subject = _subject(found := SOON.match(text))
    return f"bis wann {found['verb']} {subject} {found['rest']}" if found and subject else None


def _many(text: str) -> str | None:
    subject = _subject(found := MANY.match(text))
    if not found or not subject or re.fullmatch(TIME, found["things"]):
        return None
    return f"wie viele {found['things']} {found['verb']} {subject}"


def _who(text: str) -> str | None:
    found = WHO.match(text)
    if not found or POINTING.search(found["thing"]):
        return None
    return f"wer ist {found['what'].lower()} für {found['thing']}"


def _means(text: str) -> str | None:
    found = MEANS.match(text)
    return f"was bedeutet „{found['term']}“" if found else None


def _is(found: re.Match[str]) -> str:
    return "ist" if found["verb"].endswith("t") else "sind"


RULES: Sequence[Rule] = (
    _amount, _long, _costs, _lasts, _weighs, _begins, _soon, _open, _where, _kept, _by, _many, _who,
    _means,
)  # fmt: skip
