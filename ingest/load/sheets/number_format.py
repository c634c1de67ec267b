"""Numbers of a sheet as they are shown: by the code of their cell's format (ECMA-376-1, 18.8.31).

A code such as ``#,##0.00 [$€-407];-0`` has sections for positive, negative and zero numbers. A
currency's country says which signs stand for the decimal point and between thousands; without one
they are "." and ",". Codes of dates are not for here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from functools import lru_cache
from locale import windows_locale

_ATOM = re.compile(r'"[^"]*"|[\\_*].|\[[^\]]{0,60}\]|.', re.S)
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|(?P<space>[_*].?)|\[(?P<bracket>[^\]]{0,60})\]'
    r"|(?P<general>General)|(?P<digits>[0#?.,]+(?:/(?:[?0#]+|\d+))?)|(?P<power>E[+-])(?P<places>[0#?]+)"
    r"|(?P<other>.)",
    re.S | re.I,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)$")
_CURRENCY = re.compile(r"\$([^-]*)(?:-([0-9a-fA-F]+))?$")
_ELAPSED = re.compile(r"\[(h+|m+|s+)\]|(h+|m+|s+)|\"([^\"]*)\"|\\(.)|([^hms])", re.I)
_SECONDS = {"h": 3600, "m": 60, "s": 1}
# Excel keeps 15 digits of a number.
_PRECISION = 15
_MOST_DIGITS = 400
_LONGEST_CODE = 1000


@dataclass(frozen=True, slots=True)
class _Section:
    """One section of a code: its parts in order, (kind, text), and what it asks of a number."""

    parts: tuple[tuple[str, str], ...]
    condition: tuple[str, float] | None
    point: str
    group: str
    percents: int


def general(value: float) -> str:
    """A number with the 15 digits that Excel itself keeps: not 0.30000000000000004."""
    return str(value) if isinstance(value, int) else f"{value:.{_PRECISION}g}"


def shown_number(value: float, code: str) -> str:
    """A number by the code of its cell's format."""
    if code in ("", "General", "@") or not abs(value) < float("inf"):
        return general(value)
    section, is_signed = _section_of(value, _sections(code))
    number = Decimal(general(value))
    text = _written(number if is_signed else abs(number), section)
    if not number and not any(map(str.isalnum, text)):
        # The dash of accounts, which says nothing where it stands alone.
        text = _written(number, _sections(code)[0])
    return text or general(value)


def shown_text(value: str, code: str) -> str:
    """A text by the code of its cell's format: ``"No. "@`` puts words around it."""
    section = _sections(code)[-1]
    if not any(kind == "other" and text == "@" for kind, text in section.parts):
        return value
    texts = (value if part == ("other", "@") else part[1] for part in section.parts)
    return "".join(texts)


def shown_duration(seconds: float, code: str) -> str:
    """A span of time by a code such as ``[h]:mm``."""
    rest = round(abs(seconds))
    parts: list[str] = []
    for unbound, unit, quoted, escaped, other in _ELAPSED.findall(code.split(";")[0]):
        name = unbound or unit
        if name:
            amount, left = divmod(rest, _SECONDS[name[0].lower()])
            if unbound:
                rest = left
            else:
                amount = rest // _SECONDS[name[0].lower()] % 60
            parts.append(f"{amount:0{len(name)}}")
        else:
            parts.append(quoted or escaped or other)
    return ("-" if seconds < 0 else "") + "".join(parts).strip()


@lru_cache(maxsize=1000)
def _sections(code: str) -> tuple[_Section, ...]:
    if len(code) > _LONGEST_CODE:
        code = "General"
    found = [""]
    for atom in _ATOM.findall(code):
        if atom == ";":
            found.append("")
        else:
            found[-1] += atom
    return tuple(map(_section, found[:4]))


def _section(code: str) -> _Section:
    parts: list[tuple[str, str]] = []
    condition = None
    point, group = ".", ","
    for match in _TOKEN.finditer(code):
        kind = match.lastgroup or "other"
        if kind == "bracket":
            bracket = match["bracket"]
            asked, money = _CONDITION.match(bracket), _CURRENCY.match(bracket)
            if asked:
                condition = asked[1], float(asked[2])
            elif money:
                parts.append(("quoted", money[1]))
                point, group = _signs(money[2]) if money[2] else (point, group)
        elif kind == "space":
            parts.append(("quoted", " " if match[0][0] == "_" else ""))
        elif kind == "places":
            parts.append(("power", match[0]))
        else:
            parts.append((kind, match[kind]))
    percents = sum(part == ("other", "%") for part in parts)
    return _Section(tuple(parts), condition, point, group, percents)


@lru_cache(maxsize=100)
def _signs(country: str) -> tuple[str, str]:
    """The decimal point and the sign between thousands of a country, by Windows' number for it."""
    from babel import Locale, UnknownLocaleError

    try:
        symbols = Locale.parse(windows_locale[int(country, 16) & 0xFFFF]).number_symbols["latn"]
        return str(symbols["decimal"]), str(symbols["group"])
    except (LookupError, ValueError, UnknownLocaleError):
        return ".", ","


