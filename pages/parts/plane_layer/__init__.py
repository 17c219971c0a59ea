"""What lies behind the map of the latent desk and has to be worked out by the page, when it is asked for."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from pages.parts.component import component

KEY = "plane_layer"
_layer = component(Path(__file__).parent)


def plane_layer(work: Callable[[object], Mapping[str, Any] | None]) -> None:
    """Listen for what the desk asks for and answer it. Mount it in a fragment: only that reruns.

    Args:
        work: From what the browser sends, ``{"decoder": ..., "kind": ..., "axes": [...], "base": [...],
            "label": ..., "step": ...}`` if it is honest, to the answer: the same entries and ``side``, ``values``
            (base64, a byte for each place of a lattice, row by row from the top left), ``low`` and ``high`` (what 0
            and 255 stand for, in words), ``note`` (instead of these, why there is nothing to see), ``colour`` (a
            concept) and ``holes``. None: no answer.
    """
    held = st.session_state.get(KEY) or {}
    _layer(key=KEY, data={"layer": work(held.get("wanted"))}, on_wanted_change=lambda: None)
