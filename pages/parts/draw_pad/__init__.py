"""A pad to draw small pictures on, with mouse, pen or finger; what is drawn arrives while it is being drawn."""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st

from pages.parts.component import base64_text, component
from pages.parts.text import _

_pad = component(Path(__file__).parent)


@dataclass(frozen=True)
class Drawn:
    """A picture from the pad, uint8 ``[H, W, C]``, and whether the hand that draws it rests."""

    picture: np.ndarray
    resting: bool


def draw_pad(
    start: np.ndarray,
    revision: int,
    *,
    key: str,
    ground: int,
    ink: int,
    on_draw: Callable[[Drawn], None],
    most_width: int = 460,
) -> None:
    """Show the pad. A picture is sent every 150 ms while it is drawn, and once more when the hand rests.

    Args:
        start: What is on the pad when it opens, uint8 ``[H, W, C]`` with C 1 or 3; as large as what is sent.
        revision: Another one than before: ``start`` replaces what is on the pad. The same: the pad stays as the hand
            has left it, whatever ``start`` is.
        key: Identity of the element.
        ground: Grey value, 0 to 255, of an empty pad and of the eraser.
        ink: Grey value to begin with; where C is 3 the visitor may choose a colour.
        on_draw: Called with each picture, before the run that it causes.
        most_width: Width in CSS pixels that is not exceeded.
    """
    data = {
        "start": base64_text(np.ascontiguousarray(start).tobytes()),
        "revision": revision,
        "height": start.shape[0],
        "width": start.shape[1],
        "channels": start.shape[2],
        "ground": ground,
        "ink": ink,
        "most_width": most_width,
        "words": {
            "pad": _("Drawing pad. Draw with mouse, pen or finger; Ctrl+Z undoes."),
            "size": _("Brush size"),
            "colour": _("Colour"),
            "erase": _("Eraser"),
            "undo": _("Undo"),
            "clear": _("Clear"),
        },
    }

    def drawn() -> None:
        answer = checked(st.session_state[key].get("drawn"), start.shape, revision)
        if answer is not None:
            on_draw(answer)

    _pad(key=key, data=data, on_drawn_change=drawn)


def checked(answer: object, shape: tuple[int, ...], revision: int) -> Drawn | None:
    """What the browser sent, if it is what the pad would send: a picture of ``shape``, drawn on this revision.

    >>> checked({"picture": "AP8=", "revision": 3, "resting": True}, (1, 2, 1), 3).picture.tolist()
    [[[0], [255]]]
    """
    if not isinstance(answer, dict) or answer.get("revision") != revision:
        return None
    text = answer.get("picture")
    if not isinstance(text, str) or len(text) > 8 + 2 * int(np.prod(shape)):
        return None
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(raw) != int(np.prod(shape)):
        return None
    return Drawn(np.frombuffer(raw, np.uint8).reshape(shape).copy(), answer.get("resting") is True)
