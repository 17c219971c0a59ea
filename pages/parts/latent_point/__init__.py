"""The point z between the page and the latent desk."""

from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st

from pages.parts.component import base64_text, component

KEY = "latent_point"
_point = component(Path(__file__).parent)


def latent_point(
    decoder: str,
    z: Sequence[float],
    psi: float,
    revision: int,
    on_rest: Callable[[object], None],
    *,
    run: str,
    seed: int,
    held: bool,
    named: bool,
    label: int = 0,
    ahead: tuple[Sequence[float], float],
    dice: str,
    picture: bytes = b"",
) -> None:
    """Put the point of a decoder on the page. Shows nothing: the latent desk does.

    Args:
        decoder: Name of the decoder that the point belongs to.
        z: The code.
        psi: The truncation that is already in it.
        revision: Another one than before: the desk glides to ``z``. The same: it stays where the hand has put it.
        on_rest: Called, before the run that it causes, with what the browser sends when the hand has come to rest:
            ``{"z": [...], "psi": ..., "revision": ..., "decoder": ..., "label": ...}`` if it is honest.
        run: For the address, which the browser changes at once when the hand rests: no step in its history.
        seed: Likewise.
        held: Whether ``z`` is to be in the address, because the seed does not say it.
        named: Whether the address says anything of the point; where it does not, the browser adds it.
        label: What a conditional model is told to draw.
        ahead: ``z`` and ``psi`` that the next throw of the dice will bring. The browser shows them at the click and
            does not wait for the page, which says the same later.
        dice: Key of the button that throws them.
        picture: What the decoder makes of ``z``, where the browser cannot: uint8 ``[height, width, channels]``.
    """

    def rested() -> None:
        on_rest(st.session_state[KEY].get("rest"))

    at = {"decoder": decoder, "z": list(z), "psi": psi, "revision": revision, "label": label}
    about = {"run": run, "seed": seed, "held": held, "named": named, "picture": base64_text(picture)}
    thrown = {"z": list(ahead[0]), "psi": ahead[1], "dice": dice}
    _point(key=KEY, data=at | about | {"ahead": thrown}, on_rest_change=rested)
