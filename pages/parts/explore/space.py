"""Codes in space, to turn."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from pages.parts.palette import CONCEPTS, class_colour

PALE = 0.1


def space_figure(
    points: np.ndarray,
    labels: np.ndarray | None,
    classes: Sequence[str],
    chosen: Sequence[int] = (),
    ringed: Sequence[int] = (),
) -> go.Figure:
    """Points in space, a trace for each class; what is not chosen goes pale.

    Args:
        points: float ``[N, 3]``.
        labels: integers ``[N]``, 0 to ``len(classes) - 1``; None: one class.
        classes: Names for the legend.
        chosen: Points in full colour; empty: all.
        ringed: Points with a ring around them.
    """
    labels = np.zeros(len(points), int) if labels is None else labels
    bright = np.isin(np.arange(len(points)), chosen) if len(chosen) else np.ones(len(points), bool)
    figure = go.Figure()
    for label in np.unique(labels):
        for there, opacity in ((bright, 0.85), (~bright, PALE)):
            x, y, z = points[(labels == label) & there].T
            figure.add_scatter3d(
                x=x,
                y=y,
                z=z,
                name=classes[label] if len(classes) else "",
                legendgroup=str(label),
                showlegend=bool(len(classes)) and opacity > PALE,
                mode="markers",
                marker={"size": 2.5, "color": class_colour(int(label)).now(), "opacity": opacity},
                hovertemplate="%{x:.2f}, %{y:.2f}, %{z:.2f}",
            )
    if len(ringed):
        x, y, z = points[list(ringed)].T
        ring = {"symbol": "circle-open", "size": 8, "color": CONCEPTS["z"].now()}
        figure.add_scatter3d(x=x, y=y, z=z, mode="markers", marker=ring, hoverinfo="skip", showlegend=False)
    figure.update_layout(
        height=480,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        legend={"itemsizing": "constant", "orientation": "h"},
        scene={"aspectmode": "cube", **{f"{axis}axis": {"title": ""} for axis in "xyz"}},
        uirevision="camera",
    )
    return figure
