"""A hundred questions that count or list, with what each is to be counted as.

Every second one is set aside: ``HELD_OUT`` is asked only when nothing is changed any more. They are
about the documents that ``corpus`` writes.
"""

from __future__ import annotations

from typing import NamedTuple


class Wanted(NamedTuple):
    """Which documents are to be counted: with ``words``, all of them or ``any_of`` them, and none
    of ``without``; of ``kinds`` (formats), in a folder, a language, by an author, from the years
    ``since`` to ``until``; or how many there are of each value of ``by``."""

    words: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    folder: str = ""
    language: str = ""
    author: str = ""
    since: int = 0
    until: int = 9999
    by: str = ""


SHEETS, MAIL = ("ods",), ("email",)
PHRASINGS: tuple[tuple[str, Wanted], ...] = (
    ("How many documents mention forklifts?", Wanted(("forklift",))),
    ("Which documents mention asbestos?", Wanted(("asbestos",))),
    ("In how many files does Halvorsen appear?", Wanted(("halvorsen",))),
    ("How often is the GDPR mentioned?", Wanted(("gdpr",))),
    ("List all documents that contain the word warranty.", Wanted(("warranty",))),
    ("Show me every file that talks about pensions.", Wanted(("pension",))),
    ("Where is WS-40 mentioned?", Wanted(("ws-40",))),
    ("Find all references to asbestos.", Wanted(("asbestos",))),
    ("Is Halvorsen mentioned anywhere?", Wanted(("halvorsen",))),
    ("Does anything mention helicopters?", Wanted(("helicopter",))),
    ("How many times does solar panel come up?", Wanted(("solar panel",))),
    ("Give me all emails about the GDPR.", Wanted(("gdpr",), kinds=MAIL)),
    ("What's the number of documents containing asbestos?", Wanted(("asbestos",))),
    ("number of files with forklift in them", Wanted(("forklift",))),
    ("Count the documents that mention Halvorsen.", Wanted(("halvorsen",))),
    ("Count of files mentioning the GDPR", Wanted(("gdpr",))),
    ("Do any of my documents mention a helicopter?", Wanted(("helicopter",))),
    ("Which of my files have warranty in them?", Wanted(("warranty",))),
    ("I need a list of all documents mentioning WS-40.", Wanted(("ws-40",))),
    ("every document with the word pension", Wanted(("pension",))),
    ("documents mentioning asbestos", Wanted(("asbestos",))),
    ('files containing "solar panel"', Wanted(('"solar panel"',))),
    ("How many docs talk about forklifts?", Wanted(("forklift",))),
    ("Total number of documents that refer to Halvorsen?", Wanted(("halvorsen",))),
    ("How many of the documents mention forklifts but not asbestos?",
     Wanted(("forklift",), without=("asbestos",))),
    ("Which documents mention both the GDPR and pensions?", Wanted(("gdpr", "pension"))),
    ("Which documents mention asbestos or forklifts?", Wanted(any_of=("asbestos", "forklift"))),
    ("How many documents do not mention the GDPR?", Wanted(without=("gdpr",))),
    ("Which documents don't mention forklifts?", Wanted(without=("forklift",))),
    ("Which documents in the contracts folder mention the warranty?",
     Wanted(("warranty",), folder="contracts")),
    ("How many documents from 2023 mention forklifts?",
     Wanted(("forklift",), since=2023, until=2023)),
    ("How many emails mention the GDPR?", Wanted(("gdpr",), kinds=MAIL)),
    ("How many German documents mention Halvorsen?", Wanted(("halvorsen",), language="de")),
    ("What kinds of documents do I have?", Wanted(by="type")),
    ("How many documents are there per folder?", Wanted(by="folder")),
    ("How many documents are there by year?", Wanted(by="year")),
    ("How many documents are in the contracts folder?", Wanted(folder="contracts")),
    ("How many documents did Petra Lindqvist write?", Wanted(author="Petra Lindqvist")),
    ("How many emails are there from 2022?", Wanted(kinds=MAIL, since=2022, until=2022)),
    ("List the documents from before 2021.", Wanted(until=2020)),
    ("Which documents are from 2023 or later?", Wanted(since=2023)),
    ("How many documents were written between 2020 and 2022?", Wanted(since=2020, until=2022)),
    ("Which authors are there?", Wanted(by="author")),
    ("What folders are there?", Wanted(by="folder")),
    ("How many spreadsheets do I have?", Wanted(kinds=SHEETS)),
    ("How many web pages are in the collection?", Wanted(kinds=("html",))),
    ("List all OpenDocument texts.", Wanted(kinds=("odt",))),
    ("Show me all spreadsheets that mention asbestos.", Wanted(("asbestos",), kinds=SHEETS)),
    ("How many documents are there in total?", Wanted()),
    ("How many files have been added?", Wanted()),
    ("What documents do you have in German?", Wanted(language="de")),
    ("Which documents are by Tom Okafor?", Wanted(author="Tom Okafor")),
    ("Are there any documents about pensions?", Wanted(("pension",))),
    ("How many documents are about asbestos?", Wanted(("asbestos",))),
    ("Which markdown files mention Halvorsen?", Wanted(("halvorsen",), kinds=("markdown",))),
    ("In which documents does the term WS-40 occur?", Wanted(("ws-40",))),
    ("In how many of the documents is the warranty mentioned?", Wanted(("warranty",))),
    ("Which reports folder documents are there?", Wanted(folder="reports")),
    ("How many documents have we got on the GDPR?", Wanted(("gdpr",))),
    ("Can you tell me how many files mention solar panels?", Wanted(("solar panel",))),
    ("Could you list every document that refers to pensions?", Wanted(("pension",))),
    ("Are forklifts mentioned in any of the documents?", Wanted(("forklift",))),
    ('How many documents include the phrase "solar panel"?', Wanted(('"solar panel"',))),
    ("Which files say something about asbestos?", Wanted(("asbestos",))),
    ("What documents discuss the GDPR?", Wanted(("gdpr",))),
    ("How many minutes files are in the minutes folder from 2024?",
     Wanted(folder="minutes", since=2024, until=2024)),
    ("Show the documents that deal with pensions.", Wanted(("pension",))),
    ("Which documents mention neither forklifts nor the GDPR?",
     Wanted(without=("forklift", "gdpr"))),
    ("How many documents mention the warranty since 2022?", Wanted(("warranty",), since=2022)),
    ("How many files in reports mention forklifts?", Wanted(("forklift",), folder="reports")),
    ("List every occurrence of WS-40.", Wanted(("ws-40",))),
    ("How many documents without the word warranty are there?", Wanted(without=("warranty",))),
    ("How many documents are there of each type?", Wanted(by="type")),
    ("How many text files do we have?", Wanted(kinds=("text",))),
    ("Is there any document that mentions Halvorsen and the GDPR?",
     Wanted(("halvorsen", "gdpr"))),
    # German.
    ("Wie viele Dokumente erwähnen Brandschutz?", Wanted(("brandschutz",))),
    ("Welche Dokumente erwähnen den Betriebsrat?", Wanted(("betriebsrat",))),
    ("In wie vielen Dateien kommt Gabelstapler vor?", Wanted(("gabelstapler",))),
    ("Wie oft wird Halvorsen erwähnt?", Wanted(("halvorsen",))),
    ("Wo wird der Brandschutz erwähnt?", Wanted(("brandschutz",))),
    ("Liste alle Dokumente auf, die Kündigung enthalten.", Wanted(("kündigung",))),
    ("Zeig mir alle Dateien mit dem Wort Betriebsrat.", Wanted(("betriebsrat",))),
    ("Gibt es Dokumente über Brandschutz?", Wanted(("brandschutz",))),
    ("Wie viele Dokumente gibt es?", Wanted()),
    ("Welche Dokumente sind aus dem Jahr 2023?", Wanted(since=2023, until=2023)),
    ("Wie viele E-Mails gibt es?", Wanted(kinds=MAIL)),
    ("Welche Dokumente sind auf Deutsch?", Wanted(language="de")),
    ("Nenne alle Dateien im Ordner contracts.", Wanted(folder="contracts")),
    ("Wie viele Dokumente erwähnen Gabelstapler, aber nicht Brandschutz?",
     Wanted(("gabelstapler",), without=("brandschutz",))),
    ("Welche Dokumente erwähnen Gabelstapler oder Betriebsrat?",
     Wanted(any_of=("gabelstapler", "betriebsrat"))),
    ("In welchen Dokumenten wird die Kündigung erwähnt?", Wanted(("kündigung",))),
    ("Wird ein Hubschrauber irgendwo erwähnt?", Wanted(("hubschrauber",))),
    ("Anzahl der Dokumente mit Brandschutz", Wanted(("brandschutz",))),
    ("Wie viele Tabellen gibt es?", Wanted(kinds=SHEETS)),
    ("Wie viele Dokumente gibt es pro Jahr?", Wanted(by="year")),
    ("Welche Dateien enthalten nicht das Wort Kündigung?", Wanted(without=("kündigung",))),
    ("Wie viele Dokumente hat Petra Lindqvist geschrieben?", Wanted(author="Petra Lindqvist")),
    ("Wie viele Dateien von 2022 erwähnen Gabelstapler?",
     Wanted(("gabelstapler",), since=2022, until=2022)),
    ("Kommt der Betriebsrat in irgendeinem Dokument vor?", Wanted(("betriebsrat",))),
    ("Wie viele E-Mails erwähnen den Brandschutz?", Wanted(("brandschutz",), kinds=MAIL)),
)  # fmt: skip
DEVELOPED, HELD_OUT = PHRASINGS[::2], PHRASINGS[1::2]
