"""A claim beside the passage's words: what only one of both denies, limits or turns round."""

from __future__ import annotations

import pytest

from rag_app.grounding.citations import CitedAnswer, cite
from tests.rag_app.grounding.passages import passage

HOUSE = passage(
    "Balance billing protection does not cover damage to the garden fence.",
    "Tax rates are not permanent.",
    "Visitors are refunded if they leave early.",
    "A refund is paid within 30 days of the request.",
    "The lift carries at most 8 persons.",
    "Wash the cup after the test.",
    "Members may keep the key.",
    "Keys must be returned to the desk.",
    "The blue mast costs £900, the red mast £700.",
)
HAUS = passage(
    "Wegen kleiner Mängel darf die Abnahme nicht verweigert werden.",
    "Der Aufzug trägt höchstens 8 Personen.",
    "Das Rauchen ist im Hof gestattet.",
    "Die Rechnung wird nach der Abnahme bezahlt.",
    "Die Gemeinde bezahlt die Lieferung.",
    "Die Buchhaltung schließt freitags.",
)
MAISON = passage(
    "Il est interdit de fumer dans les bâtiments.",
    "Le prix est de 850 euros par mois, hors taxes.",
    "L'ascenseur porte au plus 8 personnes.",
    "La facture est payée après la livraison.",
)
CASA = passage(
    "La descarga no está incluida en el precio.",
    "El ascensor lleva como máximo 8 personas.",
    "Se permite fumar en el patio.",
    "La factura se paga después de la entrega.",
    "La entrega la paga doña Ana Ruiz.",
)


def checked(answer: str, language: str, question: str) -> CitedAnswer:
    there = {"en": HOUSE, "de": HAUS, "fr": MAISON, "es": CASA}[language]
    return cite(answer, [there], question=question)


@pytest.mark.parametrize(
    ("language", "question", "answer", "reason"),
    [
        ("en", "", "The protection does cover damage to the garden fence [1].", "says “not”"),
        ("en", "", "In the long run tax rates are permanent [1].", "says “not”"),
        ("en", "", "Visitors are not only refunded if they leave early [1].", "say “not only”"),
        ("en", "", "Only some visitors are refunded if they leave early [1].", "“only some”"),
        ("en", "", "The lift carries at least 8 persons [1].", "“most”, not “least”"),
        ("en", "", "Wash the cup before the test [1].", "“after”, not “before”"),
        ("en", "", "Keys may be returned to the desk [1].", "“must”, not “may”"),
        ("en", "May members keep the key?", "Yes, members cannot keep the key [1].", "not"),
        ("en", "Which costs most?", "The cheapest is the blue mast at £900 [1].", "cheapest"),
        ("en", "Is £700 less?", "The red mast is cheap: £700 is more than £900 [1].", "not more"),
        ("de", "", "Wegen kleiner Mängel darf die Abnahme verweigert werden [1].", "“nicht”"),
        ("de", "", "Der Aufzug trägt mindestens 8 Personen [1].", "mindestens"),
        ("de", "", "Die Rechnung wird vor der Abnahme bezahlt [1].", "“nach”, not “vor”"),
        ("fr", "", "On peut fumer dans les bâtiments [1].", "interdit"),
        ("fr", "", "L'ascenseur porte au moins 8 personnes [1].", "at most"),
        ("fr", "", "Le prix est de 850 euros par mois, toutes taxes comprises [1].", "ttc"),
        ("es", "", "El precio incluye la descarga [1].", "“no”"),
        ("es", "", "El ascensor lleva al menos 8 personas [1].", "at most"),
        ("es", "", "La factura se paga antes de la entrega [1].", "“después”, not “antes”"),
        ("de", "", "Mehr als 8 Personen trägt der Aufzug [1].", "höchstens"),
        ("de", "", "Wegen kleiner Mängel müssen Sie die Abnahme nicht verweigern [1].", "darf"),
        ("de", "", "Die Lieferung bezahlt die Buchhaltung [1].", "Gemeinde, not Buchhaltung"),
        ("es", "", "Fumar no es lo único que se permite en el patio [1].", "“no”"),
        ("es", "¿Quién paga?", "La entrega la paga don Luis Ortega [1].", "Ruiz, not Luis Ortega"),
    ],
)
def test_what_one_of_both_says_otherwise_is_marked(
    language: str, question: str, answer: str, reason: str
) -> None:
    (found,) = checked(answer, language, question).unsupported
    assert reason in found.reason


@pytest.mark.parametrize(
    ("language", "question", "answer"),
    [
        (
            "en",
            "",
            "Damage to the garden fence isn't covered by the balance billing protection [1].",
        ),
        ("en", "", "Not only visitors are refunded, but also members may keep the key [1]."),
        (
            "en",
            "How many?",
            "No more than 8 persons may be in the lift, which carries at most 8 [1].",
        ),
        ("en", "", "Once the test is done, wash the cup [1]."),
        ("en", "", "You have to return keys to the desk [1]."),
        ("en", "Which is the cheapest mast?", "The cheapest is the red mast at £700 [1]."),
        ("en", "Is £700 less?", "Yes: £700 is less than £900, the price of the blue mast [1]."),
        ("de", "", "Die Abnahme darf man wegen kleiner Mängel nicht verweigern [1]."),
        ("de", "", "8 Personen trägt der Aufzug höchstens [1]."),
        ("de", "", "Mehr als 8 Personen trägt der Aufzug nicht [1]."),
        ("de", "", "Die Lieferung bezahlt die Gemeinde [1]."),
        ("en", "", "The lift does not carry more than 8 persons [1]."),
        ("es", "", "El ascensor no lleva más de 8 personas [1]."),
        ("de", "", "Bezahlt wird die Rechnung erst nach der Abnahme [1]."),
        ("fr", "", "On ne peut pas fumer dans les bâtiments [1]."),
        ("fr", "", "L'ascenseur porte 8 personnes au maximum [1]."),
        ("fr", "", "Hors taxes, le prix est de 850 euros par mois [1]."),
        ("es", "", "El precio no incluye la descarga [1]."),
        ("es", "", "El ascensor lleva hasta 8 personas [1]."),
        ("es", "", "Después de la entrega se paga la factura [1]."),
    ],
)
def test_the_same_in_other_words_is_not_marked(language: str, question: str, answer: str) -> None:
    assert [one.reason for one in checked(answer, language, question).unsupported] == []
