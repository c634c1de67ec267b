"""Changes that were planted in versions of documents: found, and invented.

    python -m benchmarks.wholes.versions [--pairs 40] [--seed 1] [--show]

Each document of ``data/`` and of the everyday set gets a second version with one change of each of
six kinds that it has room for: a number, a date, a sentence added, one removed, a paragraph moved
to another section, a sentence put in other words. Both versions are ingested, and compared as
"Compare A and B" compares them. *Found*: the comparison shows the change as what it is. *Invented*:
the share of all that it shows which no planted change explains.
"""

from __future__ import annotations

import argparse
import random
import re
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest import ingest_paths
from ingest.text.sentences import split_sentences
from rag_app import AnswerSettings, open_engine
from rag_app.collection.sections import sections_of
from rag_app.collection.told import Told
from rag_app.comparison.align import Alignment, Laid, lines_of

SOURCES = (Path("data/documents"), Path("benchmarks/answers/everyday/documents"))
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
DATE = re.compile(rf"\b([1-9]|[12]\d)(?= (?:{MONTHS})\b)")
NUMBER = re.compile(rf"(?<![\d.,/-])[1-9]\d{{0,3}}(?![\d.,/-])(?! (?:{MONTHS})\b)")
OTHER_WORDS = {
    "must": "is required to", "may": "is allowed to", "before": "prior to",
    "within": "in less than",
    "at least": "no fewer than", "only": "solely", "pays": "settles", "sends": "dispatches",
    "gives": "hands over", "is kept": "is stored", "use": "make use of", "begins": "starts",
    "ends": "is over", "because": "since", "if": "in case",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Planted:
    """A change: its kind, and the words before and after, "" where there are none."""

    kind: str
    old: str
    new: str


def main() -> None:
    """Plant, compare, and print what was found."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pairs", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", action="store_true", help="print what was missed and invented")
    options = parser.parse_args()
    choose = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as folder:
        originals, versions = Path(folder, "originals"), Path(folder, "versions")
        versions.mkdir()
        ingest_paths(list(SOURCES), store=originals)
        planted = _write(originals, versions, options.pairs, choose)
        ingest_paths([versions], store=Path(folder, "store"))
        figures: Counter[str] = Counter()
        with open_engine(Path(folder, "store"), answers=AnswerSettings()) as engine:
            embedder = engine.parts.searcher.embedder
            with engine.parts.searcher.reading() as snapshot:
                for name, changes in planted.items():
                    old, new = (
                        lines_of(sections_of(snapshot.view, f"{name}-{version}.md"))
                        for version in (1, 2)
                    )
                    _count(Laid(old, new, embedder).aligned(), changes, figures, show=options.show)
    kinds = sorted({key.split()[1] for key in figures if key.startswith("planted ")})
    for kind in kinds:
        print(f"{kind:10} {figures[f'found {kind}']:4} of {figures[f'planted {kind}']}")
    found, all_ = (sum(figures[f"{key} {kind}"] for kind in kinds) for key in ("found", "planted"))
    print(f"found {found / all_:.3f} of {all_}")
    print(f"invented {figures['invented'] / figures['shown']:.3f} of {figures['shown']} shown")


def _write(
    store: Path, folder: Path, pairs: int, choose: random.Random
) -> dict[str, list[Planted]]:
    """Write two versions of each document, and tell what was changed."""
    planted: dict[str, list[Planted]] = {}
    with open_engine(store, answers=AnswerSettings()) as engine:
        documents = [one for one in engine.documents() if one.kind not in ("csv", "xlsx")]
        choose.shuffle(documents)
        strangers = [
            f"The {animal} of the {place} is fed by the porter at dusk."
            for animal in "heron pike otter mule goose hare swan newt".split()
            for place in "mill quay forge chapel weir".split()
        ]
        for number, document in enumerate(documents[:pairs]):
            text = engine.document_text(document.name)
            blocks = [
                (block.kind, block.level, " ".join(text[block.start : block.end].split()))
                for block in engine.collection.outline(document.name).blocks
                if block.kind in ("heading", "paragraph", "item")
            ]
            name = f"document{number:02}"
            changed, changes = _changed(blocks, strangers[number], choose)
            (folder / f"{name}-1.md").write_text(_markdown(blocks), encoding="utf-8")
            (folder / f"{name}-2.md").write_text(_markdown(changed), encoding="utf-8")
            planted[name] = changes
    return planted


Piece = tuple[str, int, str]


def _changed(
    blocks: Sequence[Piece], stranger: str, choose: random.Random
) -> tuple[list[Piece], list[Planted]]:
    """Blocks with a change of each kind that they have room for, in blocks of their own."""
    left, changes = list(blocks), []
    sentences = [
        (at, sentence.strip())
        for at, (kind, _, text) in enumerate(blocks)
        if kind == "paragraph"
        for sentence in split_sentences(text)
        if len(sentence.split()) >= 7 and sentence.strip().endswith(".")
    ]
    once = Counter(sentence for _, sentence in sentences)
    sentences = [one for one in sentences if once[one[1]] == 1]
    choose.shuffle(sentences)
    used: set[int] = set()

    def take(wanted: re.Pattern[str] | None = None) -> tuple[int, str] | None:
        for at, sentence in sentences:
            if at not in used and (wanted is None or wanted.search(sentence)):
                used.add(at)
                return at, sentence
        return None

    def put(at: int, old: str, new: str, kind: str) -> None:
        kept = left[at]
        left[at] = (kept[0], kept[1], " ".join(kept[2].replace(old, new, 1).split()))
        changes.append(Planted(kind, old, new))

    if one := take(DATE):
        put(*one, DATE.sub(lambda match: str(int(match[0]) % 27 + 1), one[1], count=1), "date")
    if one := take(NUMBER):
        more = choose.randint(1, 9)
        put(*one, NUMBER.sub(lambda match: str(int(match[0]) + more), one[1], count=1), "number")
    others = re.compile("|".join(rf"\b{words}\b" for words in OTHER_WORDS))
    if one := take(others):
        put(*one, others.sub(lambda match: OTHER_WORDS[match[0]], one[1]), "reworded")
    if one := take():
        at, sentence = one
        left[at] = (left[at][0], left[at][1], f"{left[at][2]} {stranger}")
        changes.append(Planted("added", "", stranger))
    if one := take():
        put(*one, "", "removed")
    titled = [at for at, block in enumerate(left) if block[0] == "heading"]
    if len(titled) > 3 and (one := take()):
        at, sentence = one
        moved, section = left[at], max((t for t in titled if t < at), default=-1)
        far = [t for t in titled if t != section and abs(t - at) > 2]
        if far:
            target = choose.choice(far)
            left.insert(target + 1, moved)
            del left[at + (target < at)]
            changes.append(Planted("moved", sentence, sentence))
    return [block for block in left if block[2]], changes


def _markdown(blocks: Sequence[Piece]) -> str:
    signs = {"heading": lambda level: "#" * level + " ", "item": lambda _: "- "}
    return "\n\n".join(signs.get(kind, lambda _: "")(level) + text for kind, level, text in blocks)


def _count(
    found: Alignment, changes: Sequence[Planted], figures: Counter[str], *, show: bool
) -> None:
    """Which planted changes are shown as what they are, and what is shown besides."""
    explained: set[int] = set()

    def sees(change: Planted) -> bool:
        for pair in found.changed:
            if change.old and change.new and _is(pair[0], change.old) and _is(pair[1], change.new):
                explained.add(id(pair))
                return True
        for lines, words in ((found.only_second, change.new), (found.only_first, change.old)):
            for line in lines:
                if change.kind in ("added", "removed") and words and _is(line, words):
                    explained.add(id(line))
                    return True
        moved = [
            pair for pair in found.moved if change.kind == "moved" and _is(pair[0], change.old)
        ]
        explained.update(map(id, moved))
        return bool(moved)

    for change in changes:
        figures[f"planted {change.kind}"] += 1
        if sees(change):
            figures[f"found {change.kind}"] += 1
        elif show:
            print("missed  ", change)
    shown = [*found.changed, *found.only_first, *found.only_second, *found.moved]
    texts = [words for change in changes for words in (change.old, change.new) if words]
    figures["shown"] += len(shown)
    for one in shown:
        lines = one if isinstance(one, tuple) else (one,)
        # Sentences of a paragraph that was moved come with the one that names it.
        of_moved = one in found.moved and any(change.kind == "moved" for change in changes)
        if (
            id(one) in explained
            or of_moved
            or any(_is(line, words) for line in lines for words in texts)
        ):
            continue
        figures["invented"] += 1
        if show:
            print("invented", " | ".join(line.text for line in lines))


def _is(line: Told, words: str) -> bool:
    said, wanted = (" ".join(text.split()) for text in (line.text, words))
    return said in wanted or wanted in said


if __name__ == "__main__":
    main()
