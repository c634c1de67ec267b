"""Text analysis for keyword search: words in one form of their letters, stemmed by their language.

The language of a document decides for its words, that of a question for the question's. Latin
letters of a text whose language is not known are taken for English; words in other scripts are
read by their script in any text, so that a name is found wherever it stands. Where a script has
no spaces between words, two signs in a row stand for a word (as in Lucene's CJK analyzer; a
segmenter would have to cut question and text alike). English leaves its stop words out of both;
other languages only out of questions, for their lists are longer than they should be.

The same words go into the catalog's postings (``ingest.catalog.postings``) and are looked for
there. What changes them needs a new version of the schema (``ingest.catalog.schema``), which
writes the postings of old catalogs anew.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from ingest.text.folding import folded, small
from ingest.text.numbers_and_codes import DIGITS
from ingest.text.scripts import (
    IS_CJK,
    IS_HAN,
    LATIN,
    UNSPACED,
    VOWELS,
    is_kana,
    script_language,
    script_of,
)
from ingest.text.stemming import stemmed
from ingest.text.stop_words import stop_words

ENGLISH = "en"
# A number with its points and commas, or a run of letters and digits such as E22.
WORD = re.compile(rf"{DIGITS}|[^\W_](?:[^\W_]|[{VOWELS}])*+(?:['’][^\W\d_]+)?")
# A code of several parts, such as WS-40 or 40-1000-S, counts as a whole beside its parts. From the
# beginning of a word only, and never going back: a million letters without a space take a moment.
HYPHENATED = re.compile(r"(?<![^\W_])[^\W_]++(?:-[^\W_]++)++")
# A sign with the vowels and tones that are written to it.
_SIGN = re.compile(f".[{VOWELS}]*")
# What stands before an apostrophe is an article in French and Italian, and no word to look for.
_ELIDED = 2
# Of stop words in a script without spaces, in signs. Single ones are parts of too many words.
_SIZES = (5, 4, 3, 2)
# No language has longer words, and the time of a stemmer may grow with the square.
_LONGEST = 80

STOP_WORDS = frozenset(
    """
    a about above after again all also am an and any are as at be because been before being below
    between both but by can could did do does doing done down during each else ever every few for
    from further get gets give given gives got had has have having he her here hers him his how i
    if in into is it its itself just let many may me might mine more most much must my no nor not
    now of off on once one only or other our ours out over own per please same shall she should so
    some such than that the their theirs them then there these they this those through to too
    under until up upon us very was we were what when where whether which while who whom whose why
    will with within without would you your yours
    tell explain describe mean means happen happens need needs make makes take takes know find
    d'you i'm it's what's who's where's there's don't doesn't isn't aren't can't
    """.split()
)


def stems(text: str, language: str | None = None) -> list[str]:
    """The stems of a text's words, in order, and its codes as they are; of an English text without
    its stop words. ``language`` is an ISO 639-1 code."""
    return list(_stems(text, language or ENGLISH))


def first_stem(text: str) -> str | None:
    """The first of an English text's stems, None if it has none."""
    return next(_stems(text, ENGLISH), None)


def sought_stems(text: str, language: str | None = None) -> list[str]:
    """The stems of a question's words, in order, without the stop words of its language, unless it
    has no others."""
    language = language or ENGLISH
    return list(_stems(text, language, is_asked=True)) or stems(text, language)


def words_with_stems(text: str, language: str | None = None) -> dict[str, tuple[str, ...]]:
    """The words of a question that are looked for, as they are written, each once, with its
    stems."""
    language = language or ENGLISH
    found: dict[str, tuple[str, tuple[str, ...]]] = {}
    for word in WORD.findall(text):
        for part in _parts_asked(word, language) if UNSPACED.search(word) else (word,):
            if own := tuple(_stems(part, language, is_asked=True)):
                found[part.casefold()] = part, own
    return dict(found.values())


def _stems(text: str, language: str, *, is_asked: bool = False) -> Iterator[str]:
    is_english = language == ENGLISH
    lower = folded(text) if is_english else small(text)
    for match in WORD.finditer(lower):
        yield from _of_word(match[0].replace("’", "'"), language, is_asked)
    for code in HYPHENATED.findall(lower):
        if any(sign.isdigit() for sign in code):
            yield from _of_word(folded(code), language, is_asked)


