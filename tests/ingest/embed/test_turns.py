"""Whoever embeds little does not wait behind whoever embeds much."""

from __future__ import annotations

import threading

from ingest.embed.embedder import Embedder


def test_a_few_sentences_do_not_wait_behind_a_folder(embedder: Embedder) -> None:
    folder = ["The quay has nine bollards and a lamp that is lit at dusk. " * 12] * 200
    begun, done = threading.Event(), threading.Event()

    def ingest() -> None:
        begun.set()
        embedder.encode(folder)
        done.set()

    thread = threading.Thread(target=ingest)
    thread.start()
    begun.wait()
    threading.Event().wait(0.2)
    embedder.encode([f"Sentence {number} of a question." for number in range(20)])
    assert not done.is_set()
    thread.join()
