"""Sentences and rows to questions for evaluation. By rules for German."""

from __future__ import annotations

import re

from rag_app.questions.made.asking_german import POINTING, RULES, SUBJECT
from rag_app.questions.made.sentence import LONGEST_TERM, Ask, Making, Sentence, words

_ROW = re.compile(r"[^:;]{1,60}: [^;]+(?:; [^:;]{1,60}: [^;]+)+$")
_GLOSSARY = re.compile(r"(?P<term>[A-ZÄÖÜ][^:;.!?]{1,60}): (?P<rest>[^;]{15,})$")
_NOT_A_TERM = re.compile(
    r"(?:hinweis|achtung|warnung|vorsicht|beispiel|wichtig|tipp|siehe|abbildung|tabelle|schritt|von|an"
    r"|datum|betreff|seite|version|verfasser|inhalt)\b",
    re.IGNORECASE,
)
_IS_A = re.compile(rf"{SUBJECT} (?P<verb>ist|sind) (?:ein|eine|der|die|das|jede[rs]?) .{{12,}}[.]$")
_CONDITION = re.compile(r"(?P<word>Wenn|Falls|Sobald) (?P<case>[^,;:]{8,90}), (?P<rest>.{12,})[.]$")
_PURPOSE = re.compile(r"Um (?P<aim>[^,;:]{6,80}), (?P<rest>.{12,})[.]$")
_UNCLEAR = re.compile(r"(?:dies\w*|das|er|sie|es|man|sein\w*|ihr\w*)\b", re.IGNORECASE)


def _row(one: Sentence) -> Ask | None:
    """``Teil: Sicherung F1; Preis: 3,20`` asks for what stands under the last header."""
    if not _ROW.fullmatch(one.text):
        return None
    cells = [cell.partition(": ") for cell in one.text.rstrip(".").split("; ")]
    (_, _, key), (header, _, value) = cells[0], cells[-1]
    if not key or not value or words(key) > LONGEST_TERM or key == value:
        return None
    return Ask(f"Was steht unter „{header}“ für {key}?", key)


def _definition(one: Sentence) -> Ask | None:
    match = _IS_A.match(one.text)
    if not match or POINTING.search(match["subject"]):
        return None
    article, _, rest = match["subject"].partition(" ")
    return Ask(f"Was {match['verb']} {article.lower()} {rest}?", rest)


def _glossary(one: Sentence) -> Ask | None:
    match = _GLOSSARY.match(one.text)
    if not match or _NOT_A_TERM.match(match["term"]) or words(match["term"]) > LONGEST_TERM:
        return None
    return Ask(f"Was ist zu „{match['term']}“ angegeben?", match["term"])


def _stated(one: Sentence) -> Ask | None:
    """What the rules for suggested questions make: how long, how high, where, by whom."""
    subject = re.match(SUBJECT, one.text)
    question = next((made for rule in RULES if (made := rule(one.text))), None)
    if question is None or subject is None:
        return None
    about = subject["subject"].partition(" ")[2]
    return Ask(f"{question[:1].upper()}{question[1:]}?", about)


def _condition(one: Sentence) -> Ask | None:
    match = _CONDITION.match(one.text)
    if not match or _UNCLEAR.match(match["case"]):
        return None
    return Ask(f"Was gilt oder ist zu tun, {match['word'].lower()} {match['case']}?", match["case"])


def _purpose(one: Sentence) -> Ask | None:
    match = _PURPOSE.match(one.text)
    return Ask(f"Was ist zu tun, um {match['aim']}?", match["aim"]) if match else None


GERMAN = Making(
    rules=(
        ("table row", _row),
        ("number", _stated),
        ("definition", _definition),
        ("glossary line", _glossary),
        ("sentence", _condition),
        ("sentence", _purpose),
    ),
    of_heading=lambda heading: f"Was gilt zu „{heading}“?",
    language="de",
)
