"""Mean and spread as sliders: the noise stays, the samples move."""

from pages.parts.learn.figure import figure
from pages.parts.text import _

_figure = figure(__file__)


def show(key: str) -> None:
    _figure(
        key,
        alt=_("Fixed noise on an upper line is carried to codes on a lower one by a mean and a spread."),
        words={
            "mu": _("μ"),
            "sigma": _("σ"),
            "sample": _("z = μ + σ · ε"),
            "by_mu": _("∂z/∂μ"),
            "by_sigma": _("∂z/∂σ = ε"),
            "mean_mu": _("mean of 2z · 1 (exactly 2μ)"),
            "mean_sigma": _("mean of 2z · ε (exactly 2σ)"),
        },
    )
