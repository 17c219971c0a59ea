"""The map: where the codes of real data lie, and what the decoder makes of a whole plane."""

import numpy as np
import streamlit as st
import torch

from genmodels.latent.plane import Plane, manifold, ticks
from genmodels.plots.grid import encode
from genmodels.training.views import to_pixels
from pages.parts.explore import codes, point
from pages.parts.explore.subject import Subject, pixels, subscript
from pages.parts.image_grid import image_grid, tile
from pages.parts.text import _

SIZES = (8, 12, 15, 20, 25)
"""Pictures across the decoded plane."""


def show(subject: Subject) -> None:
    """Codes beside the decoded plane; where there are none, the plane alone."""
    left, right = st.columns(2, gap="large")
    if subject.encodes:
        with left:
            codes.show(subject)
    else:
        with right:
            _without_codes()
    with right if subject.encodes else left:
        _decoded(subject)


def _without_codes() -> None:
    st.markdown(
        _(
            "A GAN has no encoder, so nobody knows where real samples would lie on its map. But every place "
            "makes a picture: **walk along a row and see what one number changes.**"
        )
    )


@st.fragment
def _decoded(subject: Subject) -> None:
    st.markdown(_("**The plane, decoded.** Every place shows what the decoder makes of it."))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        i, j = _axes(subject)
        n = st.selectbox(_("Size"), SIZES, 2, format_func=lambda n: f"{n} × {n}", key="explore-across", width=110)
        spacing = st.segmented_control(
            _("Spacing"),
            ["quantiles", "even"],
            key="explore-spacing",
            default="quantiles",
            required=True,
            format_func={"quantiles": _("Quantiles"), "even": _("Even")}.__getitem__,
            help=_("Quantiles: each picture stands for the same share of the prior. Even: equal steps, far out too."),
        )
    picture = plane_picture(subject, i, j, n, spacing or "quantiles")
    image_grid(picture, key="explore-manifold", alt=_("The decoded plane"), most_width=520)
    st.download_button(
        _("Grid"),
        lambda: encode(np.broadcast_to(picture, (*picture.shape[:2], 3)).copy(), "png", 2),
        f"{subject.stem}-plane.png",
        "image/png",
        key="explore-grid",
        icon=":material/download:",
        on_click="ignore",
    )


def _axes(subject: Subject) -> tuple[int, int]:
    """The two dimensions that change over the plane; the others stay at z."""
    if subject.latent_dim <= 2:
        return 0, subject.latent_dim - 1
    names = {j: f"z{subscript(j + 1)}" for j in subject.order}
    i = st.selectbox(_("Across"), subject.order, format_func=names.__getitem__, key="explore-axis-x", width=90)
    rest = [j for j in subject.order if j != i]
    j = st.selectbox(_("Up"), rest, format_func=names.__getitem__, key="explore-axis-y", width=90)
    return i, j


def plane_picture(subject: Subject, i: int, j: int, n: int, spacing: str) -> np.ndarray:
    """The plane of dimensions ``i`` and ``j`` through the point, as one picture uint8 ``[H, W, C]``."""
    base = torch.zeros(subject.latent_dim) if subject.latent_dim <= 2 else point.current(subject).code[0]
    return _plane(subject.name, subject, tuple(base.tolist()), i, j, n, spacing)


@st.cache_data(show_spinner=False, max_entries=32)
def _plane(name: str, _subject: Subject, base: tuple[float, ...], i: int, j: int, n: int, spacing: str) -> np.ndarray:
    steps = "even" if spacing == "even" else "quantiles"
    values, upward = (ticks(_subject.model, n, steps, _subject.reach, dim) for dim in (i, j))
    if i == j:  # a single dimension: a row of pictures
        decoded = _subject.decode(values[:, None])
        return tile(pixels(decoded), columns=n, gap=0)
    plane = Plane.of_axes(torch.tensor(base), i, j)
    decoded = to_pixels(manifold(_subject.model, plane, values, upward), _subject.model)
    return tile(pixels(decoded), columns=n, gap=0)
