"""Frames for the plane on the same page: small messages, several a second."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from pages.parts.component import base64_text, component

_feed = component(Path(__file__).parent)

Packed = tuple[float, str]
"""The value of one unit, and 16-bit whole numbers in base64."""


def pack(values: np.ndarray) -> Packed:
    """Numbers of any shape in two bytes each; what is not finite becomes 0.

    >>> unit, text = pack(np.array([0.5, -1.0, np.nan]))
    >>> import base64
    >>> (np.frombuffer(base64.b64decode(text), np.int16) * unit).round(4).tolist()
    [0.5, -1.0, 0.0]
    """
    values = np.nan_to_num(np.asarray(values, np.float64), nan=0.0, posinf=1e6, neginf=-1e6)
    unit = max(1e-9, float(np.abs(values).max(initial=0.0))) / 32_767
    return unit, base64_text(np.rint(values / unit).astype("<i2").tobytes())


def plane_feed(
    *,
    key: str,
    game: str,
    frame_id: str,
    arrays: Mapping[str, np.ndarray],
    centre: float,
    gain: float,
    latent_extent: tuple[float, float, float, float],
    frames: int,
    frame: int,
    live: bool,
    slow: bool,
    step: str,
    on_seek: Callable[[], Any],
    on_move: Callable[[], Any],
    slot: str = "",
) -> None:
    """Show one frame on the plane of ``game``.

    Args:
        key: Identity of the element; in the callbacks ``st.session_state[key]`` holds ``seek``
            (``{"frame": int | None}``)
            or ``move`` (``{"player": str}``), as the browser sent it.
        game: Identity of the game, as given to :func:`pages.parts.plane.plane`.
        frame_id: Tells frames apart; the same one is not drawn again.
        arrays: What moves, by the names of ``genmodels/training/views.py``.
        centre: The logit at which D cannot tell.
        gain: Steepness of the colours around it.
        latent_extent: Left, right, bottom, top of the latent plane.
        frames: Number of frames to choose from.
        frame: Which of them this is.
        live: Whether it is the newest, and follows.
        slow: Whether the slow motion tells its story.
        step: Where the frame lies in training, in words.
        on_seek: Called when the visitor wants another frame.
        on_move: Called when the slow motion comes to the move of a player.
        slot: Which plane on the page it feeds, where there are several.
    """
    data = {
        "game": game,
        "slot": slot,
        "id": f"{game} {frame_id}",
        "arrays": {name: pack(values) for name, values in arrays.items()},
        "centre": centre,
        "gain": gain,
        "latent_extent": latent_extent,
        "frames": frames,
        "frame": frame,
        "live": live,
        "slow": slow,
        "step": step,
    }
    _feed(key=key, data=data, on_seek_change=on_seek, on_move_change=on_move)
