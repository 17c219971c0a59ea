"""The smallest GAN: one number against one number, as a field of arrows to start from anywhere."""

from pages.parts.learn.figure import figure
from pages.parts.text import _

_figure = figure(__file__)


def show(key: str) -> None:
    _figure(
        key,
        alt=_("A field of arrows over theta and psi, and the path that training takes from a point you can drag."),
        words={
            "loss": _("Loss"),
            "order": _("Order of moves"),
            "nonsaturating": _("Non-saturating"),
            "minimax": _("Minimax"),
            "wasserstein": _("Wasserstein"),
            "alternating": _("D first, then G"),
            "simultaneous": _("Both at once"),
            "gamma": _("R1 penalty γ"),
            "rate": _("Step length h"),
            "goal": _("equilibrium"),
            "from": _("distance at the start"),
            "to": _("after 500 steps"),
            "verdict": _("the game"),
            "settles": _("settles"),
            "circles": _("circles"),
            "flees": _("runs away"),
        },
    )
