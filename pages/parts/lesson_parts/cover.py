"""Precision, recall, coverage and Fréchet distance on points to play with."""

from pages.parts.learn.figure import figure
from pages.parts.text import _

_figure = figure(__file__)


def show(key: str) -> None:
    _figure(
        key,
        alt=_("A ring of real points with their neighbourhoods, and generated points that cover part of it."),
        words={
            "share": _("Share of the ring"),
            "noise": _("Blur"),
            "precision": _("precision"),
            "recall": _("recall"),
            "coverage": _("coverage"),
            "frechet": _("Fréchet distance"),
        },
    )
