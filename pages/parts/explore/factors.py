"""Whether a slider moves what one factor moves: codes held against the causes from which the pictures were drawn."""

from dataclasses import dataclass

import plotly.graph_objects as go
import streamlit as st
import torch
from torch import Tensor

from genmodels.data import DATASETS, at_hand, data_of, to_unit
from genmodels.data.base import Factors
from genmodels.metrics import disentangle
from pages.parts.explore.subject import Subject, pixels, subscript
from pages.parts.image_grid import image_grid, tile
from pages.parts.palette import CONCEPTS, Colour, ground
from pages.parts.text import _

CODED = 5_000
FOREST = 1_500
"""Pictures that are encoded, and those of them from which the random forests of DCI learn and are tested."""
STEPS = 9
"""Pictures in a row."""
MOST_COLUMNS = 24
SURFACE = Colour("#F1EFE9", "#232833")
"""Of a field that knows nothing. Opaque, because Plotly chooses black or white for the number on it."""


@dataclass(frozen=True)
class Checked:
    """Codes and causes of the same pictures.

    Attributes:
        names: Of the factors that vary, ``[k]``.
        places: Where they are among all factors of the set.
        codes: Means of the codes, ``[n, latent_dim]``.
        causes: ``[n, k]``.
        shared: How much of each factor a dimension knows, 0 to 1, ``[latent_dim, k]``.
    """

    names: tuple[str, ...]
    places: tuple[int, ...]
    codes: Tensor
    causes: Tensor
    shared: Tensor


def known(subject: Subject) -> bool:
    """Whether the pictures of this run were drawn from known factors."""
    name = subject.folder.config().data
    return name in DATASETS and "draw" in DATASETS[name].extra and at_hand(name)


@st.fragment
def show(subject: Subject) -> None:
    if not subject.encodes:
        st.info(
            _("A GAN has no encoder: which code belongs to a picture is not known, so it cannot be compared "
              "with the factors. Train a VAE on these data and compare."),
            icon=":material/info:",
        )  # fmt: skip
        return
    with st.spinner(_("Encoding")):
        checked = _checked(subject.name, subject)
    st.markdown(_("These pictures were drawn from {n} known factors. Does each slider move one of them alone?").format(
        n=len(checked.names)))  # fmt: skip
    left, right = st.columns([3, 2], gap="large")
    with left:
        _matrix(subject, checked)
    with right:
        _scores(subject, checked)
    _moved(subject, checked)


@st.cache_resource(show_spinner=False, max_entries=6)
def _checked(name: str, _subject: Subject) -> Checked:
    config = _subject.folder.config()
    data = data_of(config.model_copy(update={"data_size": CODED, "added_noise": 0.0}))
    assert isinstance(data.factors, Factors)
    with torch.no_grad():
        codes = torch.cat([_subject.model.encode(to_unit(part)).mu for part in data.train.split(500)])
    varies = [i for i, column in enumerate(data.factors.train.unbind(1)) if len(column.unique()) > 1]
    causes = data.factors.train[:, varies]
    names = tuple(data.factors.names[i] for i in varies)
    return Checked(names, tuple(varies), codes, causes, disentangle.shared(codes, causes).float())


@st.cache_data(show_spinner=False, max_entries=6)
def _dci(name: str, _checked: Checked) -> tuple[float, float, float]:
    return tuple(disentangle.dci(_checked.codes[:FOREST], _checked.causes[:FOREST])[:3])


def _matrix(subject: Subject, checked: Checked) -> None:
    """Which dimension knows which factor, the dimensions in the order of the sliders."""
    order = subject.order[:MOST_COLUMNS]
    values = checked.shared[order].T.numpy()
    figure = go.Figure(
        go.Heatmap(
            z=values, x=[f"z{subscript(j + 1)}" for j in order], y=list(checked.names), zmin=0, zmax=1, xgap=2, ygap=2,
            colorscale=[[0, SURFACE.now()], [1, CONCEPTS["encoder"].now()]], showscale=False,
            text=[[f"{100 * v:.0f}" if v >= 0.1 else "" for v in row] for row in values], texttemplate="%{text}",
            hovertemplate=_("%{x} knows %{z:.0%} of %{y}") + "<extra></extra>",
        )
    )  # fmt: skip
    figure.update_layout(
        height=60 + 36 * len(checked.names), margin={"l": 8, "r": 8, "t": 8, "b": 8},
        yaxis={"autorange": "reversed", "type": "category", "showgrid": False},
        xaxis={"type": "category", "showgrid": False},
    )  # fmt: skip
    st.markdown(_("**What each dimension knows** of each factor, in percent."))
    st.plotly_chart(figure, key="explore-factors", config={"displayModeBar": False})
    st.caption(
        _("One strong field in each row, and no other in its column: each slider has a factor of its own. Mutual "
          "information as a share of the factor's entropy, from {n} pictures.").format(n=f"{len(checked.codes):,}")
    )  # fmt: skip


