"""The heart of the page: one point z, its sliders, its map and the picture that the decoder makes of it."""

from collections.abc import Sequence

import numpy as np
import streamlit as st
import torch
from torch import Tensor
from torch.nn.functional import normalize

from genmodels.latent import directions
from genmodels.latent.export import Exported
from genmodels.latent.order import SILENT
from genmodels.latent.prior import is_uniform
from genmodels.plots.grid import encode
from pages.parts import take_away, turns
from pages.parts.decoder import carry_decoder, pack
from pages.parts.explore import atlas, layers, marks, point
from pages.parts.explore.subject import Subject, pixels, subscript
from pages.parts.image_grid import image_grid
from pages.parts.latent_desk import Group, Slider, about, latent_desk
from pages.parts.latent_point import latent_point
from pages.parts.latent_walk import latent_walk
from pages.parts.text import _

PLAIN = "explore-plain"
DICE = "explore-dice"
_SAVED = "_explore_desk_saved"
SHOWN = 10
NOISE = 500
"""Plain sliders shown at once; fixed draws that are shown of a decoder of points."""


def is_plain(subject: Subject) -> bool:
    """Whether Streamlit's own controls are shown: where there is nothing for the desk, or the visitor wants them."""
    nothing = isinstance(subject.exported, str) and not atlas.needed(subject)
    return nothing or bool(st.session_state.get(PLAIN))


def controls(subject: Subject) -> None:
    """The buttons that move the point."""
    point.follow(subject)
    if is_plain(subject):
        _buttons(subject)
    else:
        _held(subject)


def show(subject: Subject) -> None:
    """The desk in the browser, or the plain one."""
    if isinstance(subject.exported, str):
        st.caption(subject.exported)
    if is_plain(subject):
        _plain(subject)
        return
    saved = st.session_state[_SAVED] = marks.directions(subject)
    carry_decoder(_packed(subject.name, subject, saved, st.context.locale))
    latent_desk()
    rows = _directions(subject.name, subject, saved)
    layers.serve(subject, rows)
    if atlas.needed(subject):
        atlas.serve(subject, rows)
    if not subject.images:
        st.caption(_("Left the data, right the codes. The net shows how the decoder bends one plane into the other."))


def catch_up(subject: Subject) -> None:
    """Draw the page anew where bookmarks have changed since, along whose directions the desk has sliders."""
    if not is_plain(subject) and st.session_state.get(_SAVED) != marks.directions(subject):
        st.rerun()


@st.fragment
def _held(subject: Subject) -> None:
    """What the page itself does with the point. A fragment: the large parts of the desk are not sent again."""
    _buttons(subject)
    point.to_address(subject, browser=True)  # first: the point is the browser's sign that its address has been read
    now = point.current(subject)
    latent_point(
        subject.name,
        now.z,
        now.psi,
        now.revision,
        lambda answer: point.rested(subject, answer),
        run=subject.folder.id,
        seed=now.seed,
        held=now.held,
        named=point.is_named(),
        label=now.label,
        ahead=point.ahead(subject),
        dice=DICE,
        picture=atlas.exact(subject, now),
    )


def _buttons(subject: Subject) -> None:
    now = point.current(subject)
    with st.container(horizontal=True, vertical_alignment="bottom", key="explore-buttons"):
        st.button(
            _("Dice"),
            icon=":material/casino:",
            key=DICE,
            type="primary",
            on_click=point.throw,
            args=(subject,),
            help=_("A new point from the prior: what the model dreams up by itself."),
        )
        st.button(
            _("Centre"),
            icon=":material/filter_center_focus:",
            key="explore-centre",
            on_click=point.centre,
            args=(subject,),
            help=_("Sets every number of the code to 0."),
        )
        if not (is_plain(subject) or atlas.needed(subject)):
            latent_walk()
        st.number_input(
            _("Seed"),
            0,
            point.MOST_SEED,
            turns.shown("explore-seed", now.seed),
            key="explore-seed",
            on_change=lambda: point.throw(subject, st.session_state["explore-seed"]),
            width=140,
            help=_("The same seed is always the same point."),
        )
        with st.popover(_("Download"), icon=":material/download:", key="explore-download"):
            _files(subject)
            if st.button(_("Export"), key="explore-take-away", icon=":material/folder_zip:", type="tertiary"):
                take_away.dialog(subject.folder)


