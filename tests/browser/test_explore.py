"""The Explore page under the hand, in Chromium."""

import re
import signal
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import torch
from PIL import Image
from playwright.sync_api import Locator, Page, expect
from safetensors import safe_open
from streamlit.proto.BackMsg_pb2 import BackMsg

from genmodels.training.folder import RunFolder
from pages.parts.explore import moment
from pages.parts.explore.subject import open_subject, version
from pages.parts.explore.time import moments as moments_of
from tests.conftest import SETTLED, Server

pytestmark = pytest.mark.browser
Visit = Callable[[Page, str], None]
expect.set_options(timeout=60_000)


COLOURED = """canvas => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  for (let i = 0; i < data.length; i += 4) {
    const colour = data.subarray(i, i + 3);
    if (data[i + 3] > 200 && Math.max(...colour) - Math.min(...colour) > 60) {
      const scale = canvas.clientWidth / canvas.width;
      return { x: scale * ((i / 4) % canvas.width), y: scale * Math.floor(i / 4 / canvas.width) };
    }
  }
}"""
"""Where on a canvas there is a colour, from the top."""


class Desk:
    """The desk on a page."""

    def __init__(self, page: Page) -> None:
        root = page.locator(".st-key-latent_desk")
        self.page = page
        self.picture: Locator = root.locator(".picture canvas")
        self.pad: Locator = root.locator(".pad canvas")
        self.sliders: Locator = root.locator("ol input")
        self.values: Locator = root.locator("ol output")
        self.root = root
        expect(self.picture).to_have_attribute("data-drawn", re.compile(r"\d"), timeout=60_000)

    def pixels(self) -> str:
        return self.picture.evaluate("c => c.toDataURL()")

    def z(self) -> list[str]:
        expect(self.values.last).to_have_text(re.compile(r"\d"))  # fresh sliders are labelled in the next frame
        return self.values.all_inner_texts()

    def changes(self, act: Callable[[], None]) -> None:
        """``act`` makes another picture, at once and without the server."""
        before = self.pixels()
        act()
        self.page.wait_for_function(
            "([c, before]) => c.toDataURL() !== before", arg=[self.picture.element_handle(), before]
        )


def middle(place: Locator) -> tuple[float, float, float, float]:
    """Centre, width and height of an element on the screen."""
    place.scroll_into_view_if_needed()
    box = place.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, box["width"], box["height"]


def test_a_slider_moves_the_picture_during_the_drag(studio: Server, page: Page, visit: Visit) -> None:
    visit(page, f"{studio.url}/explore?run=vae12")
    desk, address = Desk(page), page.url
    expect(desk.sliders).to_have_count(10)
    x, y, width, _ = middle(desk.sliders.first)
    page.mouse.move(x, y)
    page.mouse.down()
    for step in (0.2, 0.3, -0.3):
        desk.changes(lambda step=step: page.mouse.move(x + step * width, y))
    assert page.url == address  # the hand does not rest yet
    page.mouse.up()
    expect(page).to_have_url(re.compile("z="))
    desk.root.get_by_role("button", name="Show all 12").click()
    expect(desk.sliders).to_have_count(12)


def test_the_pad_moves_sliders_and_picture_and_the_point_is_kept(studio: Server, page: Page, visit: Visit) -> None:
    visit(page, f"{studio.url}/explore?run=vae2")
    desk = Desk(page)
    x, y, width, height = middle(desk.pad)
    page.mouse.move(x, y)
    page.mouse.down()
    desk.changes(lambda: page.mouse.move(x + width / 4, y - height / 4))
    values = [float(value) for value in desk.z()]
    assert min(values) > 1
    page.mouse.up()
    page.mouse.down(button="right")
    page.mouse.move(x, y)
    page.mouse.up(button="right")
    page.mouse.move(5, 5)  # what lies under the pointer is only looked at
    expect(desk.values.first).to_have_text(f"{values[0]:.2f}")
    expect(page).to_have_url(re.compile("z="))
    expect(desk.values.first).not_to_have_text("0.00")
    kept, picture = desk.z(), desk.pixels()
    page.reload()
    again = Desk(page)
    expect(again.values.first).to_have_text(kept[0])
    assert again.z() == kept
    expect(again.picture).to_have_attribute("data-drawn", re.compile(r"\d"))
    assert again.pixels() == picture