def _of_word(word: str, language: str, is_asked: bool) -> Iterator[str]:
    if UNSPACED.search(word):
        for part in _parts_asked(word, language) if is_asked else _by_script(word):
            yield from _groups(part, is_asked) if UNSPACED.match(part) else (_one(part, language),)
    elif language == ENGLISH:
        if word not in STOP_WORDS:
            yield _one(word.removesuffix("'s"), language)
    else:
        for part in word.split("'"):
            if part != word and len(part) <= _ELIDED:
                continue
            if not (is_asked and folded(part) in stop_words(language)):
                yield _one(part, language)


@lru_cache(maxsize=50_000)
def _one(word: str, language: str) -> str:
    """The stem of a word by its own script, where that is not its text's."""
    if any(sign.isdigit() for sign in word):
        return _western(folded(word)).replace(",", "")
    script = script_language(word)
    own = language
    if script != script_of(language):
        own = ENGLISH if script == LATIN else script
    return folded(stemmed(word, own) if len(word) <= _LONGEST or own == ENGLISH else word)


def _western(word: str) -> str:
    """With the digits 0 to 9, whichever a script has of its own."""
    if word.isascii():
        return word
    return "".join(str(unicodedata.digit(sign, sign)) for sign in word)


def _by_script(word: str) -> list[str]:
    """The parts of a run of signs with and without spaces between words: "e22系統" has two."""
    parts: list[str] = []
    end = 0
    for match in UNSPACED.finditer(word):
        parts += [word[end : match.start()], match[0]]
        end = match.end()
    return [part for part in (*parts, word[end:]) if part]


def _parts_asked(word: str, language: str) -> list[str]:
    """The parts of a run without what a question is asked with: "试用期多长" leaves the term."""
    known = stop_words(language if script_of(language) != LATIN else script_language(word))
    parts: list[str] = []
    for run in _by_script(word):
        if not UNSPACED.match(run):
            parts.append(run)
            continue
        start = at = 0
        while at < len(run):
            size = next((size for size in _SIZES if run[at : at + size] in known), 0)
            if size:
                parts.append(run[start:at])
                start = at + size
            at += size or 1
        parts.append(run[start:])
    parts = list(filter(None, parts))
    return [part for part in parts if len(part) > 1] or parts


def _groups(run: str, is_asked: bool) -> list[str]:
    """Each two signs in a row of a run, or its only one; three in scripts that write a vowel as a
    sign. Behind them each sign of Chinese by itself, for many are words (Nie, Gao and others, "On
    the use of words and n-grams for Chinese information retrieval", 2000). Of a question, without
    what is written in Hiragana, endings and particles, where there is more."""
    signs = _SIGN.findall(run)
    size = 2 if IS_CJK.match(run) else 3
    groups = ["".join(signs[at : at + size]) for at in range(max(1, len(signs) - size + 1))]
    if len(signs) > 1 and not is_kana(run):
        idle = stop_words("zh") if is_asked else frozenset[str]()
        groups += [sign for sign in signs if IS_HAN.match(sign) and sign not in idle]
    if is_asked and is_kana(run):
        bare = [group for group in groups if not is_kana(group)]
        mixed = [group for group in groups if not is_kana(group, whole=True)]
        return bare or mixed or (groups if len(groups) > 2 else [])
    return groups


@lru_cache(maxsize=4_096)
def word_number(stem: str) -> int:
    """The number that stands for a stem, of 32 bits: its CRC-32. Two of a hundred thousand stems
    share theirs, and count as one."""
    return zlib.crc32(stem.encode("utf-8", "surrogatepass"))


def counted(found: Iterable[str]) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint8]]:
    """The numbers of the words among some stems, in order, and how often each occurs (at most
    255 times): two arrays of one length."""
    counts: Counter[int] = Counter()
    for stem, count in Counter(found).items():
        counts[word_number(stem)] += count
    numbers = np.array(sorted(counts), dtype="<u4")
    return numbers, np.array([min(counts[one], 255) for one in numbers.tolist()], dtype=np.uint8)
