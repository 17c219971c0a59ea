"""The best possible discriminator between two bells."""

from pages.parts.learn.figure import figure
from pages.parts.text import _

_figure = figure(__file__)


def show(key: str) -> None:
    _figure(
        key,
        alt=_("Two bells, real and generated, and the probability of being real that the best discriminator gives."),
        words={
            "mu": _("Mean"),
            "sigma": _("Spread"),
            "judge": _("D*(x)"),
            "js": _("Jensen–Shannon divergence, nats"),
            "loss": _("its loss"),
        },
    )