def test_the_hand_leaves_no_steps_in_the_history_and_back_takes_back_a_throw(
    studio: Server, page: Page, visit: Visit
) -> None:
    visit(page, studio.url)
    page.get_by_role("link", name="Explore", exact=True).click()
    desk = Desk(page)
    expect(page).to_have_url(re.compile(r"run="))
    first = page.url
    page.get_by_role("button", name="Dice").click()
    expect(page).to_have_url(re.compile(r"seed="))
    for key in ("Shift+ArrowRight", "Shift+ArrowUp"):
        before = page.url
        desk.changes(lambda key=key: desk.pad.press(key))
        page.wait_for_function("before => location.href !== before", arg=before)
    page.wait_for_function("!genmodelsShelf.told")  # the page has answered
    page.wait_for_selector(SETTLED)
    page.go_back()
    expect(page).to_have_url(first)
    page.wait_for_selector(SETTLED)
    page.go_back()
    expect(page.get_by_role("heading", name="Machines that imagine")).to_be_visible()


def test_hovering_shows_and_leaving_forgets(studio: Server, page: Page, visit: Visit) -> None:
    visit(page, f"{studio.url}/explore?run=vae2")
    desk = Desk(page)
    before, z, address = desk.pixels(), desk.z(), page.url
    x, y, width, height = middle(desk.pad)
    desk.changes(lambda: page.mouse.move(x - width / 3, y + height / 3))
    desk.changes(lambda: page.mouse.move(5, 5))
    assert (desk.pixels(), desk.z(), page.url) == (before, z, address)


def test_keys_move_the_pad_and_the_sliders(studio: Server, page: Page, visit: Visit) -> None:
    visit(page, f"{studio.url}/explore?run=vae2&z=0_0")
    desk = Desk(page)
    desk.pad.focus()
    desk.changes(lambda: desk.pad.press("Shift+ArrowRight"))
    assert sorted(float(value) for value in desk.z()) == [0, 0.5]
    desk.sliders.first.focus()
    desk.changes(lambda: [desk.sliders.first.press("PageUp") for _ in range(3)])
    expect(page).to_have_url(re.compile("z="))


