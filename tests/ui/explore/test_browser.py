"""The page "Explore" in a real browser: one server, one page, place after place."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from ingest import ingest_paths
from ingest.embed.embedder import Embedder
from ingest.store.directory import Store
from rag_app.insights.learning.learner import Learner
from rag_app.ui.explore.page import PLACES
from tests.support.browsers import ANSWERS_WITHIN, MARKS, browser, drawn
from tests.support.served import serving

__all__ = ["browser"]  # fixture
pytestmark = MARKS

BREAD = (
    "Knead the dough for ten minutes, until it is smooth and does not stick to the table.",
    "A sourdough starter is a mixture of flour and water in which wild yeast lives.",
    "The oven is heated to 240 degrees before the loaf goes in, with a bowl of water below.",
    "Rye flour takes up more water than wheat flour, so the dough stays sticky.",
    "The crust cracks where the loaf was cut, and nowhere else, if it has risen long enough.",
)
BIKES = (
    "A bicycle chain has to be oiled every month, and replaced when it has become longer.",
    "The brake pads are worn when the grooves in them can hardly be seen any more.",
    "To change a tube, take the wheel out and lift the tyre over the rim with two levers.",
    "The gears of a bicycle are adjusted by a screw at the end of the cable.",
    "Spokes that are loose make the wheel wobble; a key of the right size tightens them.",
)
STRANGE = "Quartet in F minor, opus 95: Beethoven wrote it in 1810 for four strings."


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("explored")
    for subject, texts in (("bread", BREAD), ("bikes", BIKES)):
        (folder / subject).mkdir()
        for number, text in enumerate(texts):
            (folder / subject / f"{number}.txt").write_text(text)
    (folder / "bread" / "copy.txt").write_text(f"{BREAD[0]} Then let it rest.")
    (folder / "music.txt").write_text(STRANGE)
    return folder


@pytest.fixture(scope="module")
def explored(
    documents: Path, tmp_path_factory: pytest.TempPathFactory, browser: Browser, embedder: Embedder
) -> Iterator[tuple[Page, Path]]:
    """The page, and the store that it shows."""
    store = tmp_path_factory.mktemp("store")
    ingest_paths([documents], store=store, embedder=embedder)
    with serving(store, tmp_path_factory.mktemp("served")) as served:
        context = browser.new_context(viewport={"width": 1280, "height": 1000})
        page = context.new_page()
        page.goto(f"{served.address}/explore")
        expect(page.get_by_role("heading", name="Explore")).to_be_visible(timeout=ANSWERS_WITHIN)
        yield page, store
        context.close()


@pytest.fixture
def page(explored: tuple[Page, Path]) -> Page:
    return explored[0]


def at(page: Page, place: str, do: str | None = None) -> None:
    """Go to a place, and have worked out what is not."""
    page.get_by_test_id("stButtonGroup").first.get_by_role("radio", name=place, exact=True).click()
    expect(page.locator(".rag-promise")).to_have_text(PLACES[place][0])
    drawn(page)
    if do is not None:
        button = page.get_by_role("button", name=do, exact=True)
        button.click()
        expect(button).to_have_count(0)  # "Stop" stands in its place
        expect(page.get_by_role("button", name="Stop", exact=True)).to_have_count(0)
        drawn(page)


def rows_of(page: Page, button: Locator) -> list[dict[str, str]]:
    """The rows of the CSV file behind a button."""
    with page.expect_download() as told:
        button.click()
    return list(csv.DictReader(Path(told.value.path()).read_text("utf-8-sig").splitlines()))


def csv_of(page: Page, name: str) -> list[dict[str, str]]:
    return rows_of(page, page.locator(f".st-key-download-{name}-csv").get_by_role("button"))


def opened(page: Page, title: str) -> Locator:
    """What folds open under a title."""
    folded = page.get_by_test_id("stExpander").filter(has_text=title).first
    if folded.locator("details[open]").count() == 0:
        folded.locator("summary").click()
    return folded


def test_a_frame_on_the_map_lists_filters_and_asks(page: Page) -> None:
    at(page, "Map", "Draw the map")
    assert len(csv_of(page, "map")) == 12
    plot = page.get_by_test_id("stVegaLiteChart").locator(".marks")
    box = plot.bounding_box()
    assert box
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 20, box["y"] + 400, steps=4)
    page.mouse.up()
    expect(page.get_by_text("in the frame")).to_be_visible()
    drawn(page)
    assert 1 < len(csv_of(page, "frame")) <= 12
    page.get_by_role("button", name="Look only at these documents").click()
    drawn(page)
    page.get_by_role("button", name="Filter").click()
    expect(page.get_by_test_id("stPopoverBody").get_by_text(".txt").first).to_be_visible()
    for clear in page.get_by_test_id("stPopoverBody").get_by_label("Clear all").all():
        clear.click()
    page.keyboard.press("Escape")
    drawn(page)


def test_topics_duplicates_and_what_does_not_belong_lead_to_the_words(page: Page) -> None:
    at(page, "Topics")
    titles = page.get_by_test_id("stExpander")
    expect(titles.nth(1)).to_be_visible(timeout=ANSWERS_WITHIN)
    assert csv_of(page, "topics")
    first = opened(page, "passages")
    expect(first.locator(".rag-passage").first).to_be_visible()
    assert first.get_by_role("link", name=".txt").first.get_attribute("href")
    at(page, "Duplicates", "Find duplicates")
    pair = opened(page, "bread/copy.txt")
    expect(pair.locator("ins, del")).to_contain_text("Then let it rest.")
    assert any("bread/copy.txt" in row.values() for row in csv_of(page, "duplicates"))
    at(page, "Does not belong", "Look for what does not belong")
    assert csv_of(page, "outliers")[0]["document"] == "music.txt"


def test_labels_from_a_file_become_a_field(page: Page, documents: Path, tmp_path: Path) -> None:
    at(page, "Classes")
    sent = tmp_path / "labels.csv"
    sent.write_text("name,kind\nx,y\n")
    file = page.locator(".st-key-explore-labels input[type=file]")
    file.set_input_files(sent)
    expect(page.get_by_text("it needs a column")).to_be_visible()
    lines = [f"{label},{folder}/{number}.txt" for number in range(3)
             for label, folder in (("baking", "bread"), ("repair", "bikes"))]  # fmt: skip
    (better := tmp_path / "better.csv").write_text("\n".join(["label,document", *lines]))
    file.set_input_files(better)
    expect(page.get_by_text("baking: 3; repair: 3")).to_be_visible()
    # What was typed a moment before the click counts: the page need not have been drawn between.
    page.get_by_label("Texts to label too").fill("How do I oil a chain?")
    page.get_by_role("button", name="Label all documents").click()
    expect(page.get_by_text("How do I oil a chain?: repair")).to_be_visible(timeout=ANSWERS_WITHIN)
    drawn(page)
    assert {row["likeliest"] for row in csv_of(page, "classes")} == {"baking", "repair"}
    page.get_by_label("Keep the labels as a field").fill("subject")
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(page.get_by_text("Filters know it after")).to_be_visible()
    assert '"subject": "baking"' in (documents / "metadata.jsonl").read_text()


def test_what_to_read_next_by_a_file_and_what_is_related(page: Page, tmp_path: Path) -> None:
    at(page, "To read next")
    sent = tmp_path / "history.csv"
    sent.write_text("user,item,weight\nann,bikes/0.txt,2\nann,no/such.txt,1\n")
    page.locator(".st-key-explore-history input[type=file]").set_input_files(sent)
    drawn(page)
    page.get_by_role("button", name="See what to read next").click()
    first = page.get_by_test_id("stExpander").first
    expect(first).to_contain_text("bikes/", timeout=ANSWERS_WITHIN)
    drawn(page)
    assert "bikes/0.txt" not in {row["document"] for row in csv_of(page, "to-read-next")}
    at(page, "Related")
    page.get_by_role("combobox").click()
    page.get_by_role("option", name="bread/1.txt").click()
    drawn(page)
    page.get_by_role("button", name="Find what is related").click()
    expect(page.get_by_test_id("stExpander").first).to_contain_text("bread/")
    drawn(page)
    assert len(csv_of(page, "related")) == 10


def test_a_path_asks_and_what_was_known_is_kept(page: Page, explored: tuple[Page, Path]) -> None:
    at(page, "Learn")
    field = page.get_by_label("What do you want to learn?")
    field.fill("repair a wheel\nbake sourdough bread\nfly an aeroplane")
    field.press("Control+Enter")
    page.get_by_role("button", name="Find the way").click()
    expect(page.get_by_text("no material")).to_be_visible(timeout=ANSWERS_WITHIN)
    drawn(page)
    bread = opened(page, "bake sourdough bread")
    bread.get_by_text("Show the answer").first.click()
    bread.get_by_role("button", name="Easily").click()
    expect(page.get_by_text("of 3 objectives")).to_be_visible()
    drawn(page)
    [answer] = Learner(Store(explored[1], "default")).answers()
    assert answer.known == "easy"
    assert {row["objective"] for row in csv_of(page, "learning-path")} >= {"fly an aeroplane"}


def test_two_texts_a_sum_the_audit_and_tuning(page: Page) -> None:
    at(page, "Compare")
    page.get_by_label("First text").fill("The chain is oiled. It rains.")
    page.get_by_label("Second text").fill("Oil the chain!")
    page.get_by_test_id("stForm").get_by_role("button", name="Compare").click()
    expect(page.get_by_text("As a whole")).to_be_visible()
    drawn(page)
    assert len(csv_of(page, "comparison")) == 2
    at(page, "Bias")
    page.get_by_role("button", name="Audit").click()
    page.get_by_role("button", name="Stop", exact=True).click()
    # As it was before; or, on a quick machine, the audit that was done already.
    done = page.get_by_role("heading", name="What the model associates")
    before = page.get_by_role("button", name="Audit")
    expect(before.or_(done).first).to_be_visible(timeout=ANSWERS_WITHIN)
    drawn(page)
    at(page, "Tuning")
    expect(page.locator("code").filter(has_text="rag-app tune")).to_be_visible()


def test_what_has_changed_meanwhile_is_told(
    page: Page, explored: tuple[Page, Path], documents: Path, embedder: Embedder
) -> None:
    at(page, "Topics")
    find = page.get_by_role("button", name="Find topics")
    if find.count():  # no test before this one has found them here
        find.click()
    expect(page.get_by_test_id("stExpander").nth(1)).to_be_visible(timeout=ANSWERS_WITHIN)
    at(page, "Map")
    (documents / "bikes" / "new.txt").write_text("A saddle is as high as your hip.")
    ingest_paths([documents], store=explored[1], embedder=embedder)
    at(page, "Topics")
    expect(page.get_by_text("The documents have changed since")).to_be_visible()
    page.get_by_role("button", name="Work it out again").click()
    expect(page.get_by_text("The documents have changed since")).to_have_count(0)
    drawn(page)
    assert csv_of(page, "topics")
