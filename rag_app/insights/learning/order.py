"""Scores of who needs whom to an order, and to what each comes after."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
MOST_NEEDED = 3  # objectives that are named as what one builds on
STANDS_OUT = 1.0  # standard deviations above the mean of all pairs, from where on one is named
PASSES = 50  # of the search; it ends long before, when nothing moves any more


def in_order(needs: Floats) -> list[int]:
    """Rows in an order that has as much as possible of what each needs before it.

    ``needs`` has the shape (n, n): the row needs the column. The linear ordering problem: from the
    order by how much each needs in all (Borda), rows are moved to where they gain most until none
    does (insertion search, as in Kenyon-Mathieu and Schudy, STOC 2007). Of equal places, the first
    is taken, so that objectives that need nothing of each other stay as they were given.
    """
    ahead = needs - needs.T  # above 0: the row comes after the column
    order: list[int] = np.argsort(ahead.sum(axis=1), kind="stable").tolist()
    for _ in range(PASSES):
        has_moved = False
        for row in list(order):
            at = order.index(row)
            rest = order[:at] + order[at + 1 :]
            # What is gained at each place: those before it that it needs, those after it that
            # need it.
            gains = np.concatenate([[0.0], np.cumsum(ahead[row, rest])])
            best = int(gains.argmax())
            if gains[best] > gains[at] + 1e-9:
                order = [*rest[:best], row, *rest[best:]]
                has_moved = True
        if not has_moved:
            break
    return order


def named_needs(needs: Floats, order: list[int]) -> dict[int, list[int]]:
    """For each row, the few before it that it needs most, if they stand out, most needed first."""
    pairs = needs[~np.eye(len(needs), dtype=bool)]
    if not len(pairs) or not pairs.std():
        return {row: [] for row in order}
    enough = pairs.mean() + STANDS_OUT * pairs.std()
    found = {}
    for place, row in enumerate(order):
        before = [one for one in order[:place] if needs[row, one] >= enough
                  and needs[row, one] > needs[one, row]]  # fmt: skip
        found[row] = sorted(before, key=lambda one: -needs[row, one])[:MOST_NEEDED]
    return found
