"""Questions for what a whole document says, told from those for one matter. By rules for English.

"Summarise the lease" is such a question if "the lease" is a document or a section of one
(``rag_app.summary.subject`` knows), and an ordinary one otherwise.
"""

from __future__ import annotations

import re

from rag_app.questions.polite import ENGLISH as POLITE
from rag_app.questions.polite import FOR_ME_ENGLISH as FOR_ME
from rag_app.summary.wish import LONGEST, Wish

A_SHORT = r"(?:(?:an?|the)\s+)?(?:(?:short|brief|quick|concise|one-page|executive)\s+)*+"
SUMMARY = r"(?:summary|overview|outline|synopsis|abstract|recap|tl;?dr|gist)"
KEY = r"(?:(?:key|main|most important|central|major)\s+)"
POINTS = r"(?:points?|takeaways?|messages?|findings?|conclusions?|ideas?|facts)"
ACTIONS = r"(?:action items?|action points?|to-?dos?|open (?:tasks|actions)|next steps)"
SHOW = r"(?:(?:give|tell|show|list|write|make|send)(?:\s+(?:me|us))?\s+)?(?:all\s+)?(?:the\s+)?"
OF = r"\s+(?:of|in|from|for|on)\s+"

SUMMARIES = (
    r"(?:summari[sz]e|sum up|recap|outline|condense)(?:\s+for (?:me|us))?\s+(?P<matter>.+)",
    rf"(?:give|write|make|show|get)\s+(?:(?:me|us)\s+)?{A_SHORT}{SUMMARY}{OF}(?P<matter>.+)",
    rf"{A_SHORT}{SUMMARY}{OF}(?P<matter>.+)",
    r"what(?:'s|\s+is|\s+are)\s+(?P<matter>.+?)\s+(?:all\s+)?about",
    r"what\s+(?:does|do)\s+(?P<matter>.+?)\s+(?:say|contain|cover|deal with|tell (?:me|us))",
    rf"(?:what\s+(?:is|are)\s+(?:the\s+)?|{SHOW}){KEY}{POINTS}{OF}(?P<matter>.+)",
    r"(?:explain|walk me through)\s+(?P<matter>(?:section|chapter|part|clause|article|"
    r"paragraph|appendix|annex)\b.+)",
)
ACTION_ITEMS = (rf"(?:what\s+(?:is|are)\s+(?:the\s+)?|{SHOW}){ACTIONS}(?:{OF}(?P<matter>.+))?",)
ALL = re.compile(
    r"(?:(?:all|each|every|everything|all of) ?)?(?:(?:of )?(?:the|these|this|those|my|our|your)"
    r" )?(?:collection|documents?|files?|library|folder|texts?|papers?|everything|all)?"
    r"(?: (?:here|in the collection|that i have))?",
    re.IGNORECASE,
)
POINTING = re.compile(r"(?:this|it|that|them|these|those)", re.IGNORECASE)
A_DOCUMENT = re.compile(
    r"^(?:(?:the|this|that|my|our) )?(?:(?:whole|entire|full|complete) )?"
    r"(?:(?:document|file|pdf|text|paper)(?: (?:(?:called|named|titled) )?|$))?",
    re.IGNORECASE,
)


def wish_english(question: str) -> Wish | None:
    """What of a whole document or collection a question wishes for; None if it is an ordinary
    one."""
    if len(question) > LONGEST:
        return None
    text = FOR_ME.sub("", " ".join(question.split()).rstrip(" ?.!"))
    for is_actions, patterns in ((False, SUMMARIES), (True, ACTION_ITEMS)):
        for pattern in patterns:
            if match := re.fullmatch(POLITE + pattern, text, re.IGNORECASE):
                matter = (match["matter"] or "").strip("\"'“”‘’ ")
                is_all = bool(ALL.fullmatch(matter) or POINTING.fullmatch(matter))
                named = "" if is_all else A_DOCUMENT.sub("", matter).strip("\"'“”‘’ ")
                return Wish(named, is_actions)
    return None
