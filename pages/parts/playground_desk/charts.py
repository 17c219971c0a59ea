"""What can be read off a game: losses, distance to the data, modes, gradients, and how sure D is."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import numpy as np
import streamlit as st

from genmodels.config import RunConfig
from genmodels.errors import UserError
from genmodels.models import MODELS
from genmodels.training.folder import RunFolder
from pages.parts import levels
from pages.parts.curves import FREE, Curve, Level, Reach, curves, hinted, mark_lines
from pages.parts.palette import CONCEPTS
from pages.parts.playground_desk.live import story_in
from pages.parts.playground_desk.sight import untrained
from pages.parts.raw import raw, raw_run
from pages.parts.run_view import charts
from pages.parts.run_view.doctor import doctor
from pages.parts.run_view.panels import Sight, titled
from pages.parts.run_view.story import Series, Standing, Story, standing
from pages.parts.text import _

EVERY = 1.0
"""Seconds between two looks: curves are read, not followed by eye."""
HEIGHT = 230
Panel = Callable[[], None]


@dataclass(frozen=True)
class Game:
    """One of the runs on the page, or fresh networks where it has no folder; ``drawn``: where it stood then."""

    folder: RunFolder | None
    config: RunConfig
    drawn: Standing | None
    slot: str = ""


@dataclass(frozen=True)
class Told:
    """What the charts of a game are drawn from.

    Attributes:
        reaches: How far the axes go where the charts of two games are compared, by metric or part of a chart's key.
    """

    config: RunConfig
    story: Story
    slot: str = ""
    name: str = ""
    reaches: Mapping[str, Reach] = field(default_factory=dict)

    def reach(self, chart: str) -> Reach:
        return self.reaches.get(chart, FREE)

    def titled(self, key: str, title: str, line: str, value: str = "", unit: str = "") -> AbstractContextManager[None]:
        """A panel, which says whose it is where there are two."""
        return titled(f"{key}{self.slot}", f"{self.name} · {title}" if self.name else title, line, value, unit)


def readings(games: Sequence[Game]) -> None:
    """The doctor and the charts of one or two games, again and again while one goes on; before that, charts alone."""
    if games[0].folder is None:
        _panels([Told(game.config, _blank(game.config), game.slot) for game in games])
        raw("playground", games[0].config.model_dump(mode="json"), {})
        return
    active = any(game.drawn is not None and game.drawn.active for game in games)
    st.fragment(_tick, run_every=EVERY if active else None)(games)


def _blank(config: RunConfig) -> Story:
    story = Story(RunFolder(Path()))  # never read: nothing has been told yet
    story.frame = untrained(config.model_dump_json()).frame
    return story


def _tick(games: Sequence[Game]) -> None:
    told = []
    for game, place in zip(games, st.columns(len(games), gap="small"), strict=True):
        with place:
            told.append(Told(game.config, _stands(game, named=len(games) > 1), game.slot))
    _panels(told)
    if games[0].folder is not None:
        raw_run("playground", games[0].folder, told[0].story)


def _stands(game: Game, named: bool) -> Story:
    """Where a game stands, and what the doctor says; returns its story."""
    if game.folder is None:
        return _blank(game.config)
    story = story_in(game.folder, game.slot)
    try:
        now = standing(game.folder)
    except UserError:  # deleted in another tab: the stage says so
        return story
    story.read_on()
    _pace(game, now, story, named)
    doctor(story, now)
    return story


def _panels(told: Sequence[Told]) -> None:
    """All charts of one game, or those of two in rows, the same of both beside each other on the same scale."""
    if not levels.shows("charts"):
        return
    if len(told) > 1:
        reaches = _reaches(told)
        told = [replace(one, name=MODELS[one.config.model].card.title, reaches=reaches) for one in told]
    panels = [dict(_charts(one)) for one in told]
    names = [name for name in ORDER if any(name in shown for shown in panels)]
    if len(told) > 1:
        rows = [[shown.get(name) for shown in panels] for name in names]
    else:
        wide = 3 if len(names) % 2 else 2
        rows = [[panels[0][name] for name in names[i : i + wide]] for i in range(0, len(names), wide)]
    for row in rows:
        for place, panel in zip(st.columns(len(row), gap="small"), row, strict=True):
            with place:
                if panel is not None:
                    panel()


def _reaches(told: Sequence[Told]) -> dict[str, Reach]:
    """Axes that hold what either game has told, for what can be compared between them."""
    chosen = {
        "distance": lambda story: [story.metrics[name] for name in ("js", "kl_grid") if name in story.metrics],
        "gradients": lambda story: [series for name, series in story.losses.items() if name.endswith("/gradient")],
    }
    if all(one.config.model != "gan" for one in told):
        chosen["losses"] = lambda story: [s for name, s in story.losses.items() if not name.endswith("/gradient")]
    last = max((series.steps[-1] for one in told for series in one.story.losses.values() if series.steps), default=0.0)
    reaches = {chart: Reach(x=last or None) for chart in ("losses", "modes")}
    for chart, series_of in chosen.items():
        values = [value for one in told for series in series_of(one.story) for value in series.values]
        top = _round_up(max([np.log(2) if chart == "distance" else 0.0, *values]))
        reaches[chart] = Reach((min([0.0, *values]), top) if top else None, last or None)
    return reaches


def _round_up(value: float) -> float:
    """The next of 1, 2, 5, 10, ..., so that an axis moves seldom.

    >>> _round_up(0.69), _round_up(3), _round_up(0)
    (1.0, 5.0, 0.0)
    """
    if value <= 0:
        return 0.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(float(f"{step * power:g}") for step in (1, 2, 5, 10) if value <= step * power)


def _pace(game: Game, now: Standing, story: Story, named: bool) -> None:
    speed = now.step / now.seconds if now.seconds else 0.0
    words = [_("step {n}").format(n=f"{now.step:,}"), _("{n} steps a second on average").format(n=f"{speed:,.0f}")]
    if told := story.metrics.get("js"):
        words.append(_("JS divergence {value} nats").format(value=f"{told.values[-1]:.3f}"))
    if named:
        words.insert(0, f"**{MODELS[game.config.model].card.title}**")
    with st.container(key=f"play-stands{game.slot}"):
        st.caption(" · ".join(words))


ORDER = ("losses", "distance", "inside", "gradients", "modes", "shares")
"""Charts, in the order in which they are read; inside is D's eye, or the KL of each dimension."""


