"""Compare and Runs as a visitor uses them, in Chromium: a race, its verdict, undo, taking a run away and back."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from genmodels.training.folder import RunFolder
from tests.conftest import SETTLED

pytestmark = pytest.mark.browser

Visit = Callable[[Page, str], None]
PATIENCE = 120_000
"""Milliseconds for workers that have to import torch on a busy machine."""
DRAWN = re.compile("[1-9]")


@pytest.fixture(autouse=True)
def _tidy(server, page: Page) -> Iterator[None]:
    page.context.set_default_timeout(PATIENCE)
    yield
    for path in (server.log.parent / "runs").glob("*/run.json"):
        if RunFolder(path.parent).active():
            RunFolder(path.parent).send("stop")


def side(page: Page, index: int, what: str) -> Locator:
    return page.locator(f".st-key-compare-{index}-{what} canvas").first


def press(page: Page, label: str) -> None:
    page.get_by_role("button", name=label, exact=True).click()


def ids(page: Page) -> list[str]:
    found = re.search(r"runs=([\w.-]+)", page.url)
    assert found
    return found[1].split(".")


def verdict(page: Page) -> Locator:
    return page.locator(".st-key-compare-verdict")


def test_the_first_visit_compares_a_vae_and_a_gan(server, page: Page, visit: Visit) -> None:
    visit(page, f"{server.url}/compare")
    for index in (0, 1):
        expect(side(page, index, "samples")).to_have_attribute("data-drawn", DRAWN, timeout=PATIENCE)
    expect(side(page, 0, "reconstructions")).to_have_attribute("data-drawn", DRAWN)
    expect(page.get_by_text("It has no encoder, so no data on its map")).to_be_visible()
    expect(verdict(page)).to_contain_text("gan-digits draws the sharper pictures", timeout=PATIENCE)
    expect(page.get_by_role("columnheader", name="real against real")).to_be_visible()


def test_a_race_is_watched_judged_and_found_again_under_runs(server, page: Page, visit: Visit) -> None:
    visit(page, f"{server.url}/compare")
    press(page, "New race")
    page.get_by_role("combobox", name="Data").fill("Ring")
    page.get_by_role("option", name="Ring of 8", exact=True).click()
    start = page.get_by_role("button", name="Start", exact=True)
    expect(start).to_be_enabled()
    start.click()
    expect(page).to_have_url(re.compile(r"runs=[\w-]+\.[\w-]+"), timeout=PATIENCE)
    address, runs = page.url, [RunFolder(server.log.parent / "runs" / run_id) for run_id in ids(page)]
    for index in (0, 1):
        expect(side(page, index, "samples")).to_have_attribute("data-moved", DRAWN, timeout=PATIENCE)
    for run in runs:
        run.send("stop")
    expect(page.locator(".gm-side").filter(has_text=re.compile("Stopped|Finished"))).to_have_count(2, timeout=PATIENCE)
    expect(verdict(page)).to_contain_text("per step", timeout=PATIENCE)

    page.reload()
    expect(page).to_have_url(address)
    expect(verdict(page)).to_contain_text("per step", timeout=PATIENCE)

    page.wait_for_selector(SETTLED)
    page.get_by_role("link", name="Runs", exact=True).click()
    expect(page).to_have_url(re.compile("/runs$"))
    rows = page.locator("[class*=st-key-run-what-]")
    expect(rows).to_have_count(2, timeout=PATIENCE)
    _undo(page, rows, runs[0].id)
    _away_and_back(page, rows, runs[0].id)


def _undo(page: Page, rows: Locator, run_id: str) -> None:
    page.locator(f".st-key-run-tick-{run_id} label").first.click()
    expect(page.get_by_text("1 ticked")).to_be_visible()
    press(page, "Delete")
    expect(rows).to_have_count(1)
    press(page, "Undo")
    expect(rows).to_have_count(2)


def _away_and_back(page: Page, rows: Locator, run_id: str) -> None:
    page.locator(f".st-key-run-menu-{run_id} button:visible").click()
    page.get_by_role("menuitem", name="Export").click()
    table = _download(page, "Numbers")
    lines = list(csv.DictReader(io.StringIO(Path(table).read_text())))
    assert len(lines) > 1
    assert float(lines[-1]["seconds"]) > 0
    whole = _download(page, "Whole run")
    page.get_by_role("dialog").get_by_role("button", name="Close").click()
    expect(page.get_by_role("dialog")).to_have_count(0)

    press(page, "Import run")
    page.locator("[data-testid=stFileUploaderDropzoneInput]").set_input_files(
        {"name": "run.zip", "mimeType": "application/zip", "buffer": Path(whole).read_bytes()}
    )
    expect(rows).to_have_count(3, timeout=PATIENCE)


def _download(page: Page, label: str) -> Path:
    with page.expect_download() as download:
        page.get_by_role("dialog").get_by_role("button", name=label, exact=True).click()
    return download.value.path()
