"""From one point to another: along the straight line and along the great circle, side by side."""

from typing import NamedTuple

import numpy as np
import streamlit as st
import torch
from torch import Tensor

from genmodels.latent.interpolate import lerp, slerp
from genmodels.latent.prior import truncated
from genmodels.plots.grid import encode
from genmodels.plots.walk import gif, there_and_back
from pages.parts.explore import point
from pages.parts.explore.subject import Subject, pixels
from pages.parts.frame_player import frame_player
from pages.parts.image_grid import image_grid, tile
from pages.parts.palette import CONCEPTS
from pages.parts.scatter import scatter
from pages.parts.text import _

COLUMNS = 8


class Paths(NamedTuple):
    """Codes along both ways, ``[steps, latent_dim]`` each."""

    linear: Tensor
    spherical: Tensor


@st.fragment
def show(subject: Subject) -> None:
    st.markdown(_("**From one to the other.** A good latent space has no gap in between."))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        a = _end(subject, "a", _("From"), 0)
        b = _end(subject, "b", _("To"), 1)
        steps = st.slider(_("Steps"), 3, 24, 10, key="explore-steps", width=200)
    t = torch.linspace(0, 1, steps)
    paths = Paths(lerp(a, b, t), slerp(a, b, t))
    if subject.images:
        _strips(subject, paths)
    else:
        _lines(subject, paths)
    st.caption(
        _("Linear cuts through the middle, where codes are shorter than the prior's; spherical keeps their length.")
    )


def _end(subject: Subject, key: str, label: str, start: int) -> Tensor:
    """One end: of a seed, of a test sample, or where the desk is now."""
    kinds = {"seed": _("Seed"), "sample": _("Test sample"), "z": _("z now")}
    if not subject.encodes:
        del kinds["sample"]
    first = "sample" if subject.encodes else "seed"
    kind = st.selectbox(
        label,
        list(kinds),
        list(kinds).index(first),
        format_func=kinds.__getitem__,
        key=f"explore-{key}-kind",
        width=150,
    )
    if kind == "z":
        return point.current(subject).code[0]
    most = len(subject.examples.x) - 1 if kind == "sample" else point.MOST_SEED
    number = st.number_input(_("Number"), 0, most, min(start, most), key=f"explore-{key}-{kind}", width=110)
    return subject.codes[number] if kind == "sample" else truncated(subject.model, 1, 1.0, number)[0]


def _strips(subject: Subject, paths: Paths) -> None:
    linear, spherical = (pixels(subject.decode(path)) for path in paths)
    strip = tile(np.concatenate([linear, spherical]), columns=len(linear), gap=1)
    left, right = st.columns([1, 3], gap="large", vertical_alignment="center")
    with left:
        order = there_and_back(len(spherical))
        sheet = encode(_rgb(tile(spherical[order], columns=COLUMNS, gap=0)))
        frame_player(
            sheet,
            frames=len(order),
            columns=COLUMNS,
            key="explore-walk",
            alt=_("The walk as a film"),
            frames_per_second=6,
            most_width=240,
        )
    with right:
        image_grid(strip, key="explore-strip", alt=_("Both ways as strips"), captions=[_("linear"), _("spherical")])
        with st.container(horizontal=True):
            st.download_button(
                _("Strip"),
                lambda: encode(_rgb(strip), "png", 4),
                f"{subject.folder.id}-strip.png",
                "image/png",
                key="explore-strip-file",
                icon=":material/download:",
                on_click="ignore",
            )
            st.download_button(
                _("Film"),
                lambda: gif(_rgb(spherical[order])),
                f"{subject.folder.id}-walk.gif",
                "image/gif",
                key="explore-walk-file",
                icon=":material/download:",
                on_click="ignore",
            )


def _rgb(picture: np.ndarray) -> np.ndarray:
    """Grey ``[..., 1]`` -> ``[..., 3]``; colour stays."""
    return np.ascontiguousarray(np.broadcast_to(picture, (*picture.shape[:-1], 3)))


def _lines(subject: Subject, paths: Paths) -> None:
    linear, spherical = (subject.decode(path) for path in paths)
    real = subject.examples.x[:500]
    labels = np.repeat([0, 1, 2], [len(real), len(linear), len(spherical)])
    scatter(
        torch.cat([real, linear, spherical]).numpy(),
        labels,
        key="explore-lines",
        classes=(_("real"), _("linear"), _("spherical")),
        colours=(CONCEPTS["real"], CONCEPTS["generated"], CONCEPTS["generator"]),
        alt=_("Both ways through the plane"),
        point_radius=3.5,
        most_width=520,
    )
