"""Training as a visitor does it, in Chromium: start, watch, leave and come back, steer, and what goes wrong."""

import contextlib
import os
import re
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from genmodels.training.folder import RunFolder

pytestmark = pytest.mark.browser

Visit = Callable[[Page, str], None]
PATIENCE = 120_000
"""Milliseconds for a worker that has to import torch on a busy machine."""


@pytest.fixture(autouse=True)
def _tidy(server, page: Page) -> Iterator[None]:
    """Wait longer than for other pages, and leave no run behind that would slow down the next test."""
    page.context.set_default_timeout(PATIENCE)
    yield
    for path in (server.log.parent / "runs").glob("*"):
        if RunFolder(path).active():
            RunFolder(path).send("stop")


def state(page: Page, word: str) -> None:
    """Wait until the run on the page is in the state called ``word``."""
    expect(page.locator(".st-key-run-head").get_by_text(word)).to_be_visible(timeout=PATIENCE)


def samples(page: Page) -> Locator:
    return page.locator(".st-key-samples canvas")


def press(page: Page, label: str) -> None:
    page.get_by_role("button", name=label, exact=True).click()


def stop(page: Page) -> None:
    """Press Stop, once more where the page was just being redrawn under the pointer."""
    press(page, "Stop")
    with contextlib.suppress(AssertionError):
        expect(page.locator(".st-key-run-head").get_by_text("Stopped")).to_be_visible(timeout=20_000)
    button = page.get_by_role("button", name="Stop", exact=True)
    if button.is_visible():
        button.click()
    state(page, "Stopped")


def start(page: Page, steps: int | None = None) -> None:
    if steps is not None:
        field = page.get_by_role("spinbutton", name="Steps")
        field.fill(str(steps))
        field.press("Enter")
        expect(page.locator("[class*=st-key-set-][class*=-steps][class*=-reset]")).to_be_visible()
    press(page, "Start")
    expect(page).to_have_url(re.compile(r"run=[\w-]+"), timeout=PATIENCE)


def folder_of(page: Page, server) -> RunFolder:
    found = re.search(r"run=([\w-]+)", page.url)
    assert found
    return RunFolder(Path(server.log.parent) / "runs" / found[1])


def test_a_vae_learns_digits_to_the_end_and_then_longer(server, page: Page, visit: Visit) -> None:
    visit(page, f"{server.url}/train")
    expect(page.locator(".st-key-real-pictures canvas")).to_have_attribute("data-drawn", re.compile("[1-9]"))
    start(page, steps=24)
    expect(page.get_by_role("heading", name="VAE on Digits, steps 24")).to_be_visible(timeout=PATIENCE)
    state(page, "Finished")
    for key in ("samples", "reconstructions"):
        expect(page.locator(f".st-key-{key} canvas")).to_have_attribute("data-drawn", re.compile("[1-9]"))
    expect(page.locator(".st-key-codes canvas")).to_have_attribute("data-moved", re.compile("[1-9]"))
    expect(page.get_by_text("24 of 24")).to_be_visible()
    press(page, "Train longer")
    expect(page.get_by_text("48 of 48")).to_be_visible(timeout=PATIENCE)
    state(page, "Finished")


def test_fast_clicks_do_not_leave_settings_of_the_preset_before(server, page: Page, visit: Visit) -> None:
    """Values that a busy browser still shows go out with each click; they are not the visitor's."""
    visit(page, f"{server.url}/train")
    expect(page.get_by_role("radio", name="Best", exact=True)).to_be_visible()
    page.evaluate(
        """async busy => {
            const click = name => [...document.querySelectorAll('[role=radio]')]
                .find(radio => radio.textContent.trim() === name).click()
            for (const pair of [['Best', 'Fashion'], ['Fast', 'Digits'], ['Good', 'Fashion']]) {
                click(pair[0])
                await new Promise(sent => setTimeout(sent, 40))
                for (const end = performance.now() + busy; performance.now() < end;);  // nothing is redrawn meanwhile
                click(pair[1])
                await new Promise(seen => setTimeout(seen, 40))
            }
        }""",
        900,
    )
    expect(page).to_have_url(re.compile("data=fashion&preset=good"), timeout=PATIENCE)  # only the last click says so
    expect(page.locator(".st-key-advanced summary")).to_have_text(re.compile("Advanced$"))
    expect(page.get_by_role("button", name="Reset all")).to_have_count(0)
    expect(page.get_by_role("radio", name="Good", exact=True)).to_be_checked()


