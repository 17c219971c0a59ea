"""A small map of a plane of the latent space, as SVG: 200 units wide, the origin in its middle, up is up."""

import numpy as np
from torch import Tensor

from pages.parts.explore.subject import Subject
from pages.parts.palette import class_colour

CROWD = 400
"""Codes of test samples that are shown."""


def figure(label: str, *layers: str) -> str:
    """The whole map. ``label`` says in words what is seen, escaped; later layers lie above earlier ones."""
    return f'<svg viewBox="-100 -100 200 200" role="img" aria-label="{label}">{"".join(layers)}</svg>'


def spots(places: Tensor, reach: float) -> np.ndarray:
    """Coordinates ``[n, 2]`` in the units of the map, which ends at ``reach``; what lies beyond is put on the rim."""
    flipped = places.new_tensor([1.0, -1.0])
    return (places * flipped * 100 / reach).clamp(-99, 99).numpy()


def dots(spots: np.ndarray, colour: str, width: float) -> str:
    """Dots as one path of lines without length."""
    path = "".join(f"M{x:.1f} {y:.1f}h0" for x, y in spots)
    return f'<path d="{path}" style="stroke:{colour};stroke-width:{width};stroke-linecap:round;fill:none"/>'


def rings(lengths: list[float], reach: float) -> str:
    """Circles around the origin."""
    shown = [100 * length / reach for length in lengths if length < reach]
    return "".join(f'<circle r="{radius:.1f}" class="prior"/>' for radius in shown)


def crowd(subject: Subject, places: Tensor, reach: float) -> str:
    """Codes of test samples, whose coordinates ``[N, 2]`` are ``places``, in the colours of their classes."""
    shown = spots(places[:CROWD], reach)
    labels = subject.examples.labels
    if labels is None or not subject.examples.classes:
        return f'<g opacity="0.5">{dots(shown, "currentColor", 2.5)}</g>'
    of = labels[:CROWD].numpy()
    groups = [dots(shown[of == label], class_colour(int(label)).css(), 3) for label in np.unique(of)]
    return f'<g opacity="0.6">{"".join(groups)}</g>'
