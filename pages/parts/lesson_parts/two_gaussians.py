"""The divergence of two bells as an area; drag either of them."""

from pages.parts.learn.figure import figure
from pages.parts.text import _

_figure = figure(__file__)


def show(key: str) -> None:
    _figure(
        key,
        alt=_("Two bells and the area of q ln(q / p) between them. Drag a bell by its top."),
        words={
            "standard": _("p = N(0, 1)"),
            "same": _("q = p"),
            "mu": _("μ of q"),
            "sigma": _("σ of q"),
            "forward": _("KL(q ‖ p)"),
            "backward": _("KL(p ‖ q)"),
        },
    )
