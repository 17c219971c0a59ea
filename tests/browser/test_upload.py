"""A visitor's own pictures from the file to an explorable model, in Chromium."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests import hostile
from tests.test_data_uploads import noisy

pytestmark = pytest.mark.browser
Visit = Callable[[Page, str], None]


@pytest.fixture
def patience() -> Iterator[None]:
    expect.set_options(timeout=60_000)
    yield
    expect.set_options(timeout=60_000)


@pytest.mark.usefixtures("patience")
def test_a_zip_is_looked_at_kept_trained_on_and_explored(server, page: Page, visit: Visit, tmp_path: Path) -> None:
    path = tmp_path / "pets.zip"
    path.write_bytes(hostile.zipped({f"{'cats' if i % 2 else 'dogs'}/{i}.png": noisy(i) for i in range(16)}))
    page.set_default_timeout(60_000)  # a real run on whatever machine this is
    visit(page, f"{server.url}/train")
    page.get_by_role("radio", name="Own data").click()
    page.locator("input[type=file]").set_input_files(path)
    expect(page.get_by_role("heading", name="16 pictures, 32 × 32, colour")).to_be_visible()
    expect(page.locator(".st-key-own-sheet canvas")).to_be_visible()
    expect(page.get_by_text("Only 16 pictures")).to_be_visible()
    page.locator(".st-key-own-keep button").click()
    expect(page.get_by_text("16 pictures in 2 classes, brought by you.")).to_be_visible()
    steps = page.get_by_role("spinbutton", name="Steps")
    steps.fill("3")
    steps.press("Enter")
    expect(page.locator("[class*=st-key-set-vae-steps][class*=-reset]")).to_be_visible()
    page.locator(".st-key-start button").click()
    expect(page.get_by_text("Finished").first).to_be_visible(timeout=120_000)
    page.get_by_role("link", name="Explore", exact=True).click()
    expect(page.get_by_role("heading", name="Explore")).to_be_visible()
    expect(page.get_by_role("combobox", name="Model")).to_have_value(re.compile("VAE on pets, steps 3"))
    expect(page.locator("[data-testid=stMain] canvas").first).to_be_visible()


def test_drawings_become_a_set_that_can_be_looked_at_closely(server, page: Page, visit: Visit) -> None:
    visit(page, f"{server.url}/train")
    page.get_by_role("radio", name="Own data").click()
    page.get_by_role("radio", name="Draw").click()
    keep = page.locator(".st-key-own-take button")
    for number, slope in enumerate((2, 9), 1):
        expect(keep).to_be_disabled()
        draw(page, slope)
        expect(keep).to_be_enabled()
        keep.click()
        expect(page.get_by_text(f"{number} of at most 200 pictures")).to_be_visible()
    expect(page.get_by_role("heading", name="2 pictures, 28 × 28, grey")).to_be_visible()
    expect(page.get_by_text("Only 2 pictures")).to_be_visible()
    page.locator(".st-key-own-keep button").click()
    expect(page.get_by_text("2 pictures, brought by you.")).to_be_visible()
    expect(page.get_by_role("radio", name="My data")).to_be_checked()
    page.locator(".st-key-closer summary").click()
    expect(page.get_by_text("1 to learn from, 1 held out.")).to_be_visible()
    expect(page.locator(".st-key-closer-means canvas")).to_be_visible()
    expect(page.get_by_text("Nothing occurs twice")).to_be_visible()


def draw(page: Page, slope: int) -> None:
    pad = page.locator(".st-key-own-pad canvas").first
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    x, y = box["x"] + 60, box["y"] + 60
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(12):
        page.mouse.move(x + 10 * step, y + slope * step)
    page.mouse.up()
