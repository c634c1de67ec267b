"""Questions that a person would ask, made of what a document says, by rules for English.

Each rule takes a sentence that states a number, a time, a person, a permission or what a thing is,
and asks for just that: "A sabbatical lasts six weeks" becomes "How long does a sabbatical last?".
What is not surely such a sentence asks nothing, for a wrong question is worse than none. A heading
that is a question is one in any language.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence, Set
from typing import NamedTuple

from ingest.records import StoredChunk
from rag_app.questions.naming_english import (
    ARTICLE,
    PEOPLE,
    POINTING,
    VAGUE,
    VERB,
    WORDED,
    active,
    names_in,
    small,
    subject_in,
    with_article,
    with_names,
)

ENGLISH = frozenset({None, "en"})
FEWEST, MOST = 4, 32  # words of a sentence
LONGEST = 90  # characters of a question
LONGEST_CASE = 9  # words

SUBJECT = r"(?P<subject>[^,;:()\"“”\[\]?!|=/]{3,60}?)"
TIME = r"(?:second|minute|hour|day|week|month|year)s?"
NUMBER = rf"(?:\d[\d,.]*|{WORDED})"
SPAN = rf"{NUMBER}(?:\s+(?:and|to|or)\s+{NUMBER})?\s+(?:full |working |calendar |business )?{TIME}"
MONEY = r"(?:[£$€]\s?\d[\d,.]*|\d[\d,.]*\s?(?:pounds|euros?|dollars|pence))"
MONTH = r"(?:january|february|march|april|may|june|july|august|september|october|november|december)"
DATE = (
    rf"(?:(?:in|on|at|by|before|until|from|every|each)\s+(?:the\s+)?(?:\d|{MONTH}|(?:mon|tues|wednes"
    r"|thurs|fri|satur|sun)day|noon|midnight|end of))"
)
LASTS = re.compile(
    rf"{SUBJECT} (?P<verb>lasts?|takes?|runs?)(?: for)? (?:about |up to |at most |at least |around "
    rf"|no more than |between )?{SPAN}\b",
    re.IGNORECASE,
)
KEPT = re.compile(
    rf"{SUBJECT} (?P<verb>is|are) (?P<done>kept|stored|retained|held|valid|supported|guaranteed"
    rf"|archived) for (?:about |up to |at most |at least )?{SPAN}\b",
    re.IGNORECASE,
)
IS_SPAN = re.compile(
    rf"{SUBJECT} (?P<verb>is|are) {SPAN}(?:[.]| (?:from|after|of|in|if|for)\b)", re.I
)
COSTS = re.compile(rf"{SUBJECT} costs? (?:about |up to |only )?{MONEY}", re.IGNORECASE)
PRICE = re.compile(rf"{SUBJECT} (?P<verb>is|are) (?:about |up to |only )?{MONEY}", re.IGNORECASE)
SHARE = re.compile(rf"{SUBJECT} (?P<verb>is|are) (?:about |up to )?\d[\d,.]*\s?(?:%|percent)", re.I)
WHEN = re.compile(
    rf"{SUBJECT} (?P<verb>is|are) (?P<done>paid|held|due|published|reviewed|sent|taken|made|closed"
    rf"|open|checked|cleaned|delivered|collected|renewed|updated|announced|invoiced) {DATE}",
    re.IGNORECASE,
)
BEGINS = re.compile(
    rf"{SUBJECT} (?P<verb>begin|start|end|open|close|expire|arrive|leave|finish|meet)(?P<s>s)? "
    rf"(?:at \d|{DATE})",
    re.IGNORECASE,
)
WHO = re.compile(
    rf"{SUBJECT} (?P<verb>is|are|was|were) (?P<done>approved|decided|chaired|signed|led|written|"
    r"appointed|released|checked|elected|founded|invented|designed|discovered|owned|run|directed|"
    r"published|paid|kept|ordered|recorded|built) by (?!(?:a|an|hand|mail|post|e-mail|email|phone|"
    r"telephone|using|the (?:end|time|date))\b)(?P<who>[A-Za-z])",
)
RULE = re.compile(
    rf"{SUBJECT} (?P<verb>can|may|cannot|must not) "
    r"(?P<rest>[a-z]+(?: (?!(?:and|or|but|than|which|that|who|as|where|while|not|so|if|when|unless|"
    r"until|because)\b)[\w'’-]+){1,8})(?=[.,;]| (?:if|when|unless|until|because)\b)",
)
IS_A = re.compile(
    rf"{SUBJECT} (?P<verb>is|are) (?:a|an|the|any)(?: \w[\w'’-]*){{2}}",
    re.IGNORECASE,
)
MEANS = re.compile(r"[\"“](?P<term>[^\"”]{2,40})[\"”] means ")
CASE = re.compile(r"(?P<word>If|When) (?P<case>(?:the|a|an) [^,;:()]{8,80}), (?P<rest>\w.{12,})")
PURPOSE = re.compile(r"To (?P<aim>[a-z]{3,}(?: [\w'’-]+){1,8}), (?P<rest>[a-z]{3,} .{8,})")
ROW = re.compile(r"(?P<head>[^:;]{2,40}): (?P<key>[^;:]{3,50}); (?P<rest>.+)$", re.DOTALL)
CELL = re.compile(r"(?P<head>[^:;]{3,30}): (?P<value>[^;]{1,40})")
# Heads of columns that one asks for, and the values that answer.
PRICED = re.compile(r"(?:price|cost|fee|deposit|rate|rent|charge)s?$", re.IGNORECASE)
ASKED = re.compile(
    r"(?:amount|limit|warranty|notice|deadline|allowance|maximum|minimum|duration)$",
    re.IGNORECASE,
)
ENUMERATION = re.compile(
    r"(?:\(?(?:\d{1,3}(?:\.\d{1,3})*|[a-z])[.)]|\d{1,3}(?:\.\d{1,3})+|[-*•–]) +"
)
NUMBERING = re.compile(r"^(?:§\s*)?[\d.()]{1,8}[.)]?\s+")
QUESTION = re.compile(r"[^\W\d_].{8,}\?$")


# Which link is meant in "the link returns", the question does not say.
BARE = re.compile(r"the [a-z]+ (?:[a-z]+s|[a-z]+ed|cannot|can|may|must|has|have|will|do|does)\b")
# What cannot be asked for, and what would hold the answer.
ALL = re.compile(
    r"(?:all|both|each|only|also|still|be (?:considered|seen|found|thought|said))\b"
    r"|.*\b(?:many|some|at most|at least|up to|within)\b"
)


AT_MOST = re.compile(rf"(?P<what>.+?) for (?:at most|up to|no more than) {SPAN}", re.IGNORECASE)


class Natural(NamedTuple):
    """A question, and the place that answers it: ``start`` and ``end`` are the document's."""

    question: str
    start: int
    end: int


