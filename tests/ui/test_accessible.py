"""No page has a serious or critical violation of accessibility rules, by axe."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Literal

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import Browser, Page, expect

from ingest.store.directory import Store
from rag_app.auth.passwords import hashed
from tests.support.browsers import ANSWERS_WITHIN, MARKS, Serve, answered, ask, browser, serve
from tests.support.llm_servers import ScriptedServer, reply
from tests.ui.chat.test_page import QUESTION, WRITTEN

__all__ = ["browser", "serve"]  # fixtures
pytestmark = MARKS

# Another version of axe than the one that is installed: AXE=node_modules/axe-core/axe.min.js
SCRIPT = Path(os.environ.get("AXE", AXE_FILE_PATH)).read_text(encoding="utf-8")
# It is drawn, and nothing fades in or out any more: what does has no contrast.
AT_REST = """() => {
  const app = document.querySelector("[data-test-script-state]");
  const rests = app.dataset.testScriptState === "notRunning"
    && document.getAnimations().every((one) => one.playState !== "running");
  window.rested = rests ? (window.rested ?? 0) + 1 : 0;
  return window.rested > 2;
}"""
RUN = "axe.run({resultTypes: ['violations']})"
SERIOUS = ("serious", "critical")
Scheme = Literal["light", "dark"]
LOOKS: tuple[tuple[Scheme, int], ...] = (("light", 1280), ("dark", 390))


def violations(page: Page) -> list[str]:
    """What axe finds on a page that is serious, and still is a moment later, with its places, as
    lines: on a busy machine something may fade in after all."""
    page.mouse.move(0, 0)
    page.evaluate(SCRIPT)
    for _ in range(3):
        page.wait_for_function(AT_REST, polling=100, timeout=ANSWERS_WITHIN)
        if not (found := worst(page.evaluate(RUN))):
            break
        page.wait_for_timeout(500)
    return found


def worst(found: Any) -> list[str]:
    """The serious ones of what axe tells."""
    return [
        f"{one['id']} ({one['impact']}): {one['help']}: {json.dumps(node['target'])} {node['html']}"
        for one in found["violations"]
        if one["impact"] in SERIOUS
        for node in one["nodes"]
    ]


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
def test_no_page_has_a_serious_violation(
    browser: Browser, serve: Serve, own_store: Path, scheme: Scheme, width: int
) -> None:
    told = reply(WRITTEN), reply("The documents do not say.")
    with ScriptedServer(*told) as server:
        address = serve(own_store, OPENAI_BASE_URL=server.base_url)
        page = browser.new_page(color_scheme=scheme, viewport={"width": width, "height": 900})
        look_at_all(page, address)
        page.close()


@pytest.mark.long
def test_what_opens_over_a_page_or_comes_before_it_has_none_either(
    browser: Browser, serve: Serve, own_store: Path, tmp_path: Path
) -> None:
    empty, address = serve(tmp_path / "empty"), serve(own_store)
    closed = serve(own_store, RAG_PASSWORD=hashed("long enough"))
    for scheme, width in LOOKS:
        page = browser.new_page(color_scheme=scheme, viewport={"width": width, "height": 900})
        page.goto(closed)
        expect(page.get_by_label("Password")).to_be_visible(timeout=ANSWERS_WITHIN)
        page.evaluate(SCRIPT)
        assert worst(page.evaluate(RUN)) == []

        page.goto(empty)
        expect(page.get_by_test_id("stFileUploaderDropzone").first).to_be_visible(
            timeout=ANSWERS_WITHIN
        )
        assert violations(page) == []

        page.goto(address)
        page.get_by_role("button", name="Connect an AI model for").click(timeout=ANSWERS_WITHIN)
        for way in page.get_by_role("dialog").get_by_role("radio").all():
            way.check(force=True)
            assert violations(page) == []
        page.goto(address)
        page.get_by_role("button", name="Filter").click(timeout=ANSWERS_WITHIN)
        expect(page.get_by_role("combobox", name="Folders")).to_be_visible()
        assert violations(page) == []

        if width > 768:  # on a phone, the sidebar is closed
            page.goto(address)
            page.get_by_role("button", name="Collections").click(timeout=ANSWERS_WITHIN)
            expect(page.get_by_role("dialog")).to_be_visible()
            assert violations(page) == []

        page.goto(f"{address}/documents")
        with Store(own_store, "default").write_lock(0):  # what is uploaded waits for its turn
            files = page.get_by_test_id("stMain").locator("input[type=file]").first
            files.set_input_files(
                {
                    "name": f"pond-{width}.txt",
                    "mimeType": "text/plain",
                    "buffer": f"The pond is {width} feet deep.".encode(),
                }
            )
            cancel = page.get_by_role("button", name="Cancel").first
            expect(cancel).to_be_visible(timeout=ANSWERS_WITHIN)
            page.evaluate(SCRIPT)
            assert worst(page.evaluate(RUN)) == []
        listed = page.get_by_role("button", name=f"pond-{width}.txt").first
        expect(listed).to_be_visible(timeout=ANSWERS_WITHIN)
        assert violations(page) == []
        page.close()


def look_at_all(page: Page, address: str) -> None:
    """From the first page on, through all others."""
    page.goto(address)
    expect(page.get_by_text("Ask in your own words")).to_be_visible(timeout=ANSWERS_WITHIN)
    assert violations(page) == []

    ask(page, QUESTION)
    answered(page, "at nine")
    page.get_by_role("button", name="Inspect").first.click()
    expect(page.locator(".rag-table")).to_be_visible(timeout=ANSWERS_WITHIN)
    page.get_by_role("button", name="Edit").first.click()
    expect(page.get_by_label("Your question")).to_be_focused()
    assert violations(page) == []
    page.get_by_role("button", name="Cancel").click()

    ask(page, "Who built the lighthouse of Alexandria?")
    expect(page.locator(".rag-refusal")).to_be_visible(timeout=ANSWERS_WITHIN)
    assert violations(page) == []
    page.locator(".rag-marker").first.click()
    expect(page.locator(".rag-region")).to_be_visible(timeout=ANSWERS_WITHIN)
    assert violations(page) == []

    if (page.viewport_size or {})["width"] > 768:  # on a phone, the sidebar is closed
        row = page.locator("[class*=st-key-present-]")
        for action in ("Rename", "Export", "Delete"):
            row.hover()
            row.get_by_role("button", name="More about").click()
            if action == "Rename":
                expect(page.get_by_role("menuitem", name=action)).to_be_visible()
                assert violations(page) == []
            page.get_by_role("menuitem", name=action).click()
            expect(page.get_by_role("dialog")).to_be_visible()
            assert violations(page) == []
            page.keyboard.press("Escape")
            expect(page.get_by_role("dialog")).to_have_count(0)

    page.goto(f"{address}/documents")
    listed = page.get_by_role("button", name="Garden rules")
    expect(listed).to_be_visible(timeout=ANSWERS_WITHIN)
    assert violations(page) == []
    listed.click()
    expect(page.get_by_text("All documents")).to_be_visible(timeout=ANSWERS_WITHIN)
    assert violations(page) == []
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("button", name="Cancel")).to_be_visible(timeout=ANSWERS_WITHIN)
    assert violations(page) == []
    page.goto(f"{address}/evaluation")
    expect(page.get_by_role("heading", name="Evaluation")).to_be_visible(timeout=ANSWERS_WITHIN)
    assert violations(page) == []
