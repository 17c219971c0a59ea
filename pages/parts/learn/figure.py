"""Figures that answer to the hand: a small drawing script in the browser, with sliders, all in one mould.

A part of a lesson that moves is a script ``<name>.js`` beside its Python file. It is joined with ``figure.js``, which
gives it the frame: sliders, choices, dragging, axes, live readings, both themes, one fixed height.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import streamlit as st

from pages.parts.component import MOST_SCRIPT_BYTES

HERE = Path(__file__).parent


class Figure(Protocol):
    """Draws the figure."""

    def __call__(self, key: str, alt: str, words: Mapping[str, str], values: Mapping[str, Any] = {}) -> None: ...


def figure(part_file: str) -> Figure:
    """The figure whose script lies beside ``part_file``. Call it once, when the module is imported.

    The returned function takes the key, what is seen for those who do not see it, the words of sliders, choices and
    readings by name, and further values for the script.

    Raises:
        ValueError: The script is larger than ``MOST_SCRIPT_BYTES``.
    """
    path = Path(part_file).with_suffix(".js")
    script = script_of(path)
    if len(script.encode()) > MOST_SCRIPT_BYTES:
        raise ValueError(f"{path.name} is larger than {MOST_SCRIPT_BYTES} bytes together with figure.js")
    style = (HERE / "figure.css").read_text(encoding="utf-8")
    html = '<figure><div class="controls"></div><svg role="img"></svg>\n<dl></dl></figure>'
    mount = st.components.v2.component(f"genmodels.lesson.{path.stem}", html=html, js=script, css=style)

    def draw(key: str, alt: str, words: Mapping[str, str], values: Mapping[str, Any] = {}) -> None:
        mount(key=key, data={"alt": alt, "words": dict(words), **values})

    return draw


def script_of(path: Path) -> str:
    """What the browser gets: the mould, then the part's own script."""
    return (HERE / "figure.js").read_text(encoding="utf-8") + path.read_text(encoding="utf-8")
