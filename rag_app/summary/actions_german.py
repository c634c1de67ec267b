"""Sentences that say what somebody is to do, as ``actions_english`` tells them. By rules for
German."""

from __future__ import annotations

import re

from rag_app.summary.actions import Actions

GERMAN = Actions(
    heading=re.compile(
        r"\b(?:aufgaben|maßnahmen|to[ -]?dos?|nächste schritte|offene punkte|zu erledigen"
        r"|vereinbarungen)\b",
        re.IGNORECASE,
    ),
    # A name or "wir" before a verb of duty: in German every noun has a capital, so it stands first,
    # and without an article.
    gives=re.compile(
        r"(?:^|[.;:] )(?:aufgabe:? .+|(?:(?:Herr|Frau) )?[A-ZÄÖÜ][\wäöüß.-]+(?: (?:und )?"
        r"[A-ZÄÖÜ][\wäöüß.-]+){0,3} (?:soll|sollen|muss|müssen|wird gebeten|übernimmt|übernehmen"
        r"|kümmert sich|kümmern sich|hat zu|erledigt|prüft|klärt)\b|[Ww]ir (?:müssen|sollen) )"
    ),
    column=re.compile(
        r"(?:aufgaben?|maßnahmen?|to[ -]?do|was (?:ist )?zu tun(?: ist)?)", re.IGNORECASE
    ),
)
