"""Which sentences of an answer say something of the documents, and so need a citation.

Not: questions; what speaks of the answer or of what the documents lack ("Here is what I found:",
"The passages do not say when."), a heading, and a line that leads to a list, as long as no number,
code or name in it is missing from the passages; and what has fewer than two words of its own
("Yes.", "In short:"). Everything else is a claim.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.text.analyzer import stems
from rag_app.grounding.fact_lookup import Words, missing
from rag_app.grounding.facts import facts_in
from rag_app.grounding.support import bare
from rag_app.retrieval.passage import Passage, full_text

# About the answer, or about what is not in the documents, to the end of the sentence.
ABOUT_ITSELF = re.compile(
    r"(?:here (?:is|are)|i (?:found|hope|cannot|can't|could not|am sorry)|let me know|sorry\b|"
    r"in (?:summary|short|conclusion)\b[,:]?$|"
    r"(?:however, |but )?(?:the |these |your )?(?:given |provided |numbered )?"
    r"(?:passages?|documents?|texts?|sources?|context)"
    r" (?:do|does|did) (?:not|n't) (?:say|mention|state|specify|contain|provide|give|include|tell|"
    r"explain|hold|answer)|"
    r"(?:this|that|it|nothing)(?:'s| is)? (?:not )?(?:said|stated|mentioned|given|specified)? ?in "
    r"the (?:passages?|documents?))",
    re.IGNORECASE,
)
LEADS_ON = re.compile(r"^\s*#{1,6} |:\s*[*_]*$|^\s*\*\*[^*]+\*\*:?\s*$")
LONGEST_LEAD = 12
# "Yes.", "That is right.": nothing that words could be looked up for.
FEWEST_STEMS = 2
ANSWERS = frozenset("yes no true fals correct right sure certain okay hello hi thank".split())


def makes_claim(sentence: str, passages: Sequence[Passage]) -> bool:
    """Whether a sentence says something that a passage has to support."""
    text = bare(sentence)
    own = [stem for stem in stems(text) if stem not in ANSWERS]
    facts = facts_in(text)
    if not own or (len(own) < FEWEST_STEMS and facts.is_empty):
        return False
    leads = len(text.split()) <= LONGEST_LEAD and LEADS_ON.search(sentence.rstrip())
    if text.endswith("?") or ABOUT_ITSELF.match(text) or leads:
        everything = "\n".join(map(full_text, passages))
        return not facts.is_empty and missing(text, Words(everything)) is not None
    return True