def test_a_finger_drags(studio: Server, new_browser: Callable[..., Page], visit: Visit) -> None:
    phone = new_browser(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    visit(phone, f"{studio.url}/explore?run=vae2")
    desk = Desk(phone)
    x, y, width, _ = middle(desk.pad)
    desk.changes(lambda: phone.touchscreen.tap(x + width / 4, y))
    assert phone.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390
    expect(phone).to_have_url(re.compile("z="))


def test_dice_and_centre(studio: Server, page: Page, visit: Visit) -> None:
    visit(page, f"{studio.url}/explore?run=gan")
    desk = Desk(page)
    studio.process.send_signal(signal.SIGSTOP)  # the dice do not wait for the server
    try:
        desk.changes(lambda: page.get_by_role("button", name="Dice").click())
        thrown = desk.z()
    finally:
        studio.process.send_signal(signal.SIGCONT)
    expect(page).to_have_url(re.compile(r"seed=[1-9]"))
    page.wait_for_selector(SETTLED)
    assert desk.z() == thrown
    seed = re.search(r"seed=(\d+)", page.url)
    desk.changes(lambda: page.get_by_role("button", name="Centre").click())
    expect(desk.values.first).to_have_text(re.compile(r"^-?0\.00$"))
    assert seed is not None
    visit(page, f"{studio.url}/explore?run=gan&seed={seed[1]}")
    assert Desk(page).z() == thrown


def test_other_directions_and_truncation(studio: Server, page: Page, visit: Visit) -> None:
    visit(page, f"{studio.url}/explore?run=vae12")
    desk = Desk(page)
    for name in ("Principal", "Classes"):
        desk.root.get_by_role("button", name=name).click()
        desk.changes(lambda: [desk.sliders.nth(1).press("PageUp") for _ in range(4)])
    desk.root.get_by_role("button", name="Dimensions").click()
    before = desk.z()
    psi = desk.root.get_by_label("Truncation")
    psi.fill("0")
    expect(desk.values.first).to_have_text(re.compile(r"^-?0\.00$"))
    psi.fill("1")
    expect(desk.values.first).to_have_text(before[0])
    assert desk.z() == before


def test_layers_lie_behind_the_map(studio: Server, page: Page, visit: Visit) -> None:
    visit(page, f"{studio.url}/explore?run=vae12")
    desk = Desk(page)
    scale = desk.root.locator(".said output")
    seen = [desk.pad.evaluate("c => c.toDataURL()")]
    for name in ("Decoded", "Class", "Density", "Sensitivity"):
        desk.root.get_by_role("button", name=name, exact=True).click()
        if name in ("Density", "Sensitivity"):
            expect(scale).to_have_text(re.compile(r"\d"))  # before that it says that it is being worked out
        page.wait_for_function("([c, seen]) => !seen.includes(c.toDataURL())", arg=[desk.pad.element_handle(), seen])
        seen.append(desk.pad.evaluate("c => c.toDataURL()"))
    low = scale.inner_text()
    desk.root.get_by_label("Axis up").select_option(index=4)  # another plane: worked out anew
    expect(scale).to_have_text(re.compile(r"\d"))
    expect(scale).not_to_have_text(low)
    desk.root.get_by_role("button", name="Plain", exact=True).click()
    expect(scale).to_be_hidden()


def test_a_conditional_model_draws_the_class_that_is_chosen(studio: Server, page: Page, visit: Visit) -> None:
    visit(page, f"{studio.url}/explore?run=cvae&y=3")
    desk = Desk(page)
    chosen = desk.root.locator(".labels button[aria-pressed=true]")
    expect(chosen).to_have_text("3")
    z = desk.z()
    desk.changes(lambda: desk.root.locator(".labels").get_by_role("button", name="7").click())
    expect(chosen).to_have_text("7")
    assert desk.z() == z
    expect(page).to_have_url(re.compile(r"y=7"))
    x, y, width, _ = middle(desk.pad)
    page.mouse.move(x, y)
    page.mouse.down()
    desk.changes(lambda: page.mouse.move(x + width / 4, y))
    page.mouse.up()
    desk.changes(lambda: page.get_by_role("button", name="Dice").click())
    expect(chosen).to_have_text("7")  # the dice throw the code, not the wish
    desk.root.get_by_role("button", name="Sensitivity", exact=True).click()
    expect(desk.root.locator(".said output")).to_have_text(re.compile(r"\d"))


def test_a_click_on_a_code_makes_it_z(studio: Server, page: Page, visit: Visit) -> None:
    visit(page, f"{studio.url}/explore?run=vae12&z=" + "_".join("0" * 12))
    desk = Desk(page)
    codes = page.locator(".st-key-explore-scatter .stage canvas")
    expect(codes).to_have_attribute("data-moved", "1")
    _, _, width, height = middle(codes)

    def click() -> None:
        codes.click(position={"x": width / 2, "y": height / 2})

    desk.changes(click)
    expect(desk.values.first).not_to_have_text("0.00")


def fragments_of(page: Page) -> list[str]:
    """Fills with what the page asks the server to run from now on: the name of a fragment, or "" for all of it."""
    asked: list[str] = []

    def note(frame: str | bytes) -> None:
        message = BackMsg()
        message.ParseFromString(frame if isinstance(frame, bytes) else frame.encode())
        if message.WhichOneof("type") == "rerun_script":
            asked.append(message.rerun_script.fragment_id)

    page.on("websocket", lambda socket: socket.on("framesent", note))
    return asked


def test_codes_show_their_pictures_and_a_lasso_chooses_several(studio: Server, page: Page, visit: Visit) -> None:
    asked = fragments_of(page)
    visit(page, f"{studio.url}/explore?run=vae2&z=2.5_-2.5")
    desk = Desk(page)
    root = page.locator(".st-key-explore-scatter")
    codes = root.locator(".stage canvas")
    expect(codes).to_have_attribute("data-moved", "1")
    page.wait_for_function("globalThis.genmodelsShelf?.sheet")
    codes.scroll_into_view_if_needed()
    x, y, width, height = middle(codes)
    left, top = x - width / 2, y - height / 2

    tip, pictures = root.locator("output"), root.locator("output img")
    codes.focus()
    for _ in range(3):  # from the middle to the right with the keyboard, where some code lies within reach
        page.keyboard.press("ArrowRight")
    expect(tip).to_be_visible()
    codes.hover(position=codes.evaluate(COLOURED))
    expect(tip).to_contain_text("·")
    expect(pictures.first).to_have_attribute("src", re.compile("^data:image/png"))
    expect(pictures.nth(1)).to_be_visible()  # what the browser decodes of it
    assert pictures.first.get_attribute("src") != pictures.nth(1).get_attribute("src")
    codes.evaluate("c => c.blur()")

    plain = codes.evaluate("c => c.toDataURL()")
    root.get_by_role("button", name="Pictures").click()
    page.wait_for_function("([c, seen]) => c.toDataURL() !== seen", arg=[codes.element_handle(), plain])

    chosen = page.get_by_text(re.compile(r"^\d+ chosen: \d+ × “\d”"))
    page.wait_for_selector(SETTLED)
    asked.clear()
    page.keyboard.down("Shift")
    page.mouse.move(left + 0.05 * width, top + 0.05 * height)
    page.mouse.down()
    for across, down in [(0.95, 0.05), (0.95, 0.95), (0.05, 0.95)]:
        page.mouse.move(left + across * width, top + down * height)
    page.mouse.up()
    page.keyboard.up("Shift")
    expect(chosen).to_be_visible()
    assert asked
    assert all(asked)  # never the whole page
    desk.changes(lambda: page.get_by_role("button", name="Mean", exact=True).click())
    expect(desk.values.first).not_to_have_text("2.50")

    box = root.get_by_role("button", name="Box")
    box.click()
    expect(box).to_have_attribute("aria-pressed", "true")
    few = chosen.inner_text()
    page.mouse.move(left + 0.3 * width, top + 0.3 * height)
    page.mouse.down()
    page.mouse.move(left + 0.6 * width, top + 0.6 * height)
    page.mouse.up()
    expect(page.get_by_text(few)).to_be_hidden()
    page.get_by_role("button", name="Clear", exact=True).click()
    expect(chosen).to_be_hidden()


@pytest.mark.parametrize("name", ["t-SNE", "UMAP"])
def test_a_projection_settles_in_the_background(name: str, studio: Server, page: Page, visit: Visit) -> None:
    visit(page, f"{studio.url}/explore?run=vae12")
    Desk(page)
    codes = page.locator(".st-key-explore-scatter .stage canvas")
    expect(codes).to_have_attribute("data-moved", "1")
    page.get_by_role("radio", name=name).or_(page.get_by_role("button", name=name)).first.click()
    expect(page.get_by_role("progressbar").first).to_be_visible()
    expect(page.get_by_role("progressbar")).to_have_count(0, timeout=180_000)
    expect(codes).to_be_visible()


def test_an_interpolation_plays(studio: Server, new_browser: Callable[..., Page], visit: Visit) -> None:
    page = new_browser(reduced_motion="no-preference")
    visit(page, f"{studio.url}/explore?run=vae2&show=interpolate")
    Desk(page)  # it is above, and pushes what comes later down
    expect(page.locator(".st-key-explore-strip canvas")).to_have_attribute("data-drawn", "1")
    page.locator(".st-key-explore-walk canvas").scroll_into_view_if_needed()
    expect(page.locator(".st-key-explore-walk input")).to_have_value(re.compile(r"^([1-9]|0\.[1-9])"))


def saved(page: Page, button: Locator, folder: Path) -> Path:
    with page.expect_download() as download:
        button.click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def test_downloads_are_what_they_say(studio: Server, page: Page, visit: Visit, tmp_path: Path) -> None:
    visit(page, f"{studio.url}/explore?run=vae2&show=interpolate")
    Desk(page)
    walk = saved(page, page.get_by_role("button", name="GIF"), tmp_path)
    with Image.open(walk) as film:
        assert (film.format, film.n_frames) == ("GIF", 18)
    strip = saved(page, page.get_by_role("button", name="Strip"), tmp_path)
    with Image.open(strip) as picture:
        assert picture.format == "PNG"
    page.get_by_role("button", name="Download", exact=True).click()
    with Image.open(saved(page, page.get_by_role("button", name="This picture"), tmp_path)) as picture:
        assert picture.size == (504, 504)
    with safe_open(saved(page, page.get_by_role("button", name="The model"), tmp_path), framework="pt") as model:
        assert "genmodels" in model.metadata()
    visit(page, f"{studio.url}/explore?run=vae2&show=map")
    codes = saved(page, page.get_by_role("button", name="Codes"), tmp_path).read_text()
    assert codes.startswith("class,z1,z2\n")


def test_the_desk_of_points_shows_both_planes(studio: Server, page: Page, visit: Visit) -> None:
    visit(page, f"{studio.url}/explore?run=toy-gan")
    desk = Desk(page)
    x, y, width, _ = middle(desk.pad)
    page.mouse.move(x, y)
    page.mouse.down()
    desk.changes(lambda: page.mouse.move(x + width / 3, y))
    page.mouse.up()


def test_changing_the_run_changes_the_desk(studio: Server, page: Page, visit: Visit) -> None:
    visit(page, f"{studio.url}/explore?run=vae12")
    expect(Desk(page).sliders).to_have_count(10)
    page.locator(".st-key-explore-run").get_by_role("combobox").click()
    page.get_by_role("option", name=re.compile("^vae2 ·")).click()
    expect(page).to_have_url(re.compile("run=vae2"))
    expect(Desk(page).sliders).to_have_count(2)


PIXELS = """canvas => Array.from(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data)"""


def decoded(runs: Path, name: str, page: Page, step: int | None) -> torch.Tensor:
    """What torch makes of the z in the address, with the weights of a moment: ``[H, W]`` in 0..1."""
    z = [float(part) for part in parse_qs(urlsplit(page.url).query)["z"][0].split("_")]
    return RunFolder(runs / name).model(step).decode(torch.tensor([z]))[0, 0]


def drawn(canvas: Locator) -> torch.Tensor:
    """The grey picture on a canvas, ``[H, W]`` in 0..1."""
    rgba = torch.tensor(canvas.evaluate(PIXELS)).view(-1, 4)
    side = round(len(rgba) ** 0.5)
    return rgba[:, 0].view(side, side) / 255


def test_the_time_machine_takes_the_whole_page_along(studio: Server, page: Page, visit: Visit) -> None:
    runs, asked = studio.log.parent / "runs", fragments_of(page)
    folder = RunFolder(runs / "vae2")

    def moment_codes(step: int | None) -> torch.Tensor:
        return open_subject(folder, version(folder), step).codes

    visit(page, f"{studio.url}/explore?run=vae2&show=time&z=0.5_-1")
    desk, machine = Desk(page), page.locator(".st-key-explore-time")
    time, said = machine.get_by_label("Step of training"), page.get_by_text("As it was at step 0 of 60")
    expect(machine.locator(".samples")).to_have_attribute("data-step", "60")
    page.wait_for_selector(SETTLED)
    end, z = desk.pixels(), desk.z()
    assert (drawn(desk.picture) - decoded(runs, "vae2", page, None)).abs().max() <= 1 / 255

    x, y, width, _ = middle(time)
    page.mouse.move(x + width / 2 - 8, y)
    page.mouse.down()
    page.wait_for_function("genmodelsShelf.film")
    page.wait_for_selector(SETTLED)
    asked.clear()
    desk.changes(lambda: page.mouse.move(x - 0.45 * width, y, steps=4))  # the desk follows the hand already
    assert "step=" not in page.url
    page.wait_for_function("genmodelsShelf.decoder.edition === 0")
    assert asked == []
    assert (drawn(desk.picture) - decoded(runs, "vae2", page, 0)).abs().max() <= 1 / 255
    shown, codes = torch.tensor(page.evaluate("Array.from(genmodelsShelf.decoder.arrays.codes)")), moment_codes(0)
    torch.testing.assert_close(shown.view_as(codes), codes, atol=2e-3, rtol=1e-3)  # sent as float16
    assert (codes - moment_codes(None)).abs().max() > 0.1
    page.mouse.up()
    expect(said).to_be_visible()
    expect(page).to_have_url(re.compile("step=0"))
    expect(machine.locator(".samples")).to_have_attribute("data-step", "0")  # the slider went to the moment too
    page.wait_for_selector(SETTLED)
    assert len(asked) == 1
    assert desk.z() == z
    for _ in range(2):
        assert (drawn(desk.picture) - decoded(runs, "vae2", page, 0)).abs().max() <= 1 / 255
        page.reload()
        desk = Desk(page)
        expect(said).to_be_visible()
    page.go_back()
    expect(said).to_be_hidden()
    page.wait_for_function("([c, seen]) => c.toDataURL() === seen", arg=[desk.picture.element_handle(), end])
    page.go_forward()
    expect(said).to_be_visible()
    page.get_by_role("button", name="Latest").click()
    expect(said).to_be_hidden()
    expect(page).not_to_have_url(re.compile("step="))
    expect(machine.locator(".samples")).to_have_attribute("data-step", "60")
    page.wait_for_function("([c, seen]) => c.toDataURL() === seen", arg=[desk.picture.element_handle(), end])
    time.press("ArrowLeft")  # a key is a moment
    expect(said).to_be_visible()


DECODED = """async codes => {
  const { decoder } = genmodelsShelf;
  return codes.map((z) => Array.from(decoder.decode(Float32Array.from(z))));
}"""


def test_a_decoder_too_large_for_the_browser_is_blended_under_the_hand(
    studio: Server, page: Page, visit: Visit
) -> None:
    model = RunFolder(studio.log.parent / "runs" / "large").model()
    visit(page, f"{studio.url}/explore?run=large&z=0.5_-1_0.25")
    desk = Desk(page)
    expect(page.get_by_text(re.compile(r"^Blended from \d+ pictures"))).to_be_visible()
    page.wait_for_function("genmodelsShelf.plane && genmodelsShelf.plane.key === genmodelsShelf.decoder.asked")
    assert (drawn(desk.picture) - decoded(studio.log.parent / "runs", "large", page, None)).abs().max() <= 1 / 255

    side, reach = page.evaluate("[genmodelsShelf.plane.side, genmodelsShelf.plane.reach]")
    axes = page.evaluate("Array.from(genmodelsShelf.decoder.arrays.directions).slice(0, 6)")
    across, up = torch.tensor(axes).view(2, 3).argmax(1).tolist()
    base = torch.tensor([0.5, -1, 0.25])
    base[[across, up]] = 0

    def at(column: float, row: float) -> torch.Tensor:
        z = base.clone()
        z[across], z[up] = (2 * column / (side - 1) - 1) * reach, (1 - 2 * row / (side - 1)) * reach
        return z

    corners = torch.stack([at(3, 2), at(4, 2), at(3, 3), at(4, 3)])
    between = at(3.25, 2.5)
    shown = torch.tensor(page.evaluate(DECODED, [*corners.tolist(), between.tolist()])).view(-1, 28, 28)
    true = model.decode(corners)[:, 0]
    assert true.std(0).max() > 2 / 255  # the corners differ
    assert (shown[:4] - true).abs().max() <= 1 / 255
    weights = torch.tensor([0.75, 0.25, 0.75, 0.25])[:, None, None] / 2
    assert (shown[4] - (weights * true).sum(0)).abs().max() <= 1 / 255

    address = page.url
    x, y, width, height = middle(desk.pad)
    page.mouse.move(x, y)
    page.mouse.down()
    desk.changes(lambda: page.mouse.move(x + 0.21 * width, y - 0.13 * height))
    assert page.url == address  # the server has not been asked
    page.mouse.up()
    page.mouse.move(5, 5)
    expect(page).not_to_have_url(address)
    page.wait_for_function("genmodelsShelf.point.z.join('_') === new URL(location.href).searchParams.get('z')")
    exact = decoded(studio.log.parent / "runs", "large", page, None)
    page.wait_for_selector(SETTLED)
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert (drawn(desk.picture) - exact).abs().max() <= 1 / 255


def test_the_time_machine_moves_everything(studio: Server, page: Page, visit: Visit) -> None:
    visit(page, f"{studio.url}/explore?run=vae2&show=time")
    desk = Desk(page)
    machine = page.locator(".st-key-explore-time")
    time = machine.get_by_label("Step of training")
    expect(machine.locator(".samples")).to_have_attribute("data-step", "60")
    views = [machine.locator(f".{name} canvas") for name in ("samples", "codes", "z", "losses")]
    desk.root.get_by_role("button", name="Density", exact=True).click()
    layer = desk.root.locator(".said output")
    expect(layer).to_have_text(re.compile(r"\d"))
    page.wait_for_function("genmodelsShelf.film")
    before, end = [view.evaluate("c => c.toDataURL()") for view in views], layer.inner_text()
    x, y, width, _ = middle(time)
    page.mouse.move(x + width / 2 - 8, y)
    page.mouse.down()
    page.mouse.move(x - 0.6 * width, y, steps=4)
    page.wait_for_function("genmodelsShelf.layer.step === 0")  # that of the moment under the hand
    expect(layer).to_have_text(re.compile(r"\d"))
    assert layer.inner_text() != end
    assert "step=" not in page.url
    page.mouse.up()
    expect(machine.locator(".samples")).to_have_attribute("data-step", "0")
    expect(layer).to_have_text(re.compile(r"\d"))
    for view, old in zip(views, before, strict=True):
        page.wait_for_function("([c, old]) => c.toDataURL() !== old", arg=[view.element_handle(), old])


def test_one_z_through_time_follows_the_hand(studio: Server, page: Page, visit: Visit) -> None:
    folder, asked = RunFolder(studio.log.parent / "runs" / "vae2"), fragments_of(page)
    visit(page, f"{studio.url}/explore?run=vae2&show=time&z=0.5_-1")
    desk, strip = Desk(page), page.locator(".st-key-explore-time .film canvas")
    expect(strip).to_have_attribute("data-drawn", "0.5_-1")  # the browser draws it, no more the page
    subject = open_subject(folder, version(folder))
    moments = moments_of(subject)

    def check(before: str) -> None:
        now = f"([c, old]) => !['', old].includes(c.dataset.drawn) && [c.dataset.drawn, ({PIXELS})(c)]"  # of one frame
        drawn, pixels = page.wait_for_function(now, arg=[strip.element_handle(), before]).json_value()
        z = torch.tensor([[float(value) for value in drawn.split("_")]])
        strips = torch.tensor(pixels).view(28, len(moments), 28, 4)[..., 0]
        for i, step in enumerate(moments):
            true = moment.at(subject, step).decode(z)[0, 0]
            assert (strips[:, i].int() - true.int()).abs().max() <= 1

    check(before="by the page")
    page.wait_for_selector(SETTLED)
    asked.clear()
    x, y, width, height = middle(desk.pad)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 0.2 * width, y - 0.1 * height)
    check(before="0.5_-1")
    assert asked == []
    page.mouse.up()
    strip.click(position={"x": 5, "y": 5})  # a picture is a moment
    expect(page).to_have_url(re.compile("step=0"))


