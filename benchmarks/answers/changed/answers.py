"""Answers of which one sentence is changed."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.answers.changed.english import ENGLISH
from benchmarks.answers.changed.french import FRENCH
from benchmarks.answers.changed.german import GERMAN
from benchmarks.answers.changed.language import Language
from benchmarks.answers.changed.rules import RULES, Said
from benchmarks.answers.changed.spanish import SPANISH
from benchmarks.answers.right.items import MARKERS, Item
from benchmarks.answers.right.play import sentences

LANGUAGES: dict[str, Language] = {
    "en": ENGLISH,
    "de": GERMAN,
    "fr": FRENCH,
    "es": SPANISH,
}


@dataclass(frozen=True)
class Changed:
    """A wrong answer: what kind of change made it, the sentence before and after."""

    kind: str
    before: str
    after: str
    answer: str


def changed(item: Item, names: Sequence[str]) -> Iterator[Changed]:
    """For each kind of change one wrong answer, if a sentence that cites something can be changed
    so. The same every time. None where the language of the item is not known."""
    if item.language not in LANGUAGES:
        return
    language = LANGUAGES[item.language]
    cited = [one for one in sentences(item) if MARKERS.search(one)]
    for kind, rule in RULES.items():
        chance = random.Random(f"{item.id} {kind}")
        for sentence in chance.sample(cited, len(cited)):
            particle = re.match(r"(?:No|Nein|Non|Yes|Ja|Oui|Sí)[,.]\s+", sentence)
            start = particle.end() if particle else 0
            said = Said(sentence[start:], language, item.question, names)
            made = rule(said, chance)
            if made is not None:
                after = sentence[:start] + made
                yield Changed(kind, sentence, after, item.answer.replace(sentence, after, 1))
                break
