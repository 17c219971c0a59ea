"""Charts of a live run: losses by part, the discriminator's scores, quality, and what each dimension says."""

from contextlib import AbstractContextManager
from typing import Any, Literal, Protocol

import numpy as np
import streamlit as st

from genmodels.config import RunConfig
from genmodels.objectives import GAN_LOSSES, equilibrium
from pages.parts.curves import FREE, Curve, Level, Mark, Reach, curves, hinted
from pages.parts.form import setting_of
from pages.parts.palette import CONCEPTS
from pages.parts.run_view import words
from pages.parts.run_view.story import Series, Story
from pages.parts.text import _

BINS = 24
RARE = 0.25
"""Share of its due below which a class or mode counts as hardly drawn."""
SILENT = 0.1
"""Nats below which a dimension of the code says next to nothing."""


class Titled(Protocol):
    """Opens a panel, as :func:`pages.parts.run_view.panels.titled` does."""

    def __call__(
        self, key: str, title: str, line: str, value: str = "", unit: str = ""
    ) -> AbstractContextManager[None]: ...


Chart = Literal["losses", "verdicts", "gradients"]


def parts(
    config: RunConfig, story: Story, chart: Chart, height: int, hint: str = "", slot: str = "", reach: Reach = FREE
) -> None:
    """The parts of all players' losses that belong on one chart; ``slot`` tells the charts of two runs apart."""
    named = [(words.loss_part(name, i), series) for i, (name, series) in enumerate(story.losses.items())]
    shown = [(part, series) for part, series in named if part.chart == chart]
    curves(
        [Curve(part.name, *series.arrays(), part.concept, part.dashed) for part, series in shown],
        key=f"{chart}{slot}",
        alt=_("Parts of the losses over the steps of training"),
        levels={"verdicts": _undecided(config), "losses": _balance(config)}.get(chart, ()),
        marks=_edits(config, story) if chart == "losses" else (),
        x_title=_("step"),
        height=height,
        hint=hint,
        reach=reach,
    )


def _balance(config: RunConfig) -> list[Level]:
    """Where the losses of a GAN lie when nobody can win any more."""
    name = getattr(config, "loss", None)
    if name not in GAN_LOSSES:
        return []
    game = equilibrium(name)
    d, g = float(game.discriminator), float(game.generator)
    if d == g:
        return [Level(_("balance {value}").format(value=f"{d:.3g}"), d, "z")]
    return [
        Level(_("D in balance {value}").format(value=f"{d:.3g}"), d, "discriminator"),
        Level(_("G in balance {value}").format(value=f"{g:.3g}"), g, "generator"),
    ]


def _undecided(config: RunConfig) -> list[Level]:
    """The verdict of a discriminator that can only guess; in a paired game no single verdict means that."""
    name = getattr(config, "loss", None)
    paired = name not in GAN_LOSSES or GAN_LOSSES[name].extra["paired"]
    return [] if paired else [Level(_("can only guess"), 0.5, "z")]


def _edits(config: RunConfig, story: Story) -> list[Mark]:
    edits: dict[int, dict[str, Any]] = {}
    for moment in story.moments:
        if moment.kind == "edited":
            edits.setdefault(moment.step, {}).update(moment.changes)
    return [Mark(changes_in_words(config, changes), step) for step, changes in edits.items()]


def changes_in_words(config: RunConfig, changes: Any) -> str:
    """``{"beta": 4.0}`` -> ``Beta 4``."""
    known = [setting_of(type(config), name) for name in changes if name in type(config).model_fields]
    return ", ".join(f"{setting.title} {setting.say(changes[setting.name])}" for setting in known)


# ---------------------------------------------------------------------- quality


MEASURE = "quality-measure"
"""Key of the measure that the visitor wants to see, before the kind of data."""


def quality(story: Story, modality: str, titled: Titled) -> None:
    """A measure over time, the headline unless another was picked, with its latest value in the title; below it runs
    what real data would show in place of samples."""
    picked = st.session_state.get(f"{MEASURE}-{modality}")
    name = picked if picked in story.metrics else next(iter(story.metrics), "")
    series = story.metrics.get(name, Series())
    measure = words.metric(name, modality) if name else words.Metric(_("Quality"), _("measured every second or so"))
    latest = number(series.values[-1]) if series.values else ""
    drawn = [Curve(measure.name, *series.arrays(), measure.concept)]
    judge = ""
    if name in story.floor:
        drawn.append(_floor(series, story.floor[name]))
        judge = words.judge(story.judge)
    line = " · ".join(filter(None, [measure.reading, judge, *_beside(story)]))
    with titled("quality", measure.name, line, latest, measure.unit):
        curves(
            drawn,
            key="quality",
            alt=_("{name} over the steps of training").format(name=measure.name),
            height=250,
            hint=_("Comes with the first measurement."),
        )


def _floor(series: Series, value: float) -> Curve:
    """A curve rather than a level, so that the axis reaches down to it."""
    ends = np.array([series.steps[0], series.steps[-1]])
    return Curve(_("real data {value}").format(value=number(value)), ends, np.full(2, value), "real", dashed=True)


