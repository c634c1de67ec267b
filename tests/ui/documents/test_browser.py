"""What comes to a collection while its page is open, in a real browser."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.sync_api import Page, expect

from ingest import ingest_paths
from ingest.embed.embedder import Embedder
from tests.support.browsers import ANSWERS_WITHIN, MARKS, Serve, browser, page, serve
from tests.support.served import serving

__all__ = ["browser", "page", "serve"]  # fixtures
pytestmark = MARKS

MEGABYTE = 1024 * 1024


def test_an_empty_page_learns_of_documents_and_a_file_that_is_too_large_has_a_receipt(
    page: Page, serve: Serve, tmp_path: Path, embedder: Embedder
) -> None:
    (tmp_path / "pond.txt").write_text("The pond is four feet deep.", encoding="utf-8")
    page.goto(serve(tmp_path / "store", RAG_UPLOAD_MEGABYTES="1"))
    field = page.get_by_test_id("stChatInputTextArea")
    expect(field).to_be_disabled(timeout=ANSWERS_WITHIN)
    ingest_paths([tmp_path / "pond.txt"], store=tmp_path / "store", embedder=embedder)
    # By itself; for a moment the field of before stands beside it.
    expect(page.get_by_placeholder("Ask your documents")).to_be_enabled(timeout=30_000)

    large = tmp_path / "large “plan”.txt"
    large.write_bytes(os.urandom(MEGABYTE * 3))
    (tmp_path / "small.txt").write_text("The quay has nine bollards.", encoding="utf-8")
    page.locator("input[type=file]").first.set_input_files([large, tmp_path / "small.txt"])
    receipts = page.locator(".rag-receipts").first
    expect(receipts).to_contain_text("small.txt", timeout=ANSWERS_WITHIN)
    expect(receipts).to_contain_text("large “plan”.txt")
    expect(receipts).to_contain_text("Larger than 1 MB; ingest it from the command line instead")

    page.locator("input[type=file]").first.set_input_files([large])
    expect(receipts).to_contain_text("Larger than 1 MB")  # alone, too
    expect(receipts).not_to_contain_text("small.txt")


def test_a_page_that_is_ended_while_it_reads_an_upload_ends_without_a_traceback(
    page: Page, tmp_path: Path
) -> None:
    lines = (f"Bollard {number} of the quay stands by the pond." for number in range(9_000))
    (tmp_path / "pond.txt").write_text("\n\n".join(lines), encoding="utf-8")
    with serving(tmp_path / "store", tmp_path) as served:  # which looks at what was written
        page.goto(served.address)
        page.locator("input[type=file]").first.set_input_files(tmp_path / "pond.txt")
        expect(page.get_by_text("· pond.txt").first).to_be_visible(timeout=ANSWERS_WITHIN)
        page.wait_for_timeout(1_000)
