"""What can be read off a game: losses, distance to the data, modes, gradients, and how sure D is."""

from collections.abc import Callable
from functools import partial

import numpy as np
import streamlit as st

from genmodels.config import RunConfig
from genmodels.errors import UserError
from genmodels.training.folder import RunFolder
from pages.parts.curves import Curve, Level, curves
from pages.parts.palette import CONCEPTS, Concept
from pages.parts.run_view import charts
from pages.parts.run_view.doctor import doctor
from pages.parts.run_view.live import story_of
from pages.parts.run_view.panels import titled
from pages.parts.run_view.story import Standing, Story, standing
from pages.parts.text import _

EVERY = 1.0
"""Seconds between two looks: curves are read, not followed by eye."""
HEIGHT = 230
Panel = Callable[[], None]


def readings(folder: RunFolder | None, config: RunConfig, drawn: Standing | None) -> None:
    """The doctor and the charts of a run, again and again while it goes on."""
    if folder is None or drawn is None:
        return
    st.fragment(_tick, run_every=EVERY if drawn.active else None)(folder, config)


def _tick(folder: RunFolder, config: RunConfig) -> None:
    try:
        now = standing(folder)
    except UserError:  # deleted in another tab: the stage says so
        return
    story = story_of(folder)
    story.read_on()
    _pace(now)
    doctor(story, now)
    panels = _of_a_game(config, story) if "generator/loss" in story.losses else _of_an_autoencoder(config, story)
    for row in (panels[:2], panels[2:4], panels[4:]):
        if row:
            for place, panel in zip(st.columns(len(row), gap="small"), row, strict=True):
                with place:
                    panel()


def _pace(now: Standing) -> None:
    speed = now.step / now.seconds if now.seconds else 0.0
    words = [_("step {n}").format(n=f"{now.step:,}"), _("{n} steps a second on average").format(n=f"{speed:,.0f}")]
    with st.container(key="play-stands"):
        st.caption(" · ".join(words))


def _of_a_game(config: RunConfig, story: Story) -> list[Panel]:
    panels: list[Panel] = [
        partial(
            _parts, config, story, "losses", _("Losses"), _("what each player wants to lower; dotted: the balance")
        ),
        partial(_distance, story),
        partial(_scores, story),
        partial(
            _parts, config, story, "gradients", _("Gradients"), _("length of each player's gradient in its last move")
        ),
    ]
    return [*panels, *_of_modes(story)]


def _of_an_autoencoder(config: RunConfig, story: Story) -> list[Panel]:
    panels: list[Panel] = [
        partial(_parts, config, story, "losses", _("Losses"), _("reconstruction and KL, in nats per point")),
        partial(_distance, story),
    ]
    if "kl_per_dim" in story.spectra:
        panels.append(partial(charts.spectrum, story, titled, HEIGHT))
    return [
        *panels,
        partial(_parts, config, story, "gradients", _("Gradients"), _("length of the gradient in the last move")),
        *_of_modes(story),
    ]


def _of_modes(story: Story) -> list[Panel]:
    return [partial(_modes, story), partial(_shares, story)] if "modes" in story.metrics else []


def _parts(config: RunConfig, story: Story, chart: str, title: str, line: str) -> None:
    with titled(f"play-{chart}", title, line):
        charts.parts(config, story, chart, HEIGHT)  # type: ignore[arg-type]


def _scores(story: Story) -> None:
    if "score_real" in story.frame:
        with titled("play-scores", _("D's eye"), _("its scores: right looks real, left looks generated")):
            charts.histogram(story.frame["score_real"], story.frame["score_fake"], story)


def _metric(
    story: Story, key: str, title: str, line: str, shown: dict[str, tuple[str, Concept]], levels: list[Level]
) -> None:
    with titled(key, title, line):
        found = [
            Curve(word, *story.metrics[name].arrays(), concept)
            for name, (word, concept) in shown.items()
            if name in story.metrics
        ]
        curves(found, key=key, alt=title, levels=levels, x_title=_("step"), height=HEIGHT)


def _distance(story: Story) -> None:
    shown: dict[str, tuple[str, Concept]] = {"js": (_("JS"), "generated"), "kl_grid": (_("KL"), "kl")}
    line = _("Jensen-Shannon on a grid, in nats: 0 is equal, 0.69 is apart")
    _metric(story, "play-distance", _("Distance to the data"), line, shown, [Level("ln 2", float(np.log(2)), "z")])


def _modes(story: Story) -> None:
    shown: dict[str, tuple[str, Concept]] = {
        "high_quality": (_("high quality"), "generated"),
        "coverage": (_("coverage"), "real"),
    }
    covered, all_modes = story.metrics["modes"].values[-1], len(story.spectra.get("mode_shares", ()))
    title = _("{n} of {all} modes").format(n=f"{covered:.0f}", all=all_modes)
    _metric(
        story,
        "play-modes",
        title,
        _("share of samples within three sigma of a mode, and of data with samples near"),
        shown,
        [],
    )


def _shares(story: Story) -> None:
    shares = story.spectra.get("mode_shares", np.zeros(0))
    with titled("play-shares", _("Mode by mode"), _("share of the good samples at each; even is right")):
        series = charts.bars(_("share"), shares, CONCEPTS["generated"].now())
        spec = charts.bar_spec([str(i + 1) for i in range(len(shares))], [series])
        st.echarts_chart(spec, key="play-shares-chart", height=HEIGHT, alt=_("Share of samples at each mode"))
