"""The visitor's own picture: drawn, uploaded, or a test sample to draw on. Kept for the session."""

from dataclasses import dataclass, replace

import streamlit as st
import torch
from torch import Tensor

from genmodels.data.files.pictures import read_one
from genmodels.data.images import Look
from genmodels.latent import centre
from pages.parts.explore.subject import Subject

CENTRE = "explore-draw-centre"
"""The switch that moves drawings to the middle."""
_STATE = "_explore_drawings"
_CODES = "_explore_drawing_codes"


@dataclass(frozen=True)
class Drawing:
    """A picture and how it came about.

    Attributes:
        picture: uint8 ``[1, C, H, W]``.
        start: What is on the pad when it opens.
        revision: Grows whenever the page, not the hand, changes the picture.
        resting: Whether the hand rests.
        touched: Whether anything has been drawn or chosen yet.
        real: Whether it is a sample of the data, as it is.
    """

    picture: Tensor
    start: Tensor
    revision: int = 0
    resting: bool = True
    touched: bool = False
    real: bool = False


def ground_of(subject: Subject) -> int:
    """The commonest grey of the borders of real samples: 0 where pictures are light on dark, 255 the other way."""
    x = subject.examples.x[:200]
    borders = torch.cat([x[..., 0, :], x[..., -1, :], x[..., :, 0], x[..., :, -1]], -1)
    return int(borders.flatten().median())


def ink_of(subject: Subject) -> int:
    """What stands out most from the ground."""
    return 255 if ground_of(subject) < 128 else 0


def is_centred(subject: Subject) -> bool:
    """Whether the model knows only pictures whose middle is in the middle."""
    return centre.is_centred(subject.examples.x[:200], ground_of(subject))


def seen(subject: Subject) -> Tensor:
    """The picture as the model gets it, uint8 ``[1, C, H, W]``: moved to the middle where the visitor wants that."""
    now = current(subject)
    wanted = not now.real and st.session_state.get(CENTRE, True) and is_centred(subject)
    return centre.centred(now.picture, ground_of(subject)) if wanted else now.picture


def current(subject: Subject) -> Drawing:
    """The picture now; an empty one where there is none yet."""
    kept = st.session_state.get(_STATE, {}).get(subject.model.spec.shape)
    if kept is not None:
        return kept
    empty = torch.full((1, *subject.model.spec.shape), ground_of(subject), dtype=torch.uint8)
    return Drawing(empty, empty)


def _keep(subject: Subject, drawing: Drawing) -> None:
    st.session_state.setdefault(_STATE, {})[subject.model.spec.shape] = drawing


def drawn(subject: Subject, picture: Tensor, resting: bool) -> None:
    """The hand has drawn."""
    _keep(subject, replace(current(subject), picture=picture, resting=resting, touched=True, real=False))


def put(subject: Subject, picture: Tensor, real: bool = False) -> None:
    """Put a picture uint8 ``[1, C, H, W]`` on the pad; ``real``: a sample of the data."""
    now = current(subject)
    _keep(subject, Drawing(picture, picture, now.revision + 1, touched=True, real=real))


def reopen(subject: Subject) -> None:
    """The pad may be about to open: what was drawn should be there. A pad that is open already stays as it is."""
    now = current(subject)
    _keep(subject, replace(now, start=now.picture))


def upload(subject: Subject, name: str, data: bytes, *, whole: bool, negative: bool | None) -> bool:
    """Put a file on the pad, in the shape of the model's pictures; its colours turned round where that fits the data.

    Args:
        subject: The model.
        name: Of the file.
        data: Its bytes.
        whole: Keep all of it, with bars beside it, instead of its central square.
        negative: Whether to turn dark into light; None: where a grey set has a dark ground and the file a light one, or
            the other way round.

    Returns:
        Whether it was turned round.

    Raises:
        UserError: The file is no picture that can be read.
    """
    channels, size = subject.model.spec.shape[0], subject.model.spec.shape[1]
    ground = ground_of(subject)
    picture = read_one(name, data, Look(size, channels, whole=whole, ground=255))
    rim = torch.cat([picture[..., 0, :], picture[..., -1, :], picture[..., :, 0], picture[..., :, -1]], -1)
    differs = abs(int(rim.flatten().median()) - ground) > 127
    turned = (differs and channels == 1) if negative is None else negative
    put(subject, (255 - picture if turned else picture)[None])
    return turned


# ---------------------------------------------------------------- its code


def found(subject: Subject, z: Tensor) -> None:
    """Remember the code ``[latent_dim]`` that a search has found for the picture that is on the pad."""
    st.session_state[_CODES] = (subject.name, z)


def has_code(subject: Subject) -> bool:
    """Whether :func:`code` has an answer."""
    kept = st.session_state.get(_CODES)
    return current(subject).touched and (subject.encodes or (kept is not None and kept[0] == subject.name))


def code(subject: Subject) -> Tensor | None:
    """The code of the picture, ``[latent_dim]``: encoded, or as it was found; None where there is none yet."""
    if not has_code(subject):
        return None
    if subject.encodes:
        return subject.encode(seen(subject))[0]
    found_code: Tensor = st.session_state[_CODES][1]
    return found_code
