"""Data classes of tuning: what a model is trained on, how, and what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from ingest.errors import UsageError
from rag_app.eval.metrics import Figure

# Where a pair comes from; the first two are people's questions.
Source = Literal["feedback", "gold", "llm", "rule", "heading"]
FROM_PEOPLE: tuple[Source, ...] = ("feedback", "gold")


@dataclass(frozen=True, slots=True)
class Pair:
    """A question, the rows of the passages that answer it, and where it comes from. ``about`` is
    the subject, such as a document: questions of one subject are never on both sides of the split.
    """

    question: str
    rows: tuple[int, ...]
    source: Source
    about: str


@dataclass(frozen=True, slots=True)
class Material:
    """Passages as they are embedded, and pairs that point into them. ``notes`` are sentences on
    what was left out."""

    passages: Sequence[str]
    pairs: Sequence[Pair]
    notes: tuple[str, ...] = ()

    def sources(self) -> dict[str, int]:
        """How many pairs each source gave."""
        return dict(sorted(Counter(pair.source for pair in self.pairs).items()))


@dataclass(frozen=True, slots=True)
class TuneOptions:
    """How a model is trained. ``minutes`` bounds the training itself; the measuring before and
    after it embeds at most ``passages`` twice. ``tokens`` is how much of a text is read while
    training: the cost of a step rises with it."""

    minutes: float = 30.0
    epochs: int = 2
    learning_rate: float = 5e-5
    batch: int = 32
    negatives: int = 1
    tokens: int = 128
    passages: int = 6_000
    seed: int = 0

    def __post_init__(self) -> None:
        """Raises UsageError for what cannot be."""
        if not 0 < self.minutes <= 24 * 60:
            raise UsageError("--minutes is a number above 0, and at most a day (1440)")
        if self.epochs < 1 or self.batch < 2 or self.negatives < 0 or self.tokens < 8:
            raise UsageError(
                "Tuning needs at least 1 epoch, batches of 2, 0 negatives and texts of 8 tokens"
            )
        if not 0 < self.learning_rate < 0.1:
            raise UsageError("--learning-rate is between 0 and 0.1; 5e-5 is the default")


@dataclass(frozen=True, slots=True)
class Training:
    """What was done: steps of how many were planned, the last loss, and seconds.
    ``ended`` says why there are fewer."""

    steps: int
    planned: int
    loss: float
    seconds: float
    device: str
    ended: str | None = None


@dataclass(frozen=True, slots=True)
class TuningReport:
    """What came of tuning, whether or not the new model is used.

    nDCG@10 is by vectors alone, over the questions held out, among ``passages`` passages;
    ``gain`` is the mean difference with its 95 % interval (paired bootstrap). ``model`` is the
    name under which the new model is kept, None where it is not. ``adopted``: the collection is
    embedded with it.
    """

    base: str
    sources: dict[str, int]
    trained_on: int
    held_out: int
    passages: int
    before: Figure
    after: Figure
    gain: Figure
    training: Training
    options: TuneOptions
    made: str
    model: str | None = None
    adopted: bool = False
    notes: tuple[str, ...] = ()

    @property
    def is_better(self) -> bool:
        """Whether the new model finds more, beyond chance."""
        return self.gain.low > 0

    def summary(self) -> dict[str, Any]:
        """As plain values for JSON."""
        return {**asdict(self), "better_beyond_chance": self.is_better}

    def text(self) -> str:
        """What it says, for a terminal."""
        gain, training = self.gain, self.training
        made_of = ", ".join(f"{count} from {WORDS[name]}" for name, count in self.sources.items())
        lines = [
            f"Questions: {made_of}. {self.base} was tuned on {self.trained_on} of them in "
            f"{training.steps} steps, {training.seconds / 60:.1f} minutes on {training.device}.",
            f"On {self.held_out} questions that were held out, among {self.passages} passages: "
            f"nDCG@10 {self.before.value:.3f} before, {self.after.value:.3f} after, a difference "
            f"of {gain.value:+.3f} ({gain.low:+.3f} to {gain.high:+.3f}).",
            self._verdict(),
        ]
        return "\n".join([*lines, *(f"Note: {note}" for note in self.notes)])

    def _verdict(self) -> str:
        if not self.is_better:
            return "That is not better beyond chance: the model in use stays."
        if self.adopted:
            return (
                f"It is better beyond chance, and in use: {self.model}. Start programs that are "
                "open again. When to refuse may have moved, so fit that too: rag-app calibrate. To "
                "undo it: rag-app tune --reset"
            )
        return "It is better beyond chance. To use it, run without --dry-run."


WORDS = {
    "feedback": "feedback",
    "gold": "question files",
    "llm": "an LLM",
    "rule": "rules",
    "heading": "headings",
}
