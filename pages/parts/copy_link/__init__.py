"""A button that copies the address of what is on the page."""

from collections.abc import Mapping
from pathlib import Path

from pages.parts.component import component
from pages.parts.text import _

_button = component(Path(__file__).parent)


def copy_link(key: str, say: Mapping[str, str]) -> None:
    """Draw the button; ``say`` is put into the copied address, an empty text is taken out of it."""
    words = {"copy": _("Copy link"), "copied": _("Copied"), "link": _("Link to this page")}
    _button(key=key, data={"set": dict(say), "words": words})
