"""Pictures of places all over a plane, for decoders that stay on the server: the browser blends them under the hand."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from pages.parts.component import component

KEY = "plane_pictures"
_pictures = component(Path(__file__).parent)


def plane_pictures(work: Callable[[object], Mapping[str, Any] | None]) -> None:
    """Listen for the plane that the desk shows and answer with its pictures. Mount it in a fragment: only that reruns.

    Args:
        work: From what the browser sends, ``{"decoder": ..., "axes": [...], "base": [...], "label": ...}`` if it is
            honest, to the answer: the same entries and ``side`` (pictures across), ``reach`` (the coordinates of the
            outermost), and ``picture``, the address of one picture of them all, row by row from the top left without
            gaps. None: no answer.
    """
    held = st.session_state.get(KEY) or {}
    _pictures(key=KEY, data={"plane": work(held.get("wanted"))}, on_wanted_change=lambda: None)
