"""Units and numbers in words, as ``rag_app.grounding.facts`` reads them: one name a unit, none
converted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

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
