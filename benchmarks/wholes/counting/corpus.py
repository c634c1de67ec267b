"""A thousand documents, of which it is known what each is and mentions."""

from __future__ import annotations

import random
from pathlib import Path
from typing import NamedTuple

from benchmarks.wholes.counting.phrasings import Wanted

DOCUMENTS = 1000
FOLDERS = ("contracts", "minutes", "reports", "letters")
AUTHORS = ("Petra Lindqvist", "Tom Okafor", "Ingrid Vale")
SENDER = "office@example.org"
KINDS = {"text": 30, "markdown": 25, "html": 15, "email": 15, "odt": 8, "ods": 7}
SUFFIXES = {"text": "txt", "markdown": "md", "html": "html", "email": "eml", "odt": "fodt",
            "ods": "fods"}  # fmt: skip
# How many documents mention each, and in which sentences.
ENGLISH = {
    "forklift": (60, "The forklifts were moved.", "A forklift waits."),
    "asbestos": (31, "Asbestos was found behind a wall.", "No asbestos is left."),
    "warranty": (120, "The warranty covers it.", "It was repaired under warranty."),
    "solar panel": (45, "A solar panel stands on the roof.", "The solar panels were cleaned."),
    "gdpr": (88, "The GDPR asks for that.", "It was checked under the GDPR."),
    "pension": (25, "Pensions rise by a little.", "Her pension begins soon."),
    "ws-40": (12, "The WS-40 was tested.", "A cable for the WS-40 came."),
}
GERMAN = {
    "gabelstapler": (40, "Ein Gabelstapler steht im Hof.", "Der Gabelstapler wurde geprüft."),
    "brandschutz": (33, "Der Brandschutz wurde besprochen.", "Beim Brandschutz fehlt nichts."),
    "kündigung": (52, "Die Kündigung kam am Freitag.", "Eine Kündigung liegt vor."),
    "betriebsrat": (18, "Der Betriebsrat stimmt zu.", "Das sagt der Betriebsrat."),
}
ANYWHERE = {"halvorsen": (17, "Halvorsen was there.", "Halvorsen kam dazu.")}
FILLED = (
    "The team met in the large room and went through the list.",
    "Nobody had a question about the schedule of the week.",
    "A letter was sent to the supplier in the morning.",
    "The next meeting takes place after the holidays.",
    "All of the invoices were paid in time.",
)
GEFÜLLT = (
    "Das Team traf sich im großen Saal und ging die Liste durch.",
    "Niemand hatte eine Frage zum Ablauf der Woche.",
    "Am Morgen ging ein Brief an den Lieferanten.",
    "Die nächste Sitzung findet nach den Ferien statt.",
    "Alle Rechnungen wurden rechtzeitig bezahlt.",
)


class Made(NamedTuple):
    """A document that was written, and what is to be known of it."""

    name: str
    kind: str
    folder: str
    language: str
    author: str
    year: int
    words: frozenset[str]


def write(folder: Path) -> list[Made]:
    """Write all documents, the same ones each time."""
    luck = random.Random(20)
    languages = ["de" if at % 4 == 0 else "en" for at in range(DOCUMENTS)]
    words: list[set[str]] = [set() for _ in range(DOCUMENTS)]
    english = [at for at in range(DOCUMENTS) if languages[at] == "en"]
    german = [at for at in range(DOCUMENTS) if languages[at] == "de"]
    for terms, among in ((ENGLISH, english), (GERMAN, german), (ANYWHERE, [*english, *german])):
        for word, (often, *_) in terms.items():
            for at in luck.sample(among, often):
                words[at].add(word)
    made: list[Made] = []
    for at in range(DOCUMENTS):
        kind = luck.choices(list(KINDS), list(KINDS.values()))[0]
        year = luck.randint(2019, 2025)
        place = luck.choice(FOLDERS)
        # Formats that can say who wrote them.
        author = luck.choice(AUTHORS) if kind == "markdown" else ""
        author = SENDER if kind == "email" else author
        name = f"{place}/{year}-{luck.randint(1, 12):02d}-{at:04d}.{SUFFIXES[kind]}"
        said = [_sentence(one, luck, languages[at]) for one in sorted(words[at])]
        said += luck.sample(FILLED if languages[at] == "en" else GEFÜLLT, 4)
        luck.shuffle(said)
        # A phrase in quotation marks is looked for as it is.
        text = f" {' '.join(said)} "
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(_text(kind, said, author, year, at), encoding="utf-8")
        mentioned = {*words[at], *(one for one in ('"solar panel"',) if " solar panel " in text)}
        made.append(Made(name, kind, place, languages[at], author, year, frozenset(mentioned)))
    return made


def is_wanted(one: Made, wanted: Wanted) -> bool:
    """Whether a document is among those that are to be counted."""
    return (
        set(wanted.words) <= one.words
        and (not wanted.any_of or not one.words.isdisjoint(wanted.any_of))
        and one.words.isdisjoint(wanted.without)
        and (not wanted.kinds or one.kind in wanted.kinds)
        and wanted.folder in ("", one.folder)
        and wanted.language in ("", one.language)
        and wanted.author in ("", one.author)
        and wanted.since <= one.year <= wanted.until
    )


def _sentence(word: str, luck: random.Random, language: str) -> str:
    if word in ANYWHERE:
        return ANYWHERE[word][1 if language == "en" else 2]
    _, *sentences = (ENGLISH | GERMAN)[word]
    return luck.choice(sentences)


def _text(kind: str, said: list[str], author: str, year: int, at: int) -> str:
    title, text = f"Note {at:04d}", " ".join(said)
    if kind == "markdown":
        return f"---\ntitle: {title}\nauthor: {author}\n---\n\n{text}\n"
    if kind == "html":
        return f"<!doctype html><html><body><h1>{title}</h1><p>{text}</p></body></html>"
    if kind == "email":
        return (
            f"From: {SENDER}\nTo: all@example.org\nSubject: {title}\n"
            f"Date: Mon, 6 May {year} 10:00:00 +0000\nContent-Type: text/plain; charset=utf-8\n"
            f"\n{text}\n"
        )
    if kind in ("odt", "ods"):
        return _flat(kind, title, said)
    return f"{title}\n\n{text}\n"


def _flat(kind: str, title: str, said: list[str]) -> str:
    office = "urn:oasis:names:tc:opendocument:xmlns"
    what = "text" if kind == "odt" else "spreadsheet"
    body = "".join(f"<text:p>{one}</text:p>" for one in [title, *said])
    if kind == "ods":
        cells = "".join(
            '<table:table-row><table:table-cell office:value-type="string">'
            f"<text:p>{one}</text:p></table:table-cell></table:table-row>"
            for one in ["Remark", *said]
        )
        body = f'<table:table table:name="Sheet">{cells}</table:table>'
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<office:document xmlns:office="{office}:office:1.0" xmlns:text="{office}:text:1.0"'
        f' xmlns:table="{office}:table:1.0" office:version="1.2"'
        f' office:mimetype="application/vnd.oasis.opendocument.{what}">'
        f"<office:body><office:{what}>{body}</office:{what}></office:body></office:document>"
    )
