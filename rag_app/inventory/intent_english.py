"""Questions about the collection as a whole, told from those that one passage answers. By rules
for English.

"How many documents mention inhalers?" is counted over all of the collection
(``rag_app.inventory.mentions``): from the best passages it would be answered wrongly. "How many
days of leave do I get?" is an ordinary question. What tells them apart is that the first asks for
things that a collection is made of, and what they mention or are; a question for documents that
asks anything else ("Which documents do I need for a visa?") is an ordinary one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from ingest.text.analyzer import stems
from rag_app.collection.dates import YEAR

# What a collection consists of. What is a part of a document, "section", is no such word: "Which
# section covers liability?" wants the section.
THINGS = r"(?:documents?|files?|pdfs?|spreadsheets?|presentations?|e-?mails?|sources?|texts?)"
PARTS = r"(?:pages|passages|places|paragraphs)"
KIND = r"(?:(?:pdf|word|excel|html|markdown|text|powerpoint|web|epub|csv)\s+)?"
COUNTED = rf"{KIND}(?:{THINGS}|{PARTS})"
QUANTITY = (
    r"(?:(?:in|on|across)\s+)?(?:which|what|how many|any|do any|does any|are there any|is there any"
    r"|is there an?|do we have any|do you have any|(?:please\s+)?(?:list|show|find|name|count|give)"
    r"(?:\s+me)?(?:\s+(?:all|every|each))?|do|does|all|every)(?:\s+of)?(?:\s+(?:the|our|my|these))?"
)
SAYS = (
    r"(?:mention(?:s|ed|ing)?|contain(?:s|ing)?|(?:talk|speak)(?:s|ing)?\s+(?:about|of)"
    r"|refer(?:s|ring)?\s+to|says?\s+(?:anything|something)\s+(?:about|on)"
    r"|(?:has|have|with|includes?|including|uses?|using)\s+the\s+(?:words?|phrases?|terms?))"
)
CONCERNS = (
    r"(?:discuss(?:es|ing)?|cover(?:s|ing)?|deal(?:s|ing)?\s+with|(?:is|are)\s+about|about"
    r"|(?:is|are)\s+on|concern(?:s|ing)?|regarding)"
)
MENTIONED = r"(?:mentioned|named|referred to|discussed|talked about|appear|occur|come up|found)"
WITH = r"(?:\s+(?:that|which|there(?:\s+that)?|do|does|in the collection))?"
ASKS: tuple[tuple[re.Pattern[str], bool], ...] = tuple(
    (re.compile(rf"^{pattern}$", re.IGNORECASE), exactly)
    for pattern, exactly in (
        (rf"{QUANTITY}\s+{COUNTED}{WITH}\s+{SAYS}\s++(?P<matter>.+?)", True),
        (
            rf"(?:how many|in how many)\s+{COUNTED}(?:\s+(?:are there|do (?:we|you|i) have))?"
            rf"{WITH}\s+(?:{SAYS}|{CONCERNS})\s++(?P<matter>.+?)",
            True,
        ),
        (
            rf"(?:in|on|across)\s+(?:how many|which|what)\s+(?:of the\s+)?{COUNTED}\s+"
            rf"(?:is|are|does|do|was|were)\s++(?P<matter>.+?)(?<!\s)\s++{MENTIONED}",
            True,
        ),
        (
            r"(?:how often|how many times|where)\s+(?:is|are|does|do)\s++(?P<matter>.+?)(?<!\s)\s++"
            r"(?:mentioned|named|appear|occur|come up)(?:\s+in\s+(?:the|all|our)\s+\w+)?",
            True,
        ),
        (
            rf"(?:is|are)\s++(?:anything about\s++)?(?P<matter>.+?)(?<!\s)\s++mentioned\s+"
            rf"(?:anywhere|somewhere|in\s+(?:any|one|some|the|our)(?:\s+of the)?\s+{COUNTED})",
            True,
        ),
        (
            r"(?:list|show|find|count|give|how many)(?:\s+me)?(?:\s+(?:all|every|the|of))*\s+"
            r"(?:(?:mentions?|occurrences?|references?)(?:\s+are there)?\s+(?:of|to)"
            r"|(?:places?|passages?)\s+(?:about|where|(?:that|which) mentions?))\s++(?P<matter>.+?)"
            r"(?:(?<!\s)\s++is mentioned)?",
            True,
        ),
        (
            rf"(?:which|what|list|show|find|name|give)(?:\s+me)?(?:\s+(?:all|every|the|of|our))*\s+"
            rf"{KIND}(?:documents|files|pdfs|spreadsheets|presentations|e-?mails)"
            rf"(?:\s+do (?:we|you|i) have)?{WITH}\s+(?:{CONCERNS}|on)\s++(?P<matter>.+?)",
            False,
        ),
        (
            r"(?:any|are there any|is there an?y?|do (?:we|you|i) have (?:any|an?)|do any"
            r"|does any)\s+"
            rf"{KIND}{THINGS}{WITH}\s+(?:{CONCERNS}|on)\s++(?P<matter>.+?)",
            False,
        ),
    )
)  # fmt: skip
QUOTED = re.compile(r"[\"“”„]([^\"“”„]+)[\"“”]|(?<!\w)['‘]([^'’]{1,300})['’](?!\w)")
POLITE = re.compile(
    r"^(?:please|tell me|(?:can|could|would|will) you(?: please)?(?: tell me)?)[\s,]+"
    r"|^does (?:the|our|my|this) (?:collection|library|store|index) (?:have|contain|hold) "
    r"(?=any\b)",
    re.IGNORECASE,
)
ANYTHING = re.compile(r"^(?:the\s+)?(?:words?|phrases?|terms?)\s+", re.IGNORECASE)
YES_OR_NO = re.compile(r"^(?:is|are|do|does|any)\b(?! there (?:a list|how))", re.IGNORECASE)
# A question for documents as such has no other words than these, and what the catalog knows.
PLAIN = frozenset(
    """
    how many which what list show give count name me all every each the a an of in my our your
    these are is there do does you we have has been were was collection store index library indexed
    ingested stored uploaded loaded here total altogether number exist exists available please
    documents document files file pdfs pdf pages from by dated created modified written with type
    kind folder language that and or to know can see whole
    """.split()
)
NEWEST = frozenset("newest latest recent".split())
LISTS = re.compile(
    r"^(?:(?:please\s+)?(?:list|show|name|count|give|how many|which|what|are there any)\b)",
    re.IGNORECASE,
)
DOCUMENTS = re.compile(
    r"\b(?:documents|files|pdfs|spreadsheets|presentations|e-?mails|web pages|pages)\b"
    r"|^(?:how many|list|show|which)\b.*\b(?:document|file)\b",
    re.IGNORECASE,
)
EVERYTHING = re.compile(
    r"^(?:please\s+)?(?:list|show|name|give|tell|enumerate|find|what are|which are)(?:\s+me|\s+us)?"
    r"(?:\s+of)?\s+(?:all|every|each|everything|(?:the|a)\s+(?:full|complete|whole)\s+list)\b"
    r"|^what\s+are\s+all\b|\b(?:all of them|complete list|full list|every single)\b"
    r"|^(?:which|what)\s++.*(?<!\s)\s++are there\s+(?:in total|altogether)\b",
    re.IGNORECASE,
)


class Mentions(NamedTuple):
    """A question for what mentions something. ``words`` are as they were typed, ``phrases`` those
    in quotation marks. ``exactly``: it asks for words; else for what is about a matter, of which
    words are a sign. ``pages``: it asks for pages."""

    words: tuple[str, ...]
    phrases: tuple[str, ...]
    exactly: bool
    yes_or_no: bool
    pages: bool = False


class Documents(NamedTuple):
    """A question for documents as such: those of a kind, a folder, a language, a year, a value of
    a field; all of them if nothing is said. ``pages``: it asks for their pages; ``newest``: for the
    newest of them."""

    values: tuple[tuple[str, str], ...]
    pages: bool
    newest: bool = False


Inventory = Mentions | Documents


def inventory_of(question: str, known: Iterable[tuple[str, str]] = ()) -> Inventory | None:
    """What of the whole collection a question asks for; None if it is an ordinary question.

    ``known`` are (field, value): what documents can be told apart by, as the catalog has it.
    """
    text = POLITE.sub("", " ".join(question.split()))
    return _mentions(text) or _documents(text, known)


def may_be_for_documents(question: str) -> bool:
    """Whether a question may be for documents as such, so that what the catalog knows of them has
    to be looked up."""
    question = POLITE.sub("", question)
    return LISTS.match(question) is not None and DOCUMENTS.search(question) is not None


def asks_for_all(question: str) -> bool:
    """Whether an ordinary question asks for all there is of something."""
    return EVERYTHING.search(" ".join(question.split())) is not None


def _mentions(text: str) -> Mentions | None:
    text = text.rstrip(" ?.!")
    for pattern, exactly in ASKS:
        if match := pattern.match(text):
            matter = match["matter"]
            phrases = [first or second for first, second in QUOTED.findall(matter)]
            rest = ANYTHING.sub("", QUOTED.sub(" ", matter))
            words = [word.strip("?.,!;:()") for word in rest.split()]
            wanted = tuple(word for word in words if stems(word) and not _connects(word, phrases))
            if wanted or phrases:
                before = text[: match.start("matter")].casefold()
                return Mentions(
                    wanted,
                    tuple(phrases),
                    exactly,
                    YES_OR_NO.match(text) is not None,
                    "pages" in before,
                )
    return None


def _connects(word: str, phrases: list[str]) -> bool:
    """Whether a word only says that a quotation is one: "the phrase “…”"."""
    return bool(phrases) and word.casefold() in ("word", "words", "phrase", "phrases", "term")


KIND_WORDS = {
    "pdf": "pdf", "pdfs": "pdf", "word": "docx", "docx": "docx", "markdown": "markdown",
    "html": "html", "web": "html", "spreadsheets": "xlsx", "spreadsheet": "xlsx", "excel": "xlsx",
    "presentations": "pptx", "presentation": "pptx", "powerpoint": "pptx", "emails": "email",
    "e-mails": "email", "email": "email", "text": "text", "epub": "epub", "csv": "csv",
}  # fmt: skip
LANGUAGES = {
    "english": "en", "german": "de", "french": "fr", "spanish": "es", "italian": "it",
    "portuguese": "pt", "dutch": "nl", "polish": "pl", "russian": "ru", "swedish": "sv",
    "chinese": "zh", "japanese": "ja",
}  # fmt: skip


def _documents(text: str, known: Iterable[tuple[str, str]]) -> Documents | None:
    if not may_be_for_documents(text):
        return None
    rest = f" {text.casefold().strip(' ?.!')} "
    values: list[tuple[str, str]] = []
    # The longest value first: "policies/old" before "policies".
    for field, value in sorted(known, key=lambda pair: -len(pair[1])):
        if len(value) > 2 and (found := _word(value, rest)):
            values.append((field, value))
            rest = rest.replace(found, " ", 1)
    for year in YEAR.findall(rest):
        values.append(("year", year))
        rest = rest.replace(year, " ")
    words = re.findall(
        r"[\w'’-]+", re.sub(r"\bdo i have(?= *$|\s+(?:in|from|by|here)\b)", " ", rest)
    )
    for word in words:
        if word in LANGUAGES:
            values.append(("language", LANGUAGES[word]))
        elif word in KIND_WORDS:
            values.append(("type", KIND_WORDS[word]))
        elif word not in PLAIN and word not in NEWEST:
            return None
    is_newest = not NEWEST.isdisjoint(words)
    return Documents(
        tuple(dict.fromkeys(values)), "pages" in words and "web" not in words, is_newest
    )


def _word(value: str, text: str) -> str | None:
    """A value where it stands as a word of its own in a text, or None."""
    match = re.search(rf"(?<![\w/]){re.escape(value.casefold())}(?![\w/])", text)
    return match[0] if match else None
