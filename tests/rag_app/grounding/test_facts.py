"""What a sentence claims that can be looked up, in whichever form it is written."""

from __future__ import annotations

from calendar import month_name
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag_app.grounding.facts.lookup import Words, missing
from rag_app.grounding.facts.reading import facts_in
from rag_app.grounding.language.number_words import words_to_number


@pytest.mark.parametrize(
    ("claim", "words"),
    [
        ("It costs $1,000.", "The price: $1000"),
        ("It takes twelve days.", "It takes 12 days."),
        ("It takes twenty-seven days.", "It takes 27 days."),
        ("They sold 3.5 % more.", "They sold 3.5 percent more."),
        ("It made $3.2 billion.", "It made 3.2 billion dollars."),
        ("It made $5m.", "It made 5 million dollars."),
        ("A 14-day limit holds.", "The limit is 14 days."),
        ("It is 5km long.", "It is 5 km long."),
        ("It works at -20 °C.", "It works at −20 to 50 °C."),
        ("It is 10 m high.", "Height (m): 10"),
        ("It is due on 3 May 2024.", "Due: 2024-05-03"),
        ("It is due on May 3rd, 2024.", "Due on the 3rd of May 2024."),
        ("It is due in May 2024.", "Due on 3 May 2024."),
        ("It was made in 2024.", "Made on 3 May 2024."),
        ("It opens at 2:30 pm.", "It opens at 14:30."),
        ("The WS40 shows E22.", "E22 is shown by the WS-40."),
        ("They asked Elena Marsh.", "Elena Marsh was asked."),
        ("They asked the WHO.", "They asked the World Health Organization."),
        ("It is checked weekly.", "It is checked every week."),
        ("It takes an hour.", "It takes 1 hour."),
        ("One of them is red.", "A lamp is red."),
        ("It costs 1.000 euros.", "It costs 1,000 euros."),
    ],
)
def test_the_same_fact_in_another_form_is_there(claim: str, words: str) -> None:
    assert missing(claim, Words(words)) is None


@pytest.mark.parametrize(
    ("claim", "words", "reason"),
    [
        ("It takes 40 days.", "It takes 30 days.", "the passage says 30 days, not 40 days"),
        ("It is 5 miles long.", "It is 5 km long.", "the passage says 5 km, not 5 miles"),
        ("It is due on 4 May 2024.", "It is due on 3 May 2024.", "3 May 2024, not 4 May 2024"),
        ("It is due on 3 May 2023.", "It is due on 3 May 2024.", "3 May 2024, not 3 May 2023"),
        ("It opens at 3 pm.", "It opens at 2 pm.", "does not have the time 15:00"),
        ("It shows E2.", "It shows E22.", "does not have E2"),
        ("They asked Helen Marsh.", "They asked Elena Marsh.", "does not have Helen"),
        ("It is checked every month.", "It is checked every week.", "every month"),
        ("It grew by 3.5 %.", "It grew by 35 %.", "the passage says 35 %, not 3.5 %"),
        ("It takes thirteen days.", "It takes 12 days.", "12 days, not thirteen days"),
    ],
)
def test_another_fact_is_missed_and_named(claim: str, words: str, reason: str) -> None:
    assert reason in (missing(claim, Words(words)) or "")


@given(st.integers(0, 10**12))
def test_a_number_is_the_same_with_commas_and_without(number: int) -> None:
    plain, commas = (
        facts_in(f"there are {text} of it").numbers for text in (number, f"{number:,}")
    )
    assert plain[0].values & commas[0].values == {Decimal(number).normalize()}


@given(st.decimals(0, 10**6, places=3))
def test_a_number_is_the_same_with_zeros_behind_it(number: Decimal) -> None:
    written = facts_in(f"it is {number:f}0 long").numbers
    assert number.normalize() in written[0].values


@given(st.integers(2, 999_999))
def test_a_number_in_words_is_the_number(number: int) -> None:
    assert words_to_number(in_words(number)) == number
    assert facts_in(f"It has {in_words(number)} parts").numbers[0].values == {Decimal(number)}


@given(st.dates(date(1000, 1, 1), date(2999, 12, 31)))
def test_a_date_is_the_same_in_each_form(day: date) -> None:
    name = month_name[day.month]
    forms = [
        day.isoformat(),
        f"{day.day} {name} {day.year}",
        f"{name} {day.day}, {day.year}",
        f"{day.day}.{day.month}.{day.year}",
    ]
    for form in forms:
        found = {(one.year, one.month, one.day) for one in facts_in(f"due on {form}").dates}
        assert found == {(day.year, day.month, day.day)}, form


@given(st.text())
def test_any_text_has_its_own_facts(text: str) -> None:
    assert missing(text, Words(text)) is None


ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
).split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()


def in_words(number: int) -> str:
    if number < 20:
        return ONES[number]
    if number < 100:
        ten, one = divmod(number, 10)
        return TENS[ten - 2] + (f"-{ONES[one]}" if one else "")
    size, name = (1000, "thousand") if number >= 1000 else (100, "hundred")
    most, rest = divmod(number, size)
    return f"{in_words(most)} {name}" + (f" and {in_words(rest)}" if rest else "")
