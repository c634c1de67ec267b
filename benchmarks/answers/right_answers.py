"""What becomes of right answers of an LLM, and of wrong ones that are made from them.

    python -m benchmarks.answers.right_answers [--set en|de|fr|es|cases|northwind]
    [--half tune|held|all|fresh] [--show N] [--changed] [--server]

``data/README.md`` describes the sets en, de, fr and es. Documents are ingested into stores in the
folder ``--store``, which are kept. Each answer is given in the LLM's place; its markers are those
of the passages sent that hold its gold. Where one is not among them, the answer counts as not
retrieved, and nowhere else. With ``--server`` a server on loopback gives it, else the process
itself, which is the same but for the transport. Counted by kind: answers where the LLM was asked;
shown: every sentence is there, and it is neither refused nor replaced; marked: a sentence is called
unsupported.

``--changed`` gives the answers with one thing in them changed (``benchmarks.answers.changed``), and
counts how many of the changed sentences are called unsupported. Precision is for as many right
sentences as changed ones. ``cases`` needs ``--cases``, a folder with ``good.txt`` and what it
names; ``northwind`` needs ``--bench-data``, as for ``rag-app eval``.
"""

from __future__ import annotations

import argparse
import hashlib
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from benchmarks.answers.changed.english import ENGLISH
from benchmarks.answers.changed.report import WrongOutcome, play_changed, report_changed
from benchmarks.answers.changed.rules import names_of
from benchmarks.answers.judges import HELP
from benchmarks.answers.right.items import HALVES, LANGUAGES, Item, read_items
from benchmarks.answers.right.play import Outcome, play
from benchmarks.answers.right.report import report_right
from benchmarks.answers.right.server import AnsweringServer, play_over_http
from ingest import ingest_paths
from ingest.embed.embedder import Embedder
from ingest.settings import load_settings
from rag_app import AnswerSettings, Engine, open_engine

Play = Callable[[Item], Outcome]


def main() -> None:
    """Play, count, and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--set", choices=[*LANGUAGES, "cases", "northwind"], default="en")
    parser.add_argument("--half", choices=HALVES, default="tune")
    parser.add_argument("--kind", help="only this kind")
    parser.add_argument("--show", type=int, default=0, help="so many errors of each kind")
    parser.add_argument("--changed", action="store_true", help="give wrong answers too")
    parser.add_argument("--server", action="store_true", help="over HTTP")
    parser.add_argument("--judge", help=HELP)
    parser.add_argument("--limit", type=int, help="only so many answers")
    parser.add_argument("--store", type=Path, default=Path(tempfile.gettempdir()) / "right-answers")
    parser.add_argument("--cases", type=Path)
    parser.add_argument("--bench-data", type=Path)
    options = parser.parse_args()
    fresh = options.half == "fresh"
    items = read_items(options.set, cases=options.cases, bench_data=options.bench_data, fresh=fresh)
    names = names_of((one.answer for one in items), ENGLISH.months)
    items = [one for one in items if options.half in ("all", one.half)]
    items = [one for one in items if options.kind in (None, one.kind)][: options.limit]
    right: list[Outcome] = []
    wrong: list[WrongOutcome] = []
    for item, player in _players(items, options.store, options.judge, over_http=options.server):
        right.append(player(item))
        if options.changed and right[-1].counts:
            wrong += play_changed(item, names, player)
    report_right(right, options.show)
    if options.changed:
        report_changed(right, wrong, options.show)


def _players(
    items: Sequence[Item], stores: Path, judge: str | None, *, over_http: bool
) -> Iterator[tuple[Item, Play]]:
    """Each item with what plays it on a store of its documents, which is brought up to date."""
    embedder = Embedder()
    for documents in dict.fromkeys(one.documents for one in items):
        name = hashlib.sha256(str(documents).encode()).hexdigest()[:12]
        store = stores / name
        ingest_paths([documents], store=store, embedder=embedder)
        with ExitStack() as stack:
            server = stack.enter_context(AnsweringServer()) if over_http else None
            settings = load_settings(AnswerSettings, judge=judge)
            if server is not None:
                settings = AnswerSettings(
                    openai_base_url=server.address, openai_api_key="-", judge=judge
                )
            opened = open_engine(store, answers=settings, embedder=embedder)
            engine = stack.enter_context(opened)

            def player(
                item: Item, engine: Engine = engine, server: AnsweringServer | None = server
            ) -> Outcome:
                if server is None:
                    return play(engine, item)
                return play_over_http(engine, server, item)

            yield from ((one, player) for one in items if one.documents == documents)


if __name__ == "__main__":
    main()
