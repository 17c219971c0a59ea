"""A decoder that the browser cannot run, on the desk all the same: the server decodes the plane that is shown once, the
browser blends its pictures while the hand moves, and where it rests the server decodes exactly."""

import time
from typing import Any

import numpy as np
import streamlit as st
import torch
from torch import Tensor

from genmodels.latent.plane import Plane, lattice
from genmodels.plots.grid import encode, tile
from pages.parts.component import picture_url
from pages.parts.decoder import Remote
from pages.parts.explore import layers, point
from pages.parts.explore.subject import Subject, pixels
from pages.parts.plane_pictures import plane_pictures
from pages.parts.text import _

SIDE, SIDE_SLOW = 17, 9
SLOW = 0.02
"""Pictures across the plane; fewer of a decoder that takes longer than so many seconds for one."""


def needed(subject: Subject) -> bool:
    """Whether its decoder stays on the server and makes pictures, and there is a plane to show."""
    return isinstance(subject.exported, str) and subject.images and subject.latent_dim > 1


def remote(subject: Subject) -> Remote:
    """What the browser is told of it."""
    channels, *size = subject.model.spec.shape
    return Remote((*size, channels), subject.latent_dim, subject.model.label_count)


def note(subject: Subject) -> str:
    """What is seen, in a sentence."""
    sentence = _("Blended from {n} pictures of this plane while you move; exact where you rest.")
    return sentence.format(n=side(subject.name, subject) ** 2)


def exact(subject: Subject, now: point.Point) -> bytes:
    """What the decoder makes of the point, uint8 ``[H, W, C]``; nothing where the browser decodes it."""
    return pixels(subject.decode(now.code, now.y))[0].tobytes() if needed(subject) else b""


@st.fragment
def serve(subject: Subject, directions: Tensor) -> None:
    """Answer the desk. ``directions`` ``[n, latent_dim]`` are those that its axes number."""
    plane_pictures(lambda wanted: answer(subject, directions, wanted))


def answer(subject: Subject, directions: Tensor, wanted: object) -> dict[str, Any] | None:
    """The pictures of the plane that the browser wants; None where what it sends makes no sense."""
    asked = layers.understood(subject, directions, wanted)
    if asked is None:
        return None
    said = {"decoder": subject.name, "axes": list(asked.axes), "base": list(asked.base), "label": asked.label}
    across = side(subject.name, subject)
    picture = _decoded(subject.name, subject, asked.plane, asked.axes, asked.base, asked.label, across)
    return said | {"side": across, "reach": subject.reach, "picture": picture}


@st.cache_data(show_spinner=False, max_entries=32)
def side(name: str, _subject: Subject) -> int:
    """Pictures across the plane, so that it is there soon."""
    z = torch.zeros(1, _subject.latent_dim)
    _subject.decode(z)  # the first one takes longer
    began = time.perf_counter()
    _subject.decode(z)
    return SIDE if time.perf_counter() - began < SLOW else SIDE_SLOW


@st.cache_data(show_spinner=False, max_entries=16)
def _decoded(
    name: str, _subject: Subject, _plane: Plane, axes: tuple[int, ...], base: tuple[float, ...], label: int, side: int
) -> str:
    places = lattice(torch.linspace(-_subject.reach, _subject.reach, side))
    pictures = _subject.decode(_plane.at(places), torch.full((side**2,), label))
    return picture_url(encode(np.ascontiguousarray(tile(pictures, side)), "png"))
