"""The straight and the round way between two codes, and how long the code is on them."""

from pages.parts.learn.figure import figure
from pages.parts.text import _

_figure = figure(__file__)


def show(key: str) -> None:
    _figure(
        key,
        alt=_("Length of the code along a straight and a round path, and the band that holds nearly all of the prior."),
        words={
            "power": _("log₂ of dimensions"),
            "t": _("t"),
            "shell": _("95 % of the prior's codes are this long"),
            "dimensions": _("dimensions d"),
            "straight": _("|lerp|"),
            "round": _("|slerp|"),
            "typical": _("typical length"),
        },
    )
