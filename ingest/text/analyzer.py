"""Text analysis for keyword search: words in lower case, without accents and stop words, stemmed
(Snowball, English).

The same words go into the catalog's postings (``ingest.catalog.postings``) and are looked for
there.
"""

from __future__ import annotations

import re
import threading
import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import snowballstemmer

from ingest.text.numbers_and_codes import DIGITS

# A number with its points and commas, or a run of letters and digits such as E22.
WORD = re.compile(rf"{DIGITS}|[^\W_]+(?:['’][^\W\d_]+)?")
# A code of several parts, such as WS-40 or 40-1000-S, counts as a whole beside its parts. From the
# beginning of a word only, and never going back: a million letters without a space take a moment.
HYPHENATED = re.compile(r"(?<![^\W_])[^\W_]++(?:-[^\W_]++)++")

# Where a raised digit begins that belongs to no word or number before it: "months¹", "10⁶". It
# stays with a unit ("m²"), and a lowered one with its word ("CO₂").
_RAISED = re.compile("(?<=\\d)(?=[⁰¹²³⁴-⁹⁻])|(?<=[^\\W\\d_]{4})(?=[⁰¹²³⁴-⁹⁻])")

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

_stemmer = snowballstemmer.stemmer("english")
_stemmer_lock = threading.Lock()  # the stemmer keeps state while it works


def stems(text: str) -> list[str]:
    """The stems of a text's words, in order, without stop words, and its codes as they are."""
    return list(_stems(text))


def first_stem(text: str) -> str | None:
    """The first of a text's stems, None if it has none."""
    return next(_stems(text), None)


def words_with_stems(text: str) -> dict[str, tuple[str, ...]]:
    """The words of a text that are looked for, as they are written, each once, with its stems."""
    found: dict[str, tuple[str, tuple[str, ...]]] = {}
    for word in WORD.findall(text):
        if own := tuple(_stems(word)):
            found[word.casefold()] = word, own
    return dict(found.values())


def _stems(text: str) -> Iterator[str]:
    lower = _without_accents(text.lower())
    words = [word.replace("’", "'") for word in WORD.findall(lower)]
    words += [code for code in HYPHENATED.findall(lower) if any(sign.isdigit() for sign in code)]
    return (_stem(word.removesuffix("'s")) for word in words if word not in STOP_WORDS)


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    if any(sign.isdigit() for sign in word):
        return word.replace(",", "")
    with _stemmer_lock:
        return str(_stemmer.stemWord(word))


def _without_accents(text: str) -> str:
    if text.isascii():
        return text
    text = _RAISED.sub(" ", text)
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


@lru_cache(maxsize=200_000)
def word_number(stem: str) -> int:
    """The number that stands for a stem, of 32 bits: its CRC-32. Two of a hundred thousand stems
    share theirs, and count as one."""
    return zlib.crc32(stem.encode("utf-8", "surrogatepass"))


def counted(found: Iterable[str]) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint8]]:
    """The numbers of the words among some stems, in order, and how often each occurs (at most
    255 times): two arrays of one length."""
    counts = Counter(map(word_number, found))
    numbers = np.array(sorted(counts), dtype="<u4")
    return numbers, np.array([min(counts[one], 255) for one in numbers.tolist()], dtype=np.uint8)
