"""python -m benchmarks.languages [--half dev|test] [--model NAME ...] [--pair ASKED-WRITTEN ...]
[--show]

Twelve short documents in each of seven languages say the same (``sets``), and sixty questions are
asked of them, so that questions in one language are also questions to the documents in another.
They are cut into passages of a sentence or two. For each pair of languages and each embedding
model: the share of the questions whose gold words are in the first passage, in the first five, and
in the quotes of the answer; of those refused; and the share of questions without an answer that
were refused.

Fitted is on the half "dev", told is the half "test". ``--show`` prints what was missed, on "dev".
"""

from __future__ import annotations

import argparse
import tempfile
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ingest import ingest_paths
from ingest.embed.embedder import Embedder, embedder_of
from ingest.settings import IndexSettings
from rag_app import open_engine
from rag_app.engine import Engine

SETS = Path(__file__).with_name("sets")
LANGUAGES = ("en", "de", "fr", "es", "zh", "ja", "ar")
ACROSS = ("de-en", "es-en", "zh-en", "ar-en", "ja-en", "en-de", "fr-de", "en-zh")
MODELS = ("all-MiniLM-L6-v2", "multilingual-e5-small")
# A sentence or two in each passage: so many passages of all documents, however many tokens a model
# makes of a language (all-MiniLM-L6-v2 of Arabic one of each letter).
PASSAGES = 36
HEAD = ("model", "pair", "hit@1", "hit@5", "quoted", "refused", "no answer: refused")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print a line for each model and pair."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.languages", description=__doc__)
    parser.add_argument("--half", choices=("dev", "test"), default="test")
    parser.add_argument("--model", nargs="*", default=MODELS)
    parser.add_argument(
        "--pair", nargs="*", default=[*(f"{one}-{one}" for one in LANGUAGES), *ACROSS]
    )
    parser.add_argument("--show", action="store_true")
    chosen = parser.parse_args(arguments)
    print("{:24} {:6} {:>6} {:>6} {:>7} {:>8} {:>19}".format(*HEAD))
    with tempfile.TemporaryDirectory() as work:
        for model in chosen.model:
            embedder = embedder_of(IndexSettings(embedding_model=model))
            for pair in chosen.pair:
                asked, _, written = pair.partition("-")
                settings = _ingested(Path(work), embedder, written)
                with open_engine(settings=settings, embedder=embedder) as engine:
                    show = chosen.show and chosen.half == "dev"
                    found = _measured(engine, _set(asked), _set(written), chosen.half, show=show)
                print("{:24} {:6} {:6.2f} {:6.2f} {:7.2f} {:8.2f} {:19.2f}".format(
                    model, pair, *found
                ), flush=True)  # fmt: skip


def _set(language: str) -> dict[str, Any]:
    """The documents and questions of a language, of both files."""
    files = (SETS / f"{language}.toml", SETS / "second" / f"{language}.toml")
    first, second = (tomllib.loads(file.read_text(encoding="utf-8")) for file in files)
    for table in ("documents", "questions"):
        for name, more in second[table].items():
            known = first[table].get(name)
            first[table][name] = more if known is None else known + more
    return first


def _ingested(work: Path, embedder: Embedder, language: str) -> IndexSettings:
    """The settings of a store with the documents of a language, made once."""
    store, folder = work / f"{embedder.name}-{language}", work / language
    texts = list(_set(language)["documents"].values())
    tokens = sum(map(len, embedder.token_spans(texts)))
    settings = IndexSettings(
        store=store, embedding_model=embedder.name, chunk_tokens=-(-tokens // PASSAGES)
    )
    if not store.exists():
        folder.mkdir(exist_ok=True)
        for name, text in zip(_set(language)["documents"], texts, strict=True):
            (folder / f"{name}.txt").write_text(text, encoding="utf-8")
        ingest_paths([folder], settings=settings, embedder=embedder)
    return settings


def _measured(
    engine: Engine, asked: dict[str, Any], written: dict[str, Any], half: str, *, show: bool
) -> tuple[float, ...]:
    """The figures of a line. The sets have the same questions in the same order."""
    first = five = quoted = refused = 0
    questions = asked["questions"][half]
    for (_, question, _), (document, _, gold) in zip(
        questions, written["questions"][half], strict=True
    ):
        hits = engine.search(question, k=5)
        right = [gold in hit.text and hit.document == f"{document}.txt" for hit in hits]
        first, five = first + any(right[:1]), five + any(right)
        answer = engine.ask(question)
        refused += answer.refused
        is_quoted = any(gold in citation.quote for citation in answer.citations)
        quoted += is_quoted
        if show and not (right[:1] == [True] and is_quoted and not answer.refused):
            rank = right.index(True) + 1 if any(right) else 0
            print(f"  at {rank}, quoted {is_quoted}, refused {answer.refused}: {question} [{gold}]")
    absent = [engine.ask(question).refused for question in asked["questions"]["absent"]]
    count = len(questions)
    return *(n / count for n in (first, five, quoted, refused)), sum(absent) / len(absent)


if __name__ == "__main__":
    main()
