"""Cells of 40 contracts and invoices, found without an LLM: right, wrong, not found.

    python -m benchmarks.wholes.extract [--half open|aside|fresh] [--show]

A cell that should be empty and is counts as nothing; a wrong one against precision and recall.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter
from pathlib import Path

from benchmarks.wholes.extract import contracts, invoices
from benchmarks.wholes.extract.fresh import fresh
from benchmarks.wholes.extract.layouts import Written, write
from ingest import ingest_paths
from rag_app import open_engine


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--half", choices=("open", "aside", "fresh"), default="open")
    parser.add_argument("--show", action="store_true", help="every cell that is wrong or missing")
    parser.add_argument("--store", help="keep the documents and the collection here")
    options = parser.parse_args()
    documents = [one for one in (*invoices.invoices(), *contracts.contracts(), *fresh())
                 if one.half == options.half]  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        root = Path(options.store or folder) / options.half
        if not (root / "store").is_dir():
            (root / "documents").mkdir(parents=True)
            for one in documents:
                write(one, root / "documents")
            ingest_paths([root / "documents"], store=root / "store")
        _measure(documents, root / "store", show=options.show)


def _measure(documents: list[Written], store: Path, *, show: bool) -> None:
    counts: Counter[str] = Counter()
    by_field: dict[str, Counter[str]] = {}
    held = cited = 0
    with open_engine(store=store) as engine:
        started = time.monotonic()
        for kind, schema in (("invoice", invoices.SCHEMA), ("contract", contracts.SCHEMA)):
            gold = {f"{one.name}.{one.suffix}": one.gold for one in documents if one.kind == kind}
            for row in engine.extract(schema, list(gold)):
                text = engine.document_text(row.document)
                for cell in row.cells:
                    wanted = gold[row.document][cell.field]
                    outcome = _outcome(cell.value, wanted)
                    counts[outcome] += 1
                    by_field.setdefault(f"{kind}: {cell.field}", Counter())[outcome] += 1
                    if cell.source is not None:
                        cited += 1
                        source = cell.source
                        held += (
                            text[source.start : source.end] == source.quote
                            and cell.text in source.quote
                        )
                    if show and outcome not in ("right", "rightly empty"):
                        quote = cell.source.quote[:70] if cell.source else ""
                        print(f"{row.document:18} {cell.field:18} {outcome:9} "
                              f"{cell.value!r} for {wanted!r}  {quote!r}")  # fmt: skip
        seconds = time.monotonic() - started
    for name, of in by_field.items():
        print(f"{name:28} " + ", ".join(f"{count} {what}" for what, count in sorted(of.items())))
    given = counts["right"] + counts["wrong"] + counts["invented"]
    wanted_all = counts["right"] + counts["wrong"] + counts["not found"]
    precision, recall = counts["right"] / max(given, 1), counts["right"] / wanted_all
    f1 = 2 * precision * recall / ((precision + recall) or 1)
    print(dict(counts))
    print(f"precision {precision:.3f}, recall {recall:.3f}, F1 {f1:.3f}; "
          f"citations that hold their value {held}/{cited}; {seconds:.1f} s")  # fmt: skip


def _outcome(value: str | None, wanted: str | None) -> str:
    if wanted is None:
        return "rightly empty" if value is None else "invented"
    if value is None:
        return "not found"
    return "right" if value == wanted else "wrong"


if __name__ == "__main__":
    main()
