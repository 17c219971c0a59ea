"""Real pictures while torch is still being imported, which takes seconds once in the life of a server."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from genmodels.training.folder import RunFolder
from genmodels.training.store import bundled_root
from pages.parts.text import _
from pages.parts.thumbnail import thumbnail

SHOWN = ("vae-digits", "gan-digits")


@contextmanager
def first_look() -> Iterator[None]:
    """Samples of two bundled runs, until the block is done; nothing where torch is there already."""
    place = st.empty()
    if "torch" not in sys.modules or not hasattr(sys.modules["torch"], "nn"):
        with place.container():
            for column, name in zip(st.columns(len(SHOWN)), SHOWN, strict=True):
                if picture := thumbnail(RunFolder(bundled_root() / name)):
                    column.image(picture, caption=name, width="stretch", alt=_("Samples of {name}").format(name=name))
    yield
    place.empty()
