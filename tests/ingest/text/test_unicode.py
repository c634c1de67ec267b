from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as some

from ingest.text.unicode import paired
from rag_app.llm.text import whole_characters

TEXT = some.text(some.characters() | some.characters(categories=["Cs"]))


@given(TEXT)
def test_what_utf_8_can_hold_stays_and_the_rest_is_marked(text: str) -> None:
    whole = paired(text)
    assert whole.encode("utf-8").decode("utf-8") == whole
    assert [one for one in whole if one < "\ud800"] == [one for one in text if one < "\ud800"]
    assert whole == text or any("\ud800" <= one <= "\udfff" for one in text)


@given(some.lists(TEXT))
def test_wherever_a_stream_is_cut_its_characters_are_the_same(parts: list[str]) -> None:
    assert "".join(whole_characters(iter(parts))) == paired("".join(parts))
