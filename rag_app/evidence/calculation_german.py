"""Questions that ask for more than a passage says, as ``calculation_english`` tells them. By rules
for German."""

from __future__ import annotations

import re

from ingest.text.analyzer import stems
from rag_app.evidence.operations import AVERAGE, COMPARISON, COUNT, SUM, WHOLE_LIST, Operations

MEASURE = re.compile(
    r"\b(?:am|de[rnms]|die|das) (?:meisten|wenigsten|(\w{3,}(?:st|ßt|zt)e[nmrs]?))\b", re.IGNORECASE
)
NUMBER = r"(?:\d|[€£$])"

GERMAN = Operations(
    words=frozenset(
        stems(
            "Summe Gesamtsumme insgesamt gesamt Durchschnitt durchschnittlich Mittelwert Anzahl "
            "Zahl Liste Maximum Minimum Prozent Prozentsatz Unterschied Differenz vergleichen "
            "berechnen",
            "de",
        )
    ),
    measure=MEASURE,
    kinds=tuple(
        (re.compile(pattern, re.IGNORECASE), needs)
        for pattern, needs in (
            (r"\b(?:durchschnitt\w*|mittelwert|median|im mittel)\b", AVERAGE),
            (r"\b(?:summe|gesamt\w*|insgesamt|zusammengerechnet|alles zusammen)\b", SUM),
            (r"^(?:wie ?viele|zähle?|(?:was|wie hoch) ist die (?:an)?zahl)\b", COUNT),
            (
                r"\b(?:de[rnms]|die|das|am) (?:meisten|wenigsten"
                r"|(?!(?:neu|letz|nächs|beste|erste)\w*)\w{3,}(?:st|ßt|zt)e[nmrs]?)\b|\b(?:maximum|minimum|maximal\w*|minimal\w*)\b",
                COMPARISON,
            ),
            (
                r"\b(?:mehr|weniger|größer|höher|kleiner|niedriger|älter|neuer|billiger|teurer) "
                rf"als {NUMBER}|\b(?:über|unter|mindestens|höchstens|zwischen) {NUMBER}",
                COMPARISON,
            ),
            (r"^(?:bitte )?(?:nenne?|liste|zeige?|gib)(?: mir)? (?:alle|jede[ns]?)\b", WHOLE_LIST),
        )
    ),
    how_many=re.compile(r"\bwie ?viele\b", re.IGNORECASE),
    language="de",
)
