"""Drawing on the Explore page, and a walk as a video, in Chromium."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.conftest import SETTLED, Server

pytestmark = pytest.mark.browser
Visit = Callable[[Page, str], None]
DRAWN = re.compile(r"^[1-9]")


class Pad:
    """The drawing pad on a page, and the model's answer beside it."""

    def __init__(self, page: Page, answer: str) -> None:
        self.page = page
        self.root = page.locator("[class*=st-key-explore-pad-]").first
        self.canvas: Locator = self.root.locator("canvas")
        self.answer: Locator = page.locator(f".st-key-{answer} canvas")
        expect(page.locator(".st-key-latent_desk .picture canvas")).to_have_attribute("data-drawn", re.compile(r"\d"))
        expect(self.canvas).to_have_attribute("data-ready", re.compile(r"\d"))

    def at(self, x: float, y: float) -> tuple[float, float]:
        """A place on the pad, both 0 to 1, on the screen."""
        self.canvas.scroll_into_view_if_needed()
        box = self.canvas.bounding_box()
        assert box is not None
        return box["x"] + x * box["width"], box["y"] + y * box["height"]

    def pixels(self) -> str:
        return self.canvas.evaluate("c => c.toDataURL()")

    def shown(self) -> str:
        return self.answer.evaluate("c => c.toDataURL()")

    def answers(self, picture: str) -> None:
        """The model comes to answer with ``picture``. What the hand does meanwhile may be answered all at once."""
        self.page.wait_for_function("([c, it]) => c.toDataURL() === it", arg=[self.answer.element_handle(), picture])

    def answers_other_than(self, picture: str) -> None:
        """The model comes to answer with something else than ``picture``."""
        self.page.wait_for_function("([c, it]) => c.toDataURL() !== it", arg=[self.answer.element_handle(), picture])


def test_the_encoder_answers_while_the_hand_still_draws(studio: Server, page: Page, visit: Visit) -> None:
    visit(page, f"{studio.url}/explore?run=vae12&show=draw")
    pad, mouse = Pad(page, "explore-encoded"), page.mouse
    empty, clear = pad.pixels(), pad.root.get_by_role("button", name="Clear")
    clear.click()
    expect(pad.answer).to_have_attribute("data-drawn", DRAWN)
    nothing = pad.shown()
    mouse.move(*pad.at(0.3, 0.2))
    mouse.down()
    mouse.move(*pad.at(0.7, 0.2), steps=4)
    pad.answers_other_than(nothing)  # the button is still down
    before = pad.shown()
    mouse.move(*pad.at(0.4, 0.9), steps=6)
    pad.answers_other_than(before)
    mouse.up()
    stroke = pad.pixels()
    clear.click()
    assert pad.pixels() == empty
    pad.answers(nothing)
    pad.root.get_by_role("button", name="Undo").click()
    assert pad.pixels() == stroke
    pad.answers_other_than(nothing)
    pad.canvas.press("Control+z")
    pad.answers(nothing)
    page.wait_for_function("([c, b]) => c.toDataURL() === b", arg=[pad.canvas.element_handle(), empty])
    pad.canvas.focus()
    mouse.move(*pad.at(0.5, 0.1))
    mouse.down()
    mouse.move(*pad.at(0.5, 0.9), steps=4)
    mouse.up()
    drawn = pad.pixels()
    z = page.locator(".st-key-latent_desk ol output")
    before = z.all_inner_texts()
    page.get_by_role("button", name="Take it").click()
    expect(page).to_have_url(re.compile("z="))
    expect(z.first).not_to_have_text(before[0])
    assert pad.pixels() == drawn  # still strokes, though the whole page was drawn anew
    # the drawing is there again after a look at something else
    page.get_by_role("radio", name="Samples").or_(page.get_by_role("button", name="Samples")).first.click()
    expect(page.locator(".st-key-explore-samples canvas")).to_have_attribute("data-drawn", DRAWN)
    page.get_by_role("radio", name="Draw").or_(page.get_by_role("button", name="Draw")).first.click()
    again = Pad(page, "explore-encoded")
    expect(again.answer).to_have_attribute("data-drawn", DRAWN)
    assert again.pixels() != empty


def test_a_finger_draws_and_a_generator_searches(
    studio: Server, new_browser: Callable[..., Page], visit: Visit, tmp_path: Path
) -> None:
    phone = new_browser(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    visit(phone, f"{studio.url}/explore?run=gan&show=draw")
    pad = Pad(phone, "explore-found")
    empty = pad.pixels()
    phone.touchscreen.tap(*pad.at(0.5, 0.5))
    expect(pad.answer).to_have_attribute("data-drawn", DRAWN)
    expect(phone.get_by_text("All tries, the closest first")).to_be_visible()
    assert pad.pixels() != empty
    assert phone.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390
    # a photograph of a drawing is turned to light on dark, and searched for in its turn
    picture = tmp_path / "bar.png"
    paper = np.full((90, 60), 250, np.uint8)
    paper[20:70, 25:35] = 10
    Image.fromarray(paper).save(picture)
    drawn = pad.pixels()
    phone.get_by_role("button", name="Upload").click()
    phone.locator("[data-testid=stFileUploaderDropzoneInput]").set_input_files(picture)
    phone.wait_for_function("([c, b]) => c.toDataURL() !== b", arg=[pad.canvas.element_handle(), drawn])
    corner = "c => [...c.getContext('2d').getImageData(2, 2, 1, 1).data].slice(0, 3)"
    assert max(pad.canvas.evaluate(corner)) < 10
    bad = tmp_path / "bad.png"
    bad.write_bytes(b"no picture")
    phone.locator("[data-testid=stFileUploaderDropzoneInput]").set_input_files(bad)
    expect(phone.get_by_text("cannot be used")).to_be_visible()


def test_a_walk_is_recorded_as_a_video(studio: Server, page: Page, visit: Visit, tmp_path: Path) -> None:
    visit(page, f"{studio.url}/explore?run=gan&show=interpolate")
    expect(page.locator(".st-key-explore-strip canvas")).to_have_attribute("data-drawn", DRAWN)
    page.get_by_role("button", name="Add").click()
    expect(page.locator(".st-key-explore-key-2-picture canvas")).to_have_attribute("data-drawn", DRAWN)
    page.wait_for_selector(SETTLED)  # the old film goes when all that is new has come
    with page.expect_download() as download:
        page.locator(".st-key-explore-walk").get_by_role("button", name="Video").click()
    video = tmp_path / download.value.suggested_filename
    download.value.save_as(video)
    kinds = {".webm": (0, b"\x1a\x45\xdf\xa3"), ".mp4": (4, b"ftyp")}
    begin, magic = kinds[video.suffix]
    content = video.read_bytes()
    assert content[begin : begin + len(magic)] == magic
    assert len(content) > 5_000


def test_neighbours_follow_the_desk(studio: Server, page: Page, visit: Visit) -> None:
    visit(page, f"{studio.url}/explore?run=gan&show=neighbours")
    pad = page.locator(".st-key-explore-near-pixels canvas")
    expect(pad).to_have_attribute("data-drawn", DRAWN)
    before = pad.evaluate("c => c.toDataURL()")
    page.get_by_role("button", name="Dice").click()
    page.wait_for_function("([c, b]) => c.toDataURL() !== b", arg=[pad.element_handle(), before])
