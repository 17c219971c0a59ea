"""What the model dreams up, beside what is real; what the judge says of both; and style and class apart."""

from dataclasses import dataclass

import numpy as np
import streamlit as st
import torch
from torch import Tensor

from genmodels.data import to_unit
from genmodels.latent.prior import truncated
from genmodels.latent.styles import style_by_class
from genmodels.plots.grid import encode
from genmodels.training.views import to_pixels
from pages.parts.explore import point
from pages.parts.explore.subject import Subject, pixels
from pages.parts.image_grid import image_grid, tile
from pages.parts.palette import CONCEPTS, word
from pages.parts.scatter import scatter
from pages.parts.text import _, plain

SIDE = 8
POINTS = 1_000
STYLES = 6
BAR = 3
"""Samples in a row, points, rows of styles; pixels of the line under a sample that says what D thinks of it."""


@dataclass(frozen=True)
class Wanted:
    """What the visitor has set."""

    seed: int
    psi: float
    real: bool
    judged: bool
    ranked: bool


@st.fragment
def show(subject: Subject) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        wanted = _wanted(subject)
    if not subject.images:
        _points(subject, wanted)
        return
    _grids(subject, wanted)
    if subject.model.conditional:
        _styles(subject, wanted)
    else:
        st.caption(
            _("A grid of styles and classes needs a model that can be asked for a class: a conditional GAN or VAE.")
        )


def _wanted(subject: Subject) -> Wanted:
    judge = subject.images and subject.model.scores
    return Wanted(
        seed=st.number_input(
            _("Seed"), 0, point.MOST_SEED, point.current(subject).seed, key="explore-samples-seed", width=130,
            help=_("The same seed is always the same samples."),
        ),
        psi=st.slider(
            _("Truncation"), 0.0, 1.5, 1.0, 0.05, key="explore-samples-psi", width=220,
            help=_(
                "Below 1 the codes are drawn to the middle: safer and more alike. Above 1: bolder, and often broken."
            ),
        ),
        real=st.toggle(_("Show real"), value=True, key="explore-samples-real"),
        judged=judge and st.toggle(
            _("Judge"), value=True, key="explore-samples-judge",
            help=_("The line under each sample says what the discriminator thinks of it: the longer, the more real."),
        ),
        ranked=judge and st.toggle(
            _("Best first"), key="explore-samples-ranked", help=_("In the order of D's verdict.")
        ),
    )  # fmt: skip


# ---------------------------------------------------------------- samples and their judge


def _grids(subject: Subject, wanted: Wanted) -> None:
    codes = truncated(subject.model, SIDE * SIDE, wanted.psi, wanted.seed)
    labels = subject.model.labels_in_turn(len(codes))
    generated = subject.decode(codes, labels)
    real = subject.examples.x[: SIDE * SIDE]
    verdicts = _verdicts(subject, generated, labels), _verdicts(subject, real, _real_labels(subject, len(real)))
    picture = _sheet(generated, verdicts[0], verdicts, wanted)
    left, right = st.columns(2, gap="large")
    with left:
        st.html(word("generated", _("Generated")))
        image_grid(picture, key="explore-samples", alt=_("Generated samples"))
        _said(subject, verdicts[0])
        st.download_button(
            _("Grid"),
            lambda: encode(np.broadcast_to(picture, (*picture.shape[:2], 3)).copy(), "png", 3),
            f"{subject.stem}-samples-{wanted.seed}.png",
            "image/png",
            key="explore-samples-file",
            icon=":material/download:",
            on_click="ignore",
        )
    with right:
        if wanted.real:
            st.html(word("real", _("Real")))
            alt = _("Real samples that the model has never seen")
            image_grid(_sheet(real, verdicts[1], verdicts, wanted), key="explore-real", alt=alt)
            _said(subject, verdicts[1])


def _real_labels(subject: Subject, n: int) -> Tensor | None:
    labels = subject.examples.labels
    return labels[:n] if subject.model.conditional and labels is not None else None


