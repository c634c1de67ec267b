"""The questions file: read, written, and what is wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag_app.eval.gold import find_quote
from rag_app.eval.questions import Gold, Question, read_questions, write_questions
from tests.rag_app.eval.conftest import Run

words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip)
gold = st.builds(
    Gold, document=words, page=st.none() | st.integers(1, 999), quote=st.none() | words
)
questions = st.lists(
    st.builds(
        Question,
        id=words,
        text=words,
        gold=st.lists(gold, max_size=3).map(tuple),
        kind=st.none() | words,
    ),
    min_size=1,
    max_size=5,
    unique_by=lambda question: question.id,
)


@settings(deadline=None)
@given(questions)
def test_what_is_written_is_read_back(tmp_path_factory, made) -> None:
    path = tmp_path_factory.mktemp("questions") / "q.jsonl"
    write_questions(path, made)
    assert read_questions(path) == made


GOOD = '{"question": "What is it?", "gold": [{"file": "a.txt"}]}\n\n'


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (GOOD + "{nonsense", "line 3 is not JSON"),
        (GOOD + '["a"]', "line 3 is not a JSON object"),
        (GOOD + '{"gold": []}', 'line 3: "question" is missing'),
        (GOOD + '{"question": ""}', 'line 3: "question" is missing or not a text'),
        (GOOD + '{"question": "a?", "gold": "b.txt"}', 'line 3: "gold" is not a list'),
        (GOOD + '{"question": "a?", "gold": ["b.txt"]}', 'line 3: an entry of "gold" is not an'),
        (GOOD + '{"question": "a?", "gold": [{"page": 1}]}', 'has no "document"'),
        (GOOD + '{"question": "a?", "gold": [{"file": "a", "page": "1"}]}', '"page" of a gold'),
        (GOOD + '{"question": "a?", "gold": [{"file": "a", "quote": " "}]}', '"quote" of a gold'),
        (GOOD + '{"question": "a?", "answerable": true}', '"answerable" but has no "gold"'),
        ('{"id": 1, "question": "a?"}\n{"id": "1", "question": "b?"}', "two questions have the id"),
        ("\n", "holds no questions"),
        ("", "holds no questions"),
        (b"\xff\xfe\x00", "not UTF-8 text"),
        (None, "cannot be read: No such file"),
    ],
)
def test_a_wrong_file_is_one_line_that_says_where(
    run: Run, tmp_path: Path, sample: Path, content: str | bytes | None, told: str
) -> None:
    path = tmp_path / "q.jsonl"
    if content is not None:
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    code, out, err = run(path, "--store", sample)
    assert (code, out) == (2, "")
    assert told in err and str(path) in err and err.count("\n") == 1


@settings(deadline=None)
@given(st.lists(words.map(lambda text: " ".join(text.split())).filter(bool), min_size=1))
def test_a_quote_is_found_whatever_its_white_space(parts: list[str]) -> None:
    text = "before " + "\n  ".join(parts) + "\tafter"
    assert any(
        text[start:end].split() == " ".join(parts).split()
        for start, end in find_quote(" ".join(parts), text)
    )
