"""Units, and numbers in words, as ``rag_app.grounding.facts`` reads them: one name a unit, none
converted.

English units stand here, with their signs, which all languages share; the words of other languages
for units, months and currencies are CLDR's (by Babel), their numbers in words are read by
``text_to_num``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.dates import get_month_names
from babel.numbers import get_currency_name
from babel.units import format_unit
from text_to_num import alpha2digit

# Each line is one unit: its name, and how else it is written. What has one or two letters counts
# only after a number, and as it is written here; a word in any case, also in the plural.
_UNITS = """
% percent per-cent pct
pp percentage-point
km kilometre kilometer
m metre meter
cm centimetre centimeter
mm millimetre millimeter
µm μm micrometre micrometer micron
nm nanometre nanometer
mile mi
ft foot feet
inch inches
yd yard
kg kilogram kilogramme kilo
g gram gramme
mg milligram
µg μg microgram
t ton tonne
lb lbs pound
oz ounce
l L litre liter
ml mL millilitre milliliter
µl μl microlitre microliter
gallon gal
h hr hrs hour
min minute mins
s sec secs second
ms millisecond
day
week wk
month
quarter
year yr yrs
decade
century centuries
night
°C degC celsius
°F degF fahrenheit
K kelvin
° degree
V volt
mV millivolt
A amp ampere
mA milliamp milliampere
Ah mAh
W watt
kW kilowatt
MW megawatt
kWh kilowatt-hour
J joule
kJ kilojoule
kcal calorie
Hz hertz
kHz kilohertz
MHz megahertz
GHz gigahertz
B byte
kB KB kilobyte
MB megabyte
GB gigabyte
TB terabyte
bit
N newton
Pa pascal
kPa kilopascal
hPa hectopascal
bar
psi
dB decibel
ppm
rpm
mph
km/h kmh kph
m/s
kn knot
acre
ha hectare
$ USD US$ dollar
€ EUR euro
£ GBP pound
¥ JPY yen
CHF franc
p pence penny
ct cent
mM millimolar
µM μM micromolar
nM nanomolar
mol mole
"""
_NAMES: dict[str, frozenset[str]] = {}
_WORDS: dict[str, frozenset[str]] = {}
for _line in _UNITS.strip().splitlines():
    _name, *_others = _line.split()
    for _written in (_name, *_others):
        if len(_written) > 2 and _written.islower():
            _word = _written.replace("-", " ")
            for _form in (_word, _word + "s"):
                _WORDS[_form] = _WORDS.get(_form, frozenset()) | {_name}
        else:
            _NAMES[_written] = _NAMES.get(_written, frozenset()) | {_name}


def _either(texts: Mapping[str, object]) -> str:
    return "|".join(re.escape(text) for text in sorted(texts, key=len, reverse=True))


_END = r"(?![^\W\d_])"
UNIT = rf"(?:(?i:{_either(_WORDS)})|{_either(_NAMES)}){_END}"
BEFORE = r"(?:US\$|[$€£¥]|USD|EUR|GBP|CHF|JPY)\s?"
_UNIT_WORD = re.compile(
    rf"(?<!\w)(?i:{_either(_WORDS)})(?!\w)|[%°$€£¥]C?F?|\(({UNIT})\)|\[({UNIT})\]"
)
RATES = {
    "hourly": "h",
    "daily": "day",
    "nightly": "night",
    "weekly": "week",
    "monthly": "month",
    "quarterly": "quarter",
    "annual": "year",
    "annually": "year",
    "yearly": "year",
}
SCALES = {
    "hundred": Decimal(100),
    "thousand": Decimal(1000),
    "million": Decimal(10**6),
    "billion": Decimal(10**9),
    "trillion": Decimal(10**12),
    "mn": Decimal(10**6),
    "bn": Decimal(10**9),
    "k": Decimal(1000),
    "m": Decimal(10**6),
}
_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
NUMBER_WORDS: dict[str, int] = {word: number for number, word in enumerate(_ONES)} | {
    word: 10 * number for number, word in enumerate(_TENS, start=2)
}
NUMBER_WORDS["dozen"] = 12
_ONE_WORD = "|".join(sorted(NUMBER_WORDS, key=len, reverse=True))
_LARGE = "hundred|thousand|million|billion|trillion"
NUMBER_WORD = re.compile(
    rf"\b(?P<words>(?:{_ONE_WORD})(?:[\s-](?:and\s)?(?:{_ONE_WORD}|{_LARGE}))*|an?(?=[\s-]{UNIT}))\b"
    rf"(?:[\s-](?P<unit>{UNIT}))?",
    re.IGNORECASE,
)


def unit_of(written: str) -> frozenset[str]:
    """The units that a word or sign may stand for: "pounds" are two."""
    written = written.strip()
    return _NAMES.get(written) or _WORDS.get(written.lower(), frozenset())


def units_in(text: str) -> frozenset[str]:
    """The units that a text names by words or signs, with a number or without."""
    return frozenset(
        unit
        for match in _UNIT_WORD.finditer(text)
        for unit in unit_of(match[1] or match[2] or match[0])
    )


def words_to_number(words: str) -> Decimal | None:
    """ "two hundred and fifty" to 250; None for what is not a number, such as "two three"."""
    total = group = 0
    last = 0
    for word in re.split(r"[\s-]+", words.lower()):
        if word in ("and", ""):
            continue
        if word in ("a", "an"):
            group = 1
        elif word == "hundred":
            group = (group or 1) * 100
        elif word in SCALES:
            total += (group or 1) * int(SCALES[word])
            group = 0
        else:
            number = NUMBER_WORDS[word]
            if group % 100 and not (last >= 20 and number < 10):
                return None
            group += number
            last = number
            continue
        last = 0
    return Decimal(total + group).normalize()


# What CLDR calls the units above that have a word of their own in each language.
_CLDR = {
    "duration-day": "day", "duration-week": "week", "duration-month": "month",
    "duration-quarter": "quarter", "duration-year": "year", "duration-hour": "h",
    "duration-minute": "min", "duration-second": "s", "concentr-percent": "%",
    "length-kilometer": "km", "length-meter": "m", "length-centimeter": "cm",
    "length-millimeter": "mm", "mass-kilogram": "kg", "mass-gram": "g", "volume-liter": "l",
    "temperature-celsius": "°C",
}  # fmt: skip
_CURRENCIES = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "CHF": "CHF"}
# Languages whose numbers in words ``text_to_num`` reads; English ones are read here.
_IN_WORDS = frozenset("de fr es pt it nl ca".split())
# A number in digits with the word behind it: what "5 Millionen" counts is no number by itself.
_DIGITS_AND_WORD = re.compile(r"(\d[\d.,]*\s*[^\W\d_]*)")
# One of something, before its unit.
_ONE = r"eine[nmrs]?|ein|une|un|una|uno|uma|um"
# And a half of it, behind the number and behind the unit; words that are one and a half.
_HALF = re.compile(
    r"(?<!\d)(\d{1,9})(\s{1,3}[^\W\d_]{1,20})?\s{1,3}"
    r"(?:and a half|und ein(?:e|en)? halbe?[sn]?|et demie?|y medi[oa])\b"
)
_ONE_AND_A_HALF = re.compile(r"\b(?:anderthalb|eineinhalb)\b", re.IGNORECASE)


# "10 200", as many languages write it.
_SPACED = re.compile(r"(?<![\d.,])\d{1,3}(?: \d{3})+(?!\d)")


@cache
def unit_words(language: str | None) -> dict[str, str]:
    """The words of another language than English for units, in lower case, to their names."""
    found: dict[str, str] = {}
    if language in (None, "en"):
        return found
    try:
        locale = Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        return found
    for cldr, name in _CLDR.items():
        for number in (1, 2, 5):
            word = format_unit(number, cldr, "long", locale=locale).strip("\u00a0 0123456789")
            if len(word) > 1 and " " not in word:
                found[word.casefold()] = name
    for code, sign in _CURRENCIES.items():
        for count in (1, 2):
            word = get_currency_name(code, count=count, locale=locale).casefold()
            if " " not in word:
                found[word] = sign
    return found


@cache
def month_names(language: str | None) -> dict[str, int]:
    """The names of the months, and their short forms of three letters and more, in lower case."""
    found: dict[str, int] = {}
    try:
        locale = Locale.parse(language or "en")
    except (UnknownLocaleError, ValueError):
        return found
    for width in ("wide", "abbreviated"):
        for context in ("format", "stand-alone"):
            for number, name in get_month_names(width, context, locale).items():
                word = name.casefold().rstrip(".")
                if len(word) >= 3 and not word.isdigit():
                    found[word] = number
    return found


def with_digits(text: str, language: str | None) -> str:
    """A text with its numbers in words as digits, and halves with them."""
    text = _ONE_AND_A_HALF.sub("1.5", text)
    if language not in (None, "en"):
        text = _SPACED.sub(lambda match: match[0].replace(" ", ""), text)
    if language in _IN_WORDS:
        if units := "|".join(map(re.escape, sorted(unit_words(language), key=len, reverse=True))):
            text = re.sub(rf"\b(?:{_ONE})(?=\s(?:{units})\b)", "1", text, flags=re.IGNORECASE)
        parts = _DIGITS_AND_WORD.split(text)
        parts[::2] = [alpha2digit(part, language) if part.strip() else part for part in parts[::2]]
        text = "".join(parts)
    if language == "en":
        text = re.sub(r"\b(?:one|a)(?=(?:\s\w+)? and a half\b)", "1", text, flags=re.IGNORECASE)
    return _HALF.sub(lambda match: f"{match[1]}.5{match[2] or ''}", text)


def english_in_digits(text: str) -> str:
    """A text with its English numbers in words as digits, without their units."""

    def digits(match: re.Match[str]) -> str:
        words = match["words"]
        value = words_to_number(words) if words.lower() not in ("one", "a", "an") else None
        return match[0] if value is None else f"{value:f}{match[0][len(words) :]}"

    return NUMBER_WORD.sub(digits, text)
