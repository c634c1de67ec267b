"""What is known of classes: the examples, what they predict, and how well."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from ingest.text.wording import many
from rag_app.insights.base.records import Basis

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Example:
    """A label that is given, of a document by its name, or of a text of one's own."""

    label: str
    document: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Predicted:
    """The likeliest label of a document or a text, with its probability, and the second. ``label``
    is None where the probability is too small to say: it abstains. ``given`` is the label of an
    example."""

    item: str
    label: str | None
    likeliest: str
    probability: float
    second: str
    given: str | None = None


@dataclass(frozen=True, slots=True)
class Suspect:
    """An example whose label looks wrong: what the others make of it, and how probable each is."""

    item: str
    given: str
    likeliest: str
    probability: float
    probability_given: float


@dataclass(frozen=True, slots=True)
class Quality:
    """Cross-validation of the examples: accuracy (0 to 1), of all, and of the share that is at
    least as probable as ``threshold``, from which on a label is given; ``checked`` examples."""

    accuracy: float
    accuracy_above: float
    share_above: float
    threshold: float
    checked: int


@dataclass(frozen=True, slots=True)
class Classes:
    """Predictions for all documents, and for texts that were given, in their order."""

    basis: Basis
    labels: tuple[str, ...]
    quality: Quality | None
    documents: tuple[Predicted, ...]
    texts: tuple[Predicted, ...]
    suspects: tuple[Suspect, ...]

    def rows(self) -> list[dict[str, object]]:
        """A row for each document and text."""
        suspects = {one.item for one in self.suspects}
        return [
            {
                "item": one.item,
                "label": one.label,
                "likeliest": one.likeliest,
                "probability": round(one.probability, 4),
                "second": one.second,
                "given": one.given,
                "looks_wrong": one.item in suspects,
            }
            for one in (*self.documents, *self.texts)
        ]

    def text(self) -> str:
        """How well it works, how many documents have each label, and labels that look wrong."""
        lines: list[str] = []
        if self.quality is not None:
            lines.append(
                f"By cross-validation of {many(self.quality.checked, 'example')}, "
                f"{self.quality.accuracy:.0%} get their label; where a label is given "
                f"({self.quality.share_above:.0%} of them), {self.quality.accuracy_above:.0%}."
            )
        counts = Counter(one.label for one in self.documents if one.label is not None)
        lines += [f"{many(count, 'document'):>16}  {label}" for label, count in counts.items()]
        open_ = sum(one.label is None for one in self.documents)
        if open_:
            lines.append(f"{many(open_, 'document'):>16}  not known: no label is probable enough")
        for one in self.texts:
            label = one.label or f"not known (perhaps {one.likeliest})"
            lines.append(f"{one.item[:70]}: {label}, {one.probability:.0%}")
        if self.suspects:
            lines.append("Labels that look wrong:")
            lines += [
                f"  {one.item}: given {one.given}, likelier {one.likeliest} ({one.probability:.0%})"
                for one in self.suspects[:SHOWN]
            ]
        return "\n".join(lines)
