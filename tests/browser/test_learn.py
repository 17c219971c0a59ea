"""The Learn page in Chromium: figures answer, their mathematics is that of the package, progress is kept."""

import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from playwright.sync_api import Locator, Page, expect

from genmodels.latent.interpolate import slerp
from genmodels.metrics.distances import frechet
from genmodels.metrics.neighbours import cover
from genmodels.objectives import GAN_LOSSES, gaussian_kl
from pages.parts.learn.figure import script_of

pytestmark = pytest.mark.browser

Visit = Callable[[Page, str], None]
PARTS = Path(__file__).parents[2] / "pages/parts/lesson_parts"


def compute(page: Page, part: str, body: str, *values: Any) -> Any:
    """What a figure's script itself computes: ``body`` sees its exports as ``m`` and the values as ``v``."""
    call = f"""async ([script, v]) => {{
        const m = await import(URL.createObjectURL(new Blob([script], {{ type: "text/javascript" }})));
        {body}
    }}"""
    return page.evaluate(call, [script_of(PARTS / f"{part}.js"), list(values)])


def reading(page: Page, name: str) -> Locator:
    return page.locator(f"dd[data-name={name}]").first


@pytest.fixture
def blank(page: Page, server) -> Page:
    """A page of the same origin on which nothing runs."""
    page.goto(f"{server.url}/_stcore/health")
    return page


def test_the_divergence_is_that_of_the_package(blank: Page) -> None:
    pairs = [(0.0, 1.0), (1.2, 0.6), (-3.0, 0.05), (0.3, 2.5)]
    found = compute(blank, "two_gaussians", "return v.map(([mu, sigma]) => m.kl(mu, sigma, 0, 1));", *pairs)
    mu, sigma = torch.tensor(pairs, dtype=torch.float64).T
    assert found == pytest.approx(gaussian_kl(mu, 2 * sigma.log()).tolist())
    general = compute(blank, "two_gaussians", "return m.kl(...v);", 1.0, 0.7, -0.4, 1.3)
    normal = torch.distributions.Normal
    assert general == pytest.approx(float(torch.distributions.kl_divergence(normal(1.0, 0.7), normal(-0.4, 1.3))))


def test_the_bound_and_its_gap_make_the_evidence(blank: Page) -> None:
    for mu, sigma, noise in [(-0.5, 1.0, 0.7), (2.0, 0.2, 1.4)]:
        found = compute(blank, "elbo_gap", "return m.exact(v[0]);", {"mu": mu, "sigma": sigma, "noise": noise})
        assert found["elbo"] + found["gap"] == pytest.approx(found["evidence"])
        kl = gaussian_kl(torch.tensor(mu, dtype=torch.float64), 2 * torch.tensor(sigma, dtype=torch.float64).log())
        assert found["kl"] == pytest.approx(float(kl))
        world = torch.distributions.Normal(0.0, math.hypot(1, noise))
        assert found["evidence"] == pytest.approx(float(world.log_prob(torch.tensor(1.6))), abs=1e-5)


def test_the_arrows_are_the_gradients_of_the_losses(blank: Page) -> None:
    for name in ("minimax", "nonsaturating", "wasserstein"):
        for start in [(1.2, 0.6), (-0.4, 2.0), (0.1, -1.5)]:
            theta, psi = (torch.tensor([value], dtype=torch.float64, requires_grad=True) for value in start)
            game = GAN_LOSSES[name].thing(psi * 0.0, psi * theta)
            expected = [
                -float(torch.autograd.grad(game.generator.sum(), theta, retain_graph=True)[0]),
                -float(torch.autograd.grad(game.discriminator.sum(), psi)[0]),
            ]
            found = compute(blank, "dirac_game", "return m.fields[v[0]](v[1], v[2]);", name, *start)
            assert found == pytest.approx(expected)


