from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ingest.embed.embedder import Embedder
from rag_app import Answer, Citation, Engine, Usage, open_engine
from rag_app.answer.record import text_digest
from rag_app.ui.chat.sources.quote_status import (
    CHANGED,
    DELETED,
    MOVED,
    SAME_WORDS,
    QuoteStatus,
    quote_status_of,
)
from rag_app.ui.chat.sources.source import (
    AROUND,
    Source,
    is_open_at_first,
    marker_chips,
    source_html,
    sources_of,
)

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


def test_a_source_has_the_words_around_its_quote(engine: Engine) -> None:
    (source,) = sources_of(answer(citation(engine)), engine)
    assert source.before.endswith("locked at nine in the evening. ")
    assert source.after.lstrip().startswith("Water")
    assert f"<mark>{QUOTE}</mark>" in source_html(source)


def test_long_surroundings_are_cut_at_words(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = f"{'before ' * 200}{QUOTE}{' after' * 200}"
    monkeypatch.setattr(engine, "document_text", lambda _document: text)
    start = text.index(QUOTE)
    cited = replace(citation(engine), start=start, end=start + len(QUOTE))
    (source,) = sources_of(answer(cited), engine)
    assert source.before.startswith("… before ")
    assert source.after.endswith(" after …")
    assert len(source.before) <= AROUND + 2
    assert len(source.after) <= AROUND + 2


GONE = "Cats must be kept on a lead."


@pytest.mark.parametrize(
    ("change", "told"), [({"quote": GONE}, CHANGED), ({"document": "gone.md"}, DELETED)]
)
def test_words_that_are_no_longer_there_are_shown_alone_and_as_they_were(
    engine: Engine, change: dict[str, str], told: str
) -> None:
    (source,) = sources_of(answer(replace(citation(engine), **change)), engine)
    assert (source.before, source.quote, source.after) == ("", change.get("quote", QUOTE), "")
    assert source.status == QuoteStatus(None, told)
    assert told in source_html(source)


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
    assert [is_open_at_first(number, source) for number, source in enumerate(sources)] == [True] * 2
    shown = [source_html(source) for source in sources]
    assert "These words do not support the sentence." not in shown[0]
    assert "These words do not support the sentence." in shown[1]
    assert "rag-unsupported" in marker_chips(answer(good, bad))[2][0]
    assert "rag-unsupported" not in marker_chips(answer(good, bad))[1][0]


def test_a_refusal_shows_the_nearest_passages_without_markers(engine: Engine) -> None:
    refused = replace(answer(), refused=True, hits=tuple(engine.search("dogs")))
    sources = sources_of(refused, engine)
    assert sources
    assert all(source.marker is None for source in sources)
    assert "<mark>" not in source_html(sources[0])


def test_names_and_words_of_documents_are_text() -> None:
    nasty = '</details><img src=x onerror="alert(1)">'
    shown = source_html(Source(nasty, 3, nasty, nasty, nasty, marker=1, standing="not_found"))
    assert "<img" not in shown
    assert shown.count("</details>") == 1
    assert "page 3" in shown
