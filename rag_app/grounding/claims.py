"""Which sentences of an answer say something of the documents, and what of them is looked up.

Not: questions; headings and lines that lead to a list; what stands before a sentence and claims
nothing ("No,", "However,", "Step 2:", "According to the handbook,"); and what speaks of the
documents themselves ("Who decides is not in the documents.", "This is stated in the passage.").
Everything else is a claim.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from rag_app.grounding.facts.lookup import Words, missing
from rag_app.grounding.facts.reading import facts_in
from rag_app.grounding.language.wording import ENGLISH, Wording, wording_of, wordings
from rag_app.grounding.language.words import content
from rag_app.retrieval.passage import Passage, full_text

# What a list, a heading or a table puts around a sentence.
DECORATION = re.compile(r"^[\s>#|*•–—-]+(?=\S)|^\s*\(?\d{1,3}[.)]\s+|[*_`|]{1,3}")
# "Step 2:", "Schritt 2 –": a word and a small number before what is said, but no date.
LABEL = re.compile(
    r"^[^\W\d_]+\s\d{1,2}\s*(?:[:)–—-]+|\.(?!\s[^\W\d_]{3,12}(?:\s[12]\d{3}|[,.])))\s+(?=\S)"
)
# What stands before a comma, a full stop or a colon, and is no longer than a few words.
LEADING = re.compile(r"^(?P<words>[^\W\d_]+(?:['’\s][^\W\d_]+){0,2})\s*[,.:;!–—]+\s+(?=\S)")
ATTRIBUTION_ENGLISH = re.compile(
    r"^(?:according to|based on|as (?:stated|described|noted) in|in|per|from) (?:the |your )?"
    r"(?:[\w’'-]+ ){0,3}?"
    r"(?:passages?|documents?|text|sources?|context|handbook|policy|manual|contract|guide|section)\b"
    r"[^,]{0,40},\s*"
    r"|^the (?:passages?|documents?|text|sources?) (?:say|state|mention|explain|note)s? that\s+",
    re.IGNORECASE,
)
CLOSING = re.compile(r"^(?:i hope|let me know|feel free|here (?:is|are)|i (?:found|cannot|can't))",
                     re.IGNORECASE)  # fmt: skip
# "This is stated in the passage." says where, and nothing else.
WHERE_ENGLISH = re.compile(
    r"^(?:this|that)(?: information)? (?:is|was|can be) "
    r"(?:stated|mentioned|said|found|given|described|listed|shown) (?:in|on|by) "
    r"(?:[\w.’'-]+ ){0,5}?"
    r"(?:passages?|documents?|text|sources?|context|clause|section|table|page|manual|handbook"
    r"|agreement|contract|policy)\b",
    re.IGNORECASE,
)
LEADS_ON = re.compile(r"^\s*#{1,6} |:\s*[*_]*$|^\s*\*\*[^*]+\*\*:?\s*$")
LONGEST_LEAD = 12
LONGEST_REMARK = 30
# How many words stand between a "not" and what the documents do not do, at most.
NEAR_BY = 4
FEWEST_STEMS = 2
TOKEN = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


@lru_cache(maxsize=1024)  # what one question needs again and again
def bare(sentence: str, language: str | None = ENGLISH) -> str:
    """A sentence without the signs of Markdown around it, and without what stands before it and
    claims nothing."""
    text = DECORATION.sub(" ", DECORATION.sub("", sentence)).strip()
    text = ATTRIBUTION_ENGLISH.sub("", LABEL.sub("", text))
    wording = wording_of(language)
    if wording is not None:
        named = wording.attributing.match(text)
        # What a person said would have to be there.
        if named is not None and wording.documents.search(named[0]):
            text = text[named.end() :]
        text = wording.references.sub("", text).strip()
    while wording is not None and (match := LEADING.match(text)):
        words = match["words"].casefold().split()
        if not all(word in wording.particles for word in words):
            break
        text = text[match.end() :]
    return text


@lru_cache(maxsize=1024)  # what one question needs again and again
def particle_of(sentence: str, language: str | None = ENGLISH) -> str | None:
    """The "yes" that a sentence begins with, in lower case."""
    wording = wording_of(language)
    match = LEADING.match(DECORATION.sub("", sentence).strip())
    if wording is None or match is None:
        return None
    word = match["words"].casefold().split()[0]
    return word if word in wording.yes else None


def makes_claim(sentence: str, passages: Sequence[Passage], language: str | None = ENGLISH) -> bool:
    """Whether a sentence says something that a passage has to support."""
    text = bare(sentence, language)
    wording = wording_of(language)
    particles = wording.particles if wording is not None else frozenset[str]()
    own = [word for word in TOKEN.findall(text.casefold()) if word not in particles]
    facts = facts_in(text, language)
    stems = content(" ".join(own), language)
    if not stems or (len(stems) < FEWEST_STEMS and facts.is_empty and len(own) < 3):
        return False
    leads = len(text.split()) <= LONGEST_LEAD and LEADS_ON.search(sentence.rstrip())
    closes = CLOSING.match(text) or WHERE_ENGLISH.match(text)
    if text.endswith(("?", "？")) or closes or leads or is_remark(text, language):
        everything = "\n".join(map(full_text, passages))
        return (
            not facts.is_empty and missing(text, Words(everything, language=language)) is not None
        )
    return True


def is_remark(sentence: str, language: str | None = ENGLISH) -> bool:
    """Whether a sentence says of the documents that they do not say something, in any of the
    languages of ``wording.toml`` where its own is not known."""
    known = wording_of(language)
    return any(_is_remark(sentence, one) for one in ([known] if known else wordings().values()))


def _is_remark(sentence: str, wording: Wording) -> bool:
    tokens = [token.replace("’", "'") for token in TOKEN.findall(sentence.casefold())]
    if len(tokens) > LONGEST_REMARK:
        return False
    places = {
        name: [place for place, token in enumerate(tokens) if is_one(token)]
        for name, is_one in (
            ("denied", lambda one: one in wording.negations or one.endswith("n't")),
            ("says", lambda one: wording.saying.fullmatch(one)),
            ("source", lambda one: wording.sources.fullmatch(one)),
            ("document", lambda one: wording.documents.fullmatch(one)),
            ("found", lambda one: wording.findings.fullmatch(one)),
        )
    }
    denied, says, source = places["denied"], places["says"], places["source"]
    if any(0 < other - one <= 2 for one in denied for other in places["found"]):
        return True
    last = len(tokens) - 1
    said_not = any(abs(one - other) <= NEAR_BY for one in denied for other in says)
    if source and (said_not or (bool(denied) and source[-1] == last)):
        return True
    if places["document"] and said_not:
        return True
    # "… is not specified.", "… no figura en el contrato." speak of them without naming them.
    appears = [place for place in says if wording.appearing.fullmatch(tokens[place])]
    near = any(abs(one - other) <= NEAR_BY for one in denied for other in appears)
    return near and last <= LONGEST_LEAD
