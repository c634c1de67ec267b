"""Training: sentence-transformers' trainer with in-batch and hard negatives (InfoNCE).

``MultipleNegativesRankingLoss`` (Henderson et al., 2017, https://arxiv.org/abs/1705.00652), never
two of the same text in a batch; half the cost of the guided loss (GISTEmbed), whose guide would be
the model itself: what it guards against is kept out beforehand (``negatives``).
"""

from __future__ import annotations

import math
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.embed.device import on_processor
from ingest.embed.embedder import Embedder
from ingest.embed.weights import load_model
from ingest.errors import EmbedderError, StoreError, UsageError
from rag_app.insights.base.steps import Steps
from rag_app.tuning.records import Training, TuneOptions

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

SCALE = 20.0  # of the cosine, in the softmax: a temperature of 0.05, as the default model's own
WARM_UP = 0.1  # share of the steps in which the learning rate rises
EXTRA = ("accelerate", "datasets")


@dataclass(frozen=True, slots=True)
class Example:
    """A question, a passage that answers it, and passages that do not: as many in each example."""

    question: str
    passage: str
    negatives: tuple[str, ...]

    def columns(self) -> dict[str, str]:
        """As a row of the trainer's data set."""
        wrong = {f"negative_{at}": text for at, text in enumerate(self.negatives, start=1)}
        return {"anchor": self.question, "positive": self.passage, **wrong}


def check_extra() -> None:
    """Raise UsageError where the libraries of ``rag-app[tuning]`` are not installed."""
    missing = [library for library in EXTRA if find_spec(library) is None]
    if missing:
        raise UsageError(
            f"To tune a model, {' and '.join(missing)} must be installed: "
            "pip install 'rag-app[tuning]'"
        )


def train(
    base: Embedder, examples: Sequence[Example], options: TuneOptions, folder: Path, steps: Steps
) -> Training:
    """Train a copy of a model and save it in ``folder``; ``base`` stays as it is.

    Raises EmbedderError where the model cannot be loaded with its weights, or memory does not
    suffice, UsageError where the extra is missing, StoreError if the folder cannot be written,
    Stopped.
    """
    check_extra()
    from safetensors import SafetensorError

    steps("Loading the model to be trained")
    device = "cpu" if on_processor(base.device) else base.device
    model = load_model(base.name, base.path, device)
    reads = model.max_seq_length
    model.max_seq_length = min(options.tokens, reads or options.tokens)
    try:
        with tempfile.TemporaryDirectory(prefix="rag-app-tune-") as scratch:
            training = _trained(model, examples, options, Path(scratch), steps)
        model.max_seq_length = reads
        steps("Saving the new model", 1.0)
        model.eval()
        model.save(str(folder), create_model_card=False)
    except (OSError, SafetensorError) as error:
        raise StoreError(
            f"The new model cannot be written to {folder} ({error}); make room on the disk. The "
            "model in use stays"
        ) from None
    return training


