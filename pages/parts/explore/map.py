"""The map: where the codes of real data lie, and what the decoder makes of a whole plane."""

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import streamlit as st
import torch
from torch import Tensor

from genmodels.latent.directions import between_classes
from genmodels.latent.plane import Plane, manifold, ticks
from genmodels.latent.project import MAX_TSNE, TSNE_STAGES, pca_plane, tsne_stages
from genmodels.plots.grid import encode
from genmodels.training.views import to_pixels
from pages.parts.explore import point
from pages.parts.explore.subject import Subject, pixels, subscript
from pages.parts.image_grid import image_grid, tile
from pages.parts.scatter import scatter
from pages.parts.text import _

SIZES = (8, 12, 15, 20, 25)
"""Pictures across the decoded plane."""


def show(subject: Subject) -> None:
    """Codes beside the decoded plane; where the desk's own map already shows all codes, the plane alone."""
    left, right = st.columns(2, gap="large")
    if subject.encodes and subject.latent_dim > 2:
        with left:
            _codes(subject)
        with right:
            _decoded(subject)
        return
    with left:
        _decoded(subject)
    with right:
        _explained(subject)


def _explained(subject: Subject) -> None:
    if subject.encodes:
        st.markdown(
            _(
                "The map above shows where the codes of test samples lie; its circles are one, two and three "
                "standard deviations of the prior. Where codes crowd, pictures are good. Where there is a gap, "
                "the decoder has to invent: **these are the blends you see in the grid.**"
            )
        )
        _codes_file(subject)
    else:
        st.markdown(
            _(
                "A GAN has no encoder, so nobody knows where real samples would lie on its map. But every place "
                "makes a picture: **walk along a row and see what one number changes.**"
            )
        )


# ---------------------------------------------------------------- codes of real data


@dataclass
class Projection:
    """t-SNE at work: the embeddings so far, the last one is what there is to see."""

    stages: list[Tensor]
    work: Future[None]

    @property
    def done(self) -> bool:
        return self.work.done()

    @property
    def problem(self) -> str:
        """One sentence when it failed, else empty."""
        failed = self.done and self.work.exception() is not None
        return _("These codes could not be projected by t-SNE; choose another projection.") if failed else ""


@st.cache_resource(show_spinner=False)
def _background() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="projection")


@st.cache_resource(show_spinner=False, max_entries=16)
def _tsne(name: str, _codes: Tensor) -> Projection:
    """Begin a projection in the background; the same one for everybody who asks for it."""
    stages: list[Tensor] = []

    def work() -> None:
        for plane in tsne_stages(_codes):
            stages.append(plane)  # noqa: PERF402 (each is seen as soon as it is there)

    return Projection(stages, _background().submit(work))


def _codes(subject: Subject) -> None:
    st.markdown(_("**Codes of test samples.** Click one and it becomes z."))
    kinds = {"pca": "PCA", "classes": _("Class axes"), "tsne": "t-SNE"}
    if subject.class_means is None:
        del kinds["classes"]
    kind = st.segmented_control(
        _("Projection"),
        list(kinds),
        format_func=kinds.__getitem__,
        key="explore-projection",
        default=list(kinds)[-2],
        required=True,
        label_visibility="collapsed",
    )
    st.caption(_about(kind))
    projection = _tsne(subject.name, subject.codes[:MAX_TSNE]) if kind == "tsne" else None
    waiting = projection is not None and not projection.done
    st.fragment(run_every=1.0 if waiting else None)(_scatter)(subject, kind, projection, waiting)
    _codes_file(subject)


def _codes_file(subject: Subject) -> None:
    st.download_button(
        _("Codes"),
        lambda: codes_csv(subject),
        f"{subject.folder.id}-codes.csv",
        "text/csv",
        key="explore-codes",
        icon=":material/download:",
        on_click="ignore",
        help=_("Mean code of every test sample, with its class, as CSV."),
    )


def _about(kind: str | None) -> str:
    return {
        "pca": _("The plane in which the codes spread most."),
        "classes": _("The plane in which the classes lie farthest apart."),
        "tsne": _("Neighbours stay neighbours; distances between clusters mean little."),
    }[kind or "pca"]


def _scatter(subject: Subject, kind: str | None, projection: Projection | None, waiting: bool) -> None:
    if waiting and projection is not None and projection.done:
        st.rerun()  # once more without the timer
    # Until the first stage is there, the plane it begins with: the points glide on from where they are.
    stages = projection.stages if projection is not None else []
    plane = stages[-1] if stages else _flat(subject.name, subject, kind)
    labels = subject.examples.labels if subject.examples.classes else None
    pick = scatter(
        plane.numpy(),
        None if labels is None else labels.numpy(),
        key="explore-scatter",
        classes=subject.examples.classes,
        alt=_("Codes of test samples, coloured by class"),
        most_width=520,
    )
    if projection is not None and projection.problem:
        st.caption(projection.problem)
    elif waiting:
        st.progress(len(stages) / TSNE_STAGES, _("Neighbours find each other..."))
    if pick is not None and pick.index is not None:
        point.move(subject, subject.codes[pick.index])
        st.rerun()


@st.cache_data(show_spinner=False, max_entries=16)
def _flat(name: str, _subject: Subject, kind: str | None) -> Tensor:
    means = _subject.class_means
    if kind != "classes" or means is None:
        return pca_plane(_subject.codes)
    axes = between_classes(means)[:2]
    plane = (_subject.codes - _subject.codes.mean(0)) @ axes.T
    return plane if len(axes) == 2 else pca_plane(plane)


def codes_csv(subject: Subject) -> str:
    """The codes as a table: a column for each dimension and the class."""
    names = [f"z{j + 1}" for j in range(subject.latent_dim)]
    labels, classes = subject.examples.labels, subject.examples.classes
    lines = [",".join(["class", *names])]
    for i, code in enumerate(subject.codes.tolist()):
        label = "" if labels is None or not classes else classes[int(labels[i])]
        lines.append(",".join(['"' + label.replace('"', '""') + '"', *(f"{value:.5g}" for value in code)]))
    return "\n".join(lines) + "\n"


# ---------------------------------------------------------------- the decoded plane


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
            format_func={"quantiles": _("As likely"), "even": _("Even")}.__getitem__,
            help=_("As likely: each picture stands for the same share of the prior. Even: equal steps, far out too."),
        )
    picture = plane_picture(subject, i, j, n, spacing or "quantiles")
    image_grid(picture, key="explore-manifold", alt=_("The decoded plane"), most_width=520)
    st.download_button(
        _("Grid"),
        lambda: encode(np.broadcast_to(picture, (*picture.shape[:2], 3)).copy(), "png", 2),
        f"{subject.folder.id}-plane.png",
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
    values = ticks(_subject.model, n, "even" if spacing == "even" else "quantiles", _subject.reach)
    if i == j:  # a single dimension: a row of pictures
        decoded = _subject.decode(values[:, None])
        return tile(pixels(decoded), columns=n, gap=0)
    decoded = to_pixels(manifold(_subject.model, Plane.of_axes(torch.tensor(base), i, j), values), _subject.model)
    return tile(pixels(decoded), columns=n, gap=0)
