"""Where we are: the point z, kept for the session and in the address (``?run=``, ``&seed=``, ``&psi=``, ``&z=``,
``&y=``).

What the page does, such as a throw of the dice, is a step in the history that the back button undoes. What the
hand does is none: the browser has already put it in place of the last address when the page hears of it.
"""

import math
import secrets
from dataclasses import dataclass, field, replace
from typing import Any

import streamlit as st
import torch
from torch import Tensor

from genmodels.latent.prior import truncated
from pages.parts import address
from pages.parts.address import FARTHEST
from pages.parts.explore.subject import Subject
from pages.parts.text import _

MOST_SEED = 9_999
MOST_PSI = 1.5
NAMES = ("run", "seed", "psi", "z", "y")
"""What the address says of the point."""
_STATE = "_explore_point"
_SEEN = "_explore_address"
_NAMED = "_explore_named"


@dataclass(frozen=True)
class Point:
    """A place in the latent space of one subject.

    Attributes:
        subject: Name of the subject.
        z: ``latent_dim`` numbers.
        psi: Truncation that the visitor has chosen; ``z`` is already drawn in by it.
        seed: Where ``z`` came from the last time the dice were thrown.
        revision: Grows whenever the page, not the hand, moves the point.
        held: Whether ``z`` was moved since, so that the seed alone does not say it.
        label: The class that a conditional model is told to draw; 0 for all others.
        next: Seed of the next throw of the dice: drawn ahead, so that the browser can show it at once.
    """

    subject: str
    z: tuple[float, ...]
    psi: float
    seed: int
    revision: int
    held: bool = False
    label: int = 0
    next: int = field(default_factory=lambda: secrets.randbelow(MOST_SEED + 1))

    @property
    def code(self) -> Tensor:
        """As the model wants it, ``[1, latent_dim]``."""
        return torch.tensor([self.z], dtype=torch.float32)

    @property
    def y(self) -> Tensor:
        """The label as the model wants it, ``[1]``."""
        return torch.tensor([self.label])


def drawn(subject: Subject, seed: int, psi: float) -> tuple[float, ...]:
    """The code of a seed, to three decimals, as the address can hold it."""
    return tuple(round(value, 3) for value in truncated(subject.model, 1, psi, seed)[0].tolist())


def follow(subject: Subject) -> None:
    """Once in each run of the page: an address that the page did not write, from a link or the back button, counts."""
    said, seen = _said(), st.session_state.get(_SEEN)
    st.session_state[_SEEN] = said
    kept = st.session_state.get(_STATE)
    if said and said != seen and isinstance(kept, Point) and _run(kept.subject) == _run(subject.name):
        _keep(replace(_from_address(subject), revision=kept.revision + 1))


def current(subject: Subject) -> Point:
    """The point now: the one of this session, else the one in the address, else that of seed 0."""
    kept = st.session_state.get(_STATE)
    if isinstance(kept, Point) and kept.subject == subject.name:
        return kept
    same_space = (
        isinstance(kept, Point) and len(kept.z) == subject.latent_dim and _run(kept.subject) == _run(subject.name)
    )
    revision = kept.revision + 1 if isinstance(kept, Point) else 0
    start = replace(kept, subject=subject.name) if same_space else _from_address(subject)
    return _keep(replace(start, revision=revision))


def _run(name: str) -> str:
    return name.split("@")[0]


def _keep(point: Point) -> Point:
    st.session_state[_STATE] = point
    return point


def move(subject: Subject, z: Tensor, *, seed: int | None = None, psi: float | None = None) -> None:
    """Put the point to ``z`` ``[latent_dim]``, from the page."""
    now = current(subject)
    values = tuple(round(float(value), 3) for value in z)
    _keep(
        replace(
            now,
            z=values,
            seed=now.seed if seed is None else seed,
            psi=now.psi if psi is None else psi,
            revision=now.revision + 1,
            held=True,
        )
    )


def throw(subject: Subject, seed: int | None = None) -> None:
    """The point of a seed; None: of the next one."""
    now = current(subject)
    seed = now.next if seed is None else seed
    psi = _thrown_psi(now)
    _keep(Point(subject.name, drawn(subject, seed, psi), psi, seed, now.revision + 1, label=now.label))


def ahead(subject: Subject) -> tuple[tuple[float, ...], float]:
    """``z`` and ``psi`` of the next throw of the dice."""
    now = current(subject)
    return drawn(subject, now.next, _thrown_psi(now)), _thrown_psi(now)


