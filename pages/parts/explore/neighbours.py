"""Learned or learned by heart? The training samples that are most like the sample at z."""

import html
from dataclasses import dataclass

import streamlit as st
import torch
from torch import Tensor

from genmodels.latent.nearest import Nearest, Verdict, nearest, verdict
from pages.parts.explore import places, point
from pages.parts.explore.subject import Subject, pixels, training
from pages.parts.image_grid import image_grid, tile
from pages.parts.palette import word
from pages.parts.svg_figure import svg_figure
from pages.parts.text import _

SHOWN = 8
HELD_OUT = 200
MOST_CODED = 10_000
"""Neighbours shown; held-out samples whose own neighbours say what is usual; training samples encoded at most."""


@dataclass(frozen=True)
class Space:
    """Where distances are measured: pixels, or codes.

    Attributes:
        among: Training samples in it, ``[N, ...]``.
        usual: Nearest distances of real held-out samples, ``[n]``.
    """

    among: Tensor
    usual: Tensor


@st.cache_resource(show_spinner=False, max_entries=4)
def _pixels(name: str, _subject: Subject, _train: Tensor) -> Space:
    return Space(_train, nearest(_subject.examples.x[:HELD_OUT], _train).distance[:, 0])


@st.cache_resource(show_spinner=False, max_entries=4)
def _codes(name: str, _subject: Subject, _train: Tensor) -> Space:
    codes = _subject.encode(_train[:MOST_CODED])
    return Space(codes, nearest(_subject.codes[:HELD_OUT], codes).distance[:, 0])


def show(subject: Subject) -> None:
    """The nearest in pixels, and in codes where there is an encoder."""
    train = training(subject)
    if train is None:
        st.info(
            _("The data this model learned from are not at hand any more, so nobody can say what it has memorised."),
            icon=":material/info:",
        )
        return
    st.markdown(_("**Learned, or learned by heart?** The training samples most like what the desk shows now."))
    with st.spinner(_("Comparing with all {n:,} training samples...").format(n=len(train))):
        spaces = {"pixels": _pixels(subject.name, subject, train)}
        if subject.encodes:
            spaces["codes"] = _codes(subject.name, subject, train)
    _compare(subject, spaces, train)
    places.follow(subject)


def _compare(subject: Subject, spaces: dict[str, Space], train: Tensor) -> None:
    code = point.current(subject).code
    sample = subject.decode(code)
    for kind, space in spaces.items():
        near = nearest(sample if kind == "pixels" else code, space.among, SHOWN)
        left, right = st.columns([3, 2], gap="large", vertical_alignment="center")
        with left:
            _row(sample, near, train, kind)
        with right:
            _verdict(space, near, kind)
    if subject.encodes and len(train) > MOST_CODED:
        st.caption(_("Codes are compared with the first {n:,} training samples.").format(n=MOST_CODED))


def _row(sample: Tensor, near: Nearest, train: Tensor, kind: str) -> None:
    name = _("Nearest in pixels") if kind == "pixels" else _("Nearest in codes")
    st.html(f"{word('generated', _('at z'))} · {word('real', html.escape(name))}")
    strip = torch.cat([sample, train[near.where[0]]])
    image_grid(tile(pixels(strip), columns=len(strip)), key=f"explore-near-{kind}", alt=name)


def _verdict(space: Space, near: Nearest, kind: str) -> None:
    distance = float(near.distance[0, 0])
    said = verdict(distance, space.usual)
    unit = _("in pixels") if kind == "pixels" else _("in codes")
    sentences = {
        "copy": _(
            "Closer to a training sample than 99 of 100 real ones that it has never seen: **as good as a copy.**"
        ),
        "new": _("As far from the training samples as real ones that it has never seen: **new, and in keeping.**"),
        "far": _("Farther from all training samples than 99 of 100 real ones: **new, but out of place.**"),
    }
    st.markdown(
        _(
            "**{distance:.3g}** {unit}; real held-out ones: {low:.3g} to {high:.3g}, half of them below {middle:.3g}."
        ).format(distance=distance, unit=unit, low=said.typical[0], middle=said.typical[1], high=said.typical[2])
    )
    st.markdown(sentences[said.kind])
    svg_figure(histogram_svg(space.usual, distance, said), key=f"explore-near-{kind}-usual", most_width=360)


def histogram_svg(usual: Tensor, distance: float, said: Verdict, bins: int = 24) -> str:
    """How near real held-out samples come to a training sample, and where this one is."""
    end = 1.1 * max(float(usual.max()), distance, 1e-6)
    counts = torch.histc(usual.float(), bins, 0, end)
    heights = 44 * counts / counts.max().clamp_min(1)
    width = 300 / bins
    bars = "".join(
        f'<rect x="{i * width:.1f}" y="{50 - float(h):.1f}" width="{width - 1:.1f}" height="{float(h):.1f}" '
        'class="fill-real"/>'
        for i, h in enumerate(heights)
    )
    x = 300 * distance / end
    label = html.escape(
        _("{share:.0%} of real held-out samples are closer to a training sample.").format(share=said.closer)
    )
    zero = '<text x="0" y="62">0</text>' if x > 12 else ""  # else the distance stands there
    return (
        f'<svg viewBox="0 0 300 64" role="img" aria-label="{label}"><title>{label}</title>{bars}'
        f'<line x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="52" class="line-generated"/>'
        f'{zero}<text x="{min(x, 270):.1f}" y="62" class="gm-generated">{distance:.3g}</text>'
        f'<text x="300" y="62" text-anchor="end">{end:.3g}</text></svg>'
    )
