"""The first quote: the section that a question is for, the product that it names, a list whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import docx
import pytest

from ingest import ingest_paths
from ingest.embed.embedder import Embedder
from rag_app import AnswerSettings, open_engine
from rag_app.engine import Engine

TEXTS = {
    "crew.md": """\
# Crew rules

## Garden leave

Crew who resign stay at home for ten weeks at full pay. Keys are handed in on the first day.

## Shore leave

Leave of more than four days at a stretch needs the consent of the mate. The leave year begins in \
May. Two days' warning is expected for leave of a day.
""",
    "prices.md": """\
# Prices of lamps

| Part | Item | Price |
|---|---|---|
| 7-100-B | KD-7B signal lamp, battery | 312 EUR |
| 7-100-M | KD-7M signal lamp, mains | 264 EUR |

## Service

Maps are included; a relay for the KD-7B costs 9 EUR a month more.
""",
    "warranty.md": """\
# Terms

| Goods | Warranty from delivery |
|---|---|
| KD-7 lamps, ropes | 42 months |
| Spare parts | 9 months |
""",
    "files.md": """\
# Files of the KD-7

Files are named kd7-1.0.bin and kd7-1.1.bin, and kd7-1.1.bin has the fixes for the KD-7.
""",
    "pump.md": """\
# Bilge pump

## Priming the pump

1. Close the sea cock and open the vent screw by one turn.
2. Fill the bowl with two litres of clean water.
3. Turn the handle until no more air comes from the vent.
4. Close the vent screw by hand, never with a spanner.

## Other things

Open the lid of the pump with the square key.
""",
    "packing.md": "# Packing the life raft\n\n"
    + "".join(
        f"{at}. Fold panel {at} of the life raft along its printed seam, press the air out with "
        f"both hands, and lay strap {at} over it so that the buckle shows.\n"
        for at in range(1, 16)
    ),
    "bilge.md": """\
# Bilge alarms

| Code | Cause | Remedy |
|---|---|---|
| B17 | Float switch stuck | Free it with the boat hook. |
| B18 | Strainer blocked | Rinse it. |
""",
    "minutes.md": "# Minutes\n\nThe harbour office had 37 calls about false B17 warnings last "
    "winter, and B17 is to be raised later.\n",
    "radio.md": "# Radio releases\n\n## 2.7.2 (5 June)\n\nChanged: the dial of the radio stays lit."
    "\n\n## 2.7.1 (2 May)\n\nChanged: the horn is silent at night.\n",
    "travel-v1.md": "# Travel rules\n\nVersion 1, valid from 1 May 2021.\n\n## Berths\n\nA berth "
    "in Leith is paid for up to 70 EUR a night.\n",
    "travel-2024-v2.md": "# Travel rules\n\nVersion 2, valid from 1 May 2024.\n\n## Berths\n\nA "
    "berth in Leith is paid for up to 95 EUR a night.\n",
}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[Engine]:
    folder: Path = tmp_path_factory.mktemp("first-quote")
    for name, text in TEXTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    ingest_paths([folder / name for name in TEXTS], store=folder / "store", embedder=embedder)
    with open_engine(folder / "store", answers=AnswerSettings(), embedder=embedder) as opened:
        yield opened


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("How long is garden leave?", "ten weeks at full pay"),
        ("What does the KD-7B cost?", "Price: 312 EUR"),
        ("KD7 warranty", "42 months"),
        ("What was paid for a berth in Leith under version 1?", "70 EUR"),
        ("What was paid for a berth in Leith in 2025?", "95 EUR"),
        ("What is paid for a berth in Leith?", "95 EUR"),
        ("What does B17 mean?", "Float switch stuck"),
        ("b17", "Float switch stuck"),
        ("What changed in the radio release 2.7.1?", "the horn is silent"),
    ],
)
def test_the_first_quote_is_of_what_is_meant(engine: Engine, question: str, words: str) -> None:
    assert words in engine.ask(question).citations[0].quote


def test_a_list_is_quoted_whole(engine: Engine) -> None:
    quote = engine.ask("How do I prime the pump?").citations[0].quote
    assert quote.startswith("1. Close the sea cock")
    assert quote.endswith("never with a spanner.")


def test_who_asks_for_the_steps_of_a_long_list_begins_with_the_first(engine: Engine) -> None:
    answer = engine.ask("What are the steps to pack the life raft?")
    first = answer.citations[0]
    assert first.quote.startswith("1. Fold panel 1")
    assert 400 < len(first.quote) <= 600
    text = engine.document_text(first.document)
    assert text[first.start : first.end] == first.quote


def test_a_passage_takes_in_the_list_that_goes_on_beside_it(engine: Engine) -> None:
    evidence = engine.evidence("What are the steps to pack the life raft?")
    joined = [one for one in evidence.passages if one.joined]
    assert joined
    taken = [id_ for one in joined for id_ in one.joined]
    assert len(taken) == len(set(taken))
    alone = [one.chunk.id for one in evidence.passages if not one.joined]
    assert not set(alone) & set(taken)


def test_a_quote_ends_before_the_footer_of_its_document(tmp_path: Path, embedder: Embedder) -> None:
    document = docx.Document()
    document.add_heading("Leaving the ship", 1)
    document.add_paragraph("Hand in your lamp on the last day. Wages are paid a week later.")
    document.sections[0].footer.paragraphs[0].text = "Crew rules, version 9, Larkfield Ltd"
    document.save(str(tmp_path / "crew.docx"))
    ingest_paths([tmp_path / "crew.docx"], store=tmp_path / "store", embedder=embedder)
    with open_engine(tmp_path / "store", answers=AnswerSettings(), embedder=embedder) as engine:
        answer = engine.ask("When do I hand in my lamp?")
        assert "on the last day" in answer.text and "version 9" not in answer.text
        assert "version 9" in engine.ask("Which version do the crew rules have?").text
