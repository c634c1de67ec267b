"""The story of tuning: from questions with answers to a model that is adopted, or is not."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from ingest.embed.embedder import Embedder
from ingest.errors import UsageError
from ingest.similarity import COSINE, Vectors, unit
from rag_app.engine import Engine
from rag_app.eval.metrics import Figure, difference, mean_figure
from rag_app.insights.base.steps import QUIET, Steps
from rag_app.tuning.adopt import adopt, new_model_folder
from rag_app.tuning.card import write_card
from rag_app.tuning.kept import keep_report
from rag_app.tuning.measure import embedded, ndcg
from rag_app.tuning.negatives import hard_negatives
from rag_app.tuning.pairs import collect
from rag_app.tuning.records import Material, Pair, Training, TuneOptions, TuningReport
from rag_app.tuning.split import hold_out
from rag_app.tuning.train import Example, check_extra, train

MOST_ROWS_TRAINED = 3  # passages of one question
GAIN_WANTED = 0.02  # of nDCG@10; what cannot show that is said to be too few


def tune(
    engine: Engine,
    questions: Sequence[Path | str] = (),
    *,
    made: int = 300,
    by_llm: bool = False,
    dry_run: bool = False,
    options: TuneOptions | None = None,
    steps: Steps = QUIET,
) -> TuningReport:
    """Tune the embedding model of a collection, and adopt the new one if it is better beyond
    chance: then the collection is embedded with it, and uses it from its next opening on.

    ``questions`` are files as ``rag-app eval`` reads them; rated answers of the chat are taken
    too, and at most ``made`` questions are made of the documents, by rules or by the LLM. Nothing
    changes before all is measured: whatever ends it, the model in use stays. The report is kept
    (``rag_app.tuning.kept``).

    Raises UsageError where there are too few questions, EmbedderError where the model cannot be
    trained, StoreEmpty, StoreError, LLMError, Stopped.
    """
    check_extra()
    options = options or TuneOptions()
    before = engine.collection.version()
    material = collect(engine, questions, made=made, by_llm=by_llm, steps=steps, seed=options.seed)
    with new_model_folder(engine.store) as folder:
        report = tune_on(material, engine.embedder, folder, options=options, steps=steps)
        if engine.collection.version() != before:
            note = "The collection changed meanwhile: it was judged as it was in the beginning."
            report = replace(report, notes=(*report.notes, note))
        if not dry_run and report.is_better:
            write_card(folder, report)
            report = replace(report, model=adopt(engine, folder, steps), adopted=True)
    keep_report(engine.store, report)
    return report


def tune_on(
    material: Material,
    base: Embedder,
    folder: Path,
    *,
    options: TuneOptions | None = None,
    steps: Steps = QUIET,
) -> TuningReport:
    """Train a copy of a model on some of the pairs, save it in ``folder``, and judge both by the
    others. Raises as ``tune`` does; nothing is adopted."""
    options = options or TuneOptions()
    if base.similarity != COSINE:
        raise UsageError(
            f"Vectors of this collection are compared by {base.similarity}; only a model that is "
            "compared by cosine can be tuned"
        )
    train_pairs, held_out, notes = hold_out(material.pairs, options.seed)
    rows = _haystack(material, train_pairs, held_out, options)
    passages = [material.passages[row] for row in rows]
    vectors = embedded(base, passages, "Embedding passages with the model in use", steps)
    before = ndcg(base, vectors, held_out, rows)
    examples = _examples(base, vectors, passages, rows, train_pairs, options)
    training = train(base, examples, options, folder, steps)
    new = Embedder(str(folder), base.device, base.backend, base.similarity)
    vectors = embedded(new, passages, "Embedding passages with the new model", steps)
    after = ndcg(new, vectors, held_out, rows)
    figures = mean_figure(before), mean_figure(after), difference(after, before)
    assert figures[0] is not None and figures[1] is not None and figures[2] is not None
    return TuningReport(
        base=base.name,
        sources=material.sources(),
        trained_on=len(train_pairs),
        held_out=len(held_out),
        passages=len(rows),
        before=figures[0],
        after=figures[1],
        gain=figures[2],
        training=training,
        options=options,
        made=datetime.now(UTC).isoformat(timespec="seconds"),
        notes=(*material.notes, *notes, *_limits(figures[2], training)),
    )


def _limits(gain: Figure, training: Training) -> list[str]:
    """Sentences on what the result does not say."""
    notes = [training.ended] if training.ended else []
    width = (gain.high - gain.low) / 2
    if gain.low <= 0 and width > GAIN_WANTED:
        notes.append(
            f"With {gain.count} questions, only a difference of about {width:.2f} can be told from "
            "chance. More questions tell more."
        )
    return notes


def _haystack(
    material: Material, train_pairs: Sequence[Pair], held_out: Sequence[Pair], options: TuneOptions
) -> list[int]:
    """The rows of passages among which answers are sought: all that answer something, and others
    by chance, as many as there may be."""
    needed = {row for pair in (*held_out, *train_pairs) for row in pair.rows}
    others = [row for row in range(len(material.passages)) if row not in needed]
    room = max(0, options.passages - len(needed))
    chosen = random.Random(options.seed).sample(others, min(room, len(others)))
    return sorted([*needed, *chosen])


def _examples(
    base: Embedder,
    vectors: Vectors,
    passages: Sequence[str],
    rows: Sequence[int],
    pairs: Sequence[Pair],
    options: TuneOptions,
) -> list[Example]:
    """What the model is shown: each question with a passage that answers it, and hard negatives,
    in the order of chance."""
    place_of = {row: place for place, row in enumerate(rows)}
    placed = [
        replace(pair, rows=tuple(place_of[row] for row in pair.rows[:MOST_ROWS_TRAINED]))
        for pair in pairs
    ]
    asked = unit(base.encode_queries([pair.question for pair in pairs]))
    whole = [replace(pair, rows=tuple(map(place_of.__getitem__, pair.rows))) for pair in pairs]
    wrong = hard_negatives(asked, vectors, whole, passages, options.negatives, options.seed)
    each = min(map(len, wrong))  # where there are hardly any passages, fewer
    examples = [
        Example(pair.question, passages[row], tuple(passages[one] for one in negatives[:each]))
        for pair, negatives in zip(placed, wrong, strict=True)
        for row in pair.rows
    ]
    random.Random(options.seed).shuffle(examples)
    return examples
