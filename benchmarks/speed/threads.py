"""Searches a second from 1, 4 and 16 threads: python -m benchmarks.speed.threads --store STORE

Make a store with ``python -m benchmarks.speed.synthetic --store STORE --chunks 10000``. To compare
with another state of the code, run this file there by its path, with PYTHONPATH set to that folder:
it uses nothing but ``open_engine`` and ``search``.
"""

from __future__ import annotations

import argparse
import random
import statistics
import threading
import time

from rag_app import Engine, open_engine

THREADS = (1, 4, 16)
WORDS = 8
EACH = 6  # questions made of each passage
WARM_UP = 60
TIMED = 200


def questions_of(engine: Engine) -> list[str]:
    """Questions of eight words of passages, in random order, the same each time."""
    chance = random.Random(1)
    texts = [hit.text.split() for hit in engine.search("general", k=50)]
    made = [
        " ".join(chance.sample(words, min(WORDS, len(words))))
        for words in texts
        for _ in range(EACH)
    ]
    chance.shuffle(made)
    return made


def searches_a_second(engine: Engine, questions: list[str], threads: int, seconds: float) -> float:
    """How many searches so many threads do in a second, all together."""
    until = time.perf_counter() + seconds
    done = [0] * threads

    def search(number: int) -> None:
        while time.perf_counter() < until:
            engine.search(questions[(number * 17 + done[number]) % len(questions)])
            done[number] += 1

    running = [threading.Thread(target=search, args=(number,)) for number in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return sum(done) / seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", required=True)
    parser.add_argument("--seconds", type=float, default=4.0)
    options = parser.parse_args()
    with open_engine(store=options.store) as engine:
        questions = questions_of(engine)
        for question in questions[:WARM_UP]:
            engine.search(question)
        taken: list[float] = []
        for question in questions[:TIMED]:
            started = time.perf_counter()
            engine.search(question)
            taken.append((time.perf_counter() - started) * 1000)
        p95 = statistics.quantiles(taken, n=20)[-1]
        print(f"one thread: median {statistics.median(taken):.1f} ms, p95 {p95:.1f} ms")
        for threads in THREADS:
            rate = searches_a_second(engine, questions, threads, options.seconds)
            print(f"{threads:2} threads: {rate:.0f} searches a second")


if __name__ == "__main__":
    main()
