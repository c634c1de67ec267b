"""What tells that two sentences are of one matter, by language: numbers that are names, months, and
what denies."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from ingest.text.analyzer import stems
from rag_app.grounding.facts.dates import MONTHS_ENGLISH
from rag_app.grounding.facts.reading import facts_in
from rag_app.grounding.language.polarity import DENIALS, TOKEN, denials
from rag_app.grounding.language.units import month_names
from rag_app.languages import CONTRADICTIONS

# A number that is a name: "section 4", "version 3.4.0".
VERSION = r"|(?<!\d)\d+\.\d+\.\d[\d.]*"
LABEL_ENGLISH = re.compile(
    r"\b(?:version|edition|section|clause|chapter|table|figure|page|item|step|meeting|rev"
    r"|revision|no|number|part|appendix|annex|article|level|class|phase|stage|code)"
    rf"\.?\s+\d[\w.]*{VERSION}",
    re.IGNORECASE,
)
LABEL_GERMAN = re.compile(
    r"\b(?:version|fassung|ausgabe|abschnitt|kapitel|tabelle|abbildung|abb|seite|punkt|schritt"
    r"|sitzung|nr|nummer|teil|anhang|anlage|artikel|art|abs|absatz|satz|ziffer|stufe|klasse|phase"
    rf"|code)\.?\s+\d[\w.]*|§{{1,2}}\s?\d+\w?{VERSION}",
    re.IGNORECASE,
)
DENIALS_GERMAN = frozenset(
    "nicht nie niemals kein keine keinen keinem keiner keines nichts niemand".split()
)
# In German every noun has a capital: sentences of one matter have the same ones.
NOUN = re.compile(r"(?<=[^\W\d_][ ,])[A-ZÄÖÜ][\wäöüß-]+")


class Words(NamedTuple):
    """Those of a language."""

    language: str
    labels: re.Pattern[str]
    months: frozenset[str]
    denials: frozenset[str]

    def plain(self, text: str) -> set[str]:
        """The stems of a text without those of numbers, codes, labels and months."""
        return self.without_numbers(stems(self.labels.sub(" ", text), self.language))

    def without_numbers(self, stems: Iterable[str]) -> set[str]:
        """Stems without those of numbers, codes and months."""
        return {
            stem
            for stem in stems
            if not any(sign.isdigit() for sign in stem) and stem not in self.months
        }

    def names(self, text: str) -> set[str]:
        """Proper names, codes and labels: what a sentence speaks of."""
        facts = facts_in(text, self.language)
        labels = [one.casefold() for one in (*self.labels.findall(text), *facts.codes)]
        nouns = set[str]()
        if self.language == "de":
            nouns.update(stems(" ".join(NOUN.findall(text)), self.language))
        return {*labels, *facts.names, *nouns} - self.months

    def denies(self, text: str) -> bool:
        """Whether a sentence denies something."""
        return denials(TOKEN.findall(text.lower().replace("’", "'")), self.denials) > 0


@cache
def words_for(language: str) -> Words | None:
    """The words of a language; None for one without such rules."""
    return CONTRADICTIONS.of(
        language,
        en=Words("en", LABEL_ENGLISH, frozenset(MONTHS_ENGLISH), DENIALS),
        de=Words("de", LABEL_GERMAN, frozenset(month_names("de")), DENIALS_GERMAN),
    )