def test_the_paths_of_the_game_go_where_the_lesson_says(blank: Page) -> None:
    start = {"loss": "wasserstein", "order": "simultaneous", "rate": 0.1, "gamma": 0, "theta": 1.0, "psi": 0.5}
    ends = [start, start | {"order": "alternating"}, start | {"gamma": 0.3}]
    ends += [start | {"loss": "minimax", "rate": 0.01, "order": "alternating"}]
    ends += [start | {"loss": "nonsaturating", "gamma": 0.3}]
    radius = compute(blank, "dirac_game", "return v.map((s) => Math.hypot(...m.walk(s, 500).at(-1)));", *ends)
    here = math.hypot(1.0, 0.5)
    assert radius[0] == pytest.approx(here * 1.01**250)
    assert 0.9 * here < radius[1] < 1.1 * here
    assert radius[2] < 1e-2 * here
    assert radius[3] == pytest.approx(here, rel=0.01)
    assert radius[4] < 1e-2 * here


def test_round_paths_and_neighbourhoods_are_those_of_the_package(blank: Page) -> None:
    a, b = torch.randn(2, 16, dtype=torch.float64)
    times = [0.0, 0.3, 0.5, 1.0]
    found = compute(blank, "paths", "return v[2].map((t) => m.slerp(v[0], v[1], t));", a.tolist(), b.tolist(), times)
    expected = slerp(a, b, torch.tensor(times, dtype=torch.float64))
    torch.testing.assert_close(torch.tensor(found, dtype=torch.float64), expected)
    body = "const [x, y] = m.clouds(v[0]); return [x, y, m.cover(x, y), m.frechet(x, y)];"
    for state in ({"share": 0.5, "noise": 0.15}, {"share": 1, "noise": 0.9}):
        x, y, judged, distance = compute(blank, "cover", body, state)
        real, fake = (torch.tensor(points, dtype=torch.float64) for points in (x, y))
        expected = cover(real, fake)
        for name in ("precision", "recall", "coverage"):
            assert judged[name] == pytest.approx(getattr(expected, name))
        assert distance == pytest.approx(frechet(real, fake), rel=1e-6)


def test_the_other_figures_obey_their_identities(blank: Page) -> None:
    holes = compute(blank, "holes", "return m.measures(v[0]);", {"spread": 2, "sigma": 0.15})
    assert holes["kl"] == pytest.approx(holes["information"] + holes["marginal"])
    assert 0 < holes["information"] < math.log(12)
    assert compute(blank, "holes", "return m.measures(v[0]);", {"spread": 0, "sigma": 1})["kl"] == pytest.approx(0)
    # Far apart the Jensen-Shannon divergence is ln 2; near each other it is the Fisher information over eight.
    assert compute(blank, "distances", "return m.js(25);") == pytest.approx(math.log(2))
    assert compute(blank, "distances", "return m.js(0.01);") == pytest.approx(0.01**2 / 8, rel=1e-3)
    assert compute(blank, "best_judge", "return m.js(v[0]);", {"mu": -0.8, "sigma": 0.8}) == pytest.approx(0, abs=1e-12)
    best = compute(blank, "two_kls", "return m.divergences(v[0]);", {"mu": -0.32, "sigma": math.sqrt(4.4476)})
    for mu, sigma in [(-0.42, 2.109), (-0.22, 2.109), (-0.32, 2.0), (-0.32, 2.2)]:
        other = compute(blank, "two_kls", "return m.divergences(v[0]);", {"mu": mu, "sigma": sigma})
        assert other["forward"] > best["forward"]
    one = compute(blank, "two_kls", "return m.divergences(v[0]);", {"mu": -2, "sigma": 0.5})
    assert one["js"] < best["js"]  # Jensen-Shannon, too, settles for one mode where they are so far apart
    body = "const e = 1e-5; return [m.slope(0.3, v[0]), (m.g(0.3 + e, v[0]) - m.g(0.3 - e, v[0])) / (2 * e)];"
    slope, by_hand = compute(blank, "pushforward", body, {"stretch": 0.5, "bend": 0.6})
    assert slope == pytest.approx(by_hand)
    assert compute(blank, "noising", "return [m.kept(0), m.kept(1)];") == pytest.approx([1, 0])
    assert compute(blank, "noising", "return m.score(0.7, 1);") == pytest.approx(-0.7)  # of a standard normal


