"""Right answers in four languages stand unmarked, and the same with one thing changed do not."""

from __future__ import annotations

import pytest

from rag_app.grounding.citations import CitedAnswer, cite
from tests.rag_app.grounding.passages import passage

HANDBOOK = passage(
    "The probation lasts six months.",
    "A gift worth more than £30 must be refused.",
    "Repair takes 10 working days on average.",
    "The system includes e-mail.",
    "Members may send the form by post before the appointment.",
    "The desk collects all forms in March.",
    "Elena Marsh approves every refund.",
    "The charge is £18 for each day.",
    "Copies already made are not called back.",
    "Parcels without a return number are refused.",
)
VERTRAG = passage(
    "Die Arbeiten beginnen am 4. Mai 2026 und dauern höchstens zwölf Wochen.",
    "Für jede Woche der Verspätung zahlt der Auftragnehmer 0,5 % des Preises.",
    "Alle Beschäftigten haben Anspruch auf 30 Arbeitstage Urlaub.",
    "Parkstrafen werden nicht erstattet.",
    "Preis in Euro: 17,90; Lagerbestand: 430",
    "Wer krank ist, meldet sich vor 8:00 Uhr.",
)
CONTRAT = passage(
    "La durée du travail est de 35 heures par semaine.",
    "Le contrat commence le 1er avril 2026 pour une durée de 24 mois.",
    "Les amendes ne sont pas remboursées.",
    "Le préavis est d'un mois pour les employés et de trois mois pour les cadres.",
)
CONTRATO = passage(
    "El precio es de 46 euros por palé a Madrid.",
    "Cada empleado tiene 23 días laborables de vacaciones y dos días más a partir de ocho años.",
    "Los días no disfrutados caducan el 31 de enero del año siguiente.",
)


def checked(answer: str, language: str, question: str) -> CitedAnswer:
    there = {"en": HANDBOOK, "de": VERTRAG, "fr": CONTRAT, "es": CONTRATO}[language]
    return cite(answer, [there], question=question)


@pytest.mark.parametrize(
    ("language", "question", "answer"),
    [
        ("en", "How long is probation?", "Probation lasts only six months [1]."),
        ("en", "What do five days cost?", "£90, as each day costs £18 [1]."),
        ("en", "What if I have no number?", "Wait for it; parcels without one are refused [1]."),
        ("en", "Who approves?", "Per the handbook (seen on 5 May 2025), Elena Marsh does [1]."),
        ("de", "Wann sind sie fertig?", "Am 27. Juli 2026, zwölf Wochen nach dem Beginn [1]."),
        ("de", "Wie viel bei 3 Wochen Verspätung?", "Für 3 Wochen sind es 1,5 % des Preises [1]."),
        ("de", "Wie viel Urlaub?", "Laut Handbuch (Fassung 4) sind es 30 Arbeitstage Urlaub [1]."),
        ("de", "Wann melde ich mich?", "Wer krank ist, meldet sich vor 8 Uhr [1]."),
        ("de", "Reicht eine SMS?", "Von einer SMS ist im Handbuch keine Rede."),
        ("fr", "Et par chèque ?", "Le contrat ne dit rien du paiement par chèque."),
        ("fr", "Quelle durée ?", "Selon le règlement (version 6), elle est de 35 heures [1]."),
        ("fr", "Et les cadres ?", "Trois mois, contre un seul mois pour les employés [1]."),
        ("fr", "Quand finit le contrat ?", "Le 1er avril 2028, 24 mois après son début [1]."),
        ("es", "Llevo 9 años.", "Le corresponden 25 días: 23 más los dos que se añaden [1]."),
    ],
)
def test_a_right_answer_stands_unmarked(language: str, question: str, answer: str) -> None:
    assert [one.reason for one in checked(answer, language, question).unsupported] == []


@pytest.mark.parametrize(
    ("language", "answer", "reason"),
    [
        ("en", "The probation does not last six months [1].", "does not say “not”"),
        ("en", "The system does not include e-mail [1].", "does not say “not”"),
        ("en", "Repair takes 10 weeks on average [1].", "not 10 weeks"),
        ("en", "Members must send the form by post [1].", "says “may”, not “must”"),
        ("en", "Members may send the form after the appointment [1].", "“before”, not “after”"),
        ("en", "The desk collects only some forms in March [1].", "“all”, not “some”"),
        ("en", "Copies already made are called back [1].", "says “not”"),
        ("en", "Every refund is approved by Elena Vance [1].", "Vance"),
        ("en", "According to Tamsin Okoro, repair takes 10 working days [1].", "Tamsin"),
        ("de", "Parkstrafen werden erstattet [1].", "“nicht”"),
        ("de", "Der Preis beträgt 17,90 Dollar [1].", "not 17,90 Dollar"),
        ("de", "Die Arbeiten dauern mindestens zwölf Wochen [1].", "mindestens"),
        ("fr", "La durée du travail n'est pas de 35 heures par semaine [1].", "“pas”"),
        ("es", "El precio es de 46 dólares por palé a Madrid [1].", "not 46 dólares"),
        ("es", "Los días disfrutados caducan el 31 de enero del año siguiente [1].", "“no”"),
    ],
)
def test_what_is_changed_is_marked(language: str, answer: str, reason: str) -> None:
    (found,) = checked(answer, language, "").unsupported
    assert reason in found.reason


@pytest.mark.parametrize(
    "answer",
    [
        "- Umzug: sechs Tage [1]\n- Hochzeit: zwei Tage [1]\n- Todesfall: drei Tage [1]",
        "Das Gehalt wird drei Monate weitergezahlt [1].",
    ],
)
def test_no_number_is_computed_of_what_has_another_unit(answer: str) -> None:
    there = passage(
        "Umzug: einen Tag.", "Hochzeit: zwei Tage.", "Todesfall: drei Tage.",
        "Das Gehalt wird drei Wochen weitergezahlt.",
    )  # fmt: skip
    first = cite(answer, [there]).checks[0]
    assert first.status in ("not_found", "contradicted")
