"""The states of the page, over the real engine, without a browser."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from ingest.settings import IndexSettings, load_settings
from ingest.store.directory import Store
from rag_app import Engine
from rag_app.ui.chat.state import ChatState
from rag_app.ui.session import engine as engines
from rag_app.ui.session.state import Session
from tests.support.llm_servers import ScriptedServer, hang, reply, slow, status
from tests.ui.conftest import OpenPage

FIRST_QUESTION = "How much is the fine for a late book?"
QUESTION = "When is the garden gate locked?"
# On the page of an empty collection.
EMPTY = "Everything stays on this computer"
QUOTE = "The garden gate is locked at nine in the evening."
WRITTEN = "The gate is locked **at nine** in the evening [1]. It has 77 hinges [1]. <img src=x> $x$"


def shown(page: AppTest) -> str:
    """All that the page writes itself, as HTML."""
    assert not page.exception
    return "\n".join(element.value for element in page.html)


def ask(page: AppTest, question: str) -> AppTest:
    return page.chat_input[0].set_value(question).run()


def read(label: str) -> str:
    """A label as a reader sees it."""
    return label.replace("\\", "").replace("\u2060", "")


def buttons(page: AppTest) -> list[str]:
    return [read(button.label) for button in page.button]


def chips(page: AppTest) -> list[str]:
    """The sources of all answers that are shown, as they are read."""
    return [read(one.label) for one in page.button if (one.key or "").startswith("open-")]


def links(page: AppTest) -> list[str]:
    """What the links to other pages are called."""
    return [read(link.proto.label) for link in page.get("page_link")]


def press(page: AppTest, name: str, number: int = 0) -> AppTest:
    """Click the button of a name; of several, the one of a number."""
    named = [one for one in page.button if read(one.label) == name]
    return named[number].click().run()


def test_an_empty_collection_says_what_to_do(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page(tmp_path / "new")
    assert EMPTY in shown(page)
    assert "PDF, scans and pictures, Word" in shown(page)
    assert page.chat_input[0].disabled
    [uploader] = page.file_uploader
    assert uploader.accept_multiple_files and "anywhere on this page" in uploader.label
    assert buttons(page) == [
        "Try the sample documents", "New conversation", "Connect an AI model", "Collections"
    ]  # fmt: skip
    assert not (tmp_path / "new").exists()


def test_before_the_first_question(open_page: OpenPage, small_store: Path) -> None:
    page = open_page(small_store)
    assert page.title[0].value == "Ask your documents"
    assert buttons(page) == [
        FIRST_QUESTION,
        "Connect an AI model for written answers",
        "New conversation",
        "Connect an AI model",
        "Collections",
        "Stop",  # seen while an answer is on its way
        "Quotes",
    ]
    assert links(page) == ["Chat", "Documents · 2", "Explore", "Evaluation", "1 file not read"]
    assert "Answers are quotes, word for word." in shown(page)


def test_an_answer_of_quotes_shows_its_source(open_page: OpenPage, small_store: Path) -> None:
    page = ask(open_page(small_store), QUESTION)
    assert [message.name for message in page.chat_message] == ["user", "assistant"]
    assert f'<blockquote class="rag-quote" dir="auto" lang="en"><strong>{QUOTE}</strong>' in shown(
        page
    )
    assert "gardens.md" in chips(page)[0]
    assert "Quoted from the documents, word for word" in shown(page)


def test_an_example_is_asked_by_a_click(open_page: OpenPage, small_store: Path) -> None:
    page = open_page(small_store)
    press(page, FIRST_QUESTION)
    assert f'<p class="rag-question">{FIRST_QUESTION}</p>' in shown(page)
    assert len(page.chat_message) == 2
    assert "<strong>The fine for a late book is 20 pence a day.</strong>" in shown(page)


def test_a_refusal_looks_like_one(open_page: OpenPage, small_store: Path) -> None:
    page = ask(open_page(small_store), "What is the capital of Australia?")
    assert '<div class="rag-refusal"><p>The documents do not answer this.</p></div>' in shown(page)
    assert "Looked for" not in shown(page) and "rag-app explain" not in shown(page)
    assert "Closest passages" in shown(page) and chips(page)


def test_what_comes_closest_is_shown_with_a_refusal(open_page: OpenPage, small_store: Path) -> None:
    page = ask(open_page(small_store), "May pets run free?")
    assert '<div class="rag-refusal"><p>No passage clearly answers this.</p></div>' in shown(page)
    assert "Dogs must be kept on a lead." in shown(page)


def test_a_conversation_goes_on_and_begins_anew(open_page: OpenPage, small_store: Path) -> None:
    page = ask(ask(open_page(small_store), QUESTION), "And how long may a book be kept?")
    assert len(page.chat_message) == 4
    history = page.session_state["rag"].state_of(ChatState).history
    assert [turn.role for turn in history] == ["user", "assistant"] * 2
    assert history[0].content == QUESTION
    press(page, "New conversation")
    assert not page.chat_message
    assert page.title


def test_nothing_that_is_asked_becomes_html(open_page: OpenPage, small_store: Path) -> None:
    page = ask(open_page(small_store), "<img src=x onerror=alert(1)> gate")
    assert "&lt;img src=x onerror=alert(1)&gt; gate" in shown(page)
    assert "<img" not in shown(page)


def test_a_question_that_is_too_long_is_an_error_in_the_conversation(
    open_page: OpenPage, small_store: Path
) -> None:
    page = ask(open_page(small_store), "gate " * 2_000)
    assert "characters" in page.error[0].value
    assert len(ask(page, QUESTION).chat_message) == 4


def test_a_store_that_cannot_be_used_is_one_line(open_page: OpenPage, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    page = open_page(tmp_path / "file")
    assert "is a file" in page.error[0].value
    assert not page.exception


def test_what_is_uploaded_can_be_asked_at_once(open_page: OpenPage, own_store: Path) -> None:
    page = ask(open_page(own_store), QUESTION)
    text = b"The lighthouse keeper is called Edda Storm.\n"
    page.file_uploader[0].set_value(
        [("../lighthouse.txt", text, "text/plain"), ("blank.txt", b" ", "text/plain")]
    ).run()
    assert 'rag-status">added</span> <bdi class="rag-document">light' in shown(page)
    assert "nothing but white space" in shown(page)
    assert "Edda Storm" in shown(ask(page, "What is the lighthouse keeper called?"))
    folder = Store(own_store, "default").uploads_directory
    assert sorted(path.name for path in folder.iterdir()) == ["blank.txt", "lighthouse.txt"]


def test_an_upload_while_somebody_else_writes_goes_on_when_they_are_done(
    open_page: OpenPage, own_store: Path
) -> None:
    page = open_page(own_store)
    has_begun = threading.Event()

    def write() -> None:
        with Store(own_store, "default").write_lock(0):
            has_begun.set()
            time.sleep(1.5)

    threading.Thread(target=write).start()
    assert has_begun.wait(10)
    page.file_uploader[0].set_value([("new.txt", b"New words.", "text/plain")]).run()
    assert 'rag-status">added</span> <bdi class="rag-document">new' in shown(page)
    assert not page.exception and not page.error


@pytest.fixture
def connect(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Set an LLM with ``setenv``; the engine that knows it is forgotten after."""

    engines._engine.clear()
    yield monkeypatch
    engines._engine.clear()


