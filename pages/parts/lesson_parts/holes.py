"""Twelve posteriors together against the prior: where are the holes?"""

from pages.parts.learn.figure import figure
from pages.parts.text import _

_figure = figure(__file__)


def show(key: str) -> None:
    _figure(
        key,
        alt=_("Twelve small bells of codes, their mean, and the prior they should fill."),
        words={
            "spread": _("Spread of the means"),
            "sigma": _("σ of each"),
            "hole": _("of the prior falls into holes"),
            "kl": _("mean KL(q(z|x) ‖ p(z))"),
            "information": _("= information I(x; z)"),
            "marginal": _("+ KL(q(z) ‖ p(z))"),
        },
    )
