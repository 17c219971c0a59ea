"""Where paths through latent space lead: on a map among the codes of real data, and how many of these are close by."""

import html
from collections.abc import Mapping, Sequence

import streamlit as st
import torch
from torch import Tensor

from genmodels.latent.company import USUAL, close_by, company
from genmodels.latent.interpolate import Path
from genmodels.latent.plane import Plane
from pages.parts.curves import Curve, Level, Mark, curves
from pages.parts.explore import little_map
from pages.parts.explore.places import Place
from pages.parts.explore.subject import Subject
from pages.parts.palette import Concept
from pages.parts.svg_figure import svg_figure
from pages.parts.text import _

LOOKS: dict[str, Concept] = {"linear": "generated", "spherical": "generator", "norm-kept": "encoder"}
"""Colours of the ways."""


def names() -> dict[str, str]:
    """What the ways are called."""
    return {"linear": _("linear"), "spherical": _("spherical"), "norm-kept": _("norm kept")}


def curve_of(name: str, x: Tensor, y: Tensor) -> Curve:
    """Something along a way, ``[n]`` times and values."""
    return Curve(names()[name], x.numpy(), y.numpy(), LOOKS[name], dashed=name == "norm-kept")


def along(series: Sequence[Curve], keys: Sequence[Place], *, key: str, alt: str, levels: Sequence[Level] = ()) -> None:
    """Curves along the ways, with marks where these meet the key frames."""
    marks = [Mark(str(i + 1), i) for i in range(len(keys))]
    curves(series, key=key, alt=alt, levels=levels, marks=marks, x_title=_("key frames passed"), height=250)


def show(subject: Subject, paths: Mapping[str, Path], keys: Sequence[Place], usual: float) -> None:
    """The map, and beside it the count of neighbours; each only where it means something.

    Args:
        subject: The model.
        paths: All ways, by name.
        keys: The key frames, which all ways meet.
        usual: The mean length of codes from the prior.
    """
    left, right = st.columns(2, gap="large")
    if subject.latent_dim > 1:
        with left:
            _map(subject, paths, keys, usual)
    with right:
        _neighbours(subject, paths, keys)


def _map(subject: Subject, paths: Mapping[str, Path], keys: Sequence[Place], usual: float) -> None:
    st.markdown(_("**The ways on the map**"))
    svg_figure(map_svg(subject, paths, keys, usual), key="explore-path-map", most_width=360)
    st.caption(_about(subject))


def _about(subject: Subject) -> str:
    ring = _("The rings: one, two and three deviations of the prior.")
    if not _deviations(subject):
        ring = _("The ring: the usual length under the prior.")
    if subject.latent_dim == 2:
        return _("Both dimensions as they are.") + " " + ring
    plane = _("The plane through the origin and the key frames.") + " " + ring
    return plane + " " + _("Codes of held-out samples cast their shadows on it.") if subject.encodes else plane


def _deviations(subject: Subject) -> bool:
    """Whether rings of one, two and three deviations say how the prior lies on the map."""
    return subject.latent_dim == 2 and subject.model.prior_family == "normal"


def map_svg(subject: Subject, paths: Mapping[str, Path], keys: Sequence[Place], usual: float) -> str:
    """All ways, with the key frames that they meet, over the codes of test samples."""
    frames = torch.stack([key.code for key in keys])
    plane = Plane.of_path(frames)
    places = {name: plane.coordinates(path.codes) for name, path in paths.items()}
    reach = 1.1 * max(usual, subject.reach, *(float(path.abs().max()) for path in places.values()))
    at = little_map.spots(plane.coordinates(frames), reach).tolist()
    return little_map.figure(
        html.escape(_("All ways on the map, over the codes of held-out samples")),
        little_map.rings([1, 2, 3] if _deviations(subject) else [usual], reach),
        little_map.crowd(subject, plane.coordinates(subject.codes), reach) if subject.encodes else "",
        '<path d="M-4 0h8M0 -4v8" class="prior"/>',
        *(_line(little_map.spots(path, reach).tolist(), name) for name, path in places.items()),
        *(_key(i, x, y, key.name) for i, ((x, y), key) in enumerate(zip(at, keys, strict=True))),
    )


def _line(spots: list[list[float]], name: str) -> str:
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in spots)
    dashes = "stroke-dasharray:5 3;" if name == "norm-kept" else ""
    return f'<polyline points="{points}" style="fill:none;stroke:var(--gm-{LOOKS[name]});stroke-width:2;{dashes}"/>'


def _key(i: int, x: float, y: float, name: str) -> str:
    return (
        f'<g><title>{html.escape(name)}</title><circle cx="{x:.1f}" cy="{y:.1f}" r="6" class="key"/>'
        f'<text x="{x:.1f}" y="{y + 3:.1f}" text-anchor="middle" class="key-name">{i + 1}</text></g>'
    )


def _neighbours(subject: Subject, paths: Mapping[str, Path], keys: Sequence[Place]) -> None:
    st.markdown(_("**Codes close by** along the way"))
    if not subject.encodes:
        st.caption(
            _("A GAN has no encoder: nobody knows which codes real samples have, so there are no neighbours to count.")
        )
        return
    radius = _radius(subject.name, subject)
    along(
        [curve_of(name, path.times, company(path.codes, subject.codes, radius)) for name, path in paths.items()],
        keys,
        key="explore-neighbours",
        alt=_("How many codes of held-out samples lie close by along each way"),
        levels=[Level(_("usual"), USUAL, "real")],
    )
    st.caption(
        _(
            "Held-out samples within {radius:.2g} of the place: half of all codes have at least {n} others as near. "
            "At 0 the way crosses a hole, and the decoder has to invent."
        ).format(radius=radius, n=USUAL)
    )


@st.cache_data(show_spinner=False, max_entries=16)
def _radius(name: str, _subject: Subject) -> float:
    return close_by(_subject.codes)
