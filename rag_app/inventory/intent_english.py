"""How documents are asked for in English."""

from __future__ import annotations

import re

from rag_app.inventory.asked import Grammar, Phrase

# What a collection consists of. What is a part of a document, "section", is no such word: "Which
# section covers liability?" wants the section.
THINGS = (
    r"(?:documents?|docs?|files?|pdfs?|spreadsheets?|workbooks?|presentations?|slides|e-?mails?"
    r"|web ?pages?|sources?|texts?|pictures|images|notebooks|anything)"
)
PARTS = r"(?:pages|passages|places|paragraphs)"
SAYS = (
    r"(?:mention(?:s|ed|ing)?|contain(?:s|ing)?|(?:talk|speak)(?:s|ing)?\s+(?:about|of)"
    r"|refer(?:s|ring)?\s+to|says?\s+(?:anything|something)\s+(?:about|on)"
    r"|(?:has|have|with|includes?|including|uses?|using)\s+the\s+(?:words?|phrases?|terms?)"
    r"|(?:has|have|with|includes?|including|uses?)\s+(?=[\"“„'‘]))"
)
CONCERNS = (
    r"(?:discuss(?:es|ing)?|cover(?:s|ing)?|deal(?:s|ing)?\s+with|(?:is|are)\s+about|about"
    r"|(?:is|are)\s+on|on|concern(?:s|ing)?|regarding)"
)
MENTIONED = r"(?:mentioned|named|referred to|discussed|talked about|appear|occur|come up|found)"
WITH = r"(?:(?:that|which|there(?:\s+that)?|in the collection)\s+)?"
NO = r"(?:(?P<no>(?:do|does|did)(?:n['’]t|\s+not)|not|without(?=\s+the\s))\s+|(?:do|does)\s+)?"
# "What do the files say about …" wants what they say.
SCOPE = (
    rf"(?P<scope>(?!what\s+(?:do|does|did)\b)(?:\S+\s+){{0,9}}?(?:{THINGS}|{PARTS})"
    r"(?:\s+\S+){0,7}?)"
)
# "Which document covers …" wants what it says, too.
SEVERAL = (
    r"(?=how many\b|number\b|count\b|is there\b|are there\b|any\b|do(?:es)?\b|all\b|every\b"
    r"|.*\b(?:documents|docs|files|pdfs|spreadsheets|presentations|e-?mails|web pages)\b)"
)
AFTER = r"(?:\s+(?P<after>(?:in|from|since|before|after|between|across|by)\s+\S.*))?"
IN = r"(?:in|on|across)"
ASKS = (
    rf"{SCOPE}\s+(?P<no>without)\s+the\s+(?:words?|phrases?|terms?)\s+(?P<matter>.+)",
    rf"{SEVERAL}{SCOPE}\s+{WITH}{NO}(?P<about>(?:contain(?:s|ing)?|have|has|with|includ(?:e|es|ing))"
    r"\s+(?:any\s+|some\s+)?(?:information|details|something|anything)\s+(?:about|on))\s+"
    r"(?P<matter>.+)",
    rf"{SCOPE}\s+{WITH}{NO}{SAYS}\s*(?P<matter>.+)",
    rf"{SCOPE}\s+{WITH}{NO}(?:have|has|with)\s+(?P<matter>(?!been\b).+?)\s+in\s+(?:them|it)",
    rf"{IN}\s+(?P<scope>(?:how many|which|what|any)\b.*?)\s+(?:is|are|does|do|was|were)\s+"
    rf"(?P<matter>.+?)\s+(?P<no>not\s+)?{MENTIONED}",
    r"(?:how often|how many times|where)\s+(?:is|are|does|do)\s+(?P<matter>.+?)\s+"
    rf"(?:mentioned|named|appear|occur|come up){AFTER}",
    r"(?:how often|how many times)\s+do\s+(?P<scope>.+?)\s+mention\s+(?P<matter>.+)",
    r"(?:is|are)\s+(?:anything about\s+)?(?P<matter>.+?)\s+mentioned"
    rf"(?:\s+(?:anywhere|somewhere|(?P<after>{IN}\s+(?:any|one|some|the|our|my)\b.*)))",
    r"(?:(?:list|show|find|count|give|how many|all|every|what is|what's)(?:\s+me)?"
    r"(?:\s+(?:all|every|the|of|number))*\s+)?"
    r"(?:(?:mentions?|occurrences?|references?)(?:\s+are there)?\s+(?:of|to)"
    r"|(?:places?|passages?)\s+(?:about|where|(?:that|which) mentions?))\s+(?P<matter>.+?)"
    r"(?:\s+is mentioned)?",
    rf"{SEVERAL}{SCOPE}\s+{WITH}{NO}(?P<about>{CONCERNS})\s+(?P<matter>.+)",
)
DOCUMENTS = (
    r"\b(?:documents|docs|files|pdfs|spreadsheets|workbooks|presentations|e-?mails|web ?pages|pages"
    r"|opendocument texts)\b|^(?:how many|list|show|which)\b.*\b(?:document|file)\b"
)
LENGTHS = (
    r"^how many pages (?:does|do) (?P<named>.+) (?:have|contain|run to|comprise)$",
    r"^how many pages (?:long )?(?:is|are|has|have|(?:are |is )?(?:there )?in) (?P<named>.+)$",
    r"^(?:what is |what's )?(?:the )?(?:number of pages|page count) (?:of|in|for) (?P<named>.+)$",
)
PLAIN = """
    how many much which what what's list show give find count name tell me us all each every any a
    an the of in my our your their these those this are is there there's do does did you we i have
    has had got been was were be collection store index library indexed ingested stored uploaded
    loaded added here total altogether overall number amount exist exists available please documents
    document docs doc files file sources source texts pages page passages passage places paragraphs
    anything something from by dated created modified written wrote write authored with type types
    kind kinds format formats folder folders language languages year years and or to know can see
    whole one ones some different various that full complete entire s
"""
KINDS = {
    "pdf": "pdf", "pdfs": "pdf", "word": "word", "spreadsheets": "spreadsheet",
    "spreadsheet": "spreadsheet", "workbooks": "spreadsheet", "workbook": "spreadsheet",
    "excel": "spreadsheet", "excel sheets": "spreadsheet", "presentations": "presentation",
    "presentation": "presentation", "powerpoint": "presentation", "powerpoints": "presentation",
    "slides": "presentation", "emails": "email", "email": "email", "e-mails": "email",
    "e-mail": "email", "web pages": "web page", "web page": "web page", "webpages": "web page",
    "html": "web page", "text files": "text", "text file": "text", "plain text": "text",
    "text": "text", "pictures": "picture", "images": "picture", "books": "book",
    "notebooks": "notebook", "subtitles": "subtitle", "feeds": "feed", "source code": "code",
    "opendocument texts": "odt", "opendocument text": "odt", "opendocument": "opendocument",
    "opendocument spreadsheets": "ods", "opendocument presentations": "odp",
    "outlook": "msg", "markdown": "markdown", "csv": "csv", "json": "json",
}  # fmt: skip
LANGUAGES = {
    "english": "en", "german": "de", "french": "fr", "spanish": "es", "italian": "it",
    "portuguese": "pt", "dutch": "nl", "polish": "pl", "russian": "ru", "swedish": "sv",
    "chinese": "zh", "japanese": "ja",
}  # fmt: skip
YEAR = r"(?:19|20)\d\d"
YEARS = (
    rf"\b(?:between|from)\s+(?P<since>{YEAR})\s+(?:and|to|until)\s+(?P<until>{YEAR})\b",
    rf"\b(?P<since>{YEAR})\s*(?:-|–|to)\s*(?P<until>{YEAR})\b",
    rf"\b(?P<since>{YEAR})\s+(?:or|and)\s+(?:later|newer|after)\b",
    rf"\b(?P<until>{YEAR})\s+(?:or|and)\s+(?:earlier|older|before)\b",
    rf"\bsince\s+(?P<since>{YEAR})\b",
    rf"\b(?:after|newer than|later than)\s+(?P<after>{YEAR})\b",
    rf"\b(?:before|older than|earlier than)\s+(?P<before>{YEAR})\b",
    rf"\b(?:until|up to)\s+(?P<until>{YEAR})\b",
    rf"\b(?P<year>{YEAR})\b",
)
KIND_OF = r"(?:kinds?|types?|formats?|sorts?|languages?|years?)"
BY = (
    r"\b(?:per|by|(?:of|for|in|from) (?:each|every)|grouped by|broken down by)\s+"
    r"(?P<field>\w+)(?: folder| of file)?\b(?!\s+\w+\s+\w)",
    rf"\b(?:which|what|how many)\s+(?:different\s+)?(?P<field>{KIND_OF})\s+"
    r"of\s+(?=documents|files|docs)",
    rf"\b(?:which|what|how many)\s+(?:different\s+)?(?:file|document)\s+(?P<field>{KIND_OF})\b",
    r"^ (?:which|what|how many|list|show)\s+(?:me\s+)?(?:all\s+|the\s+|different\s+)*"
    r"(?P<field>folders|authors)\b",
)
FIELDS = {
    "type": "type", "types": "type", "kind": "type", "kinds": "type", "format": "type",
    "formats": "type", "sort": "type", "sorts": "type", "folder": "folder", "folders": "folder",
    "language": "language", "languages": "language", "year": "year", "years": "year",
}  # fmt: skip