def natural_questions(chunks: Sequence[StoredChunk]) -> Iterator[Natural]:
    """The questions that a document's chunks, in order, answer; none twice."""
    seen: set[str] = set()
    names = names_in(chunk.text for chunk in chunks)
    for chunk in chunks:
        for one in (*_of_heading(chunk), *_of_sentences(chunk, names)):
            if one.question not in seen and len(one.question) <= LONGEST:
                seen.add(one.question)
                yield one


def _of_heading(chunk: StoredChunk) -> Iterator[Natural]:
    heading = NUMBERING.sub("", " ".join(chunk.headings[-1].split())) if chunk.headings else ""
    if QUESTION.match(heading) and heading.count("?") == 1:
        yield Natural(heading, chunk.start, chunk.end)


def _of_sentences(chunk: StoredChunk, names: Set[str]) -> Iterator[Natural]:
    if chunk.metadata.get("language") not in ENGLISH:
        return
    for start, end in chunk.sentences:
        raw = chunk.text[start - chunk.start : end - chunk.start]
        text = ENUMERATION.sub("", " ".join(raw.split()), count=1)
        if not FEWEST <= len(text.split()) <= MOST or text.endswith("?"):
            continue
        rules: Sequence[Rule] = (_row,) if ROW.match(text) else RULES
        for rule in rules:
            if text[-1] not in ".;" and rule is not _row:
                break
            if question := rule(text):
                question = with_names(question, names)
                yield Natural(f"{question[:1].upper()}{question[1:]}?", start, end)
                break


Rule = Callable[[str], str | None]


def _lasts(text: str) -> str | None:
    found = LASTS.match(text)
    if not found or not (subject := subject_in(found["subject"])):
        return None
    verb = found["verb"].rstrip("s").lower()
    return f"how long {'does' if found['verb'].endswith('s') else 'do'} {subject} {verb}"


def _kept(text: str) -> str | None:
    found = KEPT.match(text)
    subject = found and subject_in(found["subject"])
    return f"how long {found['verb']} {subject} {found['done']}" if found and subject else None


def _is_span(text: str) -> str | None:
    found = IS_SPAN.match(text)
    subject = found and subject_in(found["subject"])
    return f"how long {found['verb']} {subject}" if found and subject else None


