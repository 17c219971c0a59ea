"""What can be read off a game: losses, distance to the data, modes, gradients, and how sure D is."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import streamlit as st

from genmodels.config import RunConfig
from genmodels.errors import UserError
from genmodels.training.folder import RunFolder
from pages.parts import levels
from pages.parts.curves import Curve, Level, curves, hinted, mark_lines
from pages.parts.palette import CONCEPTS, Concept
from pages.parts.playground_desk.sight import untrained
from pages.parts.raw import raw, raw_run
from pages.parts.run_view import charts
from pages.parts.run_view.doctor import doctor
from pages.parts.run_view.live import story_of
from pages.parts.run_view.panels import Sight, titled
from pages.parts.run_view.story import Standing, Story, standing
from pages.parts.text import _

EVERY = 1.0
"""Seconds between two looks: curves are read, not followed by eye."""
HEIGHT = 230
Panel = Callable[[], None]


def readings(folder: RunFolder | None, config: RunConfig, drawn: Standing | None) -> None:
    """The doctor and the charts of a run, again and again while it goes on; before there is one, the charts alone."""
    if folder is None or drawn is None:
        blank = Story(RunFolder(Path()))  # never read: nothing has been told yet
        blank.frame = untrained(config.model_dump_json()).frame
        _panels(config, blank)
        raw("playground", config.model_dump(mode="json"), {})
        return
    st.fragment(_tick, run_every=EVERY if drawn.active else None)(folder, config)


def _tick(folder: RunFolder, config: RunConfig) -> None:
    try:
        now = standing(folder)
    except UserError:  # deleted in another tab: the stage says so
        return
    story = story_of(folder)
    story.read_on()
    _pace(now, story)
    doctor(story, now)
    _panels(config, story)
    raw_run("playground", folder, story)


def _panels(config: RunConfig, story: Story) -> None:
    if not levels.shows("charts"):
        return
    panels = list((_of_a_game if config.model == "gan" else _of_an_autoencoder)(config, story))
    if count := _all_modes(config, story):
        panels += [partial(_modes, story, count), partial(_shares, story, count)]
    wide = 3 if len(panels) % 2 else 2
    for row in (panels[i : i + wide] for i in range(0, len(panels), wide)):
        for place, panel in zip(st.columns(len(row), gap="small"), row, strict=True):
            with place:
                panel()


def _pace(now: Standing, story: Story) -> None:
    speed = now.step / now.seconds if now.seconds else 0.0
    words = [_("step {n}").format(n=f"{now.step:,}"), _("{n} steps a second on average").format(n=f"{speed:,.0f}")]
    if told := story.metrics.get("js"):
        words.append(_("JS divergence {value} nats").format(value=f"{told.values[-1]:.3f}"))
    with st.container(key="play-stands"):
        st.caption(" · ".join(words))


def _of_a_game(config: RunConfig, story: Story) -> Iterator[Panel]:
    line = _("what each player wants to lower; dotted: the balance")
    yield partial(_parts, config, story, "losses", _("Losses"), line)
    yield partial(_distance, story)
    yield partial(_scores, story)
    if levels.shows("gradients"):
        line = _("length of each player's gradient in its last move")
        yield partial(_parts, config, story, "gradients", _("Gradients"), line)


def _of_an_autoencoder(config: RunConfig, story: Story) -> Iterator[Panel]:
    yield partial(_parts, config, story, "losses", _("Losses"), _("reconstruction and KL, in nats per point"))
    yield partial(_distance, story)
    if config.model == "vae":
        yield partial(charts.spectrum, story, titled, HEIGHT)
    if levels.shows("gradients"):
        yield partial(_parts, config, story, "gradients", _("Gradients"), _("length of the gradient in the last move"))


def _parts(config: RunConfig, story: Story, chart: charts.Chart, title: str, line: str) -> None:
    with titled(f"play-{chart}", title, line):
        charts.parts(config, story, chart, HEIGHT, _("Begins with the first step."))


def _scores(story: Story) -> None:
    if "score_real" in story.frame:
        with titled("play-scores", _("D's eye"), _("its scores: right looks real, left looks generated")):
            charts.histogram(story.frame["score_real"], story.frame["score_fake"], story, HEIGHT)


def _metric(
    story: Story, key: str, title: str, line: str, shown: dict[str, tuple[str, Concept]], lines: list[Level]
) -> None:
    with titled(key, title, line):
        found = [
            Curve(word, *story.metrics[name].arrays(), concept)
            for name, (word, concept) in shown.items()
            if name in story.metrics
        ]
        curves(found, key=key, alt=title, levels=lines, x_title=_("step"), height=HEIGHT,
               hint=_("Comes with the first measurement."))  # fmt: skip


def _distance(story: Story) -> None:
    shown: dict[str, tuple[str, Concept]] = {"js": (_("JS"), "generated"), "kl_grid": (_("KL"), "kl")}
    line = _("Jensen-Shannon on a grid, in nats: 0 is equal, 0.69 is apart")
    _metric(story, "play-distance", _("Distance to the data"), line, shown, [Level("ln 2", float(np.log(2)), "z")])


def _all_modes(config: RunConfig, story: Story) -> int:
    """How many modes the data have; 0 where they are no toy of round modes."""
    toy = Sight(config, story).toy
    return len(toy.centres) if toy is not None and toy.centres is not None else 0


def _modes(story: Story, count: int) -> None:
    shown: dict[str, tuple[str, Concept]] = {
        "high_quality": (_("high quality"), "generated"),
        "coverage": (_("coverage"), "real"),
    }
    told = story.metrics.get("modes")
    covered = f"{told.values[-1]:.0f}" if told else "–"
    title = _("{n} of {all} modes").format(n=covered, all=count)
    line = _("share of samples within three sigma of a mode, and of data with samples near")
    _metric(story, "play-modes", title, line, shown, [Level(_("all"), 1.0, "z")])


def _shares(story: Story, count: int) -> None:
    shares, even = story.spectra.get("mode_shares", np.zeros(0)), 1 / count
    with titled("play-shares", _("Mode by mode"), _("share of the good samples at each; even is right")):
        series = charts.bars(_("share"), shares, CONCEPTS["generated"].now())
        series["markLine"] = mark_lines([Level(_("even"), even, "z")])
        spec = charts.bar_spec([str(i + 1) for i in range(count)], [series])
        if not len(shares):  # else the highest bar reaches the line
            spec["yAxis"] |= {"max": 2 * even}
            spec |= hinted(_("Comes with the first measurement."))
        st.echarts_chart(spec, key="play-shares-chart", height=HEIGHT, alt=_("Share of samples at each mode"))
