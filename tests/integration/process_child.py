"""Processes that share a store: python -m tests.integration.process_child ROLE STORE FOLDER ...

``writer NUMBER ROUNDS``   changes a file of its own and ingests it, so often; says
                           ``locked SECONDS`` for each refusal, ``stored TEXT`` for each success
``churner SECONDS``        adds and deletes documents, and writes each step into FOLDER/steps, after
                           it is committed; before a deletion, that the document is going
``filler DOCUMENTS``       stores documents of 20 chunks, those that are not there yet, then makes
                           the index; says ``stored NAME`` for each, ``index``, ``done``
``opener NAME``            searches for a document; says ``found NAME`` for each of its chunks, and
                           ``done`` when what there was to mend is mended
``reader SECONDS``         searches for what the steps say is there and for what is gone; says
                           ``wrong …`` for each wrong answer, ``read COUNT`` at the end

``several ROLES`` plays them all at once: a JSON list of lists of such words. Each is a process that
is forked, so that nothing has to be imported again, and makes the index itself.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
import traceback
from pathlib import Path

from ingest import IndexSettings, ingest_paths
from ingest.catalog.writer import CatalogWriter
from ingest.errors import StoreEmpty, StoreLocked
from ingest.index import process as index_process
from ingest.index.writer import refresh
from ingest.similarity import Vectors
from ingest.store.directory import Store
from rag_app.retrieval.retriever import Retriever
from tests.support.synthetic import HashEmbedder, clustered_vectors, put

EMBEDDER = HashEmbedder()


def writer(store: Path, folder: Path, number: str, rounds: str) -> None:
    """Ingest one changing file, again and again, beside others who do the same."""
    settings = IndexSettings(store=store, lock_seconds=0.2)
    path = folder / f"file{number}.txt"
    for turn in range(int(rounds)):
        path.write_text(f"File {number} in round {turn} says so.")
        while True:
            started = time.perf_counter()
            try:
                ingest_paths([path], settings=settings, embedder=EMBEDDER)
                break
            except StoreLocked as error:
                assert "Process" in str(error) or "process" in str(error)
                say("locked", round(time.perf_counter() - started, 3))
        say("stored", path.read_text())


def churner(store: Path, folder: Path, seconds: str) -> None:
    """Add and delete documents until the time is up."""
    settings = IndexSettings(store=store)
    chance = random.Random(7)
    docs = folder / "docs"
    docs.mkdir()
    until = float("inf")
    number = 0
    with (folder / "steps").open("a", buffering=1) as steps:
        while time.monotonic() < until:
            there = sorted(docs.iterdir())
            if len(there) > 30 or (there and chance.random() < 0.3):
                gone = chance.choice(there)
                steps.write(f"going {gone.name}\n")
                gone.unlink()
                line = f"gone {gone.name}\n"
            else:
                number += 1
                (docs / f"d{number}.txt").write_text(text_of(f"d{number}.txt"))
                line = f"there d{number}.txt\n"
            ingest_paths([docs], sync=True, settings=settings, embedder=EMBEDDER)
            steps.write(line)
            if until == float("inf"):  # the first step takes as long as the machine is busy
                until = time.monotonic() + float(seconds)


def reader(store: Path, folder: Path, seconds: str) -> None:
    """Search while another process writes."""
    chance = random.Random()
    # With the index, without it, or with either as the collection grows and shrinks.
    retriever = Retriever(Store(store, "default"), exact_up_to=chance.choice([0, 15, 20_000]))
    while not states(folder):
        time.sleep(0.05)
    until = time.monotonic() + float(seconds)
    searches = 0
    while time.monotonic() < until or not searches:
        state = states(folder)
        name = chance.choice(sorted(state))
        try:
            found = retriever.nearest(EMBEDDER.encode([text_of(name)])[0], 5)
        except StoreEmpty:
            continue
        searches += 1
        if any(not passage.chunk.text for passage in found):
            say("wrong: an empty text")
        exact = [p for p in found if p.score > 0.999 and p.chunk.documents == (name,)]
        later = states(folder)
        if state[name] == later[name] == "there" and not exact:
            say(f"wrong: {name} is there and was not found")
        if state[name] == "gone" and exact:
            say(f"wrong: {name} was gone and was found")
    retriever.close()
    say("read", searches)


def filler(store: Path, _: Path, documents: str) -> None:
    """Fill a collection as ingestion does."""
    place = Store(store, "default")
    with place.write_lock(5), CatalogWriter(place.catalog_path) as catalog:
        there = {document.name for document in catalog.documents()}
        for name in (f"d{number}" for number in range(int(documents))):
            if name not in there:
                put(catalog, name, vectors_of(name), characters=800)
                say("stored", name)
        say("index")
        refresh(catalog, place.index_directory, always=False)
    say("done")


def opener(store: Path, _: Path, name: str) -> None:
    """Ask for one document, and let the collection mend itself."""
    retriever = Retriever(Store(store, "default"))
    for vector in vectors_of(name):
        [passage] = retriever.nearest(vector, 1)
        assert passage.chunk.documents == (name,), passage
        say("found", name)
    retriever.close()
    say("done")


def vectors_of(name: str) -> Vectors:
    """The vectors of a document's 20 chunks."""
    return clustered_vectors(20, seed=int(name[1:]))


def say(*words: object) -> None:
    """One line, written at once: several may share an output."""
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def states(folder: Path) -> dict[str, str]:
    """The last committed step of every document."""
    steps = folder / "steps"
    lines = steps.read_text().splitlines() if steps.exists() else []
    return {name: what for what, _, name in (line.partition(" ") for line in lines)}


def text_of(name: str) -> str:
    return f"The document {name} says something of its own."


def several(roles: list[list[str]]) -> int:
    """Play each role in a process of its own, forked from this one, which has imported all that
    they need; returns how many did not end well."""
    import chromadb  # noqa: F401

    from tests.conftest import make_here

    EMBEDDER.token_spans(["The tokenizer is loaded here."])
    index_process.make_in_process = make_here
    children = []
    for words in roles:
        child = os.fork()
        if not child:
            status = 1
            try:
                play(*words)
                status = 0
            finally:
                if status:
                    traceback.print_exc()
                os._exit(status)
        children.append(child)
    return sum(os.waitpid(child, 0)[1] != 0 for child in children)


def play(role: str, store: str, folder: str, *rest: str) -> None:
    roles = {function.__name__: function for function in (writer, churner, reader, filler, opener)}
    roles[role](Path(store), Path(folder), *rest)


if __name__ == "__main__":
    if sys.argv[1] == "several":
        sys.exit(several(json.loads(sys.argv[2])))
    play(*sys.argv[1:])
