"""Curves that grow while a model trains: in place, without a flicker, each in the colour of its concept."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import streamlit as st

from pages.parts.palette import CONCEPTS, Colour, Concept
from pages.parts.text import _

MOST_POINTS = 1_000
"""Points of a curve that are sent to the browser."""


@dataclass(frozen=True)
class Curve:
    """A named series: ``x`` and ``y`` of equal length, in the colour of its concept, or in one of its own.

    One that is a ``share`` is read on the right, where the axis reaches from 0 to 1.
    """

    name: str
    x: np.ndarray
    y: np.ndarray
    concept: Concept | Colour
    dashed: bool = False
    share: bool = False


@dataclass(frozen=True)
class Level:
    """A horizontal line to compare with, such as the loss at which neither player wins."""

    name: str
    y: float
    concept: Concept


@dataclass(frozen=True)
class Reach:
    """How far axes go whatever is drawn: ``y`` from and to, ``x`` from 0 to; None leaves it to the curves."""

    y: tuple[float, float] | None = None
    x: float | None = None


FREE = Reach()


@dataclass(frozen=True)
class Mark:
    """A vertical line where something happened, such as a setting that was changed."""

    name: str
    x: float


def thin(x: np.ndarray, y: np.ndarray, most: int = MOST_POINTS) -> tuple[np.ndarray, np.ndarray]:
    """At most ``most`` of the points: the lowest and the highest of each stretch, so that no spike is lost.

    >>> x, y = thin(np.arange(10_000), np.sin(np.arange(10_000) / 500))
    >>> len(x), float(y.max().round(3))
    (1000, 1.0)
    """
    if len(x) <= most:
        return x, y
    stretches = most // 2
    width = -(-len(x) // stretches)
    starts = np.arange(stretches) * width
    filled = np.pad(np.nan_to_num(y), (0, stretches * width - len(x)), mode="edge").reshape(stretches, width)
    keep = np.concatenate([starts + filled.argmin(1), starts + filled.argmax(1)])
    keep = np.unique(np.minimum(keep, len(x) - 1))
    return x[keep], y[keep]


def _thinned(curve: Curve) -> Curve:
    x, y = thin(curve.x, curve.y)
    return replace(curve, x=x, y=y)


def curve_controls(key: str) -> None:
    """The switches of the chart called ``key``. Put them outside the fragment that redraws the chart."""
    with st.container(horizontal=True, key=f"{key}-controls"):
        st.toggle(_("Log scale"), key=f"{key}-log", persist_state="session")
        st.toggle(
            _("Freeze view"),
            key=f"{key}-frozen",
            help=_("Hold the chart as it is now, to zoom in and read it. Training goes on."),
        )


def curves(
    series: Sequence[Curve],
    *,
    key: str,
    alt: str,
    levels: Sequence[Level] = (),
    marks: Sequence[Mark] = (),
    x_title: str = "",
    y_title: str = "",
    height: int = 280,
    hint: str = "",
    reach: Reach = FREE,
) -> None:
    """Draw the curves. With ``curve_controls(key)`` somewhere on the page, it obeys those switches.

    Args:
        series: Values that are not finite leave a gap; on a logarithmic scale, so do values of 0 and below.
        key: Identity of the chart.
        alt: What is seen, for those who do not see it.
        levels: Horizontal lines to compare with.
        marks: Vertical lines where something happened.
        x_title: Name of the horizontal axis.
        y_title: Name of the vertical axis, with its unit.
        height: In CSS pixels.
        hint: Said in the chart while there is no curve yet.
        reach: Of the axes, where it does not follow the curves.
    """
    held = f"_{key}-held"
    if st.session_state.get(f"{key}-frozen") and held in st.session_state:
        series = st.session_state[held]
    else:
        series = [_thinned(curve) for curve in series]
        st.session_state[held] = series
    log = bool(st.session_state.get(f"{key}-log"))
    spec = _spec(series, levels, log, x_title, y_title, marks, reach)
    if not any(len(curve.x) for curve in series):
        spec |= _blank(levels, hint or _("Nothing to draw yet."), reach)
    st.echarts_chart(spec, key=key, height=height, alt=alt)


def _spec(
    series: Sequence[Curve],
    levels: Sequence[Level],
    log: bool,
    x_title: str,
    y_title: str,
    marks: Sequence[Mark] = (),
    reach: Reach = FREE,
) -> dict[str, Any]:
    lines = [_line(curve, log) for curve in series]
    if lines and (levels or marks):
        lines[0]["markLine"] = mark_lines(levels, marks, log)
    x_axis: dict[str, Any] = {
        "type": "value",
        "name": x_title,
        "nameLocation": "middle",
        "nameGap": 26,
        "min": "dataMin",
    }
    y_axis = {"type": "log" if log else "value", "name": y_title, "scale": True, "nameGap": 10} | _ends(reach.y)
    if reach.x:
        x_axis |= {"min": 0, "max": reach.x}
    return {
        "animation": False,
        "grid": {"left": 8, "right": 16, "top": 44, "bottom": 28, "containLabel": True},
        "legend": {"top": 0, "left": 0, "type": "scroll", "icon": "roundRect", "itemHeight": 4},
        "tooltip": {"trigger": "axis", "valueFormatter": "%.4g", "confine": True},
        "xAxis": x_axis,
        "yAxis": [y_axis, _SHARES] if any(curve.share for curve in series) else y_axis,
        "dataZoom": [{"type": "inside", "zoomOnMouseWheel": "ctrl", "filterMode": "none"}],
        "series": lines,
    }


_SHARES = {"type": "value", "min": 0, "max": 1, "interval": 0.25, "splitLine": {"show": False}}


def _ends(y: tuple[float, float] | None) -> dict[str, float]:
    return {} if y is None else {"min": y[0], "max": y[1]}


def _blank(levels: Sequence[Level], hint: str, reach: Reach) -> dict[str, Any]:
    """What is different before the first point: the lines to compare with, on a scale that holds them, and the hint."""
    ends = [1.25 * level.y for level in levels] or [1.0]
    unseen = {"type": "line", "data": [[0, min(0.0, *ends)], [1, max(0.0, *ends)]], "lineStyle": {"opacity": 0}}
    return {
        "series": [unseen | {"showSymbol": False, "silent": True, "markLine": mark_lines(levels)}],
        "tooltip": {"show": False},
        "xAxis": {"type": "value", "min": 0, "max": 1, "axisLabel": {"show": False}},
        "yAxis": {"type": "value"} | _ends(reach.y),
    } | hinted(hint)


def hinted(hint: str) -> dict[str, Any]:
    """A word in a chart of ECharts that has nothing to draw yet."""
    style = {"fontSize": 13, "fontWeight": "normal", "fontFamily": "sans-serif", "color": CONCEPTS["z"].now()}
    return {"title": {"text": hint, "left": "center", "bottom": "30%", "textStyle": style}}


def _line(curve: Curve, log: bool) -> dict[str, Any]:
    shown = np.isfinite(curve.y) & ((curve.y > 0) | (not log))
    points = [
        [round(float(x), 3), float(f"{y:.5g}") if ok else None]
        for x, y, ok in zip(curve.x, curve.y, shown, strict=True)
    ]
    colour = _shade(curve.concept)
    style = {"color": colour, "width": 2, "type": "dashed" if curve.dashed else "solid"}
    return {
        "type": "line",
        "name": curve.name,
        "data": points,
        "showSymbol": len(points) == 1,  # a line needs two
        "color": colour,
        "lineStyle": style,
    } | ({"yAxisIndex": 1} if curve.share else {})


def _shade(concept: Concept | Colour) -> str:
    return (concept if isinstance(concept, Colour) else CONCEPTS[concept]).now()


def mark_lines(levels: Sequence[Level], marks: Sequence[Mark] = (), log: bool = False) -> dict[str, Any]:
    """Lines across and upright on a chart of ECharts, as the ``markLine`` of one of its series."""
    shown = [level for level in levels if level.y > 0 or not log]
    across = [
        {
            "yAxis": level.y,
            "lineStyle": {"color": CONCEPTS[level.concept].now(), "type": "dotted", "width": 1.5},
            "label": {"formatter": level.name, "position": "insideEndTop", "color": CONCEPTS[level.concept].now()},
        }
        for level in shown
    ]
    grey = CONCEPTS["z"].now()
    upright = [
        {
            "xAxis": mark.x,
            "lineStyle": {"color": grey, "type": "dashed", "width": 1},
            "label": {"formatter": mark.name, "position": "end", "color": grey, "rotate": 0},
        }
        for mark in marks
    ]
    return {"symbol": "none", "silent": True, "data": across + upright}
