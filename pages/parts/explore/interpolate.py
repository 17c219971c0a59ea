"""Through latent space from picture to picture: straight, along the sphere, and pushed out to it, side by side."""

import secrets

import numpy as np
import streamlit as st
import torch
from torch import Tensor

from genmodels.latent.interpolate import WAYS, Path, step_lengths, through
from genmodels.latent.prior import usual_length
from genmodels.plots.grid import encode
from genmodels.plots.walk import gif, there_and_back
from pages.parts.curves import Level
from pages.parts.explore import path_map, places, point
from pages.parts.explore.path_map import LOOKS, along, curve_of, names
from pages.parts.explore.places import Place
from pages.parts.explore.subject import Subject, pixels
from pages.parts.frame_player import frame_player
from pages.parts.image_grid import image_grid, tile
from pages.parts.palette import CONCEPTS
from pages.parts.scatter import scatter
from pages.parts.text import _

COLUMNS = 8
WIDEST = 12
"""Frames in a row of the film's sheet; pictures in a strip at most."""
FEWEST, MOST = 2, 6
"""Key frames."""
_COUNT = "_explore_frames"


@st.fragment
def show(subject: Subject) -> None:
    st.markdown(_("**From one to the next.** A good latent space has no gap in between."))
    keys = _keys(subject)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        steps = st.slider(
            _("Steps"), 2, 24, 9, key="explore-steps", width=170, help=_("From each key frame to the next.")
        )
        overshoot = st.slider(
            _("Overshoot"), 0.0, 1.0, 0.0, 0.25, key="explore-overshoot", width=170,
            help=_("So far beyond the first and the last, in units of one stretch: what comes after?"),
        )  # fmt: skip
        label = places.class_of(subject, "explore-path-class")
    codes = torch.stack([key.code for key in keys])
    paths = {name: through(codes, steps, way, overshoot) for name, way in WAYS.items()}
    if subject.images:
        _pictures(subject, paths, keys, label)
    else:
        _lines(subject, paths)
        _norms(subject, paths, keys)


# ---------------------------------------------------------------- key frames


def _keys(subject: Subject) -> list[Place]:
    count = st.session_state.setdefault(_COUNT, FEWEST)
    keys = []
    with st.container(horizontal=True, key="explore-keys"):
        for i in range(count):
            with st.container(key=f"explore-key-{i}", width=150, gap="small"):
                keys.append(_key(subject, i))
    with st.container(horizontal=True):
        st.button(
            _("Add"), key="explore-key-add", icon=":material/add:", on_click=_count, args=(1,), disabled=count >= MOST,
            help=_("One more key frame, at most six."),
        )  # fmt: skip
        st.button(
            _("Remove"), key="explore-key-remove", icon=":material/remove:", on_click=_count, args=(-1,),
            disabled=count <= FEWEST,
        )  # fmt: skip
        st.button(
            _("Surprise"), key="explore-key-throw", icon=":material/casino:", on_click=_throw,
            help=_("Six random key frames."),
        )  # fmt: skip
    return keys


def _key(subject: Subject, i: int) -> Place:
    kind = "sample" if subject.encodes else "seed"
    picture = st.container()
    key = places.choose(subject, f"explore-key{i}", _("Key frame {n}").format(n=i + 1), kind, i)
    if subject.images:
        with picture:
            image_grid(pixels(subject.decode(key.code[None]))[0], key=f"explore-key-{i}-picture", alt=key.name,
                       most_width=84)  # fmt: skip
    return key


def _count(change: int) -> None:
    st.session_state[_COUNT] = min(MOST, max(FEWEST, st.session_state[_COUNT] + change))


def _throw() -> None:
    st.session_state[_COUNT] = MOST
    for i in range(MOST):
        st.session_state[f"explore-key{i}-kind"] = "seed"
        st.session_state[f"explore-key{i}-seed"] = secrets.randbelow(point.MOST_SEED + 1)


# ---------------------------------------------------------------- what is on the way


def _pictures(subject: Subject, paths: dict[str, Path], keys: list[Place], label: int | None) -> None:
    n = len(paths["linear"].codes)
    decoded = {name: subject.decode(path.codes, places.labels(label, n)) for name, path in paths.items()}
    left, right = st.columns([1, 3], gap="large")
    with left:
        _film(subject, decoded)
    with right:
        _strips(subject, decoded)
    path_map.show(subject, paths, keys, _usual(subject.name, subject))
    below = st.columns(2, gap="large")
    with below[0]:
        _norms(subject, paths, keys)
    with below[1]:
        _steps(paths, decoded, keys)


