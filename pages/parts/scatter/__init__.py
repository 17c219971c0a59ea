"""Thousands of points in the plane, coloured by class, that glide to where training takes them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pages.parts.component import base64_text, component, picture_url
from pages.parts.palette import Colour, class_colour
from pages.parts.text import _

MOST_POINTS = 10_000
_scatter = component(Path(__file__).parent)

Extent = tuple[float, float, float, float]
"""Left, right, bottom, top, in data units."""


@dataclass(frozen=True)
class Pick:
    """A place the visitor chose, in data units; ``index`` is the point nearest to it, None where there is none."""

    x: float
    y: float
    index: int | None


def scatter(
    points: np.ndarray,
    labels: np.ndarray | None = None,
    *,
    key: str,
    alt: str,
    classes: Sequence[str] = (),
    colours: Sequence[Colour] = (),
    extent: Extent | None = None,
    background: bytes | None = None,
    background_extent: Extent = (-3.0, 3.0, -3.0, 3.0),
    marker: tuple[float, float] | None = None,
    point_radius: float = 2.5,
    glide_ms: int = 350,
    most_width: int | None = None,
) -> Pick | None:
    """Show points; give the same points in new places under the same ``key`` and they glide there.

    Args:
        points: float ``[N, 2]``, N at most 10,000. Points that are not finite are left out.
        labels: integers ``[N]``, 0 to ``len(classes) - 1``; None: one class.
        key: Identity of the element.
        alt: What is seen, for those who do not see it.
        classes: Names for the legend, in label order.
        colours: One for each class, where they stand for concepts; empty: the colours of classes.
        extent: Axes that stay as they are; None: axes around the origin that follow the points, slowly.
        background: PNG or JPEG bytes drawn behind the points, over ``background_extent``.
        marker: A place to mark with a ring.
        point_radius: In CSS pixels.
        glide_ms: Time the points take to their new places.
        most_width: Width in CSS pixels that is not exceeded; None: all there is.

    Returns:
        The place of a click or Enter, in the one run that it causes; else None.

    Raises:
        ValueError: Wrong shape, too many points, or a label without a class.
    """
    points = np.asarray(points, np.float32)
    labels = np.zeros(len(points), np.uint8) if labels is None else np.asarray(labels)
    _check(points, labels, classes)
    finite = np.isfinite(points).all(axis=1)
    shades = colours or [class_colour(label) for label in range(max(1, len(classes)))]
    data = {
        "points": base64_text(points[finite].tobytes()),
        "labels": base64_text(labels[finite].astype(np.uint8).tobytes()),
        "classes": list(classes),
        "colours": [[shade.light, shade.dark] for shade in shades],
        "alt": alt,
        "extent": extent,
        "background": picture_url(background) if background else None,
        "background_extent": background_extent,
        "marker": marker,
        "point_radius": point_radius,
        "glide_ms": glide_ms,
        "most_width": most_width,
        "words": {"classes": _("Classes")},
    }
    answer = _scatter(key=key, data=data, on_pick_change=lambda: None)
    return _pick(answer.pick, np.flatnonzero(finite))


def _check(points: np.ndarray, labels: np.ndarray, classes: Sequence[str]) -> None:
    if points.ndim != 2 or points.shape[1] != 2 or len(points) > MOST_POINTS:
        raise ValueError(f"points have to be [N, 2] with N at most {MOST_POINTS}, not {list(points.shape)}")
    if labels.shape != (len(points),):
        raise ValueError(f"labels have to be [{len(points)}], not {list(labels.shape)}")
    if len(labels) and not 0 <= labels.min() <= labels.max() < max(1, len(classes)):
        raise ValueError("every label needs a class")


def _pick(answer: object, shown: np.ndarray) -> Pick | None:
    """What the browser sent, if it is what the component would send."""
    if not isinstance(answer, dict):
        return None
    x, y, index = (answer.get(name) for name in ("x", "y", "index"))
    if not all(isinstance(value, int | float) and math.isfinite(value) for value in (x, y)):
        return None
    known = isinstance(index, int) and 0 <= index < len(shown)
    return Pick(float(x), float(y), int(shown[index]) if known else None)
