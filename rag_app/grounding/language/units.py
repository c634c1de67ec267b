"""Units, currencies and months by their names in a language: one name a unit, none converted.

English units stand here, with their signs, which all languages share; the words of other languages
are CLDR's (by Babel, which is imported where it is asked first: it takes some 30 ms).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

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


# What CLDR calls the units above that have a word of their own in each language.
_CLDR = {
    "duration-day": "day", "duration-week": "week", "duration-month": "month",
    "duration-quarter": "quarter", "duration-year": "year", "duration-hour": "h",
    "duration-minute": "min", "duration-second": "s", "concentr-percent": "%",
    "length-kilometer": "km", "length-meter": "m", "length-centimeter": "cm",
    "length-millimeter": "mm", "mass-kilogram": "kg", "mass-gram": "g", "volume-liter": "l",
    "temperature-celsius": "°C", "length-mile": "mile", "volume-milliliter": "ml",
    "mass-milligram": "mg",
}  # fmt: skip
_CURRENCIES = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "CHF": "CHF"}


@cache
def unit_words(language: str | None) -> dict[str, str]:
    """The words of another language than English for units, in lower case, to their names."""
    found: dict[str, str] = {}
    if language in (None, "en"):
        return found
    from babel import Locale, UnknownLocaleError
    from babel.numbers import get_currency_name
    from babel.units import format_unit

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
            # Its country stands beside it: dólares estadounidenses, Schweizer Franken.
            words = get_currency_name(code, count=count, locale=locale).casefold().split()
            found[words[-1] if language == "de" else words[0]] = sign
    return found


@cache
def month_names(language: str | None) -> dict[str, int]:
    """The names of the months, and their short forms of three letters and more, in lower case."""
    from babel import Locale, UnknownLocaleError
    from babel.dates import get_month_names

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