def _thrown_psi(now: Point) -> float:
    """With a psi of nearly 0 every throw would be the middle."""
    return now.psi if now.psi >= 0.05 else 1.0


def centre(subject: Subject) -> None:
    """The middle of the prior."""
    move(subject, torch.zeros(subject.latent_dim), psi=1.0)


def tell(subject: Subject, label: int) -> None:
    """A conditional model is told to draw another class."""
    now = current(subject)
    _keep(replace(now, label=label, revision=now.revision + 1))


def rested(subject: Subject, answer: object) -> None:
    """The browser says where the hand came to rest; anything but a point of this subject is ignored."""
    now = current(subject)
    if not isinstance(answer, dict) or answer.get("decoder") != subject.name or answer.get("revision") != now.revision:
        return
    st.session_state[_NAMED] = True
    z, psi, label = numbers(answer.get("z")), numbers([answer.get("psi")]), answer.get("label", 0)
    if (
        z is None
        or psi is None
        or len(z) != subject.latent_dim
        or not 0 <= psi[0] <= MOST_PSI
        or not knows(subject, label)
    ):
        return
    _keep(replace(now, z=z, psi=round(psi[0], 2), held=now.held or z != now.z, label=label))


def knows(subject: Subject, label: object) -> bool:
    """Whether ``label`` is one that the model can be told; all but conditional ones have the label 0."""
    return type(label) is int and 0 <= label < max(1, subject.model.label_count)


def numbers(values: object) -> tuple[float, ...] | None:
    """``values`` if they are numbers that a latent space can hold.

    >>> numbers([1, 2.5]), numbers([float("nan")]), numbers("12"), numbers([1e9])
    ((1.0, 2.5), None, None, None)
    """
    if not isinstance(values, list) or not all(isinstance(v, int | float) and not isinstance(v, bool) for v in values):
        return None
    fine = all(math.isfinite(v) and abs(v) <= FARTHEST for v in values)
    return tuple(float(v) for v in values) if fine else None


# ---------------------------------------------------------------- the address


def _from_address(subject: Subject) -> Point:
    seed, psi = _asked("seed", MOST_SEED), round(_asked("psi", MOST_PSI), 2)
    z, held = drawn(subject, seed, psi), False
    if st.query_params.get("z"):
        wanted = address.read("z")
        if wanted is not None and len(wanted) == subject.latent_dim:
            z, held = wanted, True
        else:
            st.warning(_("The point in the address does not belong to this model; this is the one of the seed."))
    label = _asked("y", max(0, subject.model.label_count - 1))
    return Point(subject.name, z, psi, seed, 0, held, label)


def _asked(name: str, most: float) -> Any:
    """What the address says, if it is no more than ``most``; else the default, and a sentence."""
    text, value = st.query_params.get(name), address.read(name)
    if text is None or (address.says(name) and value <= most):
        return value
    sentence = _("The address asks for {name} = {value}; it has to be a number from 0 to {most}.")
    st.warning(sentence.format(name=name, value=repr(text[:20]), most=most))
    return address.PARAMETERS[name].default


def _said() -> dict[str, str]:
    return {name: st.query_params[name] for name in NAMES if name in st.query_params}


def is_named() -> bool:
    """Whether the address says anything of the point."""
    return bool(_said())


def to_address(subject: Subject, *, browser: bool = False) -> None:
    """Write the point into the address, as shortly as it can be said: seed 0 needs no word.

    Args:
        browser: The latent point is on the page. Then an address that says nothing yet is left to it first, because
            it can complete an address without a step in the history.
    """
    if browser and not is_named() and not st.session_state.pop(_NAMED, False):
        return
    now = current(subject)
    wanted = {"run": subject.folder.id}
    if now.seed or "seed" in st.query_params:
        wanted["seed"] = str(now.seed)
    if now.psi != 1:
        wanted["psi"] = f"{now.psi:g}"
    if now.held:
        wanted["z"] = "_".join(f"{value + 0.0:g}" for value in now.z)
    if now.label:
        wanted["y"] = str(now.label)
    for name in NAMES:
        if name not in wanted:
            st.query_params.pop(name, None)
        elif st.query_params.get(name) != wanted[name]:
            st.query_params[name] = wanted[name]
    st.session_state[_SEEN] = _said()
