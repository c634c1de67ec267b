"""Words that name something by themselves, as they stand in a sentence, by rules for English."""

from __future__ import annotations

import re
from collections.abc import Iterable, Set

from ingest.text.analyzer import stems

LONGEST_SUBJECT = 6  # words

# What begins like this names nothing by itself, or belongs to another sentence.
POINTING = re.compile(
    r"(?:it|its|this|that|these|those|they|their|there|here|he|she|his|her|we|our|you|your|i|my|"
    r"what|which|who|one|both|such|some|all|each|any|no|none|another|nobody|every\w*|some\w+|"
    r"any\w+|nothing|neither|either|if|when|where|while|as|to|for|in|on|at|by|with|from|after|"
    r"before|until|because|and|but|or|not|only|please|also|then|thus|so|how|why|see|note|"
    r"additional|other|more|most|numerous|few|certain|up|many|several|various|further|same|since|"
    r"though|although|whereas|whether|once|unlike|"
    r"during|despite|today|however|therefore|having|being|[a-z]{3,}ly)\b",
    re.IGNORECASE,
)
VAGUE = re.compile(
    r"\b(?:same|following|above|below|latter|former|rest|first|second|third|last|next|other|others|"
    r"such|this|that|these|those|it|its|their|his|her|our|your|my|we|us|you|me|him|i|said|respective|"
    r"results?|examples?|cases?|number|document|section|table|figure|page|ones?|them|step|clause|"
    r"thing|statement|message|either|therefore|thus|however|problems?|only|also|then|afterwards|usually|always|never)\b",
    re.IGNORECASE,
)
VERB = re.compile(
    r"\b(?:is|are|was|were|be|has|have|had|must|can|may|might|should|shall|will|would|does|do|did|"
    r"not|and|or|but|than|if|when|that|which|who|because|while)\b",
    re.IGNORECASE,
)
WORDED = r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty)"
# Of people only what they may do is asked.
PEOPLE = re.compile(r"(?:employees|staff|customers|visitors|members|guests|users|people)$", re.I)
PLACED = re.compile(r"(?:in|at|on|with|for|from|without|under|over|to)")
ARTICLE = re.compile(r"(?:the|a|an|every|each)\b ?", re.IGNORECASE)


# Verbs whose forms are not made of "approved" by leaving out a letter: now, and then.
ACTIVE = {
    "led": ("leads", "led"), "written": ("writes", "wrote"), "run": ("runs", "ran"),
    "paid": ("pays for", "paid for"), "kept": ("keeps", "kept"), "built": ("builds", "built"),
}  # fmt: skip
ENDS_IN_E = re.compile(r"(?:approv|decid|releas)ed")


def active(done: str, *, is_past: bool) -> str:
    """What somebody does, or did, by whom it is, or was, done: "approved" is "approves"."""
    now = f"{done[:-1]}s" if ENDS_IN_E.fullmatch(done) else f"{done.removesuffix('ed')}s"
    now, past = ACTIVE.get(done, (f"{now[:-1]}es" if now.endswith("shs") else now, done))
    return past if is_past else now


def subject_in(words: str, *, people: bool = False) -> str | None:
    """A subject that names something by itself, as it stands within a sentence."""
    words = words.strip()
    count = len(words.split())
    named = ARTICLE.sub("", words, count=1)
    if POINTING.match(words) or VAGUE.search(words) or VERB.search(words) or not stems(named):
        return None
    # Another sentence's end, or a heading, ran into it.
    if re.search(r"\s(?:The|A|An)\s|^\w+\s+[A-Z]{4,}\b", words) or re.match(WORDED, words, re.I):
        return None
    if count > LONGEST_SUBJECT or not words[:1].isupper() or "." in words:
        return None
    if PEOPLE.search(words):
        return small(words) if people else None
    # "The company" and "a turn" are of any document; "the company pension" is something.
    if ARTICLE.match(words) and count < 3 and not re.search(r"[A-Z\d]", named):
        return None
    return small(words)


def small(words: str) -> str:
    """Without the capital that only begins a sentence: names and codes keep theirs."""
    first, *rest = words.split(" ")
    is_name = any(sign.isupper() or sign.isdigit() for sign in first[1:]) or any(
        word[:1].isupper() for word in rest
    )
    # "Hotel in London" is a hotel; "Bank of England" is a name.
    is_thing = bool(rest) and PLACED.fullmatch(rest[0]) and first.isalpha()
    if is_name and not is_thing and not ARTICLE.fullmatch(first):
        return words
    return words[:1].lower() + words[1:]


def with_article(words: str, article: str = "the") -> str:
    """A thing that a row of a table names, with an article: "pint glass" is "the pint glass";
    names, codes and what is more than one stay as they are."""
    words = small(words)
    first = words.split(" ")[0]
    head = re.split(r" (?:in|at|on|of|with|for|from|without|under|over|to)\b", words)[0]
    is_many = re.search(r"[^s]s$", head)
    if not words[:1].islower() or is_many or ARTICLE.match(words) or "-" in first:
        return words
    if article == "a" and words[0] in "aeiou":
        article = "an"
    return f"{article} {words}"


def names_in(texts: Iterable[str]) -> frozenset[str]:
    """The words, in lower case, that have a capital within sentences, and never none."""
    whole = "\n".join(texts)
    names = set(re.findall(r"(?<=[a-z] )[A-Z][a-z]{2,}\b(?!:)", whole))
    plain = set(re.findall(r"\b[a-z]{3,}\b", whole))
    return frozenset(name.lower() for name in names) - plain


def with_names(question: str, names: Set[str]) -> str:
    """A question whose names have their capitals."""
    return re.sub(
        r"\b[a-z]{3,}\b",
        lambda word: word[0].capitalize() if word[0] in names else word[0],
        question,
    )