def _charts(told: Told) -> Iterator[tuple[str, Panel]]:
    """The charts there are for this game, by name."""
    game = told.config.model == "gan"
    lower = _("what each player wants to lower; dotted: the balance")
    pays = lower if game else _("reconstruction and KL, in nats per point")
    yield "losses", partial(_parts, told, "losses", _("Losses"), pays)
    yield "distance", partial(_distance, told)
    if game and "score_real" in told.story.frame:
        yield "inside", partial(_scores, told)
    if told.config.model == "vae":
        yield "inside", partial(charts.spectrum, told.story, told.titled, HEIGHT, told.slot)
    if levels.shows("gradients"):
        length = _("length of each player's gradient in its last move")
        length = length if game else _("length of the gradient in the last move")
        yield "gradients", partial(_parts, told, "gradients", _("Gradients"), length)
    if count := _all_modes(told.config, told.story):
        yield "modes", partial(_modes, told, count)
        yield "shares", partial(_shares, told, count)


def _parts(told: Told, chart: charts.Chart, title: str, line: str) -> None:
    with told.titled(f"play-{chart}", title, line):
        hint = _("Begins with the first step.")
        charts.parts(told.config, told.story, chart, HEIGHT, hint, told.slot, told.reach(chart))


def _scores(told: Told) -> None:
    with told.titled("play-scores", _("D's eye"), _("its scores: right looks real, left looks generated")):
        charts.histogram(told.story.frame["score_real"], told.story.frame["score_fake"], told.story, HEIGHT, told.slot)


def _metrics(told: Told, key: str, title: str, line: str, drawn: Sequence[Curve], level: Level, reach: Reach) -> None:
    with told.titled(key, title, line):
        curves(drawn, key=f"{key}{told.slot}", alt=title, levels=[level], x_title=_("step"), height=HEIGHT,
               hint=_("Comes with the first measurement."), reach=reach)  # fmt: skip


def _series(told: Told, name: str) -> tuple[np.ndarray, np.ndarray]:
    return told.story.metrics.get(name, Series()).arrays()


def _distance(told: Told) -> None:
    drawn = [Curve(_("JS"), *_series(told, "js"), "generated"), Curve(_("KL"), *_series(told, "kl_grid"), "kl")]
    drawn = [curve for curve in drawn if len(curve.x)]
    line = _("Jensen-Shannon on a grid, in nats: 0 is equal, 0.69 is apart")
    level = Level("ln 2", float(np.log(2)), "z")
    _metrics(told, "play-distance", _("Distance to the data"), line, drawn, level, told.reach("distance"))


def _all_modes(config: RunConfig, story: Story) -> int:
    """How many modes the data have; 0 where they are no toy of round modes."""
    toy = Sight(config, story).toy
    return len(toy.centres) if toy is not None and toy.centres is not None else 0


def _modes(told: Told, count: int) -> None:
    """Modes that are visited, out of all on the left axis, and shares on the right one: the top of both is all."""
    steps, visited = _series(told, "modes")
    drawn = [
        Curve(_("modes"), steps, visited, "generator"),
        Curve(_("high quality"), *_series(told, "high_quality"), "generated", share=True),
        Curve(_("coverage"), *_series(told, "coverage"), "real", share=True),
    ]
    title = _("{n} of {all} modes").format(n=f"{visited[-1]:.0f}", all=count) if len(visited) else _("Modes")
    line = _("left: visited; right: share of good samples, share of data covered")
    reach = Reach((0.0, count), told.reach("modes").x)
    _metrics(told, "play-modes", title, line, drawn, Level(_("all"), count, "z"), reach)


def _shares(told: Told, count: int) -> None:
    shares, even = told.story.spectra.get("mode_shares", np.zeros(0)), 1 / count
    with told.titled("play-shares", _("Mode by mode"), _("share of the good samples at each; even is right")):
        series = charts.bars(_("share"), shares, CONCEPTS["generated"].now())
        series["markLine"] = mark_lines([Level(_("even"), even, "z")])
        spec = charts.bar_spec([str(i + 1) for i in range(count)], [series])
        top = max(2 * even, _round_up(shares.max(initial=0.0)))
        spec["yAxis"] |= {"max": top, "interval": top / 2}
        if not len(shares):
            spec |= hinted(_("Comes with the first measurement."))
        key = f"play-shares-chart{told.slot}"
        st.echarts_chart(spec, key=key, height=HEIGHT, alt=_("Share of samples at each mode"))
