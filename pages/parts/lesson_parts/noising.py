"""Data dissolve into noise, and the arrows that lead back."""

from pages.parts.learn.figure import figure
from pages.parts.text import _

_figure = figure(__file__)


def show(key: str) -> None:
    _figure(
        key,
        alt=_(
            "The density of data to which noise is added, samples from it, and arrows along the slope of its logarithm."
        ),
        words={
            "t": _("Time t"),
            "kept": _("ᾱ, weight of the data"),
            "noise": _("1 − ᾱ, weight of the noise"),
        },
    )
