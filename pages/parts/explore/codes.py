"""Where the codes of held-out samples lie: flat or in space, with their pictures, to click and to choose from."""

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import streamlit as st
from torch import Tensor

from genmodels.latent.directions import between_classes
from genmodels.latent.project import MAX_CODES, TSNE_STAGES, pca_plane, pca_space, tsne_stages
from genmodels.latent.umap import UMAP_STAGES, umap_stages
from pages.parts.code_sheet import Sheet, code_sheet, sheet_of
from pages.parts.explore import chosen, point
from pages.parts.explore.space import space_figure
from pages.parts.explore.subject import Subject, subscript
from pages.parts.scatter import scatter
from pages.parts.text import _

SETTLING = {"tsne": (tsne_stages, TSNE_STAGES), "umap": (umap_stages, UMAP_STAGES)}
"""Projections that take their time: what yields one embedding after the other, and how many they are."""


def show(subject: Subject) -> None:
    """The choice of a projection, the codes in it, and what can be done with those that are chosen."""
    title = st.empty()
    kind = _projection(subject)
    says = _("Coloured by class.") if kind == "space" else _("Click one and it becomes z.")
    title.markdown(_("**Codes of held-out samples.**") + " " + says)
    st.caption(_about(subject, kind))
    if kind == "space":
        _in_space(subject)
    else:
        axes = _axes(subject) if kind == "axes" and subject.latent_dim > 2 else (0, 1)
        projection = _settling(subject.name, kind, subject.codes[:MAX_CODES]) if kind in SETTLING else None
        waiting = projection is not None and not projection.done
        st.fragment(run_every=1.0 if waiting else None)(_flat)(subject, kind, axes, projection, waiting)
    _pictures(subject)


@st.fragment
def _pictures(subject: Subject) -> None:
    """The pictures of the samples, for the scatter. A fragment: they are sent once."""
    code_sheet(subject.name, _sheet(subject.name, subject), subject.codes.numpy())


@st.cache_data(show_spinner=False, max_entries=8)
def _sheet(name: str, _subject: Subject) -> Sheet:
    return sheet_of(_subject.examples.x)


# ---------------------------------------------------------------- projections


def _kinds(subject: Subject) -> dict[str, str]:
    """Ways to look at these codes. Two dimensions are shown as they are."""
    if subject.latent_dim == 2:
        return {"axes": _("Dimensions")}
    if subject.latent_dim == 1:
        return {"pca": "PCA"}
    kinds = {
        "pca": "PCA", "classes": _("Class axes"), "tsne": "t-SNE", "umap": "UMAP", "axes": _("Dimensions"),
        "space": _("3-D"),
    }  # fmt: skip
    if subject.class_means is None:
        del kinds["classes"]
    if len(subject.codes) < 3:
        del kinds["space"]
    return kinds


def _about(subject: Subject, kind: str) -> str:
    if subject.latent_dim == 2:
        return _(
            "Both dimensions, as they are. Where codes crowd, pictures are good. Where there is a gap, the decoder has "
            "to invent: **these are the blends you see in the grid.**"
        )
    return {
        "pca": _("The plane in which the codes spread most."),
        "classes": _("The plane in which the classes lie farthest apart."),
        "tsne": _("Neighbours stay neighbours; distances between clusters mean little."),
        "umap": _("Neighbours pull, strangers push: tight groups, and roughly which of them are related."),
        "axes": _("Two numbers of the code against each other."),
        "space": _("The three directions in which the codes spread most. Drag to turn."),
    }[kind]


def _projection(subject: Subject) -> str:
    kinds = _kinds(subject)
    if len(kinds) == 1:
        return next(iter(kinds))
    first = "classes" if "classes" in kinds else "pca"
    if st.session_state.get("explore-projection", first) not in kinds:
        st.session_state["explore-projection"] = first
    kind = st.segmented_control(
        _("Projection"),
        list(kinds),
        default=first,
        format_func=kinds.__getitem__,
        key="explore-projection",
        required=True,
        label_visibility="collapsed",
    )
    return str(kind)


def _axes(subject: Subject) -> tuple[int, int]:
    """The two dimensions that are shown; at first the two that say most."""
    names = {j: f"z{subscript(j + 1)}" for j in subject.order}
    with st.container(horizontal=True):
        i = st.selectbox(_("Across"), subject.order, 0, format_func=names.__getitem__, key="explore-code-x", width=90)
        rest = [j for j in subject.order if j != i]
        j = st.selectbox(_("Up"), rest, 0, format_func=names.__getitem__, key="explore-code-y", width=90)
    return i, j


