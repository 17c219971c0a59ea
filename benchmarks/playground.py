"""The playground while a run trains: steps a second, frames a second in Chromium, and click to visible change.

Two figures of GAN Lab (Kahng et al., arXiv 1809.01587) for comparison: it makes one training step per animation frame,
so at most 60 a second, and shows a change with the next one.
"""

import argparse
import re
import statistics
import time
from typing import TYPE_CHECKING, Any

from benchmarks.report import Row
from benchmarks.start import app, chromium

if TYPE_CHECKING:
    from playwright.sync_api import Page

LONG = 120_000
"""Milliseconds that a busy machine may take to begin."""
FEED = "window.genmodelsPlane.data"
SECONDS = 10.0
GAN_LAB_MOST = 60

FRAMES = """(canvas, seconds) => new Promise((done) => {
  const context = canvas.getContext('2d');
  const clear = context.clearRect.bind(context);
  let drawn = 0, animated = 0;
  const arrived = new Set();
  context.clearRect = (...box) => { drawn++; clear(...box); };
  const start = performance.now();
  const turn = (now) => {
    animated++;
    arrived.add(window.genmodelsPlane.data.id);
    if (now - start < 1000 * seconds) return requestAnimationFrame(turn);
    delete context.clearRect;
    done({ drawn: drawn / seconds, animated: animated / seconds, arrived: (arrived.size - 1) / seconds });
  };
  requestAnimationFrame(turn);
})"""
"""A second's count of how often the plot is drawn, the browser was ready to draw, and another frame of the run came."""

WORK = """(() => {
  const ask = window.requestAnimationFrame.bind(window);
  window.workOfFrames = new Map();
  window.requestAnimationFrame = (act) => ask((now) => {
    const start = performance.now();
    act(now);
    window.workOfFrames.set(now, (window.workOfFrames.get(now) ?? 0) + performance.now() - start);
  });
})()"""
"""Before the page begins: milliseconds that the scripts of each frame take, beside all that the browser does itself."""

DELAY = """(word) => new Promise((done) => {
  const start = performance.now();
  word.click();
  requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - start)));
})"""
"""Milliseconds from a click on a word of the caption to the second frame after it: by then the plot is repainted."""


def run(options: argparse.Namespace) -> dict[str, Any]:
    with app() as server, chromium() as browser:
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.add_init_script(WORK)
        page.goto(f"{server.url}/playground")
        page.wait_for_function(f"window.genmodelsPlane && {FEED}.arrays", timeout=LONG)
        press(page, "Play")
        until_step(page, 50)
        return {
            "steps_per_second": steps_per_second(page),
            "frames_per_second": frames_per_second(page),
            "milliseconds_from_click": delays(page, options.repeat),
        }


def rows(result: dict[str, Any]) -> list[Row]:
    speed, frames, click = (result[key] for key in ("steps_per_second", "frames_per_second", "milliseconds_from_click"))
    return [
        Row(
            "playground in Chromium: steps a second (GAN Lab: one a frame)",
            f"at most {GAN_LAB_MOST}", f"{speed['ours']}, {speed['times_better']} x", "2 x", speed["times_better"] >= 2,
        ),
        Row("playground: plot painted, frames a second", "60", str(frames["plot"]), "as the browser can",
            frames["plot"] >= 0.9 * frames["browser"]),
        Row("playground: work of a frame, 95th percentile (60 frames a second leave 16.7 ms)", "-",
            f"{frames['work_ms']['p95']} ms", "16.7 ms", frames["work_ms"]["p95"] <= 16.7),
        Row("playground: click on a layer until it is painted", "-", f"{click['layer']} ms", "100 ms",
            click["layer"] <= 100),
    ]  # fmt: skip


def press(page: "Page", name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def step_of(page: "Page") -> int:
    return int(re.sub(r"\D", "", page.evaluate(f"{FEED}.step")) or 0)


def until_step(page: "Page", step: int) -> None:
    page.wait_for_function(f"least => Number({FEED}.step.replace(/\\D/g, '')) >= least", arg=step, timeout=LONG)


def steps_per_second(page: "Page") -> dict[str, float]:
    """Of the default game, as the page shows it, watching included."""
    start, first = time.perf_counter(), step_of(page)
    page.wait_for_timeout(1000 * SECONDS)
    rate = (step_of(page) - first) / (time.perf_counter() - start)
    return {"ours": round(rate), "gan_lab_at_most": GAN_LAB_MOST, "times_better": round(rate / GAN_LAB_MOST, 1)}


def frames_per_second(page: "Page") -> dict[str, Any]:
    """How often the plot is repainted, how often the browser would, how many frames came from the run, and how long the
    scripts of a frame take."""
    page.evaluate("workOfFrames.clear()")
    counted = page.locator("canvas.big").evaluate(FRAMES, SECONDS / 2)
    work = sorted(page.evaluate("[...workOfFrames.values()]"))
    return {
        "plot": round(counted["drawn"], 1),
        "browser": round(counted["animated"], 1),
        "from_the_run": round(counted["arrived"], 1),
        "work_ms": {"median": round(statistics.median(work), 1), "p95": round(work[int(0.95 * len(work))], 1)},
    }


def delays(page: "Page", repeat: int) -> dict[str, int]:
    """A word that switches a layer in the browser; and Pause, which goes to the training process and back."""
    words = [page.locator("[data-layer=mesh]").evaluate(DELAY) for _ in range(2 * repeat)]
    pauses = []
    for _ in range(repeat):
        pauses.append(pause(page))
        press(page, "Play")
        until_step(page, step_of(page) + 20)
    return {"layer": round(statistics.median(words)), "pause": round(statistics.median(pauses))}


def pause(page: "Page") -> float:
    """Milliseconds from the click on Pause until the button offers Play again: the training process has stopped."""
    start = time.perf_counter()
    press(page, "Pause")
    page.get_by_role("button", name="Play", exact=True).wait_for(timeout=LONG)
    return 1000 * (time.perf_counter() - start)
