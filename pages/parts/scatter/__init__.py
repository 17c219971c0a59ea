"""Thousands of points in the plane, coloured by class, that glide to where training takes them."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st

from pages.parts.component import base64_text, component, picture_url
from pages.parts.palette import Colour, class_colour
from pages.parts.text import _

MOST_POINTS = 10_000
_scatter = component(Path(__file__).parent, canvas=True)

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
    sheet: str | None = None,
    chosen: Sequence[int] = (),
    ringed: Sequence[int] = (),
    on_select: Callable[[tuple[int, ...]], None] | None = None,
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
        sheet: Name of the pictures of the points, see :func:`pages.parts.code_sheet.code_sheet`; they are shown beside
            the pointer and, where the visitor wants it, at the points.
        chosen: Points that stay in colour while the others go pale; empty: all.
        ringed: Points with a ring around them, the first a wider one.
        on_select: Called with the points that the visitor has drawn a box or a lasso around, before the page is drawn
            anew; None: there is nothing to choose.

    Returns:
        The place of a click or Enter, in the one run that it causes; else None.

    Raises:
        ValueError: Wrong shape, too many points, or a label without a class.
    """
    points = np.asarray(points, np.float32)
    labels = np.zeros(len(points), np.uint16) if labels is None else np.asarray(labels)
    _check(points, labels, classes)
    finite = np.isfinite(points).all(axis=1)
    shown = np.flatnonzero(finite)
    shades = colours or [class_colour(label) for label in range(max(1, len(classes)))]
    data = {
        "points": base64_text(points[finite].tobytes()),
        "labels": base64_text(labels[finite].astype("<u2").tobytes()),
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
        "sheet": sheet,
        "chosen": np.flatnonzero(np.isin(shown, chosen)).tolist() if len(chosen) else None,
        "ringed": [int(place) for i in ringed for place in np.flatnonzero(shown == i)],
        "tools": _tools(sheet is not None, on_select is not None),
        "words": {"classes": _("Classes"), "pictures": [_("Original"), _("Reconstruction")]},
    }

    def select() -> None:
        if on_select is not None:
            on_select(_selected(st.session_state[key].get("select"), shown))

    answer = _scatter(key=key, data=data, on_pick_change=lambda: None, on_select_change=select)
    return _pick(answer.pick, shown)


def _tools(pictures: bool, selects: bool) -> dict[str, tuple[str, str]]:
    """Names of the buttons above the points, each with its help."""
    tools = {}
    if selects:
        tools["box"] = (_("Box"), _("Drag a box around codes to choose them."))
        tools["lasso"] = (_("Lasso"), _("Drag a line around codes to choose them; Shift and drag does the same."))
    if pictures:
        tools["pictures"] = (_("Pictures"), _("Show the samples themselves, as many as find room."))
    return tools


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


def _selected(answer: object, shown: np.ndarray) -> tuple[int, ...]:
    """The points that the browser says are chosen; what is not a point is left out.

    >>> _selected([0, 2, 2, -1, 7, "x", True], np.array([0, 5, 9]))
    (0, 9)
    """
    if not isinstance(answer, list):
        return ()
    fine = {i for i in answer if isinstance(i, int) and not isinstance(i, bool) and 0 <= i < len(shown)}
    return tuple(int(shown[i]) for i in sorted(fine))
