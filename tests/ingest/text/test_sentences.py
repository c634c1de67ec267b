"""Sentences: nothing lost, and cut where a reader would."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.text.sentences import split_sentences


@pytest.mark.parametrize(
    "text",
    [
        "This is e.g. a test of No. 5 by Dr. Smith. |It ends.",
        "It cost approx. 5 kg. |See Fig. 3. |Mr. J. Doe left.",
        "Is it 3.5 V? |Yes. |Version 2.1.0 is out.",
        "2. Close the lid. |3. Open it.",
        'He said "No." |Then he left.',
        "你好。|我是学生。",
    ],
)
def test_cuts(text: str) -> None:
    assert split_sentences(text.replace("|", "")) == text.split("|")


@given(
    st.text(
        alphabet=st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from(" .\n!?aA1"))
    )
)
def test_nothing_is_lost(text: str) -> None:
    assert "".join(split_sentences(text)) == text


@pytest.mark.parametrize("repeated", ["![", "a ", "1. "])
def test_twice_the_text_takes_twice_the_time(repeated: str) -> None:
    def seconds(length: int) -> float:
        text = repeated * (length // len(repeated))
        start = process_time()
        assert "".join(split_sentences(text)) == text
        return process_time() - start

    assert seconds(16_000) < 3 * max(seconds(8_000), 0.05)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Seit dem 18. Jahrhundert steht es. |Am 4. Mai wird gefeiert."),
        ("de", "Die Fa. Kern liefert ca. 8 Stück. |Mehr nicht."),
        ("de", "Es kam Dipl.-Ing. Roth, d. h. der Neue. |Er brachte Stifte usw. mit."),
        ("fr", "Le Dr. Blanc est là. |Mme Noir, c.-à-d. sa sœur, aussi."),
        ("it", "Porti penna, carta, ecc. |Poi entri."),
        ("ru", "Писал А. Б. Зимин. |Он жив."),
        ("es", "Cuesta aprox. 30 euros. |Es barato."),
        ("it", "Vedi pag. 4. |È breve."),
        ("ru", "См. рис. 5. |Он мал."),
        ("ar", "قال د. كريم نعم. |ثم خرج."),
        ("ja", "「はい。」と答えた。|そして座った。"),
    ],
)
def test_cuts_in_other_languages(language: str, text: str) -> None:
    assert split_sentences(text.replace("|", ""), language) == text.split("|")