def _costs(text: str) -> str | None:
    found = COSTS.match(text)
    subject = found and subject_in(found["subject"])
    do = "does" if found and re.search(r" costs ", found[0]) else "do"
    return f"how much {do} {subject} cost" if subject else None


def _price(text: str) -> str | None:
    found = PRICE.match(text)
    subject = found and subject_in(found["subject"])
    return f"how much {found['verb']} {subject}" if found and subject else None


def _share(text: str) -> str | None:
    found = SHARE.match(text)
    subject = found and subject_in(found["subject"])
    return f"how high {found['verb']} {subject}" if found and subject else None


def _when(text: str) -> str | None:
    found = WHEN.match(text)
    subject = found and subject_in(found["subject"])
    return f"when {found['verb']} {subject} {found['done']}" if found and subject else None


def _begins(text: str) -> str | None:
    found = BEGINS.match(text)
    subject = found and subject_in(found["subject"])
    if not found or not subject or " " not in subject:  # "support" of what?
        return None
    return f"when {'does' if found['s'] else 'do'} {subject} {found['verb'].lower()}"


def _who(text: str) -> str | None:
    found = WHO.match(text)
    subject = found and subject_in(found["subject"])
    if not found or not subject:
        return None
    return f"who {active(found['done'], is_past=found['verb'] in ('was', 'were'))} {subject}"


def _rule(text: str) -> str | None:
    """``A card must not be used for fuel`` asks: May a card be used for fuel?"""
    found = RULE.match(text)
    subject = found and subject_in(found["subject"], people=True)
    if not found or not subject or VAGUE.search(found["rest"]):
        return None
    if found["verb"] in ("can", "may") and (within := AT_MOST.fullmatch(found["rest"])):
        return f"how long {found['verb']} {subject} {within['what']}"
    if ALL.match(found["rest"]):
        return None
    verb = {"must not": "may", "cannot": "can"}.get(found["verb"], found["verb"])
    if verb == "may" and not found["rest"].startswith("be ") and not PEOPLE.search(subject):
        verb = "can"  # what straining may cause, nobody allowed
    return f"{verb} {subject} {found['rest']}"


def _is_a(text: str) -> str | None:
    found = IS_A.match(text)
    subject = found and subject_in(found["subject"])
    if not found or not subject or len(found["subject"].split()) > 4:
        return None
    if re.match(r"(?:the|every|each)\b", found["subject"], re.IGNORECASE):
        return None
    return f"what {found['verb']} {subject}"


def _means(text: str) -> str | None:
    found = MEANS.search(text)
    return f"what does “{found['term']}” mean" if found else None


def _case(text: str) -> str | None:
    found = CASE.match(text)
    if not found or VAGUE.search(found["case"]) or len(found["case"].split()) > LONGEST_CASE:
        return None
    if BARE.match(found["case"]):
        return None
    return f"what happens {found['word'].lower()} {found['case']}"


def _purpose(text: str) -> str | None:
    found = PURPOSE.match(text)
    # "To find out, the housing was heated" tells what was done.
    is_story = (found and POINTING.match(found["rest"])) or (found and ARTICLE.match(found["rest"]))
    if not found or is_story or VAGUE.search(found["aim"]):
        return None
    return f"how do I {found['aim']}"


def _row(text: str) -> str | None:
    """``Part: sun shade; Price: £12`` asks for the price of the sun shade."""
    found = ROW.match(text)
    if not found or VERB.search(found["key"]) or VAGUE.search(found["key"]):
        return None
    key = found["key"].strip()
    if not 1 <= len(key.split()) <= 5 or not re.search(r"[a-z]{3}", key) or "," in key:
        return None  # a bare code tells a stranger nothing
    if POINTING.match(key):
        return None
    for cell in CELL.finditer(found["rest"]):
        head, value = cell["head"].strip(), cell["value"]
        if re.search(r"\d", value) and PRICED.search(head) and len(head.split()) <= 2:
            return f"what is the {head.lower()} of {with_article(key)}"
        if ASKED.search(head) and len(head.split()) <= 2 and re.search(r"\w{2}", value):
            # "Allowance: Tools; Amount: £120" is the allowance for tools.
            if head.lower() == "amount":
                return f"what is the {found['head'].lower()} for {small(key)}"
            return f"what is the {head.lower()} for {with_article(key, 'a')}"
    return None


# In the order in which a sentence is offered to them; the first that fits asks.
RULES: Sequence[Rule] = (
    _lasts, _kept, _costs, _price, _share, _is_span, _when, _begins, _who, _means, _case, _purpose,
    _is_a, _rule,
)  # fmt: skip
