"""The right answers of ``data/grounded`` are held by their documents; what measures with them."""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.answers.changed.answers import LANGUAGES, changed
from benchmarks.answers.changed.rules import RULES, Said
from benchmarks.answers.right.items import read_items
from benchmarks.answers.right.places import Sent, numbered, places, plain
from benchmarks.answers.right.play import play
from benchmarks.answers.right.server import AnsweringServer, play_over_http
from ingest import ingest_paths
from ingest.embed.embedder import Embedder
from ingest.load.read import load_file
from rag_app import AnswerSettings, open_engine


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_marker_points_at_words_of_a_document(language: str) -> None:
    items = read_items(language, cases=None, bench_data=None)
    assert len(items) == len({one.id for one in items}) == (150 if language == "en" else 50)
    halves = Counter(one.half for one in items)
    assert set(halves) == {"tune", "held"}
    assert max(halves.values()) <= 0.55 * len(items)
    texts: dict[Path, str] = {}
    for item in items:
        markers = {int(number) for number in re.findall(r"\[(\d+)\]", item.answer)}
        assert markers == set(range(1, len(item.gold) + 1)), item.id
        for gold in item.gold:
            path = item.documents / str(gold.document)
            if path not in texts:
                texts[path] = plain(load_file(path).text)
            assert plain(str(gold.quote)) in texts[path], item.id


def test_there_are_twenty_partial_and_no_and_computed_answers() -> None:
    kinds = Counter(one.kind for one in read_items("en", cases=None, bench_data=None))
    assert min(kinds[kind] for kind in ("partial", "no", "computed")) >= 20


def test_markers_become_the_numbers_of_the_passages_that_were_sent() -> None:
    item = next(
        one for one in read_items("de", cases=None, bench_data=None) if one.kind == "several"
    )
    passages = [
        Sent(str(item.gold[1].quote), item.gold[1].document),
        Sent(str(item.gold[0].quote), "another.txt"),
        Sent(f"Davor.\n{item.gold[0].quote} Danach.", item.gold[0].document),
    ]
    found = places(item, passages)
    assert found == [[3], [1]]
    assert numbered("Eins [1]. Zwei [1][2].", found) == "Eins [3]. Zwei [3][1]."
    assert numbered("Eins [1][2].", [[2], [2]]) == "Eins [2]."
    assert places(item, passages[:2]) is None


@pytest.mark.long
def test_a_server_gives_the_same_answer_as_the_process(tmp_path: Path, embedder: Embedder) -> None:
    items = [one for one in read_items("de", cases=None, bench_data=None) if one.half == "tune"]
    ingest_paths([items[0].documents], store=tmp_path, embedder=embedder)
    with AnsweringServer() as server:
        settings = AnswerSettings(openai_base_url=server.address, openai_api_key="-")
        with open_engine(tmp_path, answers=settings, embedder=embedder) as engine:
            for item in items[:3]:
                here, there = play(engine, item), play_over_http(engine, server, item)
                assert here.asked
                assert here.retrieved
                assert replace(here, answer=there.answer) == there
                assert here.answer.text == there.answer.text


@pytest.mark.parametrize(
    ("kind", "language", "question", "sentence", "expected"),
    [
        (
            "number",
            "en",
            "I have 3 years?",
            "With 3 years you get 27 days [1].",
            r"With 3 years .+",
        ),
        ("number word", "fr", "", "Il y a trois plans [1].", r"Il y a (?!trois)\w+ plans \[1\]\."),
        ("date", "de", "", "Bis zum 30. März 2026 [1].", r"Bis zum 30\. (?!März)\w+ 2026 \[1\]\."),
        ("unit or currency", "en", "", "It costs £9.50 [2].", r"It costs €9\.50 \[2\]\."),
        ("name", "es", "", "Es Lucía Ferrán [1].", r"Es (?!Lucía)\w+ \w+ \[1\]\."),
        ("code", "en", "Is E22 bad?", "E22 or E11 [1].", r"E22 or E1[2-9] \[1\]\."),
        ("negation added", "fr", "", "Il est fermé [1].", r"Il n'est pas fermé \[1\]\."),
        ("negation taken out", "es", "", "Esto no se paga [1].", r"Esto se paga \[1\]\."),
        ("only, all, some", "de", "", "Nur hier, nur so [1].", r"Nur hier, nicht nur so \[1\]\."),
        ("comparison, modality", "en", "", "At least, at least [1].", r"At least, at most \[1\]\."),
    ],
)
def test_a_change_is_of_one_thing_that_the_question_does_not_say(
    kind: str, language: str, question: str, sentence: str, expected: str
) -> None:
    made = RULES[kind](Said(sentence, LANGUAGES[language], question), random.Random(1))
    assert made is not None
    assert made != sentence
    assert re.fullmatch(expected, made), made


@pytest.mark.parametrize("language", LANGUAGES)
def test_wrong_answers_are_the_same_every_time_and_keep_their_markers(language: str) -> None:
    for item in read_items(language, cases=None, bench_data=None):
        made = list(changed(item, ["Ada Lovelace"]))
        assert made == list(changed(item, ["Ada Lovelace"]))
        for one in made:
            assert one.answer != item.answer
            marked = re.compile(r"\[\d+\]")
            assert marked.findall(one.answer) == marked.findall(item.answer)
