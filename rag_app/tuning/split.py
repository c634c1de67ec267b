"""Holding questions out: what a model is judged by must not be what it was trained on."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from ingest.errors import UsageError
from rag_app.tuning.records import FROM_PEOPLE, Pair

HELD_OUT = 0.3
# Of fewer, no difference that tuning makes is beyond chance.
FEWEST_HELD_OUT = 20
FEWEST_TRAINED_ON = 40
MOST_HELD_OUT = 500


class Split(NamedTuple):
    """Pairs to train on, pairs to judge by, and sentences on the latter."""

    train: list[Pair]
    held_out: list[Pair]
    notes: tuple[str, ...]


def hold_out(pairs: Sequence[Pair], seed: int) -> Split:
    """Hold a share of the pairs out, whole groups at a time: pairs that share a passage, a subject
    or a question are on one side. Where people asked enough of what is held out, only their
    questions judge. The same pairs and seed give the same split. Raises UsageError where there are
    too few.
    """
    groups = _groups(pairs)
    random.Random(seed).shuffle(groups)
    # Groups with people's questions first: those are what a model is to be judged by.
    groups.sort(key=lambda group: not any(pair.source in FROM_PEOPLE for pair in group))
    wanted = min(HELD_OUT * len(pairs), MOST_HELD_OUT)
    people = sum(pair.source in FROM_PEOPLE for pair in pairs)
    if people >= FEWEST_HELD_OUT / HELD_OUT:
        wanted = min(HELD_OUT * people, MOST_HELD_OUT)
    held_out: list[Pair] = []
    train: list[Pair] = []
    for group in groups:
        # A group that is large takes no more than twice the share.
        fits = len(held_out) + len(group) <= max(2 * wanted, FEWEST_HELD_OUT)
        (held_out if len(held_out) < wanted and fits else train).extend(group)
    asked = [pair for pair in held_out if pair.source in FROM_PEOPLE]
    notes: tuple[str, ...] = ()
    if len(asked) >= FEWEST_HELD_OUT:
        held_out = asked
    elif held_out:
        notes = (
            "The questions held out were made of the documents, not asked by people: real "
            "questions may gain less. Give some with --questions FILE.",
        )
    if len(held_out) < FEWEST_HELD_OUT or len(train) < FEWEST_TRAINED_ON:
        raise UsageError(
            f"Tuning needs at least {FEWEST_TRAINED_ON} questions to train on and "
            f"{FEWEST_HELD_OUT} of other documents to be judged by; these are {len(train)} and "
            f"{len(held_out)}. Give more with --questions FILE, rate more answers in the chat, or "
            "ingest more documents"
        )
    return Split(train, held_out, notes)


def _groups(pairs: Sequence[Pair]) -> list[list[Pair]]:
    """Connected pairs together (union-find), in order of their first."""
    parents = list(range(len(pairs)))

    def root(place: int) -> int:
        while parents[place] != place:
            parents[place] = place = parents[parents[place]]
        return place

    first_with: dict[object, int] = {}
    for place, pair in enumerate(pairs):
        for key in (pair.about, pair.question.casefold(), *pair.rows):
            parents[root(place)] = root(first_with.setdefault(key, place))
    groups: dict[int, list[Pair]] = defaultdict(list)
    for place, pair in enumerate(pairs):
        groups[root(place)].append(pair)
    return list(groups.values())
