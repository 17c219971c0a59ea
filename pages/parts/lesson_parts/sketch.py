"""The data flow of a model family as a small drawing: ``{{sketch vae}}`` or ``{{sketch gan}}``."""

from typing import Literal

from pages.parts import sketch


def show(key: str, family: Literal["vae", "gan"]) -> None:
    sketch.sketch(family, key=key)