def test_a_figure_answers_to_slider_and_hand(server, page: Page, visit: Visit) -> None:
    visit(page, f"{server.url}/learn?lesson=kl")
    expect(reading(page, "forward")).to_be_visible()
    page.get_by_role("button", name="q = p").click()
    expect(reading(page, "forward")).to_have_text("0.000")
    grip = page.locator("circle.grip.encoder")
    box = grip.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 150, box["y"] + box["height"] / 2, steps=4)
    page.mouse.up()
    expect(reading(page, "forward")).not_to_have_text("0.000")
    by_hand = reading(page, "forward").inner_text()
    figure = page.locator("svg.draggable").first
    figure.press("ArrowRight")
    expect(reading(page, "forward")).not_to_have_text(by_hand)
    ring = figure.locator("circle.ring")
    place = ring.get_attribute("cx")
    figure.press(" ")  # the other bell
    expect(ring).not_to_have_attribute("cx", str(place))
    moved = reading(page, "forward").inner_text()
    # What the visitor set stays while the page is drawn again.
    page.get_by_text("Half a nat.").click()
    expect(page.get_by_text("Yes.")).to_be_visible()
    expect(reading(page, "forward")).to_have_text(moved)

    visit(page, f"{server.url}/learn?lesson=beta")
    expect(reading(page, "active")).to_have_text("5 / 6")
    slider = page.get_by_role("slider", name="β")
    slider.focus()
    for _ in range(3):
        slider.press("PageUp")
    expect(reading(page, "active")).to_have_text(re.compile(r"^[1-3] / 6$"))


def test_a_block_opens_to_show_what_its_layer_makes_of_a_sample(server, page: Page, visit: Visit) -> None:
    visit(page, f"{server.url}/learn?lesson=discriminator")
    part = page.locator("[class*=st-key-inside-]").first
    expect(part.get_by_text("layer 1 of 3: 32 feature maps of 14×14")).to_be_visible()
    part.get_by_role("button", name="Discriminator, 64×7×7").click()
    expect(part.get_by_text("layer 2 of 3: 64 feature maps of 7×7")).to_be_visible()
    scale = part.get_by_text(re.compile("^From .* to "))
    before = scale.inner_text()
    part.get_by_role("spinbutton", name="Sample").fill("3")
    part.get_by_role("spinbutton", name="Sample").press("Enter")
    expect(scale).not_to_have_text(before)
    part.get_by_role("button", name="Generator, 32, input").click()
    expect(part.get_by_role("spinbutton", name="Seed of z")).to_be_visible()
    expect(part.get_by_role("img", name="Activations of this layer")).to_be_visible()
    # The choice of the sample was kept meanwhile.
    part.get_by_role("button", name="Discriminator, 1, dense").click()
    expect(part.get_by_role("spinbutton", name="Sample")).to_have_value("3")


def test_a_lesson_begins_at_its_top_and_progress_outlives_a_reload(server, page: Page, visit: Visit) -> None:
    visit(page, f"{server.url}/learn?lesson=generative-model")
    onward = page.get_by_role("button", name="The generator")
    onward.scroll_into_view_if_needed()
    onward.click()
    expect(page.get_by_role("heading", name="The generator", level=1)).to_be_in_viewport()
    expect(page).to_have_url(re.compile(r"lesson=generator"))
    page.wait_for_function("localStorage.getItem('genmodels_lessons') === '[\"generative-model\"]'")
    visit(page, f"{server.url}/learn")
    expect(page.get_by_text(re.compile(r"^1 of \d+ done"))).to_be_visible()
    page.get_by_role("button", name="Clear progress").click()
    expect(page.get_by_text(re.compile(r"^0 of \d+ done"))).to_be_visible()
    page.wait_for_function("localStorage.getItem('genmodels_lessons') === '[]'")


def test_a_phone_reads_without_sideways_scrolling(server, new_browser, visit: Visit) -> None:
    phone = new_browser(viewport={"width": 390, "height": 844}, has_touch=True, color_scheme="dark")
    visit(phone, f"{server.url}/learn?lesson=beyond&level=engineer")
    expect(phone.locator("figure svg path").first).to_be_attached()
    expect(phone.locator(".katex-error")).to_have_count(0)
    # Code and tables scroll by themselves once they are styled.
    phone.wait_for_function("document.querySelector('[data-testid=stMain]').scrollWidth <= 390")
