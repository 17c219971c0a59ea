"""You are the model: two bells to drag until they explain the data."""

from pages.parts.learn.figure import figure
from pages.parts.text import _

_figure = figure(__file__)


def show(key: str) -> None:
    _figure(
        key,
        alt=_("Two bells over points on a line; below, samples drawn from the bells. Drag a bell by its top."),
        words={
            "data": _("the data"),
            "samples": _("your samples"),
            "fit": _("mean ln p(x), your model"),
            "best": _("the same, the law that made the data"),
        },
    )
