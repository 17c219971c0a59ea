"""The Share menu, the formulas that answer and the guided tour, in Chromium."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import SETTLED

pytestmark = pytest.mark.browser

Visit = Callable[[Page, str], None]
SCROLLED = "document.querySelector('[data-testid=stMain]').scrollTop"


def test_a_lesson_link_is_made_copied_and_opened(server, new_browser, visit: Visit) -> None:
    teacher = new_browser(permissions=["clipboard-read", "clipboard-write"])
    visit(teacher, f"{server.url}/train?model=gan")
    expect(teacher.locator(".st-key-advanced")).to_be_visible()
    teacher.locator(".st-key-share-menu button").first.click()
    teacher.get_by_text("For teachers").click()
    teacher.get_by_role("button", name="Preset", exact=True).click()
    expect(teacher.locator(".st-key-pick-preset")).to_be_hidden()
    expect(teacher).to_have_url(re.compile("hide=preset"))
    teacher.get_by_text("Lock", exact=True).click()
    copy = teacher.locator(".st-key-copy-link button")
    expect(copy).to_have_attribute("data-adds", re.compile("share"))
    copy.click()
    expect(copy).to_have_text("Copied")
    link = teacher.evaluate("navigator.clipboard.readText()")
    assert "model=gan" in link

    pupil = new_browser()
    visit(pupil, link)
    expect(pupil.locator(".st-key-start")).to_be_visible()
    expect(pupil.locator(".st-key-pick-preset")).to_be_hidden()
    expect(pupil.locator(".st-key-share-menu")).to_have_count(0)


def test_the_level_is_kept_in_the_browser(server, page: Page, visit: Visit) -> None:
    visit(page, f"{server.url}/learn?lesson=kl")
    page.locator(".st-key-level-lesson").get_by_text("Engineer").click()
    expect(page.get_by_role("heading", name="The code")).to_be_visible()
    page.wait_for_function("document.cookie.includes('engineer')")
    visit(page, f"{server.url}/train")
    expect(page.locator(".st-key-source")).to_be_visible()
    page.get_by_role("link", name="Playground", exact=True).click()  # and goes along from page to page
    expect(page.locator(".st-key-view-play-gradients")).to_be_visible()
    page.get_by_role("link", name="Home", exact=True).click()
    page.locator(".st-key-level-home").get_by_text("Curious").click()
    expect(page.locator(".st-key-raw-vae")).to_have_count(0)
    page.get_by_role("link", name="Playground", exact=True).click()
    expect(page.get_by_role("button", name="Play", exact=True)).to_have_count(1)  # for a moment there are two
    expect(page.locator(".st-key-view-play-losses")).to_have_count(0)


def test_a_symbol_tells_what_it_is(server, page: Page, visit: Visit) -> None:
    visit(page, f"{server.url}/learn?lesson=bound")
    about = page.locator(".about").first
    expect(about).to_contain_text("nats per sample")
    page.locator("[data-symbol=kl]").first.hover()
    expect(about).to_contain_text("price of the code")
    expect(about).to_contain_text("def gaussian_kl")
    expect(about.locator("mark")).to_have_text("0.5 * (mu.square() + logvar.exp() - 1 - logvar)")
    before = page.evaluate(SCROLLED)
    page.locator("[data-symbol=z]").first.focus()
    expect(about).to_contain_text("one draw of the code")
    expect(about.locator(".hit")).to_contain_text("return self.mu + temperature")
    expect(about.locator(".hit")).to_be_in_viewport()  # of its box, too
    assert page.evaluate(SCROLLED) == before


def test_a_guess_is_answered_and_remembered(server, page: Page, visit: Visit) -> None:
    visit(page, f"{server.url}/learn")
    page.get_by_text("One of these is forged").click()
    place = page.locator(".st-key-challenge-which-is-generated")
    expect(place.locator("canvas")).to_have_attribute("data-drawn", "1")
    page.wait_for_selector(SETTLED)  # below the pictures nothing moves any more
    place.locator("label").filter(has_text="2").last.click()
    expect(place.get_by_role("radio", name="2")).to_be_checked()
    place.locator(".st-key-ask-which-is-generated button:not([disabled])").click()
    expect(place).to_contain_text("is generated, from the noise of seed")
    expect(page.get_by_text("1 of 5 solved")).to_be_visible()
    page.wait_for_function("document.cookie.includes('which-is-generated')")


def test_the_tour_points_drives_and_notices(server, page: Page, visit: Visit) -> None:
    visit(page, server.url)
    page.locator(".st-key-home-tour button:visible").click()
    card = page.locator(".st-key-tour")
    expect(card).to_contain_text("Step 1 of")
    page.locator(".st-key-train-vae button").click()  # done by the visitor
    expect(card).to_contain_text("Step 2 of")
    expect(page.locator(".st-key-start")).to_have_css("outline-style", "solid")
    card.get_by_role("button", name="Leave").click()
    expect(card).to_have_count(0)
    page.wait_for_function("document.cookie.includes('tour')")

    visit(page, f"{server.url}/learn")  # another session: it goes on where it was left
    page.locator(".st-key-learn-tour button:visible").click()
    expect(card).to_contain_text("Step 2 of")
    card.get_by_role("button", name="Go there").click()
    card.get_by_role("button", name="Show me").click()  # done by the tour: a run starts and learns
    expect(page).to_have_url(re.compile("run="))
    expect(card).to_contain_text("Step 4 of", timeout=180_000)  # 200 training steps, on a machine that may be busy
    card.get_by_role("button", name="Show me").click()
    expect(card).to_contain_text("Step 5 of")
    card.get_by_role("button", name="Show me").click()
    expect(card).to_contain_text("Step 6 of")
    expect(page.locator(".st-key-latent_desk")).to_have_css("outline-style", "solid")
    card.get_by_role("button", name="Skip").click()
    expect(page.locator(".st-key-latent_desk")).to_have_css("outline-style", "none")
    card.get_by_role("button", name="Show me").click()
    expect(page).to_have_url(re.compile("show=interpolate"))
    expect(card).to_contain_text("Step 8 of")
    card.get_by_role("button", name="Leave").click()
    expect(card).to_have_count(0)

    visit(page, f"{server.url}/learn")
    page.locator(".st-key-learn-tour button:visible").click()
    expect(card).to_contain_text("Step 8 of")
    card.get_by_role("button", name="Skip").click()
    expect(card).to_contain_text("That was the tour")
    card.get_by_role("button", name="Close").click()
    expect(card).to_have_count(0)