@st.cache_data(show_spinner=False, max_entries=16)
def _plane(name: str, _subject: Subject, kind: str, axes: tuple[int, int]) -> Tensor:
    """The codes in a plane, ``[N, 2]``."""
    codes, means = _subject.codes, _subject.class_means
    if kind == "axes":
        return codes[:, list(axes)]
    if kind != "classes" or means is None:
        return pca_plane(codes)
    directions = between_classes(means)[:2]
    plane = (codes - codes.mean(0)) @ directions.T
    return plane if len(directions) == 2 else pca_plane(plane)


@dataclass
class Projection:
    """A projection at work: the embeddings so far, the last one is what there is to see; ``count`` in the end."""

    stages: list[Tensor]
    count: int
    work: Future[None]

    @property
    def done(self) -> bool:
        return self.work.done()

    @property
    def problem(self) -> str:
        """One sentence when it failed, else empty."""
        failed = self.done and self.work.exception() is not None
        return _("These codes could not be projected in this way; choose another projection.") if failed else ""


@st.cache_resource(show_spinner=False)
def _background() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="projection")


@st.cache_resource(show_spinner=False, max_entries=16)
def _settling(name: str, kind: str, _codes: Tensor) -> Projection:
    """Begin a projection in the background; the same one for everybody who asks for it."""
    settle, count = SETTLING[kind]
    stages: list[Tensor] = []

    def work() -> None:
        for plane in settle(_codes):
            stages.append(plane)  # noqa: PERF402 (each is seen as soon as it is there)

    return Projection(stages, count, _background().submit(work))


# ---------------------------------------------------------------- what is seen


def _labels(subject: Subject) -> Tensor | None:
    return subject.examples.labels if subject.examples.classes else None


def _flat(subject: Subject, kind: str, axes: tuple[int, int], projection: Projection | None, waiting: bool) -> None:
    if waiting and projection is not None and projection.done:
        st.rerun()  # once more without the timer
    # Until the first stage is there, the plane it begins with: the points glide on from where they are.
    stages = projection.stages if projection is not None else []
    plane = stages[-1] if stages else _plane(subject.name, subject, kind, axes)
    labels = _labels(subject)
    pick = scatter(
        plane.numpy(),
        None if labels is None else labels.numpy(),
        key="explore-scatter",
        classes=subject.examples.classes,
        alt=_("Codes of held-out samples, coloured by class"),
        most_width=520,
        sheet=subject.name,
        chosen=chosen.several(subject),
        ringed=chosen.neighbours(subject),
        on_select=lambda indices: chosen.choose(subject, indices),
    )
    if projection is not None and projection.problem:
        st.caption(projection.problem)
    elif waiting and projection is not None:
        st.progress(len(stages) / projection.count, _("Neighbours find each other..."))
    if pick is not None and pick.index is not None:
        chosen.ring(subject, pick.index)
        point.move(subject, subject.codes[pick.index])
        st.rerun()
    _below(subject, _("Drag with Shift, Box or Lasso to choose several."))


@st.fragment
def _in_space(subject: Subject) -> None:
    labels = _labels(subject)
    figure = space_figure(
        pca_space(subject.codes).numpy(),
        None if labels is None else labels.numpy(),
        subject.examples.classes,
        chosen.several(subject),
        chosen.neighbours(subject),
    )
    st.plotly_chart(figure, key="explore-space", config={"displayModeBar": False})
    _below(subject, _("Here you look; in the flat views you click and choose."))


def _below(subject: Subject, hint: str) -> None:
    """What is chosen, what can be done with it, and the file."""
    chosen.show(subject, hint)
    with st.container(horizontal=True, vertical_alignment="center"):
        chosen.actions(subject)
        _file(subject)


def _file(subject: Subject) -> None:
    st.download_button(
        _("Codes"),
        lambda: codes_csv(subject),
        f"{subject.stem}-codes.csv",
        "text/csv",
        key="explore-codes",
        icon=":material/download:",
        on_click="ignore",
        help=_("Mean code of every held-out sample, with its class, as CSV."),
    )


def codes_csv(subject: Subject) -> str:
    """The codes as a table: a column for each dimension and the class."""
    names = [f"z{j + 1}" for j in range(subject.latent_dim)]
    labels, classes = subject.examples.labels, subject.examples.classes
    lines = [",".join(["class", *names])]
    for i, code in enumerate(subject.codes.tolist()):
        label = "" if labels is None or not classes else _harmless(classes[int(labels[i])])
        lines.append(",".join(['"' + label.replace('"', '""') + '"', *(f"{value:.5g}" for value in code)]))
    return "\n".join(lines) + "\n"


def _harmless(name: str) -> str:
    """A class name that a spreadsheet would take for a formula gets an apostrophe in front; a number stays one.

    >>> _harmless("=1+1"), _harmless("-1"), _harmless("seven")
    ("'=1+1", '-1', 'seven')
    """
    try:
        float(name)
    except ValueError:
        return f"'{name}" if name.startswith(("=", "+", "-", "@", "\t", "\r")) else name
    return name
