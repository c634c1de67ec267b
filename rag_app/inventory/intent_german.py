"""How documents are asked for in German."""

from __future__ import annotations

import re

from rag_app.inventory.asked import Grammar, Phrase

THINGS = (
    r"(?:Dokument(?:e|en|s)?|Datei(?:en)?|Textdateien|Unterlagen|Schriftstücken?|PDFs?|E-?Mails?"
    r"|Mails|Tabellen|Präsentationen|Webseiten|Texten?|Bilder)"
)
PARTS = r"(?:Seiten|Stellen|Passagen)"
# "Welche Dateien enthält das Update?" wants what is in the update.
SAYS = r"(?:erwähnen|enthalten|nennen|sprechen\s+von|verweisen\s+auf|beinhalten)"
WORD = r"(?:(?:dem|das)\s+Wort|(?:den|die)\s+Wörtern?|(?:dem|den)\s+Begriff|der\s+Formulierung)"
NO = r"(?:(?P<no>nicht|kein(?:e|en)?)\s+)?"
SCOPE = rf"(?P<scope>(?:\S+\s+){{0,9}}?(?:{THINGS}|{PARTS})(?:\s+[^\s,]+){{0,6}}?)"
AFTER = r"(?P<after>(?:in|seit|vor|aus)\s+\S.*)"
ASKS = (
    rf"{SCOPE}(?:\s+auf)?,\s+(?:die|welche)\s+(?P<matter>.+?)\s+(?P<no>nicht\s+)?{SAYS}",
    rf"{SCOPE}(?:\s+auf)?,\s+in\s+denen\s+(?P<matter>.+?)\s+(?P<no>nicht\s+)?"
    r"(?:vorkomm(?:t|en)|steht|stehen|(?:erwähnt|genannt)\s+(?:wird|werden))",
    rf"{SCOPE}\s+{SAYS}\s+{NO}(?P<matter>.+)",
    rf"{SCOPE}\s+(?P<no>ohne)\s+{WORD}\s+(?P<matter>.+)",
    rf"{SCOPE}\s+mit\s+{WORD}\s+(?P<matter>.+)",
    r"(?P<scope>(?:die\s+)?(?:Anzahl|Zahl)\s+(?:der|aller)\s+\S+|(?:alle|wie viele)\s+\S+)\s+mit\s+"
    r"(?P<matter>.+)",
    r"in\s+(?P<scope>(?:wie\s+vielen|welchen)\b.*?)\s+(?:kommt|kommen|wird|werden|taucht|ist)\s+"
    r"(?P<matter>.+?)\s+(?P<no>nicht\s+)?(?:vor|erwähnt|genannt|auf)",
    r"in\s+(?P<scope>(?:wie\s+vielen|welchen)\b.*?)\s+(?:steht|stehen)\s+(?P<matter>.+)",
    r"(?:wo|wie\s+oft)\s+(?:wird|werden|kommt|kommen|ist)\s+(?P<matter>.+?)"
    rf"(?:\s+{AFTER})?\s+(?:vor|erwähnt|genannt)",
    r"(?:wird|werden|kommt|kommen)\s+(?P<matter>.+?)\s+"
    r"(?:irgendwo|(?P<after>in\s+(?:irgend)?(?:einem|einer|den)\s+.+?))\s+(?:vor|erwähnt|genannt)",
    rf"{SCOPE}\s+(?P<about>(?:gibt es\s+)?(?:über|zum Thema|zu|zum|zur))\s+(?P<matter>.+?)",
)
DOCUMENTS = (
    r"Dokumenten?|Dateien|Textdateien|Unterlagen|Schriftstücken?|PDFs|E-?Mails|Mails|Tabellen"
    r"|Präsentationen|Webseiten|Seiten|OpenDocument-Texte"
)
LENGTHS = (
    r"^wie viele seiten (?:lang )?(?:hat|haben|umfasst|umfassen|ist|sind(?: in)?) (?P<named>.+)$",
    r"^(?:was ist |wie (?:hoch|groß) ist )?(?:die )?(?:seitenzahl|anzahl der seiten) "
    r"(?:von|vom|der|des|in|im) (?P<named>.+)$",
)
PLAIN = """
    wie viele vielen viel welche welchen welcher welches was wer gibt es zeig zeige mir uns nenne
    nenn liste auf finde gib such suche alle allen aller jede jedes jeder die der das den dem des
    ein eine einen einem einer irgendeinem irgendeiner irgendein in im aus vom von mit zu meine
    meinen meiner unsere unseren unserer ordner jahr jahres typ typs art arten sprache sind ist
    haben hat habe wir ich sie du hier geschrieben verfasst erstellt geändert anzahl zahl insgesamt
    sammlung bitte dokumente dokumenten dokument datei dateien unterlagen schriftstücke schriftstück
    texte text texten seiten stellen passagen und oder nach vorhanden existieren existiert
    verschiedene verschiedenen überhaupt gespeichert geladen hinzugefügt auch davon dort da
"""
KINDS = {
    "pdf": "pdf", "pdfs": "pdf", "pdf-dateien": "pdf", "pdf-dokumente": "pdf", "word": "word",
    "word-dateien": "word", "word-dokumente": "word", "tabellen": "spreadsheet",
    "excel": "spreadsheet", "excel-dateien": "spreadsheet", "excel-tabellen": "spreadsheet",
    "präsentationen": "presentation", "powerpoint": "presentation", "folien": "presentation",
    "e-mails": "email", "emails": "email", "mails": "email", "e-mail": "email",
    "webseiten": "web page", "html-dateien": "web page", "textdateien": "text",
    "bilder": "picture", "bücher": "book", "notizbücher": "notebook", "untertitel": "subtitle",
    "markdown-dateien": "markdown", "csv-dateien": "csv", "opendocument-texte": "odt",
    "quelltexte": "code",
}  # fmt: skip
LANGUAGES = {
    f"{word}{end}": code
    for word, code in {
        "deutsch": "de", "englisch": "en", "französisch": "fr", "spanisch": "es",
        "italienisch": "it", "portugiesisch": "pt", "niederländisch": "nl", "polnisch": "pl",
        "russisch": "ru", "schwedisch": "sv", "chinesisch": "zh", "japanisch": "ja",
    }.items()
    for end in ("", "e", "en", "er", "es")
}  # fmt: skip
YEAR = r"(?:19|20)\d\d"
YEARS = (
    rf"\bzwischen\s+(?P<since>{YEAR})\s+und\s+(?P<until>{YEAR})\b",
    rf"\b(?:von\s+)?(?P<since>{YEAR})\s*(?:-|–|bis)\s*(?P<until>{YEAR})\b",
    rf"\b(?:seit|ab)\s+(?:dem\s+Jahr\s+)?(?P<since>{YEAR})\b",
    rf"\bnach\s+(?P<after>{YEAR})\b",
    rf"\bvor\s+(?P<before>{YEAR})\b",
    rf"\bbis\s+(?P<until>{YEAR})\b",
    rf"\b(?P<year>{YEAR})\b",
)
BY = (
    r"\b(?:pro|je|nach)\s+(?P<field>\w+)\b",
    r"\bwelche\s+(?P<field>arten|formate|sprachen|typen)\s+(?:von\s+(?=dokument|datei))",
    r"^ (?:welche|wie viele)\s+(?:verschiedenen?\s+)?(?P<field>ordner|autoren|dateitypen"
    r"|dateiformate)\b",
)
FIELDS = {
    "jahr": "year", "jahren": "year", "ordner": "folder", "ordnern": "folder", "typ": "type",
    "typen": "type", "art": "type", "arten": "type", "format": "type", "formate": "type",
    "dateityp": "type", "dateitypen": "type", "dateiformate": "type", "sprache": "language",
    "sprachen": "language", "autor": "author", "autoren": "author",
}  # fmt: skip


