from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ingest.embed.embedder import Embedder
from rag_app import Answer, Citation, Engine, Usage, open_engine
from rag_app.answer.record import text_digest
from rag_app.ui.chat.sources.chips import titles_of
from rag_app.ui.chat.sources.quote_status import (
    CHANGED,
    DELETED,
    MOVED,
    SAME_WORDS,
    QuoteStatus,
    quote_status_of,
)
from rag_app.ui.chat.sources.source import marker_chips, sources_of

QUOTE = "Dogs must be kept on a lead."


@pytest.fixture
def engine(small_store: Path, embedder: Embedder) -> Engine:
    return open_engine(small_store, embedder=embedder)


def citation(engine: Engine, *, marker: int = 1, supported: bool = True) -> Citation:
    start = engine.document_text("gardens.md").index(QUOTE)
    return Citation(
        marker, "gardens.md", None, start, start + len(QUOTE), QUOTE, supported, score=1.0
    )


def answer(*citations: Citation) -> Answer:
    return Answer("q", "text", False, citations, (), "a model", 0.1, Usage())


GONE = "Cats must be kept on a lead."


@pytest.mark.parametrize(
    ("change", "told"), [({"quote": GONE}, CHANGED), ({"document": "gone.md"}, DELETED)]
)
def test_words_that_are_no_longer_there_are_known_to_be_gone(
    engine: Engine, change: dict[str, str], told: str
) -> None:
    (source,) = sources_of(answer(replace(citation(engine), **change)), engine)
    assert source.quote == change.get("quote", QUOTE)
    assert source.status == QuoteStatus(None, told)


def test_words_that_stand_elsewhere_now_are_found_there_if_there_is_one_place() -> None:
    assert quote_status_of(QUOTE, 9, f"New. {QUOTE}") == QuoteStatus(5, MOVED)
    assert quote_status_of(QUOTE, 9, f"New. {QUOTE} {QUOTE}") == QuoteStatus(None, CHANGED)


def test_a_text_that_changed_around_the_words_says_so() -> None:
    then = text_digest(f"{QUOTE} Cats need none.")
    assert quote_status_of(QUOTE, 0, f"{QUOTE} Cats need none.", then) == QuoteStatus(0, None)
    assert quote_status_of(QUOTE, 0, f"{QUOTE} Cats too.", then) == QuoteStatus(0, SAME_WORDS)


def test_the_same_source_is_shown_once(engine: Engine) -> None:
    cited = citation(engine)
    in_doubt = replace(cited, supported=False)
    assert len(sources_of(answer(cited, cited, in_doubt), engine)) == 2


def test_an_unsupported_citation_is_seen_to_be_one(engine: Engine) -> None:
    good, bad = citation(engine), citation(engine, marker=2, supported=False)
    sources = sources_of(answer(good, good, bad), engine)
    assert [source.doubt for source in sources] == ["", "These words don't support the sentence."]
    assert "rag-unsupported" in marker_chips(answer(good, bad))[2][0]
    assert "rag-unsupported" not in marker_chips(answer(good, bad))[1][0]


def test_a_refusal_shows_the_nearest_passages_without_markers(engine: Engine) -> None:
    refused = replace(answer(), refused=True, hits=tuple(engine.search("dogs")))
    sources = sources_of(refused, engine)
    assert sources
    assert all(source.marker is None for source in sources)


def test_sources_are_called_by_the_names_of_their_files_with_what_tells_them_apart() -> None:
    names = ["a/b/terms.pdf", "a/c/terms.pdf", "a/b/prices.pdf", "notes.md"]
    assert titles_of(names) == {
        "a/b/terms.pdf": "b/terms.pdf",
        "a/c/terms.pdf": "c/terms.pdf",
        "a/b/prices.pdf": "prices.pdf",
        "notes.md": "notes.md",
    }