def _beside(story: Story) -> list[str]:
    """The latest of the other measures that anybody can read: counts, and shares in per cent."""
    told = {name: series.values[-1] for name, series in story.metrics.items() if series.values}
    known = {name: word for name, word in words.shares().items() if name in told}
    return [
        f"{word} {told[name]:.0f}" if name == "modes" else f"{word} {told[name]:.0%}" for name, word in known.items()
    ]


def number(value: float) -> str:
    """Four figures, never in scientific notation where that can be helped.

    >>> number(112.3456), number(0.51234), number(12345.6)
    ('112.3', '0.512', '12,346')
    """
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.3f}"


# ---------------------------------------------------------------------- bars


def histogram(real: np.ndarray, fake: np.ndarray, story: Story, height: int = 330, slot: str = "") -> None:
    """D's scores on real and generated samples, as shares of each."""
    real, fake = real[np.isfinite(real)], fake[np.isfinite(fake)]
    both = np.concatenate([real, fake])
    low, high = story.span("scores", *np.quantile(both, [0.005, 0.995])) if len(both) else (-1.0, 1.0)
    edges = np.linspace(low, high, BINS + 1)
    middles = [f"{x:.3g}" for x in (edges[1:] + edges[:-1]) / 2]
    sides = [(_("real"), real, "real"), (_("generated"), fake, "generated")]
    series = [
        bars(name, np.histogram(np.clip(scores, low, high), edges)[0] / max(1, len(scores)), CONCEPTS[concept].now())
        for name, scores, concept in sides
    ]
    spec = bar_spec(middles, series) | {"legend": {"top": 0, "left": 0, "icon": "roundRect", "itemHeight": 6}}
    spec["yAxis"] |= {"axisLabel": {"show": False}}
    st.echarts_chart(spec, key=f"scores{slot}", height=height, alt=_("Histograms of the discriminator's scores"))


def spectrum(story: Story, titled: Titled, height: int, slot: str = "") -> None:
    """The KL of every dimension of the code: how much it says about a sample."""
    nats = story.spectra.get("kl_per_dim", np.zeros(0))
    speaking = int((nats > SILENT).sum())
    line = _("{n} of {all} dimensions carry information").format(n=speaking, all=len(nats)) if len(nats) else _("soon")
    with titled("spectrum", _("KL of each dimension"), line):
        colour = CONCEPTS["kl"].now()
        series = bars(_("nats"), nats, colour)
        series["data"] = [
            {"value": round(float(value), 3), "itemStyle": {"opacity": 1 if value > SILENT else 0.35}} for value in nats
        ]
        spec = bar_spec([str(i + 1) for i in range(len(nats))], [series])
        if not len(nats):
            spec |= hinted(_("Comes with the first measurement."))
        st.echarts_chart(spec, key=f"spectrum{slot}", height=height, alt=_("Bars: KL of each dimension in nats"))


def modes(story: Story, names: tuple[str, ...], titled: Titled, height: int) -> None:
    """How often each class or mode is drawn, over how often it is there."""
    name = next((name for name in ("classes", "mode_shares") if name in story.spectra), "")
    drawn, real = story.spectra.get(name, np.zeros(0)), story.floor_spectra.get(name, np.zeros(0))
    labels = list(names) if len(names) == len(drawn) else [str(i + 1) for i in range(len(drawn))]
    missed = [label for label, a, b in zip(labels, drawn, real, strict=False) if a < RARE * b]
    line = _("all are drawn") if not missed else _("hardly drawn: {names}").format(names=", ".join(missed[:6]))
    with titled("modes", _("How often each is drawn"), line if name else _("soon")):
        series = [bars(_("real"), real, CONCEPTS["real"].now())] if len(real) == len(drawn) else []
        spec = bar_spec(labels, [*series, bars(_("generated"), drawn, CONCEPTS["generated"].now())])
        spec |= {"legend": {"top": 0, "left": 0, "icon": "roundRect", "itemHeight": 6}}
        spec["yAxis"] |= {"axisLabel": {"show": False}}
        st.echarts_chart(spec, key="modes", height=height, alt=_("Bars: how often each class is real and generated"))


def bars(name: str, values: np.ndarray, colour: str) -> dict[str, Any]:
    return {
        "type": "bar",
        "name": name,
        "data": [round(float(value), 4) for value in values],
        "color": colour,
        "itemStyle": {"opacity": 0.65},
        "barGap": "-100%",
        "barCategoryGap": "8%",
    }


def bar_spec(categories: list[str], series: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "animationDuration": 0,
        "animationDurationUpdate": 250,
        "grid": {"left": 8, "right": 12, "top": 34 if len(series) > 1 else 12, "bottom": 8, "containLabel": True},
        "tooltip": {"trigger": "axis", "valueFormatter": "%.3g", "confine": True},
        "xAxis": {"type": "category", "data": categories, "axisTick": {"show": False}},
        "yAxis": {"type": "value", "splitNumber": 3},
        "series": series,
    }