GERMAN = Grammar(
    asks=tuple(Phrase(rf"^{one}$") for one in ASKS),
    polite=Phrase(
        r"^(?:(?:bitte|sag mir|kannst du(?: mir)?(?: bitte)?|können sie(?: mir)?(?: bitte)?"
        r"|ich (?:brauche|möchte|suche)|eine liste(?: aller| der)?(?= ))[\s,]+)+"
    ),
    lists=Phrase(
        r"^(?:liste|zeige?|nenne?|finde|gib|wie\s+viele|welche|was für|gibt es|alle"
        r"|(?:die\s+)?(?:an)?zahl)\b"
    ),
    things=Phrase(rf"\b(?:\w+-)?(?:{THINGS}|{PARTS})\b"),
    documents=Phrase(rf"\b(?:\w+-)?(?:{DOCUMENTS})\b"),
    lengths=tuple(map(Phrase, LENGTHS)),
    plain=frozenset(PLAIN.split()),
    kinds=KINDS,
    languages=LANGUAGES,
    years=tuple(map(Phrase, YEARS)),
    newest=frozenset("neueste neuesten neuste letzten aktuellsten".split()),
    by=tuple(map(Phrase, BY)),
    fields=FIELDS,
    counts=Phrase(r"^(?:in\s+)?(?:wie\s+viele|(?:die\s+)?(?:an)?zahl)"),
    yes_or_no=Phrase(r"^(?:wird|werden|kommt|kommen|gibt es|sind|ist)\b"),
    pages=Phrase(r"\bseiten\b"),
    sentence=Phrase(
        r"\b(?:muss|müssen|musste|soll|sollen|sollte|darf|dürfen|kann|können|wird|werden|ist|sind|war"
        r"|waren)\b"
    ),
    before_matter=Phrase(
        r"^(?:sowohl\s+|entweder\s+)?(?:(?:de[rnms]|die|das|ein|eine[rnms]?)\s+)?"
        r"(?:(?:wort|wörter|wörtern|begriff|formulierung)\s+)?"
    ),
    after_matter=Phrase(r"\s+(?:gibt es|haben wir|habe ich|vorhanden|insgesamt|überhaupt)$"),
    connecting=frozenset("wort wörter begriff und".split()),
    together=Phrase(r",?\s+(?:und(?:\s+auch)?|als\s+auch|sowie)\s+"),
    either=Phrase(r",?\s+oder\s+"),
    excepts=Phrase(r",?\s+(?:(?:aber|und)\s+(?:nicht|keine?n?)|ohne)\s+"),
    neither=Phrase(r"^weder\s+"),
    nor=Phrase(r",?\s+(?:noch|und|oder)\s+"),
    places=Phrase(r"\s+(?:in|im|aus|seit|vor|nach|zwischen|von|bis|ab)\b"),
)

EVERYTHING = re.compile(
    r"^(?:bitte\s+)?(?:nenne?|liste|zeige?|gib|zähle?|finde|was sind)(?:\s+(?:mir|uns))?"
    r"(?:\s+bitte)?\s+(?:alle[rsn]?|jede[rsn]?|sämtliche[rsn]?"
    r"|die (?:vollständige|komplette|ganze) liste)\b"
    r"|\b(?:alle davon|vollständige liste|jede[rsn]? einzelne[rsn]?)\b"
    r"|^welche\s.*\bgibt es (?:insgesamt|überhaupt|alles)\b",
    re.IGNORECASE,
)


def asks_for_all(question: str) -> bool:
    """Whether an ordinary German question asks for all there is of something."""
    return EVERYTHING.search(" ".join(question.split())) is not None
