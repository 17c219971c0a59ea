"""Beta as the level of the water: the linear beta-VAE, solved exactly."""

from pages.parts.learn.figure import figure
from pages.parts.text import _

_figure = figure(__file__)


def show(key: str) -> None:
    _figure(
        key,
        alt=_("Six columns, the variances of the data's factors, and a water level; what stands above it is encoded."),
        words={
            "beta": _("β"),
            "silent": _("silent"),
            "active": _("dimensions in use"),
            "nats": _("KL, nats"),
            "error": _("squared error"),
            "level": _("level β s²"),
        },
    )
