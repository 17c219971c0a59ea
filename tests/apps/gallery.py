"""Every shared interactive part on one page, with buttons that send new data: what the browser tests play with."""

import io
import sys
from pathlib import Path

import numpy as np
import streamlit as st
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[2]))

from pages.parts import palette
from pages.parts.curves import Curve, Level, curve_controls, curves
from pages.parts.frame_player import frame_player
from pages.parts.image_grid import image_grid, tile
from pages.parts.scatter import scatter


def rings(shift: float, n: int = 32, size: int = 16) -> np.ndarray:
    """uint8 [n, size, size]: rings of growing radius."""
    y, x = np.mgrid[:size, :size] - size / 2 + 0.5
    radius = np.linspace(1, 8, n)[:, None, None] + shift
    return (255 * np.exp(-((np.hypot(x, y) - radius) ** 2) / 2)).astype(np.uint8)


def png(picture: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "PNG")
    return buffer.getvalue()


@st.fragment
def live() -> None:
    tick = st.session_state.setdefault("tick", 0)
    if st.button("Next"):
        tick = st.session_state.tick = tick + 1
    st.markdown(f"tick {tick}")
    rows = [("original", "real"), ("copy", "reconstruction")]
    image_grid(tile(rings(tick / 2, 16), 8), key="grid", alt="Rings", captions=rows, most_width=480)
    image_grid(png(np.stack([tile(rings(tick / 2, 8), 8)] * 3, -1)), key="grid-png", alt="Rings in colour")
    steps = np.arange(1 + 2000 * (tick + 1))
    series = [
        Curve("D loss", steps, 1.386 + np.sin(steps / 300) / (1 + steps / 900), "discriminator"),
        Curve("G loss", steps, 0.693 + np.cos(steps / 200) / (1 + steps / 900), "generator"),
    ]
    levels = [Level("2 ln 2", 1.386, "discriminator"), Level("ln 2", 0.693, "generator")]
    curves(series, key="losses", alt="Losses", levels=levels, x_title="step")


def cloud() -> None:
    spread = st.slider("Spread", 0.0, 2.0, 1.0)
    generator = np.random.default_rng(0)
    labels = np.repeat(np.arange(10), 200)
    centres = np.stack([np.cos(labels * 0.628), np.sin(labels * 0.628)], 1) * 2
    points = centres * spread + generator.normal(0, 0.25, (2000, 2))
    names = [str(label) for label in range(10)]
    pick = scatter(points, labels, key="cloud", alt="Codes", classes=names, marker=(1.0, 1.0), most_width=480)
    if pick:
        st.markdown(f"picked {pick.x:.2f} {pick.y:.2f} {pick.index}")


st.html(f"<style>{palette.css()}</style>")
curve_controls("losses")
live()
left, right = st.columns(2)
with left:
    cloud()
with right:
    frame_player(png(tile(rings(0), 8, gap=0)), frames=32, columns=8, key="player", alt="A ring", most_width=360)
