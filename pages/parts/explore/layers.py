"""What lies behind the codes on the map of the desk: worked out for the plane that is shown, once it is asked for."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
import torch
from torch import Tensor

from genmodels.data import spec_of
from genmodels.latent import fields
from genmodels.latent.plane import Plane, lattice
from genmodels.metrics.features import CLASSIFIERS, bundled
from pages.parts.component import base64_text
from pages.parts.explore import moment, point
from pages.parts.explore.subject import Subject
from pages.parts.latent_desk import Layer
from pages.parts.palette import Concept
from pages.parts.plane_layer import plane_layer
from pages.parts.text import _

SIDE, SIDE_ELSEWHEN = 40, 24
"""Places across the lattice; where the hand moves through time, many of them have to be worked out."""
NO_CLASS = 255


@dataclass(frozen=True)
class Kind:
    """A layer: where it can be shown, and its value at ``places`` ``[n, 2]`` of a plane under a label, ``[n]``."""

    fits: Callable[[Subject], bool]
    values: Callable[[Subject, Plane, Tensor, int], Tensor]
    colour: Concept = "z"


def _knows_classes(subject: Subject) -> bool:
    return subject.folder.config().data in CLASSIFIERS and subject.model.spec.shape == (1, 28, 28)


def _classes(subject: Subject, plane: Plane, places: Tensor, label: int) -> Tensor:
    """Classes as the examples number them; those that the model was not trained on are none."""
    data = subject.folder.config().data
    shown = {name: i for i, name in enumerate(subject.examples.classes)}
    numbers = torch.tensor([shown.get(name, NO_CLASS) for name in spec_of(data).classes])
    return numbers[fields.classes(subject.model, bundled(CLASSIFIERS[data]), plane.at(places), label)]


KINDS: dict[str, Kind] = {
    "class": Kind(_knows_classes, _classes),
    "density": Kind(
        lambda subject: subject.encodes and len(subject.codes) > 2,
        lambda subject, plane, places, label: fields.density(plane.coordinates(subject.codes), places),
        "encoder",
    ),
    "judge": Kind(
        lambda subject: subject.model.scores,
        lambda subject, plane, places, label: fields.verdicts(subject.model, plane.at(places), label),
        "discriminator",
    ),
    "sensitivity": Kind(
        lambda subject: True,
        lambda subject, plane, places, label: fields.sensitivity(subject.model, plane, places, label),
        "generator",
    ),
}


def offered(subject: Subject) -> list[Layer]:
    """What the desk offers to show; nothing for decoders of points, whose desk shows both planes whole."""
    if not subject.images:
        return []
    flat = " " + _("Here: their projections onto this plane.") if subject.latent_dim > 2 else ""
    words = {
        "class": (_("Class"), _("What a frozen classifier sees in the picture of each place.")),
        "density": (
            _("Density"),
            _("How closely codes lie. Dashed: holes, where the prior expects codes and there are none. Click into one.")
            + flat,
        ),
        "judge": (_("D(G(z))"), _("What the discriminator says: the stronger, the more real it finds the picture.")),
        "sensitivity": (_("Sensitivity"), _("How much the picture changes per step: strong where one thing turns.")),
    }
    plain = [
        Layer("", _("Plain")),
        Layer("decoded", _("Decoded"), _("What the decoder makes of each place.")),
    ]
    several = subject.latent_dim > 1
    return plain + [Layer(kind, *words[kind]) for kind, one in KINDS.items() if several and one.fits(subject)]


@st.fragment
def serve(subject: Subject, directions: Tensor) -> None:
    """Answer the desk. ``directions`` ``[n, latent_dim]`` are those that its axes number."""
    plane_layer(lambda wanted: answer(subject, directions, wanted))


@dataclass(frozen=True)
class Asked:
    """A plane that the browser asks for: along two of the directions through ``base``, drawn under a label."""

    plane: Plane
    axes: tuple[int, ...]
    base: tuple[float, ...]
    label: int


def understood(subject: Subject, directions: Tensor, wanted: object) -> Asked | None:
    """The plane that the browser wants of this subject; None where what it sends makes no sense."""
    if not isinstance(wanted, dict) or wanted.get("decoder") != subject.name:
        return None
    axes, base, label = wanted.get("axes"), point.numbers(wanted.get("base")), wanted.get("label", 0)
    if base is None or len(base) != subject.latent_dim or not isinstance(axes, list) or len(axes) != 2:
        return None
    if not point.knows(subject, label):
        return None
    if not all(type(axis) is int and 0 <= axis < len(directions) for axis in axes):
        return None
    plane = Plane(torch.tensor(base), *directions[axes])
    return Asked(plane, tuple(axes), base, label) if _is_plane(plane) else None


def answer(subject: Subject, directions: Tensor, wanted: object) -> dict[str, Any] | None:
    """The layer that the browser wants; None where what it sends makes no sense."""
    asked = understood(subject, directions, wanted)
    kind = wanted.get("kind") if isinstance(wanted, dict) else None
    if asked is None or not isinstance(kind, str):
        return None
    if kind not in {layer.kind for layer in offered(subject)} & set(KINDS):
        return None
    step = wanted.get("step") if isinstance(wanted, dict) else None
    if step is not None and (type(step) is not int or step not in moment.kept(subject.folder)):
        return None
    axes, base, label = asked.axes, asked.base, asked.label
    said = {"decoder": subject.name, "kind": kind, "axes": list(axes), "base": list(base), "label": label, "step": step}
    then, side = (subject, SIDE) if step is None else (moment.at(subject, step), SIDE_ELSEWHEN)
    cells = (side, subject.reach)
    return said | _worked_out((subject.name, then.name), then, asked.plane, kind, axes, base, label, cells)


def _is_plane(plane: Plane) -> bool:
    axes = torch.stack([plane.across, plane.up])
    return float(torch.linalg.det(axes @ axes.T)) > 1e-6


@st.cache_data(show_spinner=False, max_entries=256)
def _worked_out(
    names: tuple[str, str], _subject: Subject, _plane: Plane, kind: str, axes: tuple[int, ...],
    base: tuple[float, ...], label: int, cells: tuple[int, float],
) -> dict[str, Any]:  # fmt: skip
    side, reach = cells
    places = lattice(fields.middles(side, reach))
    drawn = {"side": side, "colour": KINDS[kind].colour, "holes": [], "low": "", "high": "", "note": ""}
    try:
        values = KINDS[kind].values(_subject, _plane, places, label)
    except ValueError:  # as a model that has hardly begun may have it
        nothing = base64_text(bytes(side**2))
        return drawn | {"values": nothing, "note": _("All codes lie on one line here.")}
    if kind == "class":
        return drawn | {"values": base64_text(values.numpy().astype(np.uint8).tobytes())}
    if kind == "density":
        prior = fields.prior_density(_subject.model, _plane, places)
        found = fields.holes(_plane.coordinates(_subject.codes), places, prior)
        drawn["holes"] = [hole._asdict() for hole in found]
    low, high = (float(end) for end in values.aminmax())
    low = low if kind == "judge" else 0.0
    shares = (values - low) / max(high - low, 1e-12)
    encoded = base64_text((255 * shares).round().numpy().astype(np.uint8).tobytes())
    return drawn | {"values": encoded, "low": f"{low:.2g}", "high": f"{high:.2g}"}