ENGLISH = Grammar(
    asks=tuple(Phrase(rf"^{one}$") for one in ASKS),
    polite=Phrase(
        r"^(?:(?:please|tell me|show me(?= (?:how many|which|what)\b)"
        r"|(?:can|could|would|will) you(?: please)?(?: tell me)?"
        r"|i(?:'d like| need| want| would like)(?: to (?:see|know|have))?"
        r"|(?:a|the) (?:full |complete )?list of)[\s,]+)+"
        r"|^does (?:the|our|my|this) (?:collection|library|store|index) (?:have|contain|hold) "
        r"(?=any\b)"
    ),
    lists=Phrase(
        r"^(?:(?:please\s+)?(?:list|show|name|count|give|find|how many|which|what|are there any"
        r"|(?:the\s+)?(?:total\s+)?number of)\b|(?:all|every)\s)"
    ),
    things=Phrase(rf"\b(?:{THINGS}|{PARTS})\b"),
    documents=Phrase(DOCUMENTS),
    lengths=tuple(map(Phrase, LENGTHS)),
    plain=frozenset(PLAIN.split()),
    kinds=KINDS,
    languages=LANGUAGES,
    years=tuple(map(Phrase, YEARS)),
    newest=frozenset("newest latest recent".split()),
    by=tuple(map(Phrase, BY)),
    fields=FIELDS,
    counts=Phrase(
        r"^(?:in\s+)?(?:how many|count|(?:what's |what is )?(?:the )?(?:total )?number)"
    ),
    yes_or_no=Phrase(r"^(?:is|are|do|does|any)\b(?! there (?:a list|how))"),
    pages=Phrase(r"(?<!web )\bpages\b"),
    sentence=Phrase(
        r"\b(?:(?:have|has|had|needs?|ought) to|must|should|shall|(?-i:may)(?! \d)|can|cannot|could"
        r"|would|be|is|are|was|were)\b"
    ),
    before_matter=Phrase(r"^(?:both\s+|either\s+)?(?:the\s+)?(?:(?:words?|phrases?|terms?)\s+)?"),
    after_matter=Phrase(
        r"\s+(?:are there|is there|do (?:we|you|i) have|have (?:we|you|i) got|exist|in total"
        r"|altogether|anywhere|at all)$"
    ),
    connecting=frozenset("word words phrase phrases term terms and".split()),
    together=Phrase(r",?\s+(?:and(?:\s+also)?|as\s+well\s+as)\s+"),
    either=Phrase(r",?\s+or\s+"),
    excepts=Phrase(r",?\s+(?:(?:but|and)\s+(?:not|no|never)|but\s+(?:do|does)(?:n['’]t| not)"
                     r"(?:\s+mention)?|without)\s+"),
    neither=Phrase(r"^neither\s+"),
    nor=Phrase(r",?\s+(?:nor|or|and)\s+"),
    places=Phrase(r"\s+(?:in|from|since|before|after|between|until|across|by|within)\b"),
)  # fmt: skip

EVERYTHING = re.compile(
    r"^(?:please\s+)?(?:list|show|name|give|tell|enumerate|find|what are|which are)(?:\s+me|\s+us)?"
    r"(?:\s+of)?\s+(?:all|every|each|everything|(?:the|a)\s+(?:full|complete|whole)\s+list)\b"
    r"|^what\s+are\s+all\b|\b(?:all of them|complete list|full list|every single)\b"
    r"|^(?:which|what)\s++.*(?<!\s)\s++are there\s+(?:in total|altogether)\b",
    re.IGNORECASE,
)


def asks_for_all(question: str) -> bool:
    """Whether an ordinary question asks for all there is of something."""
    return EVERYTHING.search(" ".join(question.split())) is not None
