"""What comes with the app, ready to look at before anything has been trained."""

import json
from dataclasses import dataclass

import streamlit as st

from genmodels.training.store import bundled_root


@dataclass(frozen=True)
class Walk:
    """A walk through the latent space of a bundled model: a sheet of frames for the frame player."""

    sheet: bytes
    frames: int
    columns: int
    alt: str


@st.cache_data(show_spinner=False)
def walk(name: str, alt: str) -> Walk | None:
    """The walk of the bundled run ``name``, None where there is none (see ``genmodels/bundled/__main__.py``)."""
    picture, about = bundled_root() / name / "walk.jpg", bundled_root() / name / "walk.json"
    if not (picture.exists() and about.exists()):
        return None
    return Walk(sheet=picture.read_bytes(), alt=alt, **json.loads(about.read_text(encoding="utf-8")))