@torch.no_grad()
def _verdicts(subject: Subject, x: Tensor, labels: Tensor | None) -> Tensor | None:
    """What D says of samples as they are stored ``[n, *shape]``: probability of being real, or a score; ``[n]``."""
    if not subject.model.scores:
        return None
    logits = subject.model.score(to_unit(x), labels)
    return logits.sigmoid() if _is_probability(subject) else logits


def _is_probability(subject: Subject) -> bool:
    return bool(getattr(subject.model, "probability", True))


def _sheet(x: Tensor, verdict: Tensor | None, both: tuple[Tensor | None, ...], wanted: Wanted) -> np.ndarray:
    """The samples as one picture, with D's verdict under each, best first where that is wanted."""
    if verdict is None or not (wanted.judged or wanted.ranked):
        return tile(pixels(x), SIDE)
    order = verdict.argsort(descending=True) if wanted.ranked else torch.arange(len(x))
    pictures = pixels(x[order])
    if wanted.judged:
        known = torch.cat([each for each in both if each is not None])
        shares = (verdict - known.min()) / (known.max() - known.min()).clamp_min(1e-6)
        pictures = underlined(pictures, shares[order].numpy(), CONCEPTS["discriminator"].now())
    return tile(pictures, SIDE)


def underlined(pictures: np.ndarray, shares: np.ndarray, colour: str) -> np.ndarray:
    """Pictures uint8 ``[n, H, W, C]`` with a line under each, ``shares`` ``[n]`` (0 to 1) of its width long.

    >>> underlined(np.zeros((1, 2, 4, 1), np.uint8), np.array([0.5]), "#010203")[0, -1].tolist()
    [[1, 2, 3], [1, 2, 3], [60, 60, 60], [60, 60, 60]]
    """
    n, height, width, _channels = pictures.shape
    out = np.full((n, height + BAR, width, 3), 60, np.uint8)
    out[:, :height] = pictures
    lit = np.arange(width) < np.round(shares * width)[:, None]
    out[:, height:][np.broadcast_to(lit[:, None], (n, BAR, width))] = list(bytes.fromhex(colour.lstrip("#")))
    return out


def _said(subject: Subject, verdict: Tensor | None) -> None:
    if verdict is None:
        return
    values = (float(verdict.mean()), float(verdict.min()), float(verdict.max()))
    if _is_probability(subject):
        text = _("D takes them for real with {mean:.0%} on average, {low:.0%} at least and {high:.0%} at most.")
    else:
        text = _("D gives them {mean:.2f} on average, {low:.2f} at least and {high:.2f} at most.")
    st.caption(text.format(mean=values[0], low=values[1], high=values[2]))


# ---------------------------------------------------------------- style and class


def _styles(subject: Subject, wanted: Wanted) -> None:
    """The same style in every class, a row each."""
    st.markdown(_("**Style and class apart.** Along a row the code stays and only the class changes."))
    seen = None
    if subject.encodes and st.toggle(
        _("Of held-out samples"), key="explore-styles-seen", help=_("The style is that of the sample at the left.")
    ):
        seen = subject.examples.x[:STYLES]
    styles = truncated(subject.model, STYLES, wanted.psi, wanted.seed) if seen is None else subject.codes[:STYLES]
    grid = to_pixels(style_by_class(subject.model, styles), subject.model)
    if seen is not None:
        grid = torch.cat([seen[:, None], grid], 1)
    picture = tile(pixels(grid.flatten(0, 1)), columns=grid.shape[1])
    image_grid(picture, key="explore-styles", alt=_("A row for each style, a column for each class"), most_width=720)
    st.caption(_("Columns: {names}.").format(names=", ".join(map(plain, subject.examples.classes))))


def _points(subject: Subject, wanted: Wanted) -> None:
    generated = subject.decode(truncated(subject.model, POINTS, wanted.psi, wanted.seed))
    shown = subject.examples.x if wanted.real else subject.examples.x[:0]
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
