"""A decoder from two numbers to a sound."""

from pages.parts.learn.figure import figure
from pages.parts.text import _

_figure = figure(__file__)


def show(key: str) -> None:
    _figure(
        key,
        alt=_("A square with a point to drag, and the waveform that belongs to it."),
        words={
            "play": _("Play"),
            "pitch": _("pitch →"),
            "brightness": _("↑ brightness"),
            "code": _("numbers in the code"),
            "values": _("numbers in the sound"),
            "frequency": _("pitch"),
        },
    )
