"""Whether a page runs, renders or fetches anything of what documents, answers and names say.

    python -m benchmarks.page.hostile_strings FOLDER... [--limit N]

``FOLDER`` has lists of strings that try to (``*.txt``, one a line; ``*.json``, a list), such as
payloads of cross-site scripting and the big list of naughty strings. Each is shown in every place
of the page where words of others stand, in a real browser in which every host but the page's own
leads to a canary. Counted is what ran, what was fetched, what stands in the page that no page of
ours draws (also for a moment, while an answer is written), and what is not shown word for word.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from benchmarks.page.hostile_places import (
    FEW,
    Showing,
    conversations,
    documents,
    elsewhere,
    houses,
    streams,
    titles,
)
from benchmarks.page.hostile_store import (
    batches,
    conversation_of,
    files_of,
    houses_of,
    one_line,
    strings_of,
    titled_conversations,
)
from benchmarks.page.served import chromium, serving
from benchmarks.page.watched import KINDS, Canary, Watched
from ingest import create_collection, ingest_paths
from ingest.store.directory import Store
from rag_app import Conversations

IN_AN_ANSWER, IN_A_LIST, IN_A_STREAM = 120, 50, 300
EXAMPLES = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    parser.add_argument("--limit", type=int, help="so many strings, evenly of all")
    parser.add_argument("--only", default="", help="places that have this in their name")
    options = parser.parse_args()
    strings = list(dict.fromkeys(one for folder in options.folders for one in strings_of(folder)))
    if options.limit:
        strings = strings[:: max(1, len(strings) // options.limit)][: options.limit]
    with tempfile.TemporaryDirectory() as name, Canary() as canary, sync_playwright() as playwright:
        browser = chromium(playwright, *canary.arguments)
        _check_the_alarm(browser, canary)
        showing = Showing(Watched(browser))
        for told, part in _parts(showing, Path(name), strings).items():
            if options.only in told:
                started, pages = time.monotonic(), showing.watched.pages
                part()
                showing.watched.gather()
                seconds = time.monotonic() - started
                print(f"\n{told}: {showing.watched.pages - pages} pages, {seconds:.0f} s")
                _tell(len(strings), showing, canary)
        browser.close()


def _parts(showing: Showing, folder: Path, strings: Sequence[str]) -> dict[str, Callable[[], None]]:
    """The parts of the story, by what is done."""
    lamps, store, files = folder / "lamps", folder / "store", folder / "files"
    (folder / "lamps.txt").write_text("The lamps are lit at nine, and put out at ten.\n")
    ingest_paths([folder / "lamps.txt"], store=lamps)

    def in_conversations() -> None:
        kept = Conversations(Store(lamps, "default"))
        ids = {conversation_of(kept, some): some for some in batches(strings, IN_AN_ANSWER)}
        print(f"{len(ids)} conversations are kept", flush=True)
        with serving(lamps, folder) as served:
            conversations(showing, served.address, ids)

    def in_titles() -> None:
        kept = Conversations(Store(lamps, "default"))
        words = {f"word{at:05}": some for at, some in enumerate(batches(strings, IN_A_LIST))}
        for word, some in words.items():
            titled_conversations(kept, some, word)
        print(f"{len(strings)} conversations with titles are kept", flush=True)
        with serving(lamps, folder) as served:
            titles(showing, served.address, words)

    def in_streams() -> None:
        streams(showing, lamps, folder, list(batches(strings, IN_A_STREAM)))

    def in_documents() -> None:
        files.mkdir()
        written = files_of(files, strings)
        report = ingest_paths([files], store=store)
        print(f"ingested: {dict(report.counts)}, {report.seconds:.0f} s", flush=True)
        for receipt in report.files:
            if receipt.status != "added":  # such as HTML that is one comment to its end
                print(f"not read: {receipt.path}: {receipt.reason}", flush=True)
                written.texts.pop(receipt.path, None)
                written.names.pop(receipt.path, None)
        with serving(store, folder) as served:
            documents(showing, served.address, written)

    def in_other_places() -> None:
        some = strings[:: max(1, len(strings) // FEW)][:FEW]
        other = folder / "other"
        for string in some:
            create_collection(one_line(string), store=other)
        with serving(other, folder) as served:
            elsewhere(showing, served.address, some)

    def in_houses() -> None:
        some = strings[:: max(1, len(strings) // FEW)][:FEW]
        houses_of(folder / "houses", some)
        ingest_paths([folder / "houses"], store=folder / "town")
        with serving(folder / "town", folder) as served:
            houses(showing, served.address, some)

    return {
        "conversations": in_conversations,
        "titles": in_titles,
        "streamed answers": in_streams,
        "documents": in_documents,
        "other places": in_other_places,
        "houses": in_houses,
    }


def _check_the_alarm(browser: Browser, canary: Canary) -> None:
    """Whether what is counted would be: a page that does what ours must not."""
    watched = Watched(browser)
    watched.show("<img src='https://evil.example/x' onerror=alert(1)>")
    watched.page.wait_for_timeout(1000)
    watched.gather()
    heard = watched.counts.keys() >= {"scripts run", "requests to elsewhere", "elements"}
    if not (heard and canary.callers):
        raise SystemExit(f"The alarm does not work: {watched.counts}, {canary.callers}")
    canary.callers.clear()
    watched.context.close()


def _tell(strings: int, showing: Showing, canary: Canary) -> None:
    """What was shown and counted until now."""
    watched = showing.watched
    print(f"\n{strings} strings, {watched.pages} pages\n\n| place | shown | not word for word |")
    print("|---|---:|---:|")
    for place, count in showing.shown.items():
        missing = showing.missing.get(place)
        print(f"| {place} | {count:,} | {'–' if missing is None else len(missing)} |")
    print("\n| counted | |\n|---|---:|")
    for kind in KINDS:
        print(f"| {kind} | {watched.counts[kind]} |")
    print(f"| connections to the canary | {len(canary.callers)} |\n")
    for name, examples in {**watched.examples, **showing.missing}.items():
        for example in dict.fromkeys(examples[:EXAMPLES]):
            print(f"{name}: {example!r}")
    print(f"callers: {canary.callers[:EXAMPLES]}", flush=True)


if __name__ == "__main__":
    main()
