"""What the model dreams up, beside what is real."""

import numpy as np
import streamlit as st
import torch

from genmodels.latent.prior import truncated
from genmodels.plots.grid import encode
from pages.parts.explore import point
from pages.parts.explore.subject import Subject, pixels
from pages.parts.image_grid import image_grid, tile
from pages.parts.palette import CONCEPTS, word
from pages.parts.scatter import scatter
from pages.parts.text import _

SIDE = 8
POINTS = 1_000


@st.fragment
def show(subject: Subject) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        seed = st.number_input(
            _("Seed"),
            0,
            point.MOST_SEED,
            point.current(subject).seed,
            key="explore-samples-seed",
            width=130,
            help=_("The same seed is always the same samples."),
        )
        psi = st.slider(
            _("Truncation"),
            0.0,
            1.5,
            1.0,
            0.05,
            key="explore-samples-psi",
            width=220,
            help=_(
                "Below 1 the codes are drawn to the middle: safer and more alike. Above 1: bolder, and often broken."
            ),
        )
        real = st.toggle(_("Real beside"), value=True, key="explore-samples-real")
    if subject.images:
        _grids(subject, seed, psi, real)
    else:
        _points(subject, seed, psi, real)


def _grids(subject: Subject, seed: int, psi: float, real: bool) -> None:
    generated = pixels(subject.decode(truncated(subject.model, SIDE * SIDE, psi, seed)))
    picture = tile(generated, SIDE)
    left, right = st.columns(2, gap="large")
    with left:
        st.html(word("generated", _("Generated")))
        image_grid(picture, key="explore-samples", alt=_("Generated samples"))
        st.download_button(
            _("Grid"),
            lambda: encode(np.broadcast_to(picture, (*picture.shape[:2], 3)).copy(), "png", 3),
            f"{subject.folder.id}-samples-{seed}.png",
            "image/png",
            key="explore-samples-file",
            icon=":material/download:",
            on_click="ignore",
        )
    with right:
        if real:
            st.html(word("real", _("Real")))
            shown = pixels(subject.examples.x[: SIDE * SIDE])
            image_grid(tile(shown, SIDE), key="explore-real", alt=_("Real samples that the model has never seen"))


def _points(subject: Subject, seed: int, psi: float, real: bool) -> None:
    generated = subject.decode(truncated(subject.model, POINTS, psi, seed))
    shown = subject.examples.x if real else subject.examples.x[:0]
    labels = np.repeat([0, 1], [len(shown), len(generated)])
    scatter(
        torch.cat([shown, generated]).numpy(),
        labels,
        key="explore-samples-points",
        classes=(_("real"), _("generated")),
        colours=(CONCEPTS["real"], CONCEPTS["generated"]),
        alt=_("Real and generated points"),
        most_width=560,
    )
