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
    expect(page.locator(".st-key-set-vae-steps-reset")).to_be_visible()
    page.locator(".st-key-start button").click()
    expect(page.get_by_text("Finished").first).to_be_visible(timeout=120_000)
    page.get_by_role("link", name="Explore", exact=True).click()
    expect(page.get_by_role("heading", name="Explore")).to_be_visible()
    expect(page.get_by_role("combobox", name="Model")).to_have_value(re.compile("VAE on pets, steps 3"))
    expect(page.locator("[data-testid=stMain] canvas").first).to_be_visible()
