"""What a bias audit found, and what it did not look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag_app.insights.base.records import Basis
from rag_app.insights.bias.association import Association
from rag_app.insights.bias.exposure import Shift

# Effect sizes, in words, as Cohen called them (1988).
WORDS = ((0.8, "large"), (0.5, "medium"), (0.2, "small"), (0.0, "hardly any"))
NOT_TESTED = (
    "Not tested: groups, questions and languages that are not in the lists; what an LLM writes; "
    "what the documents themselves say of a group. A small effect is no proof that there is none."
)


@dataclass(frozen=True, slots=True)
class WordTest:
    """Targets and attributes of an association test, as words or sentences."""

    name: str
    first: Sequence[str]
    second: Sequence[str]
    one: Sequence[str]
    other: Sequence[str]


@dataclass(frozen=True, slots=True)
class Tested:
    """An association test with the model as it is, and after the projection."""

    name: str
    found: Association
    projected: Association


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with two names in it, and how far its results differ; ``yardstick`` is the same
    for another word for the first name."""

    question: str
    first: str
    second: str
    found: Shift
    yardstick: Shift
    projected: Shift


@dataclass(frozen=True, slots=True)
class Cost:
    """What the projection would change in this collection: the mean share of the ten nearest
    neighbours that a sample of passages keeps, and how many passages that were."""

    neighbours_kept: float
    passages: int


@dataclass(frozen=True, slots=True)
class Audit:
    """Association tests of the model, questions on this collection, and debiasing by projection as
    an option: what it would change, and what it would cost. Nothing is changed."""

    basis: Basis
    tests: tuple[Tested, ...]
    asked: tuple[Asked, ...]
    cost: Cost

    def rows(self) -> list[dict[str, object]]:
        """A row for each test and each question."""
        rows = [
            _row(one.name, "effect", one.found.effect, one.projected.effect, p=one.found.p)
            for one in self.tests
        ]
        rows += [
            _row(
                one.question.replace("{}", f"{one.first} / {one.second}"), "exposure",
                one.found.exposure, one.projected.exposure, yardstick=one.yardstick.exposure,
                overlap=one.found.overlap, best=one.found.best,
            )
            for one in self.asked
        ]  # fmt: skip
        return rows

    def text(self) -> str:
        """What was tested, what came of it, what it means, and what was not tested."""
        lines = ["The model's associations (effect size d, -2 to 2; p by permutation):"]
        for test in self.tests:
            word = next(word for least, word in WORDS if abs(test.found.effect) >= least)
            beyond = "beyond chance" if test.found.p < 0.05 else "not beyond chance"
            lines.append(
                f"  {test.name}: d {test.found.effect:+.2f} ({word}), p {test.found.p:.4f}, "
                f"{beyond}; after projection d {test.projected.effect:+.2f}"
            )
        lines.append("")
        lines.append("Questions that differ in a group's name, on this collection (share of the "
                     "exposure that goes to other passages):")  # fmt: skip
        for first, second in dict.fromkeys((one.first, one.second) for one in self.asked):
            own = [one for one in self.asked if (one.first, one.second) == (first, second)]
            found, chance, after = (
                sum(values) / len(own)
                for values in zip(
                    *((one.found.exposure, one.yardstick.exposure, one.projected.exposure)
                      for one in own), strict=True,
                )
            )  # fmt: skip
            lines.append(
                f"  {first} / {second}: {found:.2f}; another word for {first}: {chance:.2f}; "
                f"after projection: {after:.2f}"
            )
        lines += [
            "",
            "What this means: the first figure above the second says that the group's name changes "
            "what is found more than another wording does. That can be right, where the documents "
            "speak of the group; read the passages.",
            f"Debiasing by projection is not in use. It would keep {self.cost.neighbours_kept:.1%} "
            f"of the ten nearest neighbours of {self.cost.passages:,} passages.",
            NOT_TESTED,
        ]
        return "\n".join(lines)


def _row(
    item: str, figure: str, found: float, projected: float, *, p: float | None = None,
    yardstick: float | None = None, overlap: float | None = None, best: float | None = None,
) -> dict[str, object]:  # fmt: skip
    return {
        "item": item, "figure": figure, "found": round(found, 6), "projected": round(projected, 6),
        "p": p, "yardstick": yardstick, "overlap": overlap, "best_score_difference": best,
    }  # fmt: skip