WALK = ".st-key-latent_walk button"


def test_z_walks_by_itself_until_somebody_takes_hold(studio: Server, page: Page, visit: Visit) -> None:
    visit(page, f"{studio.url}/explore?run=gan")
    desk, walk = Desk(page), page.locator(WALK)
    walk.click()
    for _step in range(3):
        desk.changes(lambda: None)
    box = desk.pad.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 40, box["y"] + 40)  # to point at the map is not to take hold of it
    desk.changes(lambda: None)
    expect(walk).to_have_attribute("aria-pressed", "true")
    walk.click()
    expect(walk).to_have_attribute("aria-pressed", "false")
    page.wait_for_function("() => new URL(location.href).searchParams.has('z')")
    stood = desk.z()
    kept = parse_qs(urlsplit(page.evaluate("location.href")).query)["z"][0]
    assert sorted(map(float, kept.split("_"))) == pytest.approx(sorted(map(float, stood)), abs=0.006)
    walk.click()
    desk.changes(lambda: None)
    desk.changes(lambda: desk.sliders.first.press("PageUp"))
    expect(walk).to_have_attribute("aria-pressed", "false")
    walk.click()
    desk.changes(lambda: None)
    page.get_by_role("button", name="Dice").click(delay=100)
    expect(walk).to_have_attribute("aria-pressed", "false")
    page.wait_for_function("() => !new URL(location.href).searchParams.has('z')")
    page.wait_for_selector(SETTLED)


def test_a_direction_that_is_kept_is_a_slider(studio: Server, page: Page, visit: Visit) -> None:
    visit(page, f"{studio.url}/explore?run=cvae&show=arithmetic")
    desk = Desk(page)
    saved = desk.root.get_by_role("button", name="Saved", exact=True)
    expect(saved).to_have_count(0)
    before = desk.z()
    page.get_by_role("button", name="Keep direction").click()
    saved.click()
    expect(desk.sliders).to_have_count(1)
    expect(desk.sliders.first).to_have_attribute("aria-label", re.compile("−"))
    desk.changes(lambda: [desk.sliders.first.press("PageUp") for _ in range(4)])
    desk.root.get_by_role("button", name="Dimensions").click()
    assert desk.z() != before
    page.get_by_text("Bookmarks", exact=True).click()
    page.wait_for_selector(SETTLED)
    page.get_by_role("button", name="delete").click()
    expect(saved).to_have_count(0)