def _trained(
    model: SentenceTransformer,
    examples: Sequence[Example],
    options: TuneOptions,
    scratch: Path,
    steps: Steps,
) -> Training:
    import torch
    from datasets import Dataset
    from sentence_transformers import SentenceTransformerTrainingArguments
    from sentence_transformers.base.sampler import BatchSamplers
    from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss
    from transformers import PrinterCallback

    rows = [example.columns() for example in examples]
    loss = MultipleNegativesRankingLoss(model, scale=SCALE)
    on_cpu = model.device.type == "cpu"
    wanted = options.epochs * math.ceil(len(rows) / options.batch)
    steps("Timing a step")
    try:
        seconds = _seconds_of_a_step(loss, rows[: options.batch])
        planned = max(1, min(wanted, int(options.minutes * 60 / seconds)))
        arguments = SentenceTransformerTrainingArguments(
            output_dir=str(scratch),
            max_steps=planned,
            per_device_train_batch_size=options.batch,
            learning_rate=options.learning_rate,
            warmup_steps=int(WARM_UP * planned),  # the first of them moves nothing
            batch_sampler=BatchSamplers.NO_DUPLICATES,
            prompts=_prompts(model, list(rows[0])),
            save_strategy="no",
            logging_strategy="no",
            report_to="none",
            disable_tqdm=True,
            use_cpu=on_cpu,
            bf16=not on_cpu and torch.cuda.is_available() and torch.cuda.is_bf16_supported(),
            dataloader_pin_memory=not on_cpu,
            seed=options.seed,
        )
        clock = _callback(planned, options.minutes * 60, steps)
        trainer = _quiet_trainer()(
            model=model,
            args=arguments,
            train_dataset=Dataset.from_list(rows),
            loss=loss,
            callbacks=[clock],
        )
        trainer.remove_callback(PrinterCallback)  # standard output is the command's own
        started = time.perf_counter()
        done = trainer.train()
    except RuntimeError as error:  # torch has a class of its own for GPUs only
        if "memory" not in str(error):
            raise
        raise EmbedderError(
            "The memory does not suffice to train the model; give a smaller --batch or --tokens"
        ) from error
    taken = time.perf_counter() - started
    ended = None
    if done.global_step < wanted:
        ended = (
            f"The time of {options.minutes:g} minutes was enough for {done.global_step} of {wanted}"
            " steps; give more with --minutes"
        )
    return Training(
        done.global_step, wanted, float(done.training_loss), taken, str(model.device), ended
    )


def _quiet_trainer() -> Any:
    """The trainer without its model card, whose making prints a bar: ours is ``tuning.card``."""
    from sentence_transformers import SentenceTransformerTrainer
    from transformers import TrainerCallback

    class NoCard(TrainerCallback):  # type: ignore[misc]  # transformers is not typed here
        def __init__(self, _: Any) -> None:
            """It is given what a card would say."""

    class QuietTrainer(SentenceTransformerTrainer):  # type: ignore[misc]
        model_card_callback_class = NoCard

    return QuietTrainer


def _seconds_of_a_step(loss: Any, rows: Sequence[dict[str, str]]) -> float:
    """How long a step takes: a batch forwards and back, the weights stay as they are."""
    model = loss.model
    started = time.perf_counter()
    columns = [model.preprocess([row[name] for row in rows]) for name in rows[0]]
    for features in columns:
        features.update({
            name: value.to(model.device)
            for name, value in features.items()
            if hasattr(value, "to")
        })  # fmt: skip
    loss(columns, None).backward()
    model.zero_grad(set_to_none=True)
    return time.perf_counter() - started


def _prompts(model: SentenceTransformer, columns: Sequence[str]) -> dict[str, str] | None:
    """What the model wants before questions and passages, by column; None if nothing."""
    default = model.prompts.get(model.default_prompt_name or "", "")
    named = ("document", "passage", "corpus")
    document = next((model.prompts[name] for name in named if name in model.prompts), default)
    query = model.prompts.get("query", default)
    prompts = {name: query if name == "anchor" else document for name in columns}
    return prompts if any(prompts.values()) else None


def _callback(planned: int, seconds: float, steps: Steps) -> Any:
    from transformers import TrainerCallback

    class Clock(TrainerCallback):  # type: ignore[misc]  # transformers is not typed here
        """Tells how far it is, and ends the training when its time is up."""

        started = 0.0

        def on_train_begin(self, *_: Any, **__: Any) -> None:
            self.started = time.perf_counter()

        def on_step_end(self, _: Any, state: Any, control: Any, **__: Any) -> None:
            gone = time.perf_counter() - self.started
            left = min(gone / state.global_step * (planned - state.global_step), seconds - gone)
            steps(
                f"Training, step {state.global_step} of {planned}, {format_left(left)} left",
                state.global_step / planned,
            )
            if gone >= seconds:
                control.should_training_stop = True

    return Clock()


def format_left(seconds: float) -> str:
    """A time that is left, in words."""
    if round(seconds) == 1:
        return "1 second"
    if seconds < 90:
        return f"{max(0, round(seconds))} seconds"
    return f"{round(seconds / 60)} minutes"
