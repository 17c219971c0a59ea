"""The playground as a visitor meets it: play, pause, single moves, layers, and the way back through the run."""

import math
import re

import pytest
from playwright.sync_api import Page, expect

from genmodels.data.painted import REACH

pytestmark = pytest.mark.browser

FEED = "window.genmodelsPlane.data"
LONG = 60_000
"""Milliseconds that a run on a busy machine may take to begin."""


def array(page: Page, name: str) -> str:
    return page.evaluate(f"JSON.stringify({FEED}.arrays.{name})")


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def pixels(page: Page) -> str:
    return page.locator("canvas.big").evaluate("c => c.toDataURL()")


def wait_for_step(page: Page, step: int) -> None:
    reached = f"least => Number({FEED}.step.replace(/\\D/g, '')) >= least"
    page.wait_for_function(reached, arg=step, timeout=LONG)


@pytest.fixture
def playground(server, page: Page, visit) -> Page:
    visit(page, f"{server.url}/playground")
    page.wait_for_function(f"window.genmodelsPlane && {FEED}.arrays", timeout=LONG)
    expect(page.locator("canvas.big")).to_have_attribute("data-drawn", re.compile(r"\d+"))
    yield page
    press(page, "Reset")
    expect(page).to_have_url(re.compile(r"/playground$"))


def test_fresh_networks_are_seen_and_words_switch_their_layers_without_the_server(playground: Page) -> None:
    page = playground
    expect(page.locator(".node")).to_have_count(6)
    expect(page.locator(".time .step")).to_have_text("step 0")
    page.locator("canvas.big").hover(position={"x": 100, "y": 100})
    expect(page.locator(".stage output")).to_have_text(re.compile(r"^-?\d\.\d\d, -?\d\.\d\d · D \d\.\d\d$"))
    page.mouse.move(0, 0)
    expect(page.locator(".stage output")).to_be_hidden()
    word, before = page.locator("[data-layer=mesh]"), pixels(page)
    page.evaluate("() => { window.genmodelsPlane.trigger = () => { throw new Error('asked the server') } }")
    word.click()
    expect(word).to_have_attribute("aria-pressed", "false")
    assert pixels(page) != before
    word.click()
    expect(word).to_have_attribute("aria-pressed", "true")
    assert pixels(page) == before
    page.locator("[data-node=noise]").click()
    expect(page.locator("[data-layer=z]")).to_be_visible()


def test_a_drawn_distribution_becomes_the_points_to_learn(playground: Page) -> None:
    page = playground
    press(page, "Draw")
    sheet = page.locator(".sheet canvas")
    expect(sheet).to_have_attribute("data-dabs", "0", timeout=LONG)
    expect(page.locator(".brush .done")).to_be_disabled()
    sheet.focus()
    page.keyboard.press("ArrowRight")  # the brush moves a tenth to the right, then dabs
    page.keyboard.press("Space")
    expect(sheet).to_have_attribute("data-dabs", "1")
    box = sheet.bounding_box()
    assert box
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] / 2, y)
    page.mouse.down()
    for beyond in (0, 200, 0, 200):  # out of the sheet and back: where it ends, nothing piles up
        page.mouse.move(box["x"] + box["width"] + beyond, y)
    page.mouse.up()
    stroke = 1 + math.floor(REACH / (0.35 * 0.2))  # dabs of radius 0.2 lie 0.35 of it apart
    expect(sheet).to_have_attribute("data-dabs", str(1 + stroke))
    page.locator(".brush .undo").click()
    expect(sheet).to_have_attribute("data-dabs", "1")
    page.locator(".brush .done").click()
    expect(page.get_by_role("combobox", name="Data", exact=True)).to_have_value("Drawing 1", timeout=LONG)
    page.wait_for_function(f"{FEED}.game && !document.querySelector('.sheet')", timeout=LONG)
    page.locator(".st-key-play-forget button").first.click()
    expect(page.get_by_role("combobox", name="Data", exact=True)).to_have_value("Ring of 8", timeout=LONG)


def test_play_pause_single_moves_and_the_way_back(playground: Page) -> None:
    page = playground
    before = array(page, "samples")
    press(page, "Play")
    wait_for_step(page, 5)
    assert array(page, "samples") != before
    press(page, "Pause")
    expect(page.get_by_role("button", name="Only D", exact=True)).to_be_enabled()
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible(timeout=LONG)
    shown = page.locator(".time .step")
    # The line under the plot says where the run stands: the plot has caught up with it.
    stands = "() => document.querySelector('.st-key-play-stands')?.textContent.trim().split(' · ')[0]"
    page.wait_for_function(f"() => ({stands})() === {FEED}.step", timeout=LONG)
    samples, surface, step = array(page, "samples"), array(page, "surface"), shown.inner_text()
    press(page, "Only D")
    expect(shown).not_to_have_text(step, timeout=LONG)
    assert array(page, "samples") == samples
    assert array(page, "surface") != surface
    slider = page.locator(".time input")
    slider.fill("0")
    expect(shown).to_have_text("step 0", timeout=LONG)
    page.locator(".time .live").click()
    expect(shown).not_to_have_text("step 0", timeout=LONG)
