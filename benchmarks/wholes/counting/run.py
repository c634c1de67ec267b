"""A hundred phrasings of counting and listing, over 1,000 documents.

    python -m benchmarks.wholes.counting.run [--held-out] [--store FOLDER]

Exact: what was counted is said, and is right, and only documents that were to be counted are cited.
Wrong: another count is said. Missed: the answer is no count.
"""

from __future__ import annotations

import argparse
import re
import tempfile
from collections import Counter
from pathlib import Path
from time import perf_counter

from benchmarks.wholes.counting.corpus import Made, is_wanted, write
from benchmarks.wholes.counting.phrasings import DEVELOPED, HELD_OUT, Wanted
from ingest import ingest_paths
from rag_app import Answer, AnswerSettings, open_engine

COUNTED = re.compile(r"(?:There (?:is|are) )?([\d,]+) (?:of [\d,]+ )?documents?")
GROUP = re.compile(r"^- (.+?): ([\d,]+) documents?", re.MULTILINE)


def main() -> None:
    """Ask, and print what was not exact, and the shares."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--held-out", action="store_true")
    parser.add_argument("--store", type=Path, help="keep documents and store here")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.store or Path(temporary)
        made = write(folder / "documents")
        store = folder / "store"
        if not store.exists():
            ingest_paths([folder / "documents"], store=store)
        verdicts: Counter[str] = Counter()
        slowest = 0.0
        asked = HELD_OUT if options.held_out else DEVELOPED
        with open_engine(store, answers=AnswerSettings()) as engine:
            engine.ask("How many documents are there?")
            for question, wanted in asked:
                started = perf_counter()
                answer = engine.ask(question)
                slowest = max(slowest, perf_counter() - started)
                verdict = judged(answer, wanted, made)
                verdicts[verdict] += 1
                if verdict != "exact":
                    gold = sum(is_wanted(one, wanted) for one in made)
                    first = answer.text.partition("\n")[0][:110]
                    print(f"{verdict:7} {question}\n        {gold}: [{answer.model}] {first}")
    for verdict, count in verdicts.items():
        print(f"{verdict:7} {count / len(asked):.3f} ({count} of {len(asked)})")
    print(f"slowest {slowest:.2f} s")


def judged(answer: Answer, wanted: Wanted, made: list[Made]) -> str:
    """What an answer is: "exact", "wrong" or "missed"."""
    if answer.model != "count":
        return "missed"
    if wanted.by:
        groups = Counter(
            str(getattr(one, "kind" if wanted.by == "type" else wanted.by)) for one in made
        )
        groups.pop("", None)
        told = {name: int(count.replace(",", "")) for name, count in GROUP.findall(answer.text)}
        return "exact" if told == groups else "wrong"
    right = {one.name for one in made if is_wanted(one, wanted)}
    text = answer.text.removeprefix("Yes. ").removeprefix("No. ")
    match = COUNTED.match(text)
    count = int(match[1].replace(",", "")) if match else 0
    if not match and not text.startswith("No passage of"):
        return "missed"
    cited = {one.document for one in answer.citations}
    return "exact" if count == len(right) and cited <= right else "wrong"


if __name__ == "__main__":
    main()
