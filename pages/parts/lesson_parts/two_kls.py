"""Data with two modes and a model with one: three measures, three answers."""

from pages.parts.learn.figure import figure
from pages.parts.text import _

_figure = figure(__file__)


def show(key: str) -> None:
    _figure(
        key,
        alt=_("Data with two modes and one bell that you can drag; buttons find the best bell of each measure."),
        words={
            "cover": _("Cover"),
            "seek": _("Seek"),
            "middle": _("Between"),
            "forward": _("KL(data ‖ model)"),
            "backward": _("KL(model ‖ data)"),
            "js": _("Jensen–Shannon"),
        },
    )
