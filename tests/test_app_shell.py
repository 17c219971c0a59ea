"""The frame of the app, without a browser: pages, deep links, identity, colours and the Python side of the parts."""

import base64
import io
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image
from streamlit.testing.v1 import AppTest

from pages.parts import bundled, owner, text, time_machine
from pages.parts.component import MOST_CONSTANT_SCRIPT_BYTES, MOST_SCRIPT_BYTES, picture_url
from pages.parts.curves import Curve, Level, _spec, thin
from pages.parts.explore import desk
from pages.parts.frame_player import frame_player
from pages.parts.image_grid import image_grid, tile
from pages.parts.palette import CLASSES, CONCEPTS, css
from pages.parts.scatter import Pick, _pick, scatter

ROOT = Path(__file__).parents[1]
PAGES = sorted(path.name for path in (ROOT / "pages").glob("*.py"))
SURFACES = {"light": ("#FBFAF7", "#F1EEE7"), "dark": ("#13161D", "#1C2029")}


def app() -> AppTest:
    return AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)


@pytest.mark.parametrize("name", PAGES)
def test_every_page_draws_with_a_title(name: str) -> None:
    at = app().run().switch_page(f"pages/{name}").run()
    assert not at.exception
    assert len(at.title) == 1


@pytest.mark.parametrize("name", PAGES)
def test_every_page_begins_with_the_guard(name: str) -> None:
    lines = (ROOT / "pages" / name).read_text().splitlines()
    assert "frame.require(__file__)" in lines


def test_a_deep_link_is_resumed_with_its_parameters() -> None:
    at = app()
    at.session_state["_wanted_page"] = ("pages/train.py", {"run": ["abc"], "tag": ["1", "2"]})
    at.run()
    assert not at.exception
    assert at.title[0].value == "Train"
    assert at.query_params["run"] == "abc"
    assert at.query_params["tag"] == ["1", "2"]
    assert "_wanted_page" not in at.session_state


def test_the_buttons_of_home_lead_to_a_model() -> None:
    at = app().run()
    at.button(key="train-gan").click().run()
    assert at.title[0].value == "Train"
    assert at.query_params["model"] == "gan"


def test_an_owner_without_a_browser_lasts_for_the_session() -> None:
    one, other = app().run(), app().run()
    first = one.session_state["_owner_id"]
    assert owner.valid(first)
    assert one.run().session_state["_owner_id"] == first
    assert other.session_state["_owner_id"] != first
    assert "owner" not in str(dict(one.query_params))


