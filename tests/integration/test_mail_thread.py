"""A thread of mails, in which an old price is quoted: what answers are each sender's own words."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest import ingest_paths
from ingest.embed.embedder import Embedder
from rag_app import Engine, open_engine

FIRST = """\
From: Ann Lee <ann@example.org>
To: Bo Berg <bo@example.org>
Date: Mon, 2 Mar 2026 10:15:00 +0000
Message-ID: <1@example.org>
Subject: Price of the mast

Dear Bo,

The mast costs 90 pounds with the ropes.

--
Ann Lee
Sails and Masts Ltd
"""
SECOND = """\
From: Bo Berg <bo@example.org>
To: Ann Lee <ann@example.org>
Date: Thu, 5 Mar 2026 09:00:00 +0000
Message-ID: <2@example.org>
In-Reply-To: <1@example.org>
Subject: Re: Price of the mast

Thanks. Shall we order two of them?

On Mon, 2 Mar 2026 at 10:15, Ann Lee <ann@example.org> wrote:
> Dear Bo,
>
> The mast costs 90 pounds with the ropes.
"""
THIRD = """\
From: Ann Lee <ann@example.org>
To: Bo Berg <bo@example.org>
Date: Wed, 11 Mar 2026 16:40:00 +0000
Message-ID: <3@example.org>
In-Reply-To: <2@example.org>
Subject: AW: Re: Price of the mast

Sorry, the mast costs 115 pounds with the ropes.

Kind regards,
Ann

Von: Bo Berg <bo@example.org>
Gesendet: Donnerstag, 5. März 2026 09:00
An: Ann Lee <ann@example.org>
Betreff: Re: Price of the mast

Thanks. Shall we order two of them?

On Mon, 2 Mar 2026 at 10:15, Ann Lee <ann@example.org> wrote:
> The mast costs 90 pounds with the ropes.
"""


@pytest.fixture
def engine(tmp_path: Path, embedder: Embedder):
    folder = tmp_path / "mail"
    folder.mkdir()
    for name, text in (("1.eml", FIRST), ("2.eml", SECOND), ("3.eml", THIRD)):
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "hulls.txt").write_text("A hull is painted every second year.")
    ingest_paths([folder], store=tmp_path / "store", embedder=embedder)
    with open_engine(tmp_path / "store", embedder=embedder) as engine:
        yield engine


def test_the_newest_mail_answers_in_its_senders_own_words(engine: Engine) -> None:
    answer = engine.ask("What is the latest price of the mast with the ropes?")
    assert not answer.refused and answer.citations[0].document == "3.eml"
    assert "115 pounds" in answer.citations[0].quote


@pytest.mark.parametrize(
    "question",
    [
        "What does the mast cost with the ropes?",
        "How much is the mast in pounds?",
        "Shall we order two of the masts?",
    ],
)
def test_what_a_mail_quotes_is_no_answer_of_it(engine: Engine, question: str) -> None:
    answer = engine.ask(question)
    assert answer.citations
    for citation in answer.citations:
        text = engine.document_text(citation.document)
        assert text[citation.start : citation.end] == citation.quote
        own = {"1.eml": "90 pounds", "2.eml": "Shall we order", "3.eml": "115 pounds"}
        assert own[citation.document] in citation.quote


def test_context_alone_is_no_answer(engine: Engine) -> None:
    """The words of the first mail are in two others, which quote them."""
    for name in ("2.eml", "3.eml"):
        where = {"document": name}
        for citation in engine.ask("What does the mast cost?", where=where).citations:
            assert "90 pounds" not in citation.quote
        assert any("90 pounds" in hit.text for hit in engine.search("90 pounds", where=where))


def test_sender_recipient_subject_and_day_are_filters(engine: Engine) -> None:
    def found(where: dict[str, object]) -> set[str]:
        return {hit.document for hit in engine.search("the mast", where=where)}

    assert found({"author": "Bo Berg <bo@example.org>"}) == {"2.eml"}
    assert found({"to": "Bo Berg <bo@example.org>"}) == {"1.eml", "3.eml"}
    assert found({"title": "Price of the mast"}) == {"1.eml"}
    assert found({"created": {"$gte": "2026-03-05"}}) == {"2.eml", "3.eml"}
    assert found({"type": "email"}) == {"1.eml", "2.eml", "3.eml"}