def test_a_run_is_found_again_and_obeys(server, page: Page, new_browser, visit: Visit) -> None:
    visit(page, f"{server.url}/train?model=vae&data=moons&preset=best")
    start(page)
    state(page, "Training")
    expect(samples(page)).to_be_visible(timeout=PATIENCE)
    address = page.url

    page.reload()
    state(page, "Training")
    expect(samples(page)).to_be_visible(timeout=PATIENCE)
    tab = page.context.new_page()
    visit(tab, f"{server.url}/train")
    tab.locator(".st-key-run-list").get_by_role("button", name=re.compile("VAE on Two moons")).click()
    expect(tab).to_have_url(address)
    tab.close()

    stranger = new_browser()
    stranger.context.set_default_timeout(PATIENCE)
    visit(stranger, address)
    state(stranger, "Training")
    expect(stranger.get_by_text("only the person who started this run")).to_be_visible()
    expect(stranger.get_by_role("button", name="Pause", exact=True)).to_have_count(0)
    visit(stranger, f"{server.url}/train")
    expect(stranger.get_by_text("Your runs")).to_have_count(0)
    stranger.close()

    press(page, "Pause")
    state(page, "Paused")
    folder = folder_of(page, server)
    reported = folder.status().step
    press(page, "Step once")  # until then the page knows the step of the last report
    expect(page.get_by_text(f"{reported:,} of 30,000")).to_have_count(0, timeout=PATIENCE)
    before = folder.status().step
    press(page, "Step once")
    expect(page.get_by_text(f"{before + 1:,} of 30,000")).to_be_visible(timeout=PATIENCE)
    knob = page.get_by_role("slider", name="Beta")
    knob.focus()
    knob.press("ArrowRight")
    expect(page.get_by_text("changed to Beta 2")).to_be_visible(timeout=PATIENCE)
    press(page, "Resume")
    state(page, "Training")
    stop(page)
    assert folder.status().step > before + 1


def test_a_run_that_diverges_says_so(server, page: Page, visit: Visit) -> None:
    visit(page, f"{server.url}/train?model=vae&data=moons")
    page.locator(".st-key-advanced summary").click()
    rate = page.get_by_role("slider", name="Learning rate")
    rate.focus()
    rate.press("End")
    expect(page.locator("[class*=st-key-set-vae-lr][class*=-reset]")).to_be_visible()
    start(page)
    state(page, "Diverged")
    expect(page.get_by_text("try a tenth of the learning rate").first).to_be_visible()
    expect(page.get_by_role("button", name="Try gentler")).to_be_visible()


def test_a_killed_worker_leaves_a_run_that_goes_on(server, page: Page, visit: Visit) -> None:
    visit(page, f"{server.url}/train?model=gan&data=ring&preset=best")
    start(page)
    state(page, "Training")
    expect(samples(page)).to_be_visible(timeout=PATIENCE)
    folder = folder_of(page, server)
    os.kill(folder.status().pid, signal.SIGKILL)
    state(page, "Interrupted")
    expect(page.get_by_text("resume it from its last checkpoint")).to_be_visible()
    press(page, "Resume")
    state(page, "Training")
    stop(page)

    page.locator(f".st-key-menu-{folder.id} button").click()
    page.get_by_role("menuitem", name="Delete").or_(page.get_by_role("option", name="Delete")).click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_role("heading", name="Train", exact=True)).to_be_visible()
    assert not folder.path.exists()


def test_a_killed_server_leaves_a_run_that_goes_on(start_server, page: Page, visit: Visit) -> None:
    killed = start_server()
    visit(page, f"{killed.url}/train?model=vae&data=moons&preset=best")
    start(page)
    expect(samples(page)).to_be_visible(timeout=PATIENCE)
    folder = folder_of(page, killed)
    killed.process.kill()
    killed.process.wait()
    start_server(port=int(killed.url.rsplit(":")[-1]))
    visit(page, f"{killed.url}/train")
    page.locator(".st-key-run-list").get_by_role("button", name=re.compile("VAE on Two moons")).click()
    expect(page.get_by_role("button", name="Resume", exact=True)).to_be_visible(timeout=PATIENCE)
    before = folder.status().step
    press(page, "Resume")
    state(page, "Training")
    stop(page)
    assert folder.status().step >= before > 0
