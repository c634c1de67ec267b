"""python -m benchmarks.languages.sentences: sentence boundaries in ten languages, marked by hand.

The agreement is the F1 of boundaries inside the passages: ``sentences.toml``, on which the rules
were made, and ``sentences_second.toml``, which was marked before they were run on it.
"""

from __future__ import annotations

import tomllib
from itertools import accumulate
from pathlib import Path

from ingest.text.sentences import split_sentences

MARKED = ("sentences.toml", "sentences_second.toml")


def main() -> None:
    """Print the agreement of each language in each file, and what differs."""
    together: list[tuple[int, int, int]] = []
    for name in MARKED:
        print(name)
        together += _agreement(Path(__file__).with_name(name))
    print(f"both {_f1(together):.3f}  of {len(together)} passages")


def _agreement(marked: Path) -> list[tuple[int, int, int]]:
    """Of each passage, how many boundaries are right, wanted and found; printed by language."""
    every: list[tuple[int, int, int]] = []
    for language, passages in tomllib.loads(marked.read_text(encoding="utf-8")).items():
        counts = []
        for passage in passages:
            wanted = _ends(passage.split("|"))
            found = _ends(split_sentences(passage.replace("|", ""), language))
            counts.append((len(wanted & found), len(wanted), len(found)))
            if wanted != found:
                parts = split_sentences(passage.replace("|", ""), language)
                print(f"  {language}: {'|'.join(parts)}")
        every += counts
        print(f"{language}  {_f1(counts):.3f}")
    print(f"all {_f1(every):.3f}  of {len(every)} passages")
    return every


def _ends(parts: list[str]) -> set[int]:
    return set(list(accumulate(map(len, parts)))[:-1])


def _f1(counts: list[tuple[int, int, int]]) -> float:
    right, wanted, found = map(sum, zip(*counts, strict=True))
    return 2 * right / (wanted + found) if wanted + found else 1.0


if __name__ == "__main__":
    main()
