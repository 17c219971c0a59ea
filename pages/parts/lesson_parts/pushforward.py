"""A one-dimensional generator: noise on the floor, samples on the wall."""

from pages.parts.learn.figure import figure
from pages.parts.text import _

_figure = figure(__file__)


def show(key: str) -> None:
    _figure(
        key,
        alt=_(
            "A curve carries noise from the floor to samples on the right wall; where it is steep, samples are rare."
        ),
        words={
            "stretch": _("Stretch"),
            "bend": _("Bend"),
            "noise": _("Drag the dot along the curve."),
            "z": _("z"),
            "slope": _("slope G′(z)"),
            "density": _("p(x) = p(z) / G′(z)"),
        },
    )
