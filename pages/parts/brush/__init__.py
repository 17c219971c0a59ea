"""A sheet on which a visitor paints a distribution: where more paint lies, there will be more points."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from genmodels.data.painted import MOST_DABS, REACH
from pages.parts.component import component
from pages.parts.palette import CONCEPTS
from pages.parts.text import _

_brush = component(Path(__file__).parent)


def brush(*, key: str, on_drawn: Callable[[], Any]) -> None:
    """Draw the sheet with its brush, Undo, Clear and the button that hands the painting over.

    Args:
        key: Identity of the element.
        on_drawn: Called when the visitor is done; ``st.session_state[key]`` then holds ``drawn``,
            ``{"dabs": [[x, y, radius], ...]}`` as the browser sent it, to be given to
            :func:`genmodels.data.painted.painted`.
    """
    real = CONCEPTS["real"]
    words = {
        "sheet": _("Sheet: paint where points should be. Arrow keys move the brush, Space dabs."),
        "size": _("Brush"),
        "undo": _("Undo"),
        "clear": _("Clear"),
        "done": _("Use it"),
        "hint": _("Paint here"),
    }
    data = {"reach": REACH, "most": MOST_DABS, "colours": [real.light, real.dark], "words": words}
    _brush(key=key, data=data, on_drawn_change=on_drawn)