def _files(subject: Subject) -> None:
    if subject.images:
        st.download_button(
            _("This picture"),
            lambda: _png(subject),
            f"{subject.stem}.png",
            "image/png",
            key="explore-picture",
            icon=":material/image:",
            on_click="ignore",
        )
    st.download_button(
        _("The model"),
        lambda: subject.folder.weights(subject.step).read_bytes(),
        f"{subject.stem}.safetensors",
        "application/octet-stream",
        key="explore-model",
        icon=":material/neurology:",
        on_click="ignore",
        help=_("The weights as safetensors, with the configuration inside."),
    )


def _png(subject: Subject) -> bytes:
    now = point.current(subject)
    picture = pixels(subject.decode(now.code, now.y).expand(-1, 3, -1, -1))[0]
    return encode(picture, "png", scale=max(1, 512 // picture.shape[0]))


# ---------------------------------------------------------------- what the browser gets


@st.cache_data(show_spinner=False, max_entries=8)
def _packed(name: str, _subject: Subject, saved: marks.Directions, locale: str | None) -> bytes:
    exported = _subject.exported if isinstance(_subject.exported, Exported) else atlas.remote(_subject)
    groups = [group for group, _rows in _groups(_subject, saved)]
    rows = _directions(name, _subject, saved)
    extras = {"directions": rows.numpy().astype(np.float32), **_shown(_subject)}
    description = about(
        groups,
        axes=_first_axes(_subject, groups),
        reach=_subject.reach,
        uniform=is_uniform(_subject.model),
        modality=_subject.model.spec.modality,
        classes=_subject.examples.classes,
        labels=_subject.model.spec.classes if _subject.model.conditional else (),
        layer="decoded" if _subject.images and (not _subject.encodes or _subject.latent_dim == 2) else "",
        layers=layers.offered(_subject),
        extent=_extent(_subject),
        note=atlas.note(_subject) if atlas.needed(_subject) else "",
    )
    return pack(name, exported, extras, description)


@st.cache_resource(show_spinner=False, max_entries=8)
def _directions(name: str, _subject: Subject, saved: marks.Directions) -> Tensor:
    """What the sliders of all groups move along, a row each."""
    return torch.cat([rows for _group, rows in _groups(_subject, saved)])


def _shown(subject: Subject) -> dict[str, np.ndarray]:
    """Codes and samples to draw."""
    arrays = {}
    if subject.encodes:
        arrays["codes"] = subject.codes.numpy()
        if subject.examples.labels is not None and subject.examples.classes:
            arrays["labels"] = subject.examples.labels.numpy().astype(np.uint16)
    if not subject.images:
        arrays["real"] = subject.examples.x.numpy().astype(np.float32)
        arrays["noise"] = subject.model.prior(NOISE, torch.Generator().manual_seed(0)).numpy()
    return arrays


def _extent(subject: Subject) -> tuple[float, float, float, float] | None:
    if subject.images:
        return None
    reach = 1.25 * float(subject.examples.x.abs().max())
    return (-reach, reach, -reach, reach)


def _groups(subject: Subject, saved: marks.Directions) -> list[tuple[Group, Tensor]]:
    """Each kind of sliders with its directions, a row each. Those that come and go are the last."""
    groups = [_dimensions(subject)]
    if subject.latent_dim > 2:
        groups.append(_components(subject))
    if subject.latent_dim > 2 and subject.class_means is not None:
        groups.append(_classes(subject, subject.class_means))
    if saved:
        groups.append(_saved(saved))
    return groups


def _dimensions(subject: Subject) -> tuple[Group, Tensor]:
    most = float(subject.importance.max().clamp_min(1e-12))
    unit = _("nats of KL") if subject.kl is not None else _("variance of the output")
    sliders = [
        Slider(f"z{subscript(j + 1)}", value / most, f"{value:.3g} {unit}", silent=is_silent(subject, j))
        for j in subject.order
        for value in [float(subject.importance[j])]
    ]
    if subject.end is not None:
        note = _(
            "The numbers of the code, in the order that they have at the end. The line: how much each does by now."
        )
    elif subject.kl is not None:
        note = _("The numbers of the code, ordered by how much each says about a picture (KL). Pale: silent.")
    else:
        note = _("The numbers of the code, ordered by how much each changes the output.")
    return Group(_("Dimensions"), note, sliders), torch.eye(subject.latent_dim)[subject.order]


def is_silent(subject: Subject, dimension: int) -> bool:
    """Whether the encoder says nothing through this dimension."""
    return subject.kl is not None and float(subject.kl[dimension]) < SILENT


def _components(subject: Subject) -> tuple[Group, Tensor]:
    if subject.encodes:
        rows = directions.principal(subject.codes)
        note = _("Directions in which the codes of real data spread most.")
    else:
        rows = directions.factorised(subject.model)
        note = _("Directions to which the generator's first layer reacts most.")
    names = [_("axis {n}").format(n=i + 1) for i in range(len(rows))]
    return Group(_("Principal"), note, [Slider(name) for name in names]), rows


def _classes(subject: Subject, means: Tensor) -> tuple[Group, Tensor]:
    rows = directions.class_directions(means)
    known = [i for i in range(len(rows)) if rows[i].abs().sum() > 0]
    sliders = [Slider(subject.examples.classes[i], detail=_("Towards the codes of this class")) for i in known]
    note = _("From the middle of all codes towards those of one class.")
    return Group(_("Classes"), note, sliders), rows[known]


def _saved(saved: marks.Directions) -> tuple[Group, Tensor]:
    note = _("The directions among your bookmarks.")
    sliders = [Slider(name, detail=_("A bookmark")) for name, _code in saved]
    return Group(_("Saved"), note, sliders), normalize(torch.tensor([code for _name, code in saved]), dim=1)


def _first_axes(subject: Subject, groups: Sequence[Group]) -> tuple[int, int]:
    """The plane to begin with: the two dimensions that do most. A single dimension has a second axis of its own."""
    if subject.latent_dim == 1:
        return (0, 0)
    if subject.latent_dim == 2:
        return (subject.order.index(0), subject.order.index(1))
    return (0, 1)


# ---------------------------------------------------------------- the plain path


@st.fragment
def _plain(subject: Subject) -> None:
    """The same with Streamlit's own sliders: they answer when they are let go."""
    now = point.current(subject)
    left, right = st.columns([1, 2], gap="medium")
    with left:
        _plain_picture(subject, now)
    with right:
        _plain_sliders(subject, now)
    point.to_address(subject)


def _plain_sliders(subject: Subject, now: point.Point) -> None:
    reach = max(subject.reach, 6.0)
    if subject.model.conditional:
        _plain_label(subject, now)
    for place, j in enumerate(subject.order):
        holder = st.container() if place < SHOWN else _deeper(place)
        key = f"explore-z-{j}"
        value = turns.shown(key, float(np.clip(now.z[j], -reach, reach)))
        silent = " · " + _("silent") if is_silent(subject, j) else ""
        name = f"z{subscript(j + 1)}{silent}"
        holder.slider(name, -reach, reach, value, step=0.01, key=key, on_change=_slid, args=(subject, j))


def _plain_label(subject: Subject, now: point.Point) -> None:
    names, key = subject.model.spec.classes, "explore-y"
    st.selectbox(
        _("Class"),
        range(len(names)),
        index=turns.shown(key, now.label),
        format_func=names.__getitem__,
        key=key,
        on_change=lambda: point.tell(subject, st.session_state[key]),
        help=_("The code says how, the class says what."),
    )


def _slid(subject: Subject, dimension: int) -> None:
    z = point.current(subject).code[0]
    z[dimension] = st.session_state[f"explore-z-{dimension}"]
    point.move(subject, z)


def _deeper(place: int) -> st.delta_generator.DeltaGenerator:
    if place == SHOWN:
        st.session_state["_explore_deeper"] = st.expander(_("All dimensions"))
    return st.session_state["_explore_deeper"]


def _plain_picture(subject: Subject, now: point.Point) -> None:
    if subject.images:
        picture = pixels(subject.decode(now.code, now.y))[0]
        image_grid(picture, key="explore-plain-picture", alt=_("What the decoder makes of z"), most_width=380)
    else:
        x, y = subject.decode(now.code, now.y)[0].tolist()
        st.metric(_("Generated point"), f"{x:.2f}, {y:.2f}")
