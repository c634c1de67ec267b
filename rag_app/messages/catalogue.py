"""Messages in the language that is spoken now, which belongs to the caller's context (PEP 567)."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, wraps
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import ParamSpec, TypeVar

from ingest.in_context import in_context

ENGLISH = "en"
FOLDER = Path(__file__).parent
LANGUAGES = (ENGLISH, "de", "fr", "es", "zh", "ar")
FROM_RIGHT = ("ar",)  # these are written from right to left
_spoken: ContextVar[str | None] = ContextVar("spoken", default=None)
_by_default: list[Callable[[], str | None]] = []
P = ParamSpec("P")
T = TypeVar("T")


def speak(language: str | None) -> None:
    """Say messages in a language from now on, by its ISO 639-1 code; in English where there is no
    file of it."""
    _spoken.set(language if language in LANGUAGES and language else ENGLISH)


@contextmanager
def speaking(language: str | None) -> Iterator[None]:
    """Say messages in a language in a block that does not ``yield``."""
    before = _spoken.set(None)
    try:
        speak(language)
        yield
    finally:
        _spoken.reset(before)


def in_its_own_language(make: Callable[P, Generator[T]]) -> Callable[P, Generator[T]]:
    """Have a generator ``speak`` a language that is not spoken by who takes from it."""

    @wraps(make)
    def made(*given: P.args, **named: P.kwargs) -> Generator[T]:
        return in_context(make(*given, **named))

    return made


def speak_by_default(language: Callable[[], str | None]) -> None:
    """Ask for a language, by its code, wherever none was told: in this process, on every thread."""
    _by_default[:] = [language]


def language_now() -> str:
    """The code of the language that is spoken now."""
    told = _spoken.get()
    if told is None:
        told = next((ask() for ask in _by_default), None)
    return told if told in LANGUAGES and told else ENGLISH


def to_say(text: str) -> str:
    """The text itself, for a message that is told in one place and said in another."""
    return text


def to_say_many(one: str, many: str) -> tuple[str, str]:
    """Both texts of a message about a number of things, for one that is said elsewhere."""
    return one, many


def say(message: str, /, **values: object) -> str:
    """A message, with values in the place of the names in braces; numbers as the language writes
    them."""
    return _filled(_translations(language_now()).gettext(message), values)


def say_many(one: str, many: str, count: int, /, **values: object) -> str:
    """A message about a number of things, which is its ``{count}``."""
    message = _translations(language_now()).ngettext(one, many, count)
    return _filled(message, {"count": count, **values})


def _filled(message: str, values: dict[str, object]) -> str:
    written = {
        name: _number(value) if isinstance(value, int) and not isinstance(value, bool) else value
        for name, value in values.items()
    }
    return message.format(**written) if written else message


def decimal(value: float, digits: int) -> str:
    """A number with so many digits after its point, as the language writes it."""
    if language_now() == ENGLISH:
        return f"{value:,.{digits}f}"
    from babel.numbers import format_decimal

    return format_decimal(value, f"#,##0.{'0' * digits}".rstrip("."), locale=language_now())


def percent(share: float) -> str:
    """A share from 0 to 1 in whole percent, as the language writes it."""
    if language_now() == ENGLISH:
        return f"{share:.0%}"
    from babel.numbers import format_percent

    return format_percent(share, locale=language_now())


def _number(value: int) -> str:
    if language_now() == ENGLISH:
        return f"{value:,}"
    from babel.numbers import format_decimal

    return format_decimal(value, locale=language_now())


@cache
def _translations(language: str) -> NullTranslations:
    if language == ENGLISH:
        return NullTranslations()
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with (FOLDER / f"{language}.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)
