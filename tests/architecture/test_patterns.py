"""Regular expressions: each of ours takes time in proportion to the text, however hostile."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from importlib import import_module
from time import process_time
from typing import Any, NamedTuple

import pytest

from tests.architecture.tree import MODULES

parser: Any = pytest.importorskip("re._parser")  # what Python itself reads a pattern with

SHORT, LONG = 500, 2_000  # characters
# Four times the text takes 4 times as long, or 16 times if it is read over and over. What lies
# between leaves room for machines that are busy for a moment.
MOST_GROWTH = 9
QUICK = 0.00005  # seconds for the short text; what grows with the square takes longer
MOST_SECONDS = 0.5
TRIES = 7
ENDINGS = ("!", "\x00")
# Single characters, and what ordinary text repeats.
REPEATED = (
    *"a1A-([<'\":$_.\\\n \t\u00b2\u2018\u201c",
    *("1.", "1,", "1 ", "0 ", "a ", "A b", "a-", "a-1", "a.", "a1", "a, ", "![", "](", "; ", ". "),
    *("x: ", "a: b; ", "is ", "the ", "to ", "that is ", "a\n", "\n\n", "\r\n", "<a ", "* ", "Ab "),
)
CHARACTERS = "a1 -.A,\n:'(_"
REPEATS = ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT")


def package_of(module: str) -> str:
    return ".".join(module.split(".")[:2])


SOURCES = {name: path.read_text(encoding="utf-8") for name, path in MODULES.items()}
PACKAGES = sorted({package_of(name) for name in MODULES})


class Used(NamedTuple):
    """A pattern of ours with its place, and the methods of it that are called."""

    place: str
    pattern: re.Pattern[Any]
    ways: tuple[str, ...]


def patterns(package: str) -> Iterator[Used]:
    """Every pattern of a package, once: kept by modules and classes, or given to ``re`` as a
    text."""
    seen = set()
    for module, source in SOURCES.items():
        if package_of(module) != package:
            continue
        for place, pattern, ways in (*_kept(module), *_given(module, source)):
            if pattern not in seen:
                seen.add(pattern)
                yield Used(place, pattern, ways)


def _kept(module: str) -> Iterator[Used]:
    if module.endswith("__main__") or module == "rag_app.ui.app":
        return
    try:
        names = vars(import_module(module))
    except ImportError:  # an optional library is not installed
        return
    for name, value in list(names.items()):
        if name[:2] != "__":
            for i, pattern in enumerate(_within(value, module)):
                yield Used(f"{module}.{name}:{i}", pattern, _ways(module, name))


def _within(value: object, module: str) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, dict):
        yield from _within((*value, *value.values()), module)
    elif isinstance(value, tuple | list | set | frozenset):
        for one in value:
            yield from _within(one, module)
    elif isinstance(value, type) and value.__module__ == module:
        yield from (one for one in vars(value).values() if isinstance(one, re.Pattern))
    elif is_dataclass(value) and not isinstance(value, type):
        kept = (getattr(value, one.name) for one in fields(value))
        yield from (one for one in kept if isinstance(one, re.Pattern))


def _ways(module: str, name: str) -> tuple[str, ...]:
    """The methods by which a pattern is used: one that is only ever matched at the beginning of
    a text need not be quick to search for."""
    users = [text for text in SOURCES.values() if f"from {module} " in text]
    text = "\n".join((SOURCES[module], *users))
    used = set(re.findall(rf"\b{name}\.(search|match|fullmatch|subn?|findall|split)\(", text))
    if f"{name}.finditer(" in text:
        used.add("findall")
    return tuple(sorted(used)) or ("search", "fullmatch", "findall")


def _given(module: str, source: str) -> Iterator[Used]:
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="re"), attr=way),
                args=[ast.Constant(value=str(text)), *_],
            ) if way != "compile":
                way = "findall" if way == "finditer" else way
                yield Used(f"{module}:{node.lineno}", re.compile(text), (way,))


def texts(pattern: re.Pattern[Any]) -> Iterator[tuple[str, str, str]]:
    """(beginning, what is repeated, end) of texts, most of them made of the pattern itself: what
    leads to a repetition in it, and then what that takes, over and over."""
    tree = parser.parse(pattern.pattern, pattern.flags)
    made = [("", one) for one in (*REPEATED, *_literals(pattern))]
    made += [("", _least(tree)), ("", _least(tree) + " "), *_pumps(tree, "")]
    for beginning, repeated in dict.fromkeys(made):
        for end in ENDINGS if repeated else ():
            yield beginning, repeated, end


def _literals(pattern: re.Pattern[Any]) -> list[str]:
    text = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin1")
    words = re.findall(r"(?<![\\A-Za-z?])[A-Za-z]{2,}", text)[:20]
    return [*(f"{word} " for word in words), " ".join(words)]


def _takes(items: Iterable[Any]) -> list[str]:
    """Some of the characters that a set takes, by trying them."""
    items = list(items)
    negated = any(op.name == "NEGATE" for op, _ in items)
    own = [chr(arg) for op, arg in items if op.name == "LITERAL"]
    own += [chr(arg[0]) for op, arg in items if op.name == "RANGE"]
    return [one for one in dict.fromkeys((*CHARACTERS, *own)) if _in(one, items) != negated]


def _in(one: str, items: list[Any]) -> bool:
    for op, arg in items:
        name = op.name
        if (name == "LITERAL" and ord(one) == arg) or (
            name == "RANGE" and arg[0] <= ord(one) <= arg[1]
        ):
            return True
        if name == "CATEGORY":
            kind = arg.name.rpartition("_")[2]
            is_one = {"DIGIT": one.isdigit(), "SPACE": one.isspace()}.get(
                kind, one.isalnum() or one == "_"
            )
            if is_one != ("NOT" in arg.name):
                return True
    return False


def _inner(op: Any, arg: Any) -> Any:
    if op.name in REPEATS:
        return arg[2]
    return {"SUBPATTERN": lambda: arg[3], "ATOMIC_GROUP": lambda: arg}.get(op.name, list)()


def _least(tree: Iterable[Any], instead: str = "") -> str:
    """A short text that a pattern takes; ``instead`` of the first character of a set."""
    text = ""
    for op, arg in tree:
        if op.name == "LITERAL":
            text += chr(arg)
        elif op.name in ("ANY", "NOT_LITERAL"):
            text += instead or "a"
        elif op.name == "IN":
            takes = _takes(arg)
            text += instead if instead in takes else (takes or ["a"])[0]
        elif op.name == "BRANCH":
            text += _least(arg[1][0], instead)
        elif op.name in REPEATS:
            text += _least(arg[2], instead) * min(arg[0], 9)
        else:
            text += _least(_inner(op, arg), instead)
    return text


def _pumps(tree: Iterable[Any], before: str) -> Iterator[tuple[str, str]]:
    for op, arg in tree:
        if op.name in REPEATS and arg[1] > 20:
            for one in CHARACTERS:
                yield before, _least(arg[2], one)
        if op.name == "BRANCH":
            for way in arg[1]:
                yield from _pumps(way, before)
        elif op.name in ("ASSERT", "ASSERT_NOT"):
            yield from _pumps(arg[1], before)
        else:
            yield from _pumps(_inner(op, arg), before)
        before += _least([(op, arg)])


def seconds(pattern: re.Pattern[Any], way: str, text: str) -> float:
    given: Any = text if isinstance(pattern.pattern, str) else text.encode("utf-8", "replace")
    start = process_time()
    if way.startswith("sub"):
        pattern.sub(given[:0], given)
    else:
        getattr(pattern, way)(given)
    return process_time() - start


def is_slow(pattern: re.Pattern[Any], way: str, made: tuple[str, str, str]) -> bool:
    """Whether a text takes too long, or four times the text far more than four times as long. The
    machine may be busy: the best of several counts, and only what is slow at once is tried
    again."""
    beginning, repeated, end = made

    def of(length: int) -> str:
        body = beginning + repeated * (length // len(repeated) + 1)
        return body[: length - len(end)] + end

    def slow(tries: int) -> bool:
        def best(length: int) -> float:
            return min(seconds(pattern, way, of(length)) for _ in range(tries))

        short = best(SHORT)
        if short < QUICK:
            return False
        # Step by step: of a text whose cube counts, nobody would see the end of the longest.
        length, whole = SHORT, short
        while length < LONG and whole <= MOST_SECONDS * length / LONG:
            length, whole = 2 * length, best(2 * length)
        return length < LONG or whole > MOST_SECONDS or whole > MOST_GROWTH * short

    return slow(1) and slow(TRIES)


@pytest.mark.parametrize("package", PACKAGES)
def test_time_grows_with_the_text(package: str) -> None:
    slow = [
        (used.place, way, one)
        for used in patterns(package)
        for way in used.ways
        for one in texts(used.pattern)
        if is_slow(used.pattern, way, one)
    ]
    assert slow == []


@pytest.mark.parametrize(
    "pattern",
    [r"\s+x$", r"a+b", pytest.param(r"\d+[ab]*\d*c", marks=pytest.mark.long)],
)
def test_a_slow_pattern_is_seen(pattern: str) -> None:
    slow = re.compile(pattern)
    assert any(is_slow(slow, "search", one) for one in texts(slow))
