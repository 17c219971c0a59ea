"""The frame and the interactive parts as a visitor meets them, in Chromium."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from genmodels.owners import owner_key
from genmodels.training.folder import RunFolder
from tests.small_runs import small

pytestmark = pytest.mark.browser

Visit = Callable[[Page, str], None]
OWNER = "genmodels_owner"


def owner_of(page: Page) -> str:
    return next(cookie["value"] for cookie in page.context.cookies() if cookie["name"] == OWNER)


def canvas(page: Page, key: str) -> Locator:
    return page.locator(f".st-key-{key} canvas").first


def pixels(place: Locator) -> str:
    return place.evaluate("c => c.toDataURL()")


def test_the_first_deep_link_of_a_fresh_server_arrives_in_the_frame(start_server, page: Page, visit: Visit) -> None:
    visit(page, f"{start_server().url}/train?run=abc&tag=1&tag=2")
    expect(page.get_by_role("heading", name="Train")).to_be_visible()
    expect(page.get_by_role("link", name="Explore")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/train\?run=abc&tag=1&tag=2$"))
    expect(page).to_have_title("Train · genmodels studio")


def test_links_reload_and_back(server, page: Page, visit: Visit) -> None:
    visit(page, server.url)
    expect(page.get_by_role("heading", name="Machines that imagine")).to_be_visible()
    expect(page.locator(".st-key-sketch-gan svg:visible")).to_have_count(1)
    page.locator(".st-key-explore-vae button").click()
    expect(page.get_by_role("heading", name="Explore")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/explore\?run=vae-digits"))
    page.reload()
    expect(page.get_by_role("heading", name="Explore")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/explore\?run=vae-digits"))
    page.go_back()
    expect(page.get_by_role("heading", name="Machines that imagine")).to_be_visible()
    page.get_by_role("link", name="Train", exact=True).click()
    expect(page.get_by_role("heading", name="Train")).to_be_visible()


def test_a_phone_sees_no_sideways_scrolling(server, new_browser, visit: Visit) -> None:
    phone = new_browser(viewport={"width": 390, "height": 844}, has_touch=True)
    visit(phone, server.url)
    expect(phone.locator(".st-key-sketch-gan svg:visible")).to_have_count(1)
    assert phone.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390


def test_each_browser_is_one_owner(server, new_browser, visit: Visit) -> None:
    one, other = new_browser(), new_browser()
    for page in (one, other):
        visit(page, server.url)
        page.wait_for_function(f"document.cookie.includes('{OWNER}=')")
    first = owner_of(one)
    assert re.fullmatch("[0-9a-f]{32}", first)
    assert owner_of(other) != first
    visit(one, f"{server.url}/train")
    assert owner_of(one) == first
    tab = one.context.new_page()
    visit(tab, server.url)
    assert owner_of(tab) == first
    assert first not in tab.url


def test_the_owner_outlives_cookie_and_server(start_server, page: Page, visit: Visit, tmp_path: Path) -> None:
    server = start_server()
    visit(page, server.url)
    page.wait_for_function(f"document.cookie.includes('{OWNER}=')")
    first = owner_of(page)
    server.stop()
    page.context.clear_cookies(name=OWNER)
    RunFolder.create(tmp_path / "runs" / "mine", small(), owner=owner_key(first), title="Found again")
    start_server(port=int(server.url.rsplit(":")[-1]))
    visit(page, f"{server.url}/runs")
    page.wait_for_function(f"document.cookie.includes('{OWNER}={first}')")
    expect(page.get_by_role("button", name="Found again")).to_be_visible()  # in the page that is drawn first


def test_a_hostile_cookie_is_replaced(server, page: Page, visit: Visit) -> None:
    page.context.add_cookies([{"name": OWNER, "value": "../../etc/passwd", "url": server.url}])
    visit(page, server.url)
    page.wait_for_function(f"/{OWNER}=[0-9a-f]{{32}}(;|$)/.test(document.cookie)")


@pytest.mark.parametrize("key", ["grid", "grid-png"])
def test_a_new_picture_is_drawn_on_the_same_canvas(gallery, page: Page, visit: Visit, key: str) -> None:
    visit(page, gallery.url)
    place = canvas(page, key)
    expect(place).to_have_attribute("data-drawn", "1")
    before = pixels(place)
    place.evaluate("c => { c.mark = 'the same' }")
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_text("tick 1")).to_be_visible()
    expect(place).to_have_attribute("data-drawn", "2")
    assert place.evaluate("c => c.mark") == "the same"
    assert pixels(place) != before


def test_a_click_on_the_scatter_returns_its_place(gallery, page: Page, visit: Visit) -> None:
    visit(page, gallery.url)
    place = canvas(page, "cloud")
    expect(place).to_have_attribute("data-moved", "1")
    box = place.bounding_box()
    assert box is not None
    place.click(position={"x": box["width"] / 2, "y": box["height"] / 2})
    picked = page.get_by_text(re.compile("^picked"))
    expect(picked).to_have_text(re.compile(r"^picked -?0\.0\d -?0\.0\d None$"))
    place.focus()
    for _ in range(5):
        page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Enter")
    expect(picked).to_have_text(re.compile(r"^picked [1-9]\.\d\d -?0\.0\d \w+$"))


def test_points_glide_to_new_places(gallery, new_browser, visit: Visit) -> None:
    page = new_browser(reduced_motion="no-preference")
    visit(page, gallery.url)
    place = canvas(page, "cloud")
    expect(place).to_have_attribute("data-moved", "1")
    before = pixels(place)
    place.evaluate("c => { c.mark = 'the same' }")
    slider = page.get_by_role("slider", name="Spread")
    slider.focus()
    slider.press("ArrowLeft")
    expect(place).to_have_attribute("data-moved", "2")
    assert place.evaluate("c => c.mark") == "the same"
    assert pixels(place) != before


def test_the_legend_brings_one_class_forward(gallery, page: Page, visit: Visit) -> None:
    visit(page, gallery.url)
    before = pixels(canvas(page, "cloud"))
    entry = page.locator(".st-key-cloud .legend button").nth(3)
    entry.click()
    expect(entry).to_have_attribute("aria-pressed", "true")
    assert pixels(canvas(page, "cloud")) != before


def test_the_player_moves_and_obeys(gallery, new_browser, visit: Visit) -> None:
    page = new_browser(reduced_motion="no-preference")
    visit(page, gallery.url)
    button, slider = page.locator(".st-key-player button"), page.locator(".st-key-player input")
    canvas(page, "player").scroll_into_view_if_needed()
    expect(button).to_have_attribute("aria-pressed", "true")
    page.wait_for_function("([s, from]) => Number(s.value) > from", arg=[slider.element_handle(), 0.2])
    canvas(page, "player").click()
    expect(button).to_have_attribute("aria-pressed", "false")
    slider.fill("7.5")
    between = pixels(canvas(page, "player"))
    slider.fill("7")
    assert pixels(canvas(page, "player")) != between
    slider.press("Space")
    expect(button).to_have_attribute("aria-pressed", "true")


def test_the_player_rests_for_those_who_want_less_motion(gallery, page: Page, visit: Visit) -> None:
    visit(page, gallery.url)
    expect(page.locator(".st-key-player button")).to_have_attribute("aria-pressed", "false")
    expect(page.locator(".st-key-player input")).to_have_value("0")


def test_a_frozen_chart_stays_while_data_arrive(gallery, page: Page, visit: Visit) -> None:
    visit(page, gallery.url)
    chart = canvas(page, "losses")
    expect(chart).to_be_visible()
    expect(canvas(page, "grid")).to_have_attribute("data-drawn", "1")  # a picture that comes too late is not drawn
    page.get_by_text("Freeze view").click()
    expect(page.get_by_role("switch", name="Freeze view")).to_be_checked()
    before = pixels(chart)
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_text("tick 1")).to_be_visible()
    expect(canvas(page, "grid")).to_have_attribute("data-drawn", "2")
    assert pixels(chart) == before