def test_an_llm_writes_and_what_it_does_not_prove_is_marked(
    open_page: OpenPage, small_store: Path, connect: pytest.MonkeyPatch
) -> None:
    with ScriptedServer(reply(WRITTEN, parts=9, usage=(20, 10)), models=("m<b>",)) as server:
        connect.setenv("OPENAI_BASE_URL", server.base_url)
        page = ask(open_page(small_store), QUESTION)
    assert "<strong>at nine</strong>" in shown(page)
    assert chips(page)[1].endswith("contradicts its sentence")
    assert "<b>Your documents say otherwise: </b>the passage says" in shown(page)
    assert "1 sentence isn&#x27;t supported by its sources." in shown(page)
    assert "Written by m&lt;b&gt;" in shown(page)
    assert "30 tokens" in shown(page)
    assert "<img" not in shown(page)


def test_where_the_llm_refuses_quotes_step_in_and_say_why(
    open_page: OpenPage, small_store: Path, connect: pytest.MonkeyPatch
) -> None:
    with ScriptedServer(status(401, {"error": {"message": "no such key"}})) as server:
        connect.setenv("OPENAI_BASE_URL", server.base_url)
        page = ask(open_page(small_store), QUESTION)
    assert "refused the key; set OPENAI_API_KEY" in shown(page)
    assert "Quoted from the documents, word for word" in shown(page)
    assert "rag-quote" in shown(page)
    assert not page.exception and not page.error
    assert page.chat_input[0].disabled is False


def test_a_stop_reaches_an_llm_that_is_silent(
    small_store: Path, connect: pytest.MonkeyPatch
) -> None:
    from rag_app.ui.chat.ask import ask as send
    from rag_app.ui.chat.ask import stop

    with ScriptedServer(hang()) as server:
        connect.setenv("OPENAI_BASE_URL", server.base_url)
        connect.setenv("RAG_STORE", str(small_store))
        chat = ChatState(Session())
        send(chat, engines.session_engine(), QUESTION)
        tick = threading.Event()
        while not server.requests:
            tick.wait(0.05)
        stop(chat)
        assert server.disconnected.wait(10), "not only at the idle deadline, which is 30 s"
        assert chat.pending is None


def test_stopping_keeps_what_was_written_and_tells_the_llm(
    small_store: Path, connect: pytest.MonkeyPatch
) -> None:
    """The state alone: the test runner of Streamlit cannot click while a page is running."""
    from rag_app.ui.chat.ask import ask as send
    from rag_app.ui.chat.ask import stop

    with ScriptedServer(slow()) as server:
        connect.setenv("OPENAI_BASE_URL", server.base_url)
        connect.setenv("RAG_STORE", str(small_store))
        engine = engines.session_engine()
        chat = ChatState(Session())
        send(chat, engine, QUESTION)
        assert chat.pending is not None
        wait_for_text(chat)
        stop(chat)
        assert chat.pending is None
        assert chat.branch[0].partial.startswith("word")
        assert chat.history == ()
        assert server.disconnected.wait(10)


def wait_for_text(chat: ChatState) -> None:
    tick = threading.Event()
    for _ in range(600):
        if chat.pending is not None and chat.pending.text:
            return
        tick.wait(0.1)
    raise AssertionError("the LLM's first part did not arrive")


def test_the_engine_is_shared_by_all_sessions(open_page: OpenPage, small_store: Path) -> None:
    open_page(small_store)
    one, other = engines.session_engine(), engines.session_engine()
    assert one is other
    assert isinstance(one, Engine)
    assert one.store.root == load_settings(IndexSettings).store


def test_what_was_searched_for_is_shown(open_page: OpenPage, small_store: Path) -> None:
    page = ask(open_page(small_store), QUESTION)
    assert "Searched for" not in shown(page)
    ask(page, "Why?")
    assert "Searched for: Why: when is the garden gate locked?" in shown(page)


def test_a_count_says_that_it_is_one(open_page: OpenPage, small_store: Path) -> None:
    page = ask(open_page(small_store), "Which documents mention the gate?")
    assert "Counted over the whole collection" in shown(page)
    assert "gardens.md: " in shown(page)
