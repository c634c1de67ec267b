"""The page of the documents in a real browser: from an empty store to a deleted document."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from ingest import ingest_paths
from ingest.embed.embedder import Embedder
from ingest.store.directory import Store
from rag_app import open_engine
from tests.support.browsers import (
    ANSWERS_WITHIN,
    MARKS,
    Serve,
    ask,
    browser,
    go_to,
    page,
    page_links,
    serve,
)
from tests.ui.serving.test_login import HASH, PASSWORD

__all__ = ["browser", "page", "serve"]  # fixtures

pytestmark = MARKS

MANUAL = "What does error code E22 mean?"
KEEPER = "What is the lighthouse keeper called?"
NASTY = "<img src=x onerror=hit()>"
FILES = 44
NOTES = 40
SEND = """async ([address, size]) => {
  const body = new FormData();
  body.append("file", new Blob(["x".repeat(size)]), "x.md");
  const token = document.cookie.match(/_streamlit_xsrf=([^;]*)/)?.[1] ?? "";
  const headers = {"X-Xsrftoken": decodeURIComponent(token)};
  return (await fetch(address, {method: "PUT", body, headers})).status;
}"""


def make_folder(folder: Path) -> Path:
    """Enough to be read for a while, one file that tells a name, and one that nobody can read."""
    (folder / "2026").mkdir(parents=True)
    for number in range(FILES):
        paragraphs = [
            f"## Part {part} of plan {number}\n\n{'The mast is high. ' * 60}" for part in range(8)
        ]
        (folder / "2026" / f"plan-{number:02}.md").write_text("\n\n".join(paragraphs))
    words = f"The lighthouse keeper is called Edda Storm.\n\n{NASTY} :red[x]\n"
    (folder / "2026" / f"keeper {NASTY}.txt").write_text(words)
    (folder / "2026" / "broken.pdf").write_bytes(b"no PDF")
    (folder / ".hidden").mkdir()
    (folder / ".hidden" / "secret.md").write_text("Nobody reads this.")
    return folder


def log_in(page: Page, address: str) -> None:
    """Come in by the address of the documents, which shows nothing of them before the login."""
    page.goto(f"{address}/documents")
    password = page.get_by_label("Password", exact=True)
    expect(password).to_be_visible(timeout=ANSWERS_WITHIN)
    expect(page_links(page)).to_have_count(0)
    expect(page.get_by_test_id("stFileUploader")).to_have_count(0)
    password.fill(PASSWORD)
    password.press("Enter")
    expect(page.get_by_role("heading", name="Documents")).to_be_visible(timeout=ANSWERS_WITHIN)
    expect(page).to_have_url(f"{address}/documents")


def send(page: Page, address: str, size: int = 1) -> int:
    """Put a file where Streamlit takes those of this session, and return the status."""
    status: int = page.evaluate(SEND, [address, size])
    return status


def held_of_uploads(server: str) -> list[str]:
    """What Streamlit says of the uploads that it holds: nothing if there are none."""
    metrics = httpx.get(f"{server}/_stcore/metrics").text
    return [line for line in metrics.splitlines() if "UploadedFileManager" in line]


@pytest.mark.long
def test_the_list_is_where_it_was_when_a_document_has_been_read(
    page: Page, serve: Serve, own_store: Path, tmp_path: Path, embedder: Embedder
) -> None:
    (tmp_path / "notes").mkdir()
    for number in range(NOTES):
        (tmp_path / "notes" / f"note-{number:02}.txt").write_text(f"The mast is {number} m high.")
    long = "\n\n".join(f"{line}: the mast is high, and so is the tide." for line in range(800))
    (tmp_path / "notes" / "note-25.txt").write_text(long)
    assert ingest_paths([tmp_path / "notes"], store=own_store, embedder=embedder).counts["added"]
    page.goto(f"{serve(own_store)}/documents")
    page.get_by_role("button", name="Page 2").click(timeout=ANSWERS_WITHIN)
    row = page.get_by_role("button", name="note-25.txt")
    row.click()
    expect(page.get_by_role("button", name="All documents")).to_be_in_viewport()
    on = page.get_by_role("button", name="Next part")
    on.click()
    expect(page.locator(".rag-text")).to_contain_text("799: the mast", timeout=ANSWERS_WITHIN)
    expect(page.locator(".rag-text > p").first).to_be_in_viewport()
    expect(on).to_be_disabled()
    page.get_by_role("button", name="All documents").click()
    expect(row).to_be_in_viewport()
    expect(page.get_by_role("heading", name="Documents", exact=True)).not_to_be_in_viewport()
    row.click()
    expect(page.get_by_role("button", name="All documents")).to_be_in_viewport()
    page.go_back()
    expect(row).to_be_in_viewport()


@pytest.mark.long
def test_from_the_samples_to_a_document_that_is_gone(
    page: Page, serve: Serve, tmp_path: Path
) -> None:
    store, folder = tmp_path / "store", make_folder(tmp_path / "plans")
    server = serve(store, RAG_PASSWORD=HASH, RAG_UPLOAD_TOTAL_MEGABYTES="1")
    sent: list[str] = []
    page.on("request", lambda one: sent.extend([one.url] if one.method == "PUT" else []))
    log_in(page, server)
    go_to(page, "Chat")
    expect(page.get_by_text("Everything stays on this computer")).to_be_visible()
    page.get_by_role("button", name="Try the sample documents").click(timeout=ANSWERS_WITHIN)
    expect(page.locator(".st-key-example-0")).to_be_visible(timeout=ANSWERS_WITHIN)

    # An upload goes on while a question is asked and answered, and is seen on both pages.
    go_to(page, "Documents")
    page.get_by_role("tab", name="A whole folder").click()
    page.locator("input[webkitdirectory]").set_input_files(folder)
    expect(page.locator(".rag-receipts").first).to_contain_text(
        "plans/2026/plan", timeout=ANSWERS_WITHIN
    )
    assert held_of_uploads(server) == [], "what is on its way into the store is not kept twice"
    go_to(page, "Chat")
    ask(page, MANUAL)
    expect(page.locator(".rag-answer")).to_contain_text("E22", timeout=ANSWERS_WITHIN)
    expect(page.get_by_test_id("stSidebar").get_by_test_id("stProgress")).to_be_visible()
    page.wait_for_url("**/*conversation=*")
    address = page.url

    go_to(page, "Documents")
    page.get_by_test_id("stMain").get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("Cancelled. Finished documents stay.")).to_be_visible(
        timeout=ANSWERS_WITHIN
    )
    receipts = page.locator(".rag-receipts").first
    expect(receipts).to_contain_text("Named .pdf but is not a PDF")
    expect(receipts).to_contain_text("1 hidden file is left alone")
    expect(receipts).to_contain_text("Cancelled before it was read; add it again")
    with open_engine(store) as engine:
        documents = {document.name for document in engine.documents()}
    plans = {name for name in documents if name.startswith("plans/2026/plan-")}
    assert 0 < len(plans) < FILES
    kept = Store(store, "default").uploads_directory.rglob("plan-*.md")
    assert {f"plans/2026/{path.name}" for path in kept} == plans, "of the rest nothing is kept"

    # The conversation is where it was.
    go_to(page, "Chat")
    expect(page.locator(".rag-answer")).to_contain_text("E22")
    expect(page).to_have_url(address)

    # One is found, read, deleted, and not answered from any more.
    ask(page, KEEPER)
    expect(page.locator(".rag-quote").last).to_contain_text("Edda Storm", timeout=ANSWERS_WITHIN)
    go_to(page, "Documents")
    search = page.get_by_label("Search documents")
    search.fill("keeper img")
    search.press("Enter")
    expect(page.get_by_text("1 document", exact=True)).to_be_visible()
    page.locator(".st-key-document-list [class*=st-key-read-] button").click()
    expect(page.locator(".rag-text")).to_contain_text(f"{NASTY} :red[x]")
    expect(page.get_by_role("heading", name="keeper _img src=x")).to_be_visible()
    path = page.locator(".rag-title + .rag-caption")
    expect(path).to_contain_text("plans/2026/keeper _img")
    expect(page).to_have_url(re.compile("document=plans"))
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("The uploaded file is deleted for good.")).to_be_visible()
    page.locator(".st-key-confirm-delete-yes button").click()
    expect(page.get_by_text("1 deleted.", exact=True)).to_be_visible(timeout=ANSWERS_WITHIN)
    go_to(page, "Chat")
    ask(page, KEEPER)
    expect(page.locator(".rag-refusal")).to_be_visible(timeout=ANSWERS_WITHIN)

    # What is far too much is not taken into memory, and told with the next that is taken.
    assert [send(page, sent[-1] + str(one), 900_000) for one in range(3)] == [204, 204, 413]
    page.locator("input[type=file]").first.set_input_files(folder / "2026" / "broken.pdf")
    go_to(page, "Documents")
    expect(page.locator(".rag-receipts").first).to_contain_text(
        "Not taken: more than 500 files and 1 MB came at once", timeout=ANSWERS_WITHIN
    )

    # Who has logged out can send nothing more by the addresses that were good before.
    assert send(page, sent[-1]) == 204
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_label("Password", exact=True)).to_be_visible()
    assert send(page, sent[-1]) == 401
    assert "204" not in str(send(page, sent[-1].replace("upload_file/", "upload_file//")))
