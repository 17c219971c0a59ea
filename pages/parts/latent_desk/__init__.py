"""Hold a decoder in the hand: sliders, a map and the picture, all moving together at the rate of the screen.

Three parts work together in the browser: ``decoder`` brings the weights and what is known of the latent space,
``latent_point`` the point, and this one shows them. So the large messages are sent once.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pages.parts.component import component
from pages.parts.palette import CLASSES, CONCEPTS
from pages.parts.text import _

_desk = component(Path(__file__).parent, constant=True, canvas=True)


@dataclass(frozen=True)
class Slider:
    """One direction through the latent space.

    Attributes:
        label: Its name, short.
        share: How much it does, 0 to 1: length of the line under its name.
        detail: The same in words, shown when pointed at.
        silent: Whether it does nothing.
    """

    label: str
    share: float = 0.0
    detail: str = ""
    silent: bool = False


@dataclass(frozen=True)
class Group:
    """Sliders of one kind, in the order in which they are shown; ``note`` says in a sentence what they are."""

    name: str
    note: str
    sliders: Sequence[Slider]


@dataclass(frozen=True)
class Layer:
    """Something to show behind the pad.

    Attributes:
        kind: ``""``: nothing. ``"decoded"``: pictures, which the browser makes itself. All others come from the page
            (see ``plane_layer``), once they are asked for.
        name: On its button.
        note: What it shows, in a sentence.
    """

    kind: str
    name: str
    note: str = ""


def about(
    groups: Sequence[Group],
    *,
    axes: tuple[int, int],
    reach: float,
    uniform: bool,
    modality: str,
    classes: Sequence[str] = (),
    labels: Sequence[str] = (),
    layer: str = "",
    layers: Sequence[Layer] = (),
    extent: tuple[float, float, float, float] | None = None,
    note: str = "",
) -> dict[str, Any]:
    """What the desk must know of a latent space, to be packed with its decoder.

    Beside it the pack holds the arrays ``directions`` (float32, one row for each slider of all groups in turn), and
    where there are any ``codes`` (float32 ``[N, d]``) with ``labels`` (uint16), and for points ``real`` (float32
    ``[N, 2]``) and ``noise`` (float32 ``[N, d]``).

    Args:
        groups: The sliders.
        axes: Rows of ``directions`` that the pad shows first, across and up.
        reach: How far sliders and pad go from 0.
        uniform: Whether the prior is uniform in -1..1; else it is standard normal.
        modality: ``"image"`` or ``"points"``.
        classes: Names of the classes, in label order.
        labels: Names of what the decoder can be told to draw; empty if it takes no label.
        layer: The kind that is shown behind the pad at first.
        layers: What can be shown behind the pad, in the order of the buttons.
        extent: For points: left, right, bottom, top of what is shown.
        note: Under the picture, where the decoder stays on the server.
    """
    begins = [sum(len(group.sliders) for group in groups[:i]) for i in range(len(groups))]
    return {
        "about": {
            "groups": [{"begin": begin, **asdict(group)} for begin, group in zip(begins, groups, strict=True)],
            "axes": axes,
            "reach": reach,
            "uniform": uniform,
            "modality": modality,
            "classes": list(classes),
            "labels": list(labels),
            "layer": layer,
            "layers": [asdict(one) for one in layers],
            "extent": extent,
            "note": note,
        }
    }


def latent_desk() -> None:
    """Show the desk of the decoder and the point that are on the page."""
    colours = {name: [colour.light, colour.dark] for name, colour in CONCEPTS.items()}
    words = {
        "picture": _("What the decoder makes of z"),
        "pad": _("Map of the latent plane. Drag, or use the arrow keys, to move z."),
        "across": _("Axis across"),
        "up": _("Axis up"),
        "layers": _("Behind the map"),
        "label": _("Class"),
        "told": _("The code says how, the class says what."),
        "working": _("Working it out..."),
        "hole": _("A hole: {n} codes expected, none here"),
        "reset": _("Back to 0"),
        "more": _("Show all {n}"),
        "fewer": _("Show fewer"),
        "psi": _("Truncation"),
        "here": _("Decoded in your browser"),
        "cost": _("Decoded in your browser, {ms} ms a frame"),
    }
    _desk(
        key="latent_desk",
        data={"words": words, "colours": colours, "classes": [[colour.light, colour.dark] for colour in CLASSES]},
    )
