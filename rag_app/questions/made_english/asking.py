"""What a sentence states, asked for, by rules for English: "A sabbatical lasts six weeks" is asked
for by "How long does a sabbatical last?".

A rule takes a sentence and gives a question without its capital and its mark, or None where the
sentence is not surely one of its kind.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from rag_app.questions.made_english.naming import (
    ARTICLE,
    PEOPLE,
    POINTING,
    VAGUE,
    WORDED,
    active,
    subject_in,
)

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
PARTICIPLE = r"(?:[a-z]{3,}ed|built|held|made|sold|won|written|known|found|begun|born)"
WAS_DONE = re.compile(
    rf"{SUBJECT} (?P<verb>was|were) (?:first |originally |officially )?(?P<done>{PARTICIPLE})"
    rf"(?: (?:up|down|out|off))? (?:in (?:{MONTH} )?\d{{4}}|on \d{{1,2}} {MONTH}|on {MONTH} \d)",
    re.IGNORECASE,
)
SOON = re.compile(
    rf"{SUBJECT} (?P<verb>must|should|has to|have to) be "
    rf"(?P<done>{PARTICIPLE}|sent|paid|kept|given)"
    rf"(?P<more>(?: (?!within|by|before|and|or|but)[\w'’-]+){{0,5}}) (?:within {SPAN}|{DATE})",
    re.IGNORECASE,
)
WHERE = re.compile(
    rf"{SUBJECT} (?P<verb>is|are|was|were) (?P<done>kept|stored|located|held|parked|found|"
    r"displayed|buried|born|situated|posted|filed) (?P<place>in|at|on|under|beside|behind) "
    r"(?!(?:the (?:case|event|end|form|basis|same)|case|time|full|writing|order|line|\d|"
    rf"a \w+ (?:way|form)|{MONTH})\b)",
    re.IGNORECASE,
)
MANY = re.compile(
    rf"{SUBJECT} (?P<verb>has|have|holds?|includes?|contains?|gets?|receives?|seats?|employs?|"
    rf"sleeps?) (?:about |up to |at least |at most |exactly |around |over )?{NUMBER} "
    r"(?P<things>(?:[a-z][\w'’-]* ){0,2}[a-z]{2,}[^s\W]s)"
    r"(?= (?:of|in|for|at|a|per|and|with|on)\b|[.,;])"
)
UNIT = r"(?:kg|g|kilograms?|grams?|tonnes?|t|lb|pounds?)"
WEIGHS = re.compile(
    rf"{SUBJECT} (?P<verb>weighs?) (?:about |only |up to )?{NUMBER} ?{UNIT}\b", re.IGNORECASE
)
IS_A = re.compile(
    rf"{SUBJECT} (?P<verb>is|are) (?:a|an|the|any)(?: \w[\w'’-]*){{2}}",
    re.IGNORECASE,
)
MEANS = re.compile(r"[\"“](?P<term>[^\"”]{2,40})[\"”] means ")
CASE = re.compile(r"(?P<word>If|When) (?P<case>(?:the|a|an) [^,;:()]{8,80}), (?P<rest>\w.{12,})")
PURPOSE = re.compile(r"To (?P<aim>[a-z]{3,}(?: [\w'’-]+){1,8}), (?P<rest>[a-z]{3,} .{8,})")

# Which link is meant in "the link returns", the question does not say.
BARE = re.compile(r"the [a-z]+ (?:[a-z]+s|[a-z]+ed|cannot|can|may|must|has|have|will|do|does)\b")
# The case is longer: "If the name is new, and nothing has it, …".
GOES_ON = re.compile(r"(?:and|or|but) |[^ ,]+(?: [^ ,]+)?, ")
# What cannot be asked for, and what would hold the answer.
ALL = re.compile(
    r"(?:all|both|each|only|also|still|be an?\b|be (?:considered|seen|found|thought|said))\b"
    r"|.*\b(?:many|some|at most|at least|up to|within)\b"
)


AT_MOST = re.compile(rf"(?P<what>.+?) for (?:at most|up to|no more than) {SPAN}", re.IGNORECASE)


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


def _was_done(text: str) -> str | None:
    found = WAS_DONE.match(text)
    subject = found and subject_in(found["subject"])
    return f"when {found['verb']} {subject} {found['done']}" if found and subject else None


def _soon(text: str) -> str | None:
    """``Receipts must be sent to accounts within 30 days`` asks by when they must be sent."""
    found = SOON.match(text)
    subject = found and subject_in(found["subject"])
    if not found or not subject or VAGUE.search(found["more"]):
        return None
    what = f"be {found['done']}{found['more']}"
    if found["verb"] in ("must", "should"):
        return f"when {found['verb']} {subject} {what}"
    return f"when {'does' if found['verb'] == 'has to' else 'do'} {subject} have to {what}"


def _where(text: str) -> str | None:
    found = WHERE.match(text)
    subject = found and subject_in(found["subject"])
    return f"where {found['verb']} {subject} {found['done']}" if found and subject else None


def _many(text: str) -> str | None:
    """``The mast has two ladders`` asks how many it has."""
    found = MANY.match(text)
    subject = found and subject_in(found["subject"])
    if not found or not subject or VAGUE.search(found["things"]):
        return None
    verb, things = found["verb"], found["things"]
    if re.match(TIME, things):
        return None  # how long, of which other rules know more
    is_one = verb == "has" or (verb.endswith("s") and verb != "has")
    bare = "have" if verb == "has" else verb.removesuffix("s")
    return f"how many {things} {'does' if is_one else 'do'} {subject} {bare}"


def _weighs(text: str) -> str | None:
    found = WEIGHS.match(text)
    subject = found and subject_in(found["subject"])
    do = "does" if found and found["verb"].endswith("s") else "do"
    return f"how much {do} {subject} weigh" if subject else None


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
    if BARE.match(found["case"]) or GOES_ON.match(found["rest"]):
        return None
    return f"what happens {found['word'].lower()} {found['case']}"


def _purpose(text: str) -> str | None:
    found = PURPOSE.match(text)
    # "To find out, the housing was heated" tells what was done.
    is_story = (found and POINTING.match(found["rest"])) or (found and ARTICLE.match(found["rest"]))
    if not found or is_story or VAGUE.search(found["aim"]):
        return None
    return f"how do I {found['aim']}"


# In the order in which a sentence is offered to them; the first that fits asks.
RULES: Sequence[Rule] = (
    _lasts, _kept, _costs, _price, _share, _weighs, _is_span, _when, _was_done, _soon, _begins,
    _who, _where, _many, _means, _case, _purpose, _is_a, _rule,
)  # fmt: skip
