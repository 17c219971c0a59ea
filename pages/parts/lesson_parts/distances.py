"""Two bells a distance apart: which measure of it has a slope?"""

from pages.parts.learn.figure import figure
from pages.parts.text import _

_figure = figure(__file__)


def show(key: str) -> None:
    _figure(
        key,
        alt=_(
            "Above, a real and a generated bell; below, Jensen-Shannon divergence and Wasserstein distance by shift."
        ),
        words={
            "theta": _("Shift θ"),
            "width": _("Width of both"),
            "js": _("Jensen–Shannon"),
            "js_slope": _("its slope"),
            "w": _("Wasserstein-1"),
            "w_slope": _("its slope"),
        },
    )
