"""A linear autoencoder with one code: turn the line onto which points are squeezed."""

from pages.parts.learn.figure import figure
from pages.parts.text import _

_figure = figure(__file__)


def show(key: str) -> None:
    _figure(
        key,
        alt=_("Points in the plane, their shadows on a line that you can turn, and the error between them."),
        words={
            "angle": _("Angle"),
            "error": _("mean squared error"),
            "best": _("smallest there is"),
            "kept": _("variance kept"),
        },
    )