def _section_of(value: float, sections: tuple[_Section, ...]) -> tuple[_Section, bool]:
    """The section for a number, and whether the number's sign is to be written with it."""
    numbers = sections[:3]
    for section in numbers:
        if section.condition is not None and _holds(value, *section.condition):
            return section, True
    if any(section.condition for section in numbers):
        return numbers[-1], True
    if value < 0 and len(numbers) > 1:
        return numbers[1], False
    if value == 0 and len(numbers) > 2:
        return numbers[2], False
    return numbers[0], True


def _holds(value: float, sign: str, bound: float) -> bool:
    return {
        "<": value < bound,
        "<=": value <= bound,
        ">": value > bound,
        ">=": value >= bound,
        "=": value == bound,
        "<>": value != bound,
    }[sign]


def _written(number: Decimal, section: _Section) -> str:
    places = [text for kind, text in section.parts if kind == "digits"]
    power = next((text for kind, text in section.parts if kind == "power"), None)
    if sum(map(len, places)) > _MOST_DIGITS or number.adjusted() > _MOST_DIGITS:
        return ""
    with localcontext() as context:
        context.prec = 2 * _MOST_DIGITS + 50
        number = number.scaleb(2 * section.percents)
        written = _digits(number, places, section, power)
    parts: list[str] = []
    following = iter(written)
    for kind, text in section.parts:
        if kind == "digits":
            parts.append(next(following))
        elif kind == "general":
            parts.append(general(float(abs(number))))
        elif kind != "power":
            parts.append("" if text == "@" else text)
    sign = "-" if number < 0 and any(map(str.isdigit, "".join(parts))) else ""
    return sign + " ".join("".join(parts).split())


def _digits(number: Decimal, places: list[str], section: _Section, power: str | None) -> list[str]:
    """What stands at each run of places for digits."""
    if not places:
        return []
    number = abs(number)
    if "/" in places[-1]:
        return _fraction(number, places)
    joined = "".join(places)
    whole, _, after = joined.partition(".")
    number = number.scaleb(-3 * (len(whole) - len(whole.rstrip(","))))
    decimals = [place for place in after if place in "0#?"]
    exponent = 0
    if power is not None:
        wide = max(len(whole.replace(",", "")), 1)
        exponent = number.adjusted() // wide * wide if number else 0
        number = number.scaleb(-exponent)
    rounded = number.quantize(Decimal(1).scaleb(-len(decimals)), ROUND_HALF_UP)
    text = f"{rounded:f}"
    integer, _, fraction = text.partition(".")
    fraction = _trimmed(fraction, decimals)
    grouped = "," in whole.rstrip(",")
    runs = _filled(integer, [place.partition(".")[0].rstrip(",") for place in places], grouped)
    runs = [run.replace(",", section.group) for run in runs]
    tail = f"{section.point}{fraction}" if fraction else ""
    if power is not None:
        digits = f"{abs(exponent):0{len(power) - 2}}"
        tail += f"E{'-' if exponent < 0 else '+' if power[1] == '+' else ''}{digits}"
    at = next((place for place, text in enumerate(places) if "." in text), len(places) - 1)
    return [run + tail if place == at else run for place, run in enumerate(runs)]


def _trimmed(digits: str, places: list[str]) -> str:
    """The decimals without the zeros for which there is no "0" in the code."""
    while digits and digits[-1] == "0" and places[len(digits) - 1] != "0":
        digits = digits[:-1]
    return digits


def _filled(integer: str, places: list[str], grouped: bool) -> list[str]:
    """The digits before the point, in the places that the code has for them, from the right."""
    digits = "" if integer == "0" else integer
    runs: list[str] = []
    for index in range(len(places) - 1, -1, -1):
        own = places[index].replace(",", "")
        count = len(digits) if index == 0 else min(len(own), len(digits))
        taken = digits[len(digits) - count :]
        digits = digits[: len(digits) - count]
        needed = len(own) - own.index("0") if "0" in own else 0
        taken = taken.rjust(needed, "0")
        runs.append(f"{int(taken):,}" if grouped and taken and len(taken) > 3 else taken)
    return runs[::-1]


def _fraction(number: Decimal, places: list[str]) -> list[str]:
    """A whole number and a fraction, or the fraction alone where the code has no place for both."""
    _, _, lower = places[-1].partition("/")
    has_whole = len(places) > 1
    whole = int(number) if has_whole else 0
    rest = Fraction(number) - whole
    if lower.isdigit() and int(lower):
        part = (round(rest * int(lower)), int(lower))
    else:
        near = rest.limit_denominator(10 ** min(len(lower), 4) - 1)
        part = near.numerator, near.denominator
    if has_whole and part[0] == part[1]:
        whole, part = whole + 1, (0, 1)
    written = f"{part[0]}/{part[1]}" if part[0] else ""
    shown = str(whole) if whole or not written else ""
    return [shown, *[""] * (len(places) - 2), written] if has_whole else [written or "0"]