@pytest.mark.parametrize(("told", "taken"), [("b" * 32, "b" * 32), ("<b>", "a" * 32), (None, "a" * 32)])
def test_the_id_that_a_browser_had_counts_before_the_page_is_drawn(
    told: object, taken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def keeper(key: str, data: object, on_owner_change: Callable[[], None]) -> None:
        monkeypatch.setattr(owner.st, "session_state", {"_owner_id": "a" * 32, key: {"owner": told}})
        on_owner_change()  # Streamlit calls it before it draws the page anew

    monkeypatch.setattr(owner, "_keeper", keeper)
    owner.keep()
    assert owner.owner_id() == taken


@pytest.mark.parametrize(
    "cookie",
    [None, "", "a" * 31, "a" * 33, "A" * 32, "../" * 11, "a" * 32 + "\n", "<script>" * 4, "é" * 32, 7, ["a" * 32]],
)
def test_a_hostile_cookie_is_no_owner(cookie: object) -> None:
    assert owner.valid(cookie) is None


def test_the_app_is_in_english_where_there_is_no_catalogue() -> None:
    at = app()
    at.context = {"locale": "../../etc-XX"}
    assert at.run().title[0].value == text._("Machines that imagine, opened up")


def linear(colour: str) -> np.ndarray:
    """Linear RGB of ``#RRGGBB``, 0 to 1."""
    c = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """WCAG 2 contrast ratio, 1 to 21."""
    low, high = sorted(float(linear(c) @ [0.2126, 0.7152, 0.0722]) for c in (one, other))
    return (high + 0.05) / (low + 0.05)


# Linear RGB as seen with protanopia and deuteranopia: Machado, Oliveira, Fernandes 2009, severity 1.
SIGHTS = {
    "normal": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
}


def lab(rgb: np.ndarray) -> np.ndarray:
    """CIE L*a*b* (D65) of linear RGB."""
    to_xyz = np.array(
        [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
    )
    x = to_xyz @ np.clip(rgb, 0, 1) / to_xyz.sum(1)
    f = np.where(x > 216 / 24389, np.cbrt(x), (24389 / 27 * x + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("theme", SURFACES)
@pytest.mark.parametrize("colours", [tuple(CONCEPTS.values()), CLASSES], ids=["concepts", "classes"])
def test_colours_stand_out_from_both_surfaces(theme: str, colours: tuple) -> None:
    for colour in colours:
        for surface in SURFACES[theme]:
            assert contrast(getattr(colour, theme), surface) >= 3, (colour, surface)


@pytest.mark.parametrize("theme", SURFACES)
@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize("colours", [tuple(CONCEPTS.values()), CLASSES], ids=["concepts", "classes"])
def test_colours_stand_out_from_each_other(theme: str, sight: str, colours: tuple) -> None:
    seen = np.array([lab(np.array(SIGHTS[sight]) @ linear(getattr(colour, theme))) for colour in colours])
    distance = np.linalg.norm(seen[:, None] - seen[None], axis=-1) + 1e3 * np.eye(len(seen))
    assert distance.min() >= 10


def test_surfaces_are_those_of_the_theme() -> None:
    config = (ROOT / ".streamlit/config.toml").read_text()
    for surfaces in SURFACES.values():
        for surface in surfaces:
            assert f'"{surface}"' in config


def test_the_style_sheet_has_every_concept() -> None:
    assert all(f"--gm-{name}:" in css() and f".gm-{name}{{" in css() for name in CONCEPTS)


def test_scripts_of_the_parts_stay_small() -> None:
    scripts = {path.stem: len(path.read_bytes()) for path in (ROOT / "pages/parts").glob("*/*.js")}
    constant = [scripts.pop(name) for name in ("latent_desk", "plane")]  # their data arrive through another component
    assert max(constant) < MOST_CONSTANT_SCRIPT_BYTES
    assert max(scripts.values()) < MOST_SCRIPT_BYTES


def encoded(kind: str) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (4, 4)).save(buffer, kind)
    return buffer.getvalue()


def test_pictures_are_png_or_jpeg() -> None:
    assert picture_url(encoded("PNG")).startswith("data:image/png;base64,")
    assert picture_url(encoded("JPEG")).startswith("data:image/jpeg;base64,")
    with pytest.raises(ValueError, match="PNG or JPEG"):
        picture_url(b"<svg onload=alert(1)>")


def test_tiles_keep_their_pixels() -> None:
    images = np.arange(6 * 2 * 3, dtype=np.uint8).reshape(6, 2, 3)
    sheet = tile(images, columns=4, gap=1, ground=255)
    assert sheet.shape == (5, 15)
    np.testing.assert_array_equal(sheet[3:5, 4:7], images[5])
    assert (sheet[2] == 255).all()
    assert (sheet[3:, 8:] == 255).all()


@pytest.mark.parametrize("picture", [np.zeros((4, 4)), np.zeros((4, 4, 2), np.uint8), np.zeros(4, np.uint8)])
def test_other_arrays_are_no_picture(picture: np.ndarray) -> None:
    with pytest.raises(ValueError, match="uint8"):
        image_grid(picture, key="x", alt="")


def test_a_player_needs_frames() -> None:
    with pytest.raises(ValueError, match="at least one"):
        frame_player(encoded("PNG"), frames=0, columns=1, key="x", alt="")


@pytest.mark.parametrize(
    ("points", "labels", "complaint"),
    [
        (np.zeros((3, 3)), None, r"\[N, 2\]"),
        (np.zeros((10_001, 2)), None, "10000"),
        (np.zeros((3, 2)), [0, 1], r"\[3\]"),
        (np.zeros((3, 2)), [0, 1, 2], "class"),
        (np.zeros((3, 2)), [0, 1, -1], "class"),
    ],
)
def test_a_scatter_refuses_what_it_cannot_show(points: np.ndarray, labels: list | None, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        scatter(points, labels, key="x", alt="", classes=("a", "b"))


def test_the_browser_hears_of_every_class_of_a_thousand(monkeypatch: pytest.MonkeyPatch) -> None:
    labels, sent = np.array([300, 999, 44]), {}
    answer = SimpleNamespace(pick=None)
    for module, name in ((sys.modules[scatter.__module__], "_scatter"), (time_machine, "_machine")):
        monkeypatch.setattr(module, name, lambda key, data, **_rest: sent.update({key: data}) or answer)
    scatter(np.zeros((3, 2)), labels, key="codes", alt="", classes=[str(i) for i in range(1000)])
    time_machine.time_machine("run", [1, 2], encoded("PNG"), 1, key="film", codes=np.zeros((2, 3, 2)), labels=labels)
    for data in sent.values():
        assert np.frombuffer(base64.b64decode(data["labels"]), "<u2").tolist() == labels.tolist()
    examples = SimpleNamespace(labels=torch.from_numpy(labels), classes=["a"])
    subject = SimpleNamespace(encodes=True, codes=torch.zeros(3, 2), examples=examples, images=True)
    assert desk._shown(subject)["labels"].tolist() == labels.tolist()


def test_a_pick_from_the_browser_is_checked() -> None:
    shown = np.array([0, 2, 5])  # points 1, 3 and 4 were not finite
    assert _pick({"x": 1, "y": -2.5, "index": 1}, shown) == Pick(1.0, -2.5, 2)
    assert _pick({"x": 1, "y": 2, "index": -1}, shown) == Pick(1.0, 2.0, None)
    assert _pick({"x": 1, "y": 2, "index": 3}, shown) == Pick(1.0, 2.0, None)
    for hostile in (None, 3, {}, {"x": "1", "y": 2}, {"x": float("nan"), "y": 0}, {"x": 1e999, "y": 0}):
        assert _pick(hostile, shown) is None


def test_thinning_keeps_order_and_spikes() -> None:
    y = np.zeros(50_000)
    y[12_345], y[40_001] = 7, -7
    x, thinned = thin(np.arange(50_000), y)
    assert len(x) <= 1000
    assert (np.diff(x) >= 0).all()
    assert thinned.max() == 7
    assert thinned.min() == -7


def test_curves_leave_gaps_for_what_a_scale_cannot_show() -> None:
    x, y = np.arange(4), np.array([1.0, np.nan, 0.0, 2.0])
    levels = [Level("zero", 0.0, "kl")]
    plain = _spec([Curve("a", x, y, "kl")], levels, False, "", "")
    logarithmic = _spec([Curve("a", x, y, "kl")], levels, True, "", "")
    assert [point[1] for point in plain["series"][0]["data"]] == [1.0, None, 0.0, 2.0]
    assert [point[1] for point in logarithmic["series"][0]["data"]] == [1.0, None, None, 2.0]
    assert len(plain["series"][0]["markLine"]["data"]) == 1
    assert logarithmic["series"][0]["markLine"]["data"] == []
    assert plain["animation"] is False


def test_both_walks_of_the_home_page_come_with_the_package() -> None:
    for name in ("vae-digits", "gan-digits"):
        walk = bundled.walk(name, "A walk")
        assert walk is not None
        width, height = Image.open(io.BytesIO(walk.sheet)).size
        assert width % walk.columns == 0
        assert height % -(-walk.frames // walk.columns) == 0
    assert bundled.walk("nobody", "A walk") is None
