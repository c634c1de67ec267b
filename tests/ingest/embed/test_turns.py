"""Whoever embeds little does not wait behind whoever embeds much."""

from __future__ import annotations

import threading
import time

import pytest

from ingest.embed.embedder import Embedder


@pytest.mark.long
def test_a_few_sentences_do_not_wait_behind_a_folder(embedder: Embedder) -> None:
    folder = ["The quay has nine bollards and a lamp that is lit at dusk. " * 12] * 200
    embedder.encode(["It is loaded."])
    thread = threading.Thread(target=lambda: embedder.encode(folder))
    thread.start()
    time.sleep(0.2)
    asked = time.perf_counter()
    embedder.encode([f"Sentence {number} of a question." for number in range(20)])
    answered = time.perf_counter()
    thread.join()
    assert time.perf_counter() - answered > answered - asked, "most of the folder comes after it"
