"""A world small enough to be exact: the bound, the evidence, and the gap between them."""

from pages.parts.learn.figure import figure
from pages.parts.text import _

_figure = figure(__file__)


def show(key: str) -> None:
    _figure(
        key,
        alt=_("Prior, true posterior and your q over z; below, the ELBO as a bar that cannot pass ln p(x)."),
        words={
            "mu": _("μ of q"),
            "sigma": _("σ of q"),
            "noise": _("s of p(x|z)"),
            "nats": _("nats"),
            "reconstruction": _("E ln p(x|z)"),
            "kl": _("KL(q ‖ p(z))"),
            "elbo": _("ELBO"),
            "gap": _("KL(q ‖ p(z|x))"),
            "evidence": _("ln p(x)"),
        },
    )
