"""How people ask for what a column of a table is headed. By rules for German."""

from __future__ import annotations

import re

from ingest.text.analyzer import stems

COLUMNS: tuple[tuple[re.Pattern[str], frozenset[str]], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), frozenset(stems(heads, "de")))
    for pattern, heads in (
        (
            r"\bkoste[nt]\b|\bwie (?:viel|teuer|hoch) (?:ist|sind)\b|\bpreise?\b",
            "Preis Kosten Gebühr Betrag Entgelt",
        ),
        (r"\bwie schwer\b|\bwieg(?:t|en)\b", "Gewicht Masse"),
        (r"\bwie lange?\b", "Länge Dauer Frist Zeitraum Laufzeit"),
        (r"\bwie (?:groß|hoch)\b", "Höhe Größe"),
        (r"\bwie breit\b", "Breite"),
        (r"\b(?:auf|am) lager\b|\bvorrätig\b", "Bestand Lagerbestand Menge Anzahl"),
        (r"^(?:bis )?wann\b|\ban welchem tag\b", "Datum Tag Uhrzeit Termin Zeit"),
        (r"^we(?:r|n|m)\b", "Name Person Ansprechpartner Zuständig Verantwortlich"),
        (r"^wo\b", "Ort Raum Standort Regal Platz"),
    )
)