def _scores(subject: Subject, checked: Checked) -> None:
    known = checked.shared.sort(dim=0, descending=True).values
    gap = disentangle.mig(checked.codes, checked.causes)
    with st.spinner(_("Growing forests")):
        modular, compact, informed = _dci(subject.name, checked)
    scores = [
        (_("MIG"), gap, _("Mutual information gap (Chen et al. 2018): how far the best dimension of a factor is ahead "
                          "of the second best. 1 is perfect, 0 is none.")),
        (_("Disentanglement"), modular, _("DCI (Eastwood and Williams 2018): 1 if each dimension matters for one "
                                          "factor only.")),
        (_("Completeness"), compact, _("DCI: 1 if each factor needs one dimension only.")),
        (_("Informativeness"), informed, _("DCI: how much of the factors can be predicted from the code at all, by "
                                           "random forests.")),
    ]  # fmt: skip
    for pair in (scores[:2], scores[2:]):
        for place, (name, value, words) in zip(st.columns(2), pair, strict=True):
            place.metric(name, f"{value:.2f}", help=words)
    lost = [name for name, most in zip(checked.names, known[0].tolist(), strict=True) if most < 0.1]
    if lost:
        st.caption(_("No dimension knows a tenth of: {names}.").format(names=", ".join(lost)))


def _moved(subject: Subject, checked: Checked) -> None:
    """One factor moved in the drawing, and the dimension that knows most of it moved in the code."""
    st.markdown(_("**Side by side**: a factor moved in the drawing, and the slider that knows most of it."))
    best_known = checked.names[int(checked.shared.amax(0).argmax())]
    name = st.pills(
        _("Factor"), checked.names, default=best_known, required=True, key="explore-factor",
        label_visibility="collapsed",
    )  # fmt: skip
    column = checked.names.index(name)
    dimension = int(checked.shared[:, column].argmax())
    true = swept(subject, checked.places[column])
    with torch.no_grad():
        code = subject.model.encode(to_unit(true[STEPS // 2 :][:1])).mu
    z = code.repeat(STEPS, 1)
    z[:, dimension] = torch.linspace(-2.5, 2.5, STEPS) * _direction(checked, dimension, column)
    rows = pixels(torch.cat([true, subject.decode(z)]))
    picture = tile(rows, columns=STEPS, gap=2, ground=ground())
    share = float(checked.shared[dimension, column])
    slider = f"z{subscript(dimension + 1)}"
    captions = [(_("drawn"), "real"), (slider, "generator")]
    image_grid(picture, key="explore-moved", alt=_("A factor and a slider moved"), captions=captions, most_width=760)
    st.caption(_("{slider} knows {share:.0f} % of “{factor}”. The other dimensions stay where the middle picture has "
                 "them.").format(slider=slider, share=100 * share, factor=name))  # fmt: skip


def swept(subject: Subject, place: int) -> Tensor:
    """:data:`STEPS` pictures with one factor moved over its range and the others in the middle, uint8 ``[n, C, H, W]``.

    A factor with levels stays on each for its share of the steps.
    """
    extra = DATASETS[subject.folder.config().data].extra
    levels = extra["factors"][place].levels
    values = (torch.arange(STEPS) * levels // STEPS).float() if levels else torch.linspace(0, 1, STEPS)
    middle = torch.tensor([0.0 if factor.levels else 0.5 for factor in extra["factors"]]).repeat(STEPS, 1)
    middle[:, place] = values
    return extra["draw"](middle, subject.model.spec.shape[-1])


def _direction(checked: Checked, dimension: int, column: int) -> float:
    """1 where a larger code goes with a larger factor, else -1."""
    z, v = checked.codes[:, dimension], checked.causes[:, column]
    return -1.0 if float(((z - z.mean()) * (v - v.mean())).sum()) < 0 else 1.0
