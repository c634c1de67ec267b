"""The model card of a tuned model: from what it was made, and how it was judged."""

from __future__ import annotations

import json
from pathlib import Path

from ingest.atomic_files import write_atomically
from ingest.errors import StoreError
from rag_app.tuning.records import WORDS, TuningReport

REPORT = "tuning.json"


def model_card(report: TuningReport) -> str:
    """Markdown, with the fields that model hubs read at its head."""
    sources = "\n".join(f"- {count} from {WORDS[name]}" for name, count in report.sources.items())
    training, options, gain = report.training, report.options, report.gain
    notes = "".join(f"\n- {note}" for note in report.notes)
    return f"""---
library_name: sentence-transformers
pipeline_tag: sentence-similarity
tags: [sentence-transformers, feature-extraction]
---

# {report.base}, tuned on one collection

Made by `rag-app tune` on {report.made} from **{report.base}**, whose licence applies. It is meant
for the collection on whose questions it was trained, and for no other. Its weights may hold traces
of these questions and passages: treat it as confidentially as the documents.

## What it was made from

Questions, each with the passages that answer it:

{sources}

{report.trained_on} of them were trained on. Negatives: the other passages of a batch, and
{options.negatives} per question that the search finds and that does not answer it.

## Training

MultipleNegativesRankingLoss, {training.steps} steps of {training.planned} planned, batches of
{options.batch}, {options.tokens} tokens a text, learning rate {options.learning_rate:g}, seed
{options.seed}; {training.seconds:.0f} seconds on {training.device}; mean loss {training.loss:.3f}.

## How it was judged

{report.held_out} questions that were held out, among {report.passages} passages, by vectors alone:

| nDCG@10 before | after | difference (95 %, paired bootstrap) |
|---|---|---|
| {report.before.value:.4f} | {report.after.value:.4f} | \
{gain.value:+.4f} ({gain.low:+.4f} to {gain.high:+.4f}) |

What it lost elsewhere was not measured.{notes}
"""


def write_card(folder: Path, report: TuningReport) -> None:
    """Write the card and the report beside the weights. Raises StoreError."""
    try:
        write_atomically(folder / "README.md", model_card(report))
        write_atomically(folder / REPORT, json.dumps(report.summary(), indent=1))
    except OSError as error:
        raise StoreError(
            f"The model card cannot be written to {folder} ({error.strerror or error}); make room "
            "on the disk. The model in use stays"
        ) from None
