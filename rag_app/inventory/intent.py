"""Questions about the collection as a whole, told from those that one passage answers.

"How many documents mention inhalers?" is counted over all of the collection
(``rag_app.inventory.mentions``): from the best passages it would be answered wrongly. "How many
days of leave do I get?" is an ordinary question. What tells them apart is that the first asks for
things that a collection is made of, and what they mention or are; a question for documents that
asks anything else ("Which documents do I need for a visa?") is an ordinary one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from ingest.text.analyzer import stems
from ingest.text.language import question_language
from rag_app.inventory.asked import Documents, Grammar, Inventory, Length, Matter, Mentions, Phrase
from rag_app.inventory.intent_english import ENGLISH
from rag_app.inventory.intent_german import GERMAN
from rag_app.inventory.scope import scope_of
from rag_app.languages import COUNTING

QUOTED = Phrase(r"[\"“”„]([^\"“”„]+)[\"“”]|(?<!\w)['‘]([^'’]{1,300})['’](?!\w)")
# A matter of more words that say something is half a sentence, and nothing to count.
LONGEST_MATTER = 8
# In characters: who asks for a count says little more.
LONGEST = 300
Known = Callable[[], Sequence[tuple[str, str]]]


def inventory_of(
    question: str, known: Known = tuple, languages: Sequence[str] = ()
) -> Inventory | None:
    """What of the whole collection, in some languages, a question asks for; None if it is an
    ordinary question.

    ``known`` gives (field, value): what documents can be told apart by, as the catalog has it. It
    is asked only where a question may be one for documents.
    """
    question = " ".join(question.split())
    grammar = COUNTING.of(question_language(question, languages), en=ENGLISH, de=GERMAN)
    if grammar is None or len(question) > LONGEST:
        return None
    text = grammar.polite.sub("", question).rstrip(" ?.!")
    return (
        _mentions(text, known, grammar)
        or _documents(text, known, grammar)
        or _length(text, grammar)
    )


def _length(text: str, grammar: Grammar) -> Length | None:
    for pattern in grammar.lengths:
        if match := pattern.match(text):
            return Length(match["named"])
    return None


def _documents(text: str, known: Known, grammar: Grammar) -> Documents | None:
    if grammar.lists.match(text) is None:
        return None
    is_by = any(pattern.search(f" {text.casefold()} ") for pattern in grammar.by)
    is_for_documents = grammar.documents.search(text) is not None
    if not is_by and not is_for_documents:
        return None
    found = scope_of(text, known(), grammar, is_whole=False)
    return found if found is not None and (found.by or is_for_documents) else None


def _mentions(text: str, known: Known, grammar: Grammar) -> Mentions | None:
    for pattern in grammar.asks:
        match = pattern.match(text)
        if match is None:
            continue
        said = match.groupdict()
        scope: Documents | None = Documents()
        if said.get("scope"):
            scope = scope_of(said["scope"], known(), grammar)
        if scope is None or scope.by:
            continue
        if said.get("after"):
            # What follows may be of which documents it is asked, or else belongs to the matter.
            more = scope_of(said["after"], known(), grammar, is_whole=False)
            scope = None if more is None else _both(scope, more)
        if scope is None:
            continue
        matter = grammar.after_matter.sub("", said["matter"])
        matter, more = _without_scope(matter, known, grammar)
        if more.by:
            return None
        scope = _both(scope, more)
        is_count = grammar.counts.match(text) is not None
        found = _read(matter, grammar)
        if found is None:
            continue
        return found._replace(
            scope=scope,
            negated=found.negated or bool(said.get("no")),
            exactly=is_count or not said.get("about"),
            yes_or_no=grammar.yes_or_no.match(text) is not None,
            pages=grammar.pages.search(text[: match.start("matter")]) is not None,
        )
    return None


def _without_scope(matter: str, known: Known, grammar: Grammar) -> tuple[str, Documents]:
    """A matter without words at its end that say in which documents: "… in the policies folder"."""
    for match in grammar.places.finditer(QUOTED.sub(lambda one: "_" * len(one[0]), matter)):
        rest = matter[match.start() :]
        if match.start() and (scope := scope_of(rest, known(), grammar, is_whole=False)):
            return matter[: match.start()], scope._replace(pages=False)
    return matter, Documents()


def _both(one: Documents, other: Documents) -> Documents:
    return one._replace(
        values=tuple(dict.fromkeys((*one.values, *other.values))),
        newest=one.newest or other.newest,
    )


def _read(text: str, grammar: Grammar) -> Mentions | None:
    """What a matter is made of; None if it says nothing that could be counted."""
    phrases: list[str] = []

    def kept(match: re.Match[str]) -> str:
        phrases.append(match[1] or match[2])
        return f" “{len(phrases) - 1}” "

    text = QUOTED.sub(kept, text)
    if grammar.sentence.search(text):
        return None
    wanted, *excepted = grammar.excepts.split(text)
    neither = grammar.neither.sub("", wanted)
    is_neither = neither != wanted
    either = is_neither or grammar.either.search(wanted) is not None
    by = grammar.nor if is_neither else grammar.either if either else grammar.together
    matters = _matters(by.split(neither), phrases, grammar)
    if not matters or sum(len(one.words) for one in matters) > LONGEST_MATTER:
        return None
    without = _matters(excepted, phrases, grammar)
    return Mentions(matters, either=either, without=without, negated=is_neither)


def _matters(parts: Sequence[str], phrases: Sequence[str], grammar: Grammar) -> tuple[Matter, ...]:
    found: list[Matter] = []
    for part in parts:
        quoted = tuple(phrases[int(at)] for at in re.findall(r"“(\d+)”", part))
        rest = re.sub(r"“\d+”", " ", grammar.before_matter.sub("", part.strip()))
        words = [word.strip("?.,!;:()“”\"'") for word in rest.split()]
        own = tuple(
            word
            for word in words
            if stems(word) and not (quoted and word.casefold() in grammar.connecting)
        )
        if own or quoted:
            found.append(Matter(own, quoted))
    return tuple(found)
