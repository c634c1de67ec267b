"""Settings: where they come from, in which order, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.errors import UsageError
from ingest.settings import IndexSettings, load_settings
from rag_app.settings import AnswerSettings


def test_order_flags_environment_dotenv_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("rag.toml").write_text('[index]\nstore = "from-file"\ncollection = "from-file"\n')
    assert load_settings(IndexSettings).collection == "from-file"
    Path(".env").write_text("RAG_COLLECTION=from-dotenv\nOTHER=1\n")
    assert load_settings(IndexSettings).collection == "from-dotenv"
    monkeypatch.setenv("RAG_COLLECTION", "from-environment")
    assert load_settings(IndexSettings).collection == "from-environment"
    assert load_settings(IndexSettings, collection="from-flag").collection == "from-flag"
    assert load_settings(IndexSettings, collection=None).store == Path("from-file")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('[index]\nstoer = "x"\n', "unknown setting 'stoer'"),
        ('store = "x"\n', "unknown table or setting 'store'"),
        ("[index]\nchunk_tokens = 3\n", "chunk_tokens"),
        ("[index]\nchunk_tokens = 100\noverlap_tokens = 60\n", "at most half"),
        ("index = 3\n", "must be a table"),
        ("[index\n", "cannot be read"),
    ],
)
def test_wrong_file_is_refused(text: str, problem: str) -> None:
    Path("rag.toml").write_text(text)
    with pytest.raises(UsageError, match=problem) as caught:
        load_settings(IndexSettings)
    assert "\n" not in str(caught.value)


def test_llm_from_the_usual_names(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not load_settings(AnswerSettings).uses_llm
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
    monkeypatch.setenv("RAG_LLM_MODEL", "small")
    settings = load_settings(AnswerSettings)
    assert settings.uses_llm
    assert settings.llm_model == "small"


def test_the_key_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    assert "sk-secret" not in repr(load_settings(AnswerSettings))
