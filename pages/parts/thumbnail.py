"""A run at a glance: a few of its samples as one small picture. Imports no torch."""

import io
from pathlib import Path

import numpy as np
import streamlit as st
from PIL import Image
from safetensors import SafetensorError, safe_open

from genmodels.plots.points import draw_points
from genmodels.training.folder import RunFolder
from pages.parts.image_grid import tile

SHOWN, COLUMNS = 6, 3
SIDE = 64
MOST_BYTES = 20_000_000


def thumbnail(folder: RunFolder) -> bytes | None:
    """A PNG of samples of the latest frame; None where there is none that can be read."""
    step = next(reversed(folder.frames()), None)
    return None if step is None else _thumbnail(str(folder.path), step)


@st.cache_data(show_spinner=False, max_entries=500)
def _thumbnail(path: str, step: int) -> bytes | None:
    try:
        picture = _picture(_samples(Path(path) / "frames" / f"{step:08d}.safetensors"))
    except (OSError, SafetensorError, ValueError, KeyError, IndexError):  # thinned out just now, or damaged
        return None
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "PNG")
    return buffer.getvalue()


def _samples(file: Path) -> np.ndarray:
    if file.stat().st_size > MOST_BYTES:
        raise ValueError("no frame of ours is that large")
    with safe_open(file, framework="np") as frame:
        return frame.get_tensor("samples")


def _picture(samples: np.ndarray) -> np.ndarray:
    if samples.ndim == 2:
        return draw_points(samples, SIDE)
    shown = np.moveaxis(samples[:SHOWN], 1, -1)
    return tile(shown[..., 0] if shown.shape[-1] == 1 else shown, COLUMNS)
