"""Questions made of the documents: each has its gold, and none gives its answer away."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import ingest_paths
from ingest.embed.embedder import Embedder
from ingest.records import StoredChunk
from ingest.store.directory import Store
from ingest.text.sentences import split_sentences
from rag_app import Engine, open_engine
from rag_app.eval.generate import RULES_NOTE, by_llm, by_rules, usable_question
from rag_app.eval.questions import read_questions
from rag_app.questions.candidate import asks_for_more
from rag_app.questions.made.from_text import candidates
from tests.rag_app.eval.conftest import Run
from tests.support.llm_servers import ScriptedServer, error, reply


def test_every_quote_is_in_its_document_and_no_question_repeats_it(sample_engine: Engine) -> None:
    made = by_rules(sample_engine.store, 150, seed=3)
    assert len(made.questions) == 150
    assert len({question.text for question in made.questions}) == 150
    for question in made.questions:
        [gold] = question.gold
        assert gold.quote is not None
        assert gold.quote in sample_engine.document_text(gold.document)
        assert question.text.endswith("?") and question.text[0].isupper()
        assert asks_for_more(question.text, gold.quote)
    kinds = {question.kind for question in made.questions}
    assert kinds == {"definition", "heading", "number", "sentence", "table row"}


def test_the_seed_decides(sample: Path) -> None:
    store = Store(sample, "default")
    first, again, other = (by_rules(store, 30, seed=seed).questions for seed in (1, 1, 2))
    assert first == again
    assert first != other


def chunk(text: str, headings: tuple[str, ...] = ()) -> StoredChunk:
    places, start = [], 0
    for sentence in split_sentences(text):
        places.append((start, start + len(sentence)))
        start += len(sentence)
    return StoredChunk("id", ("a.txt",), 0, len(text), 3, text, headings, tuple(places), {})


@pytest.mark.parametrize(
    ("sentence", "kind", "question"),
    [
        ("The mast is a pole of aluminium with three guys.", "definition", "What is the mast?"),
        (
            "2.1 SKN means the number of an alert of the hosted service.",
            "definition",
            "What is meant by SKN?",
        ),
        (
            "Datum: the level to which all heights of a gauge refer.",
            "definition",
            "What is meant by datum?",
        ),
        (
            "Part number: 40-0318; Item: Desiccant pack; Price: £4.20",
            "table row",
            "What is the price of part number 40-0318?",
        ),
        (
            "Code: E41; Cause: Panel reversed; What to do: Check terminals 3 and 4",
            "table row",
            "What is to be done in case of code E41?",
        ),
        (
            "Task: Replace filter cap; Interval: 12 months; Due: 1 May 2026",
            "table row",
            "What is the interval for the task “Replace filter cap”?",
        ),
        (
            "The visitors' book is kept for 18 months at the main gate, where guests sign it.",
            "number",
            "How long is the visitors' book kept?",
        ),
        (
            "An update takes about 6 minutes, during which up to six records are lost.",
            "number",
            "How long does an update take?",
        ),
        (
            "The mast is at least 10 m high and stands on a plate of concrete.",
            "number",
            "How high is the mast?",
        ),
        (
            "If a receipt is lost, one written statement a year is accepted.",
            "sentence",
            "What happens if a receipt is lost?",
        ),
        (
            "A private car may be used where the insurance covers business journeys.",
            "sentence",
            "When may a private car be used?",
        ),
        (
            "The station is silent because its battery was replaced without a reset.",
            "sentence",
            "Why is the station silent?",
        ),
        (
            "The laboratory may publish statistics from which no site can be recognised.",
            "sentence",
            "What may the laboratory do?",
        ),
    ],
)
def test_the_rules(sentence: str, kind: str, question: str) -> None:
    [made] = candidates([chunk(sentence)])
    assert (made.kind, made.question, made.quote, made.page) == (kind, question, sentence, 3)


@pytest.mark.parametrize(
    "sentence",
    [
        "It is the last day of the month of the year.",  # of what?
        "Yes.",
        "Note: read the manual before you open the housing.",
        "This means that nothing more is to be done today.",
        "Fixed: the set-up page accepted an unlimited number of wrong codes.",
        "Researchers have found that some cases come from the basal ganglia.",
        "If the information is at hand, and nobody has read it, the table shows it.",
        "When in doubt, choose the higher one of both values.",
    ],
)
def test_what_says_nothing_alone_is_not_asked_about(sentence: str) -> None:
    assert list(candidates([chunk(sentence)])) == []


@settings(deadline=None)
@given(st.text(st.sampled_from("The mast is a 10 m day; must: If, because .\n-(x)"), max_size=200))
def test_whatever_the_text_a_quote_stands_where_it_says(text: str) -> None:
    for one in candidates([chunk(text, ("The long heading",))]):
        assert text[one.start :].startswith(one.quote)
        assert one.quote.strip() == one.quote != ""
        assert asks_for_more(one.question, one.quote)


def test_generated_questions_are_asked_written_and_kept(
    run: Run, sample: Path, tmp_path: Path
) -> None:
    path = tmp_path / "mine.jsonl"
    code, out, err = run(
        "--generate", 20, "--seed", 5, "--write", path, "--search-only", "--store", sample
    )
    assert (code, err) == (0, "")
    assert "20 questions made by rule" in out and RULES_NOTE in out
    assert len(read_questions(path)) == 20
    figures = json.loads(run(path, "--search-only", "--json", "--store", sample)[1])["figures"]
    assert f"{figures['mrr']['value']:.3f}" in out
    assert figures["hit@10"]["value"] > 0.5


def test_nothing_to_ask_about(run: Run, tmp_path: Path, embedder: Embedder) -> None:
    code, _, err = run("--generate", 5, "--store", tmp_path / "none")
    assert code == 3 and "rag-app ingest" in err
    (tmp_path / "a.txt").write_text("Lorem ipsum dolor sit amet, consectetur adipiscing.")
    ingest_paths([tmp_path / "a.txt"], store=tmp_path / "store", embedder=embedder)
    code, _, err = run("--generate", 5, "--store", tmp_path / "store")
    assert code == 2 and "No rule makes a question" in err
    for arguments in (["--generate", 0], ["--generate", 5, "q.jsonl"], ["--write", "a.jsonl"]):
        code, _, err = run(*arguments, "--store", tmp_path / "store")
        assert code == 2 and err.count("\n") == 1


def test_an_llm_asks_and_what_it_says_is_checked(
    run: Run, sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "q.jsonl"
    said = [
        "What does the passage say about masts?",
        "I cannot do that.",
        "<think>Hm.</think>Question: How often is the station to be checked?",
        "Who repairs a broken gauge?",
        "Who repairs a broken gauge?",
        "Why?",
        "\nHow long are the readings kept?\n" + "And then? " * 200,
    ]
    with ScriptedServer(*map(reply, said)) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
        monkeypatch.setenv("RAG_LLM_MODEL", "asker")
        code, out, _ = run("--generate", 3, "--write", path, "--search-only", "--store", sample)
        sent = [request.body["messages"] for request in server.requests]
    assert code == 0
    assert "3 questions asked of asker" in out and "4 were left out" in out
    questions = read_questions(path)
    assert [question.text for question in questions] == [
        "How often is the station to be checked?",
        "Who repairs a broken gauge?",
        "How long are the readings kept?",
    ]
    for question, asked in zip(questions, (sent[2], sent[3], sent[6]), strict=True):
        assert question.kind == "llm"
        [gold] = question.gold
        assert gold.quote is not None and gold.quote in asked[1]["content"]


def test_an_llm_that_fails(run: Run, sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_LLM_MODEL", "asker")
    with ScriptedServer(error(401, "no")) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
        got, out, err = run("--generate", 2, "--store", sample)
    assert (got, out) == (3, "")
    assert "127.0.0.1" in err and err.count("\n") == 1


def test_where_an_llm_asks_nothing_of_use_rules_do(
    sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAG_LLM_MODEL", "asker")
    with ScriptedServer(reply("Sure, here it is.")) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
        with open_engine(sample) as engine:
            assert engine.llm is not None
            made = by_llm(engine.store, engine.llm, 2)
    assert len(made.questions) == 2 and all(one.kind != "llm" for one in made.questions)
    assert made.notes[0].startswith("Nothing that asker-reported said in 6 tries is a question")


def test_a_passage_that_the_llm_fails_at_is_left_out(
    run: Run, sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAG_LLM_MODEL", "asker")
    one, other = reply("Who repairs a broken gauge?"), reply("How long are readings kept?")
    with ScriptedServer(one, error(400, "not that one"), other) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
        code, out, err = run("--generate", 2, "--search-only", "--store", sample)
    assert (code, err) == (0, "")
    assert "2 questions asked of asker" in out and "1 passages failed, the last: " in out


@settings(deadline=None)
@given(st.text(max_size=80), st.text(max_size=80))
def test_a_usable_question_is_one_line_with_one_mark(said: str, passage: str) -> None:
    question = usable_question(said, passage)
    if question is not None:
        assert question[-1] in "?？؟" and "\n" not in question
    assert usable_question(f"What is {passage}", f"What is {passage}") is None


@pytest.mark.parametrize(
    "question",
    ["How long is the warranty?", "保修期有多长时间？", "ما هي مدة الضمان؟", "Wie lange gilt sie?"],
)
def test_questions_of_other_languages(question: str) -> None:
    assert usable_question(f' "{question}"\n', "24 months") == question


def test_what_many_passages_name_is_not_asked_about(tmp_path: Path, embedder: Embedder) -> None:
    for number in range(8):
        text = f"The pump is a part of station {number} by the old river bridge."
        (tmp_path / f"{number}.txt").write_text(f"{text} Valve {number} has two brass fittings.")
    ingest_paths([tmp_path], store=tmp_path / "store", embedder=embedder)
    made = by_rules(Store(tmp_path / "store", "default"), 50)
    assert {question.text for question in made.questions} == {
        f"What does valve {number} have?" for number in range(8)
    }
    assert "8 questions made by rule (of 50 wanted" in made.notes[0]