def _strips(subject: Subject, decoded: dict[str, Tensor]) -> None:
    n = len(decoded["linear"])
    chosen = np.unique(np.linspace(0, n - 1, min(n, WIDEST)).round().astype(int))
    strip = tile(np.concatenate([pixels(x[chosen]) for x in decoded.values()]), columns=len(chosen), gap=1)
    image_grid(strip, key="explore-strip", alt=_("All ways as strips"), captions=[names()[name] for name in decoded])
    st.download_button(
        _("Strip"),
        lambda: encode(_rgb(strip), "png", 4),
        f"{subject.stem}-strip.png",
        "image/png",
        key="explore-strip-file",
        icon=":material/download:",
        on_click="ignore",
    )
    st.caption(
        _(
            "Linear cuts through the middle, where codes are shorter than the prior's. Spherical keeps their length "
            "and turns evenly. Norm kept pushes the line out to that length, and so hurries in the middle."
        )
    )


def _film(subject: Subject, decoded: dict[str, Tensor]) -> None:
    """The walk as an endless loop, and as a file."""
    called = names()
    way = st.segmented_control(
        _("Walk"), list(called), default="spherical", format_func=called.__getitem__, key="explore-way", required=True,
        label_visibility="collapsed",
    )  # fmt: skip
    speed = st.slider(_("Speed"), 1, 24, 6, key="explore-speed", format=_("%d a second"))
    frames = pixels(decoded[way or "spherical"])
    order = there_and_back(len(frames))
    frame_player(
        encode(_rgb(tile(frames[order], columns=COLUMNS, gap=0))),
        frames=len(order),
        columns=COLUMNS,
        key="explore-walk",
        alt=_("The walk as a film"),
        frames_per_second=speed,
        most_width=260,
        film=f"{subject.stem}-walk",
    )
    st.download_button(
        _("GIF"),
        lambda: gif(_rgb(frames[order]), speed),
        f"{subject.stem}-walk.gif",
        "image/gif",
        key="explore-walk-file",
        icon=":material/download:",
        on_click="ignore",
    )


def _rgb(picture: np.ndarray) -> np.ndarray:
    """Grey ``[..., 1]`` -> ``[..., 3]``; colour stays."""
    return np.ascontiguousarray(np.broadcast_to(picture, (*picture.shape[:-1], 3)))


# ---------------------------------------------------------------- how long, how far


def _norms(subject: Subject, paths: dict[str, Path], keys: list[Place]) -> None:
    """The length of the code along each way, and what is usual under the prior."""
    series = [curve_of(name, path.times, path.codes.norm(dim=1)) for name, path in paths.items()]
    st.markdown(_("**Length of z** along the way"))
    usual = Level(_("usual under the prior"), _usual(subject.name, subject), "z")
    along(series, keys, key="explore-norms", alt=_("Length of the code along each way"), levels=[usual])


@st.cache_data(show_spinner=False, max_entries=32)
def _usual(name: str, _subject: Subject) -> float:
    return usual_length(_subject.model)


def _steps(paths: dict[str, Path], decoded: dict[str, Tensor], keys: list[Place]) -> None:
    """How much the picture changes from step to step along each way."""
    st.markdown(_("**How much the picture changes** in each step, %"))
    series = []
    for name, path in paths.items():
        x = decoded[name].float() / 255
        between = (path.times[1:] + path.times[:-1]) / 2
        series.append(curve_of(name, between, 100 * step_lengths(x) / x[0].numel() ** 0.5))
    along(series, keys, key="explore-step-lengths", alt=_("How much the picture changes in each step"))


def _lines(subject: Subject, paths: dict[str, Path]) -> None:
    """Where the data are points: all ways through the plane."""
    ways = {name: subject.decode(path.codes) for name, path in paths.items()}
    real = subject.examples.x[:500]
    sets = [real, *ways.values()]
    scatter(
        torch.cat(sets).numpy(),
        np.repeat(np.arange(len(sets)), [len(x) for x in sets]),
        key="explore-lines",
        classes=(_("real"), *(names()[name] for name in ways)),
        colours=(CONCEPTS["real"], *(CONCEPTS[LOOKS[name]] for name in ways)),
        alt=_("All ways through the plane"),
        point_radius=3.5,
        most_width=520,
    )
