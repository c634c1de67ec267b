"""Guesses of one address are held up, and of no other."""

from __future__ import annotations

from rag_app.auth import guesses
from rag_app.auth.guesses import MOST, WITHIN, Guesses


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_an_address_waits_after_its_wrong_tries_and_no_other_does() -> None:
    clock = Clock()
    counted = Guesses(clock)
    for _ in range(MOST):
        assert counted.begin("192.0.2.1") == 0
        clock.now += 1
    assert counted.begin("192.0.2.1") == WITHIN - MOST
    assert counted.begin("192.0.2.2") == counted.begin("2001:db8::1") == 0
    clock.now += WITHIN - MOST
    assert counted.begin("192.0.2.1") == 0, "the first is long ago"
    assert counted.begin("192.0.2.1") > 0, "the others are not"


def test_right_ones_do_not_count() -> None:
    counted = Guesses(Clock())
    for _ in range(3 * MOST):
        assert counted.begin("192.0.2.1") == 0
        counted.forgive("192.0.2.1")


def test_all_addresses_of_one_machine_are_one() -> None:
    counted = Guesses(Clock())
    for number in range(MOST):
        assert counted.begin(f"2001:db8:0:1::{number:x}") == 0
        assert counted.begin("::ffff:192.0.2.1" if number % 2 else "192.0.2.1") == 0
    assert counted.begin("2001:db8:0:1:ffff::") > 0
    assert counted.begin("192.0.2.1") > 0
    assert counted.begin("2001:db8:0:2::1") == 0


def test_many_addresses_take_little_memory() -> None:
    counted = Guesses(Clock())
    for number in range(guesses.MOST_ADDRESSES + 100):
        counted.begin(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")
    assert len(counted._tries) == guesses.MOST_ADDRESSES
