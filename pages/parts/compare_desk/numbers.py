"""The runs in numbers, measured alike: a table, bars over the classes, and a paragraph that says what it comes to.

Who is only curious is told who won, why it matters and whether it was fair, without a number.
"""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from genmodels.metrics.report import Report, in_short, verdict
from genmodels.words import duration
from pages.parts import levels
from pages.parts.compare_desk.looks import Side
from pages.parts.palette import CONCEPTS, class_colour
from pages.parts.run_view.charts import bar_spec, number
from pages.parts.text import _, plain


@dataclass(frozen=True)
class Line:
    """A line of the table: name of the measure, how to read it, and how its values are written."""

    name: str
    reading: str
    form: str = ""


def lines() -> dict[str, Line]:
    """The measures in the order of the table."""
    share = "{:.0%}"
    return {
        "kid": Line(_("KID"), _("distance of samples from held-out pictures; 0 is perfect")),
        "js": Line(_("JS divergence"), _("of samples from held-out points, in nats; 0 is perfect")),
        "wasserstein": Line(_("Wasserstein"), _("how far points would have to move; 0 is perfect")),
        "frechet": Line(_("Fréchet"), _("distance between Gaussians fitted to features; small is good")),
        "coverage": Line(_("Coverage"), _("share of real samples with a generated one near; high is good"), share),
        "recall": Line(_("Recall"), _("share of real samples within reach of the generated; high is good"), share),
        "precision": Line(_("Precision"), _("share of generated samples that look real; high is good"), share),
        "modes": Line(_("Modes"), _("modes with at least one good sample"), "{:.0f}"),
        "high_quality": Line(_("High quality"), _("share of points within 3 sigma of a mode"), share),
        "sharpness": Line(_("Sharpness"), _("as a share of the real pictures'; less is blur, more is noise"), share),
        "diversity": Line(_("Diversity"), _("spread, as a share of the real data's; 100% is right"), share),
        "neg_elbo": Line(_("−ELBO"), _("nats per sample, a bound that only VAEs and VQ-VAEs have; low is good")),
        "active_units": Line(_("Active units"), _("latent dimensions that say something about a sample"), "{:.0f}"),
    }


def show(sides: Sequence[Side], reports: Sequence[tuple[Report | None, str]]) -> None:
    """The paragraph that says what it comes to; the table and the bars behind it."""
    told = [(side, report) for side, (report, _problem) in zip(sides, reports, strict=True) if report is not None]
    _problems(sides, reports)
    _paragraph([(side.name, report) for side, report in told], len(sides))
    if not told or not levels.shows("measures"):
        return
    left, right = st.columns([1.35, 1], gap="medium")
    with left:
        st.html(table(sides, [report for report, _problem in reports]))
    with right:
        _bars(told)


def _problems(sides: Sequence[Side], reports: Sequence[tuple[Report | None, str]]) -> None:
    for side, (report, problem) in zip(sides, reports, strict=True):
        if problem and report is None and not side.now.active:
            st.caption(plain(f"{side.name}: {problem}"))


def _paragraph(named: Sequence[tuple[str, Report]], wanted: int) -> None:
    told = verdict if levels.shows("measures") else in_short
    sentences = [_(sentence) for sentence in told(named)]
    with st.container(key="compare-verdict"):
        if sentences:
            st.html(f"<p class='gm-verdict' role='status'>{html.escape(' '.join(sentences))}</p>")
        elif len(named) < wanted:
            st.html(f"<p class='gm-verdict gm-quiet' role='status'>{_('Measuring all of them alike...')}</p>")
        else:
            st.html(f"<p class='gm-verdict gm-quiet'>{_('Add a second run, and this says what sets them apart.')}</p>")


def table(sides: Sequence[Side], reports: Sequence[Report | None]) -> str:
    """One line for each measure that at least one run has, one column for each run, and the floor."""
    floor = next((report.floor for report in reports if report is not None), {})
    heads = "".join(f"<th style='color:{side.colour}'>{html.escape(side.name)}</th>" for side in sides)
    same = len({report.config.data for report in reports if report is not None}) == 1
    real = f"<th class='gm-real'>{_('real against real')}</th>" if same else ""
    body = []
    for name, line in lines().items():
        values = [report.number(name) if report else None for report in reports]
        if any(value is not None for value in values):
            cells = [*map(_written(line), values), *([_written(line)(floor.get(name))] if same else [])]
            body.append(_table_row(line, cells))
    body += [
        _table_row(line, [say(report) if report else "–" for report in reports] + [""] * same) for line, say in _costs()
    ]
    return (
        f"<div class='gm-scroll'><table class='gm-table'><thead><tr><th></th>{heads}{real}</tr></thead>"
        f"<tbody>{''.join(body)}</tbody></table></div>"
    )


def _costs() -> list[tuple[Line, Any]]:
    per_step = Line(_("Time per step"), _("of training, without its evaluations"))
    weights = Line(_("Weights"), _("of all networks in training"))
    return [
        (per_step, lambda report: "–" if report.step_ms is None else f"{report.step_ms:,.1f} ms"),
        (Line(_("Training"), _("in all")), lambda report: duration(report.seconds)),
        (weights, lambda report: f"{sum(report.parameters.values()):,}"),
    ]


def _table_row(line: Line, cells: Sequence[str]) -> str:
    told = "".join(f"<td>{html.escape(cell)}</td>" for cell in cells)
    return f"<tr><th scope='row'>{line.name}<small>{line.reading}</small></th>{told}</tr>"


def _written(line: Line) -> Any:
    return lambda value: (
        "–" if not isinstance(value, float) else line.form.format(value) if line.form else number(value)
    )


def _bars(told: Sequence[tuple[Side, Report]]) -> None:
    """How often each class (or mode) occurs: what a model leaves out, it does not cover."""
    known = [(side, report) for side, report in told if report.shares and report.classes == told[0][1].classes]
    st.html(
        f"<h3 class='gm-panel'>{_('What they cover')}<small>"
        f"{_('share of each class among the samples, beside the real data')}</small></h3>"
    )
    if not known:
        st.caption(_("For these data nobody knows the classes of a sample."))
        return
    first = known[0][1]
    series = [_bar(_("real"), first.real_shares, CONCEPTS["real"].now(), 0.55)]
    series += [_bar(side.name, report.shares, class_colour(side.index).now(), 0.85) for side, report in known]
    spec = bar_spec(list(first.classes), series) | {
        "legend": {"top": 0, "left": 0, "type": "scroll", "icon": "roundRect", "itemHeight": 6}
    }
    spec["tooltip"] |= {"valueFormatter": "%.2f"}
    spec["grid"] |= {"top": 40}
    st.echarts_chart(spec, key="compare-bars", height=330, alt=_("Bars: share of each class in samples and real data"))


def _bar(name: str, shares: Sequence[float], colour: str, opacity: float) -> dict[str, Any]:
    data = [round(float(share), 4) for share in shares]
    return {"type": "bar", "name": name, "data": data, "color": colour, "itemStyle": {"opacity": opacity}}
