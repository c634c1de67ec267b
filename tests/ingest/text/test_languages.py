"""Words of texts in many languages: in one form of their letters, stemmed by their language, and
found where no space parts them."""

from __future__ import annotations

import re
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.text.analyzer import STOP_WORDS, WORD, sought_stems, stems, words_with_stems
from ingest.text.language import passage_language, question_language
from ingest.text.stemming import stemmed

ACCENTS = "éèüöäñç’' -_.,%½²⁶\n"


@pytest.mark.parametrize(
    ("language", "asked", "there"),
    [
        ("de", "Kündigungsfristen", "Kuendigungsfrist"),
        ("de", "Straßen", "Strasse"),
        ("pl", "Łódź", "lodz"),
        ("da", "Ærø", "aero"),
        ("fr", "l'arrêt", "arrêts"),
        ("es", "¿Facturaciones?", "facturación"),
        ("ru", "отпуска", "отпуск"),
        ("ar", "الإجازة", "إِجَازَة"),  # short vowels, and the article
        ("ar", "الموظفيـــن", "موظف"),  # a line that only makes a word longer
        ("ar", "٣٠", "30"),
        ("ja", "ｶﾞｲﾄﾞ", "ガイド"),  # half width
        ("zh", "ＨＰ２００", "hp200"),  # full width
    ],
)
def test_one_word_written_in_two_ways(language: str, asked: str, there: str) -> None:
    assert sought_stems(asked, language) == stems(there, language) != []


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [("ja", "ガイ", "カイ"), ("th", "มา", "ม้า"), ("hi", "दिन", "दान"), ("de", "Fall", "Fell")],
)
def test_marks_that_tell_words_apart_stay(language: str, one: str, other: str) -> None:
    assert stems(one, language) != stems(other, language)


@pytest.mark.parametrize(
    ("language", "question", "text"),
    [
        ("zh", "试用期多长?", "试用期为六个月。"),
        ("zh", "年假有多少天?", "员工每年享有十五天带薪年假。"),
        ("zh", "房租多少?", "月租九百欧元。"),  # one sign of it is the word
        ("ja", "有給休暇は何日ですか。", "有給休暇は年間二十日とする。"),
        ("ko", "휴가는 며칠입니까?", "직원은 휴가가 있다."),
        ("th", "ระยะเวลาทดลองงานกี่เดือน", "ทดลองงานสามเดือน"),
    ],
)
def test_words_without_spaces_are_found(language: str, question: str, text: str) -> None:
    assert set(sought_stems(question, language)) & set(stems(text, language))


def test_what_a_question_is_asked_with_is_not_looked_for() -> None:
    assert list(words_with_stems("试用期多长?", "zh")) == ["试用期"]
    assert list(words_with_stems("Wann verfällt der Resturlaub?", "de")) == [
        "verfällt",
        "Resturlaub",
    ]
    assert sought_stems("有給休暇は何日ですか", "ja")[:3] == ["有給", "給休", "休暇"]
    assert sought_stems("Wann?", "de") == ["wann"]  # where there is nothing else


@given(st.text(alphabet=st.one_of(st.characters(max_codepoint=0x7E), st.sampled_from(ACCENTS))))
def test_english_is_read_as_it_always_was(text: str) -> None:
    assert stems(text) == _as_before(text)


def _as_before(text: str) -> list[str]:
    """The analyzer of English before there were others: the figures were measured with it."""
    lower = text.lower()
    if not lower.isascii():
        raised = "(?<=\\d)(?=[⁰¹²³⁴-⁹⁻])|(?<=[^\\W\\d_]{4})(?=[⁰¹²³⁴-⁹⁻])"
        decomposed = unicodedata.normalize("NFKD", re.sub(raised, " ", lower))
        lower = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    word = r"\d+(?:[.,]\d+)*|[^\W_]+(?:['’][^\W\d_]+)?"
    words = [found.replace("’", "'") for found in re.findall(word, lower)]
    codes = re.findall(r"(?<![^\W_])[^\W_]++(?:-[^\W_]++)++", lower)
    words += [code for code in codes if any(map(str.isdigit, code))]
    kept = [one.removesuffix("'s") for one in words if one not in STOP_WORDS]
    return [
        one.replace(",", "") if any(map(str.isdigit, one)) else stemmed(one, "en") for one in kept
    ]


@pytest.mark.parametrize("language", ["de", "ja", "th", "ar"])
@pytest.mark.parametrize("text", ["a" * 100_000, "年" * 100_000, "ก" * 100_000])
def test_long_words_take_a_moment(text: str, language: str) -> None:
    started = time.process_time()
    sought_stems(text, language)
    assert time.process_time() - started < 3


@given(st.text(), st.sampled_from(["de", "ja", "th", "ar", "hi", "pl"]))
def test_any_text_has_words_or_none(text: str, language: str) -> None:
    assert all(isinstance(stem, str) for stem in [*stems(text, language), *WORD.findall(text)])


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("What is covered?", "en"),
        ("Who is Lindqvist?", "en"),
        ("Wann verfällt der Resturlaub?", "de"),
        ("Combien coûte la carte de lecteur ?", "fr"),
        ("年假有多少天?", "zh"),
        ("有給休暇は何日ですか", "ja"),
        ("كم يوم إجازة للعامل؟", "ar"),
    ],
)
def test_the_language_of_a_question_to_english_documents(question: str, language: str) -> None:
    assert question_language(question, ("en",)) == language


def test_a_few_words_are_in_the_language_of_the_documents() -> None:
    assert question_language("Resturlaub", ("de", "en")) == "de"
    assert question_language("年假", ("ja",)) == "ja"
    assert question_language("年假", ()) == "zh"
    assert question_language("E07?", ()) is None or question_language("E07?", ()) == "en"


def test_a_passage_has_its_own_language_where_it_clearly_differs() -> None:
    german = "Der Urlaub verfällt am Ende des Jahres, wenn er nicht bis dahin genommen worden ist."
    assert passage_language(german, "en") == "de"
    assert (
        passage_language("Lindqvist, Müller, Garcia, Rossi, Dupont, Kowalski, Novak", "en") == "en"
    )
