"""What the encoder says about one picture, drawn: where its code lies, how sure it is, and what it leaves open."""

import html
import math

import streamlit as st
import torch
from torch import Tensor

from genmodels.latent.posterior import Draws
from genmodels.objectives import gaussian_kl
from pages.parts.explore import little_map
from pages.parts.explore.subject import Subject, pixels, subscript
from pages.parts.image_grid import image_grid, tile
from pages.parts.palette import word
from pages.parts.svg_figure import svg_figure
from pages.parts.text import _

BARS = 10
"""Dimensions shown as bars."""


def show(subject: Subject, seen: Draws, key: str) -> None:
    """What the encoder leaves open: draws with the deviation of each pixel, and a bar for each dimension."""
    if seen.q.logvar is None:
        st.caption(_("This model's code is a single place without a spread, so there is nothing to be unsure about."))
        return
    strip = torch.cat([(seen.decoded * 255).round().to(torch.uint8), deviation(seen)[None]])
    left, right = st.columns([2, 1], gap="large")
    with left:
        image_grid(
            tile(pixels(strip), columns=len(strip)),
            key=f"{key}-draws",
            alt=_("Draws from the posterior, and last how much each pixel varies among them"),
        )
        st.caption(
            _("What else it could have been: draws of z from q(z|x). The last one is bright where they disagree.")
        )
    with right:
        svg_figure(bars_svg(subject, seen), key=f"{key}-bars", most_width=420)


def plane(subject: Subject, seen: Draws, key: str) -> None:
    """Where the code lies and how far it spreads; nothing where there is no plane or no spread."""
    if seen.q.logvar is None or subject.latent_dim < 2:
        return
    st.html(f"{word('mu', 'μ')} ± {word('sigma', 'σ')}")
    svg_figure(plane_svg(subject, seen), key=f"{key}-plane", most_width=320)


def deviation(seen: Draws) -> Tensor:
    """Standard deviation of each pixel, the widest white: uint8 ``[C, H, W]``."""
    spread = seen.deviation
    return (spread / spread.max().clamp_min(1e-6) * 255).round().to(torch.uint8)


def nats(seen: Draws) -> float:
    """KL from the prior, in nats: how much the encoder says."""
    assert seen.q.logvar is not None
    return float(gaussian_kl(seen.q.mu, seen.q.logvar).sum())


# ---------------------------------------------------------------- figures


def plane_svg(subject: Subject, seen: Draws) -> str:
    """The plane of the two dimensions that say most: codes of test samples, the draws, mu, and one and two sigma."""
    assert seen.q.logvar is not None
    i, j = subject.order[:2]
    reach = subject.reach * 1.1
    (mu,) = little_map.spots(seen.q.mu[:, [i, j]], reach)
    sigma = (0.5 * seen.q.logvar[0, [i, j]]).exp() * 100 / reach
    ellipses = "".join(
        f'<ellipse cx="{mu[0]:.1f}" cy="{mu[1]:.1f}" rx="{max(1.0, k * float(sigma[0])):.1f}" '
        f'ry="{max(1.0, k * float(sigma[1])):.1f}" class="line-sigma" opacity="{1 / k}"/>'
        for k in (1, 2)
    )
    return little_map.figure(
        html.escape(_("The posterior among the codes of held-out samples")),
        little_map.rings([1, 2, 3], reach),
        little_map.crowd(subject, subject.codes[:, [i, j]], reach),
        ellipses,
        little_map.dots(little_map.spots(seen.codes[:, [i, j]], reach), "var(--gm-sigma)", 3.5),
        little_map.dots(mu[None], "var(--gm-mu)", 5),
        f'<text x="98" y="98" text-anchor="end">{_name(i)}</text><text x="3" y="-91">{_name(j)}</text>',
    )


def bars_svg(subject: Subject, seen: Draws) -> str:
    """For each dimension, strongest first: the prior as a pale bar, sigma as a bar around mu, and the KL in nats."""
    assert seen.q.logvar is not None
    shown = subject.order[:BARS]
    kl = gaussian_kl(seen.q.mu, seen.q.logvar)[0]
    rows = [
        _bar(place, _name(j), float(seen.q.mu[0, j]), math.exp(0.5 * float(seen.q.logvar[0, j])), float(kl[j]))
        for place, j in enumerate(shown)
    ]
    height = 18 * len(rows) + 16
    heads = (
        f'<text x="150" y="9" text-anchor="middle"><tspan class="gm-mu">μ</tspan> ± <tspan class="gm-sigma">σ</tspan>'
        f'</text><text x="318" y="9" text-anchor="end" class="gm-kl">{html.escape(_("nats"))}</text>'
    )
    label = html.escape(_("Mean and deviation of the posterior in each dimension"))
    return f'<svg viewBox="0 0 320 {height}" role="img" aria-label="{label}">{heads}{"".join(rows)}</svg>'


def _bar(place: int, name: str, mu: float, sigma: float, kl: float) -> str:
    y = 18 * place + 24

    def x(value: float) -> float:
        return 150 + 30 * min(4.0, max(-4.0, value))

    left, right = x(mu - sigma), x(mu + sigma)
    return (
        f'<text x="2" y="{y + 3}">{name}</text><line x1="120" x2="180" y1="{y}" y2="{y}" class="prior wide"/>'
        f'<line x1="{left:.1f}" x2="{max(right, left + 1):.1f}" y1="{y}" y2="{y}" class="line-sigma wide"/>'
        f'<circle cx="{x(mu):.1f}" cy="{y}" r="3.5" class="fill-mu"/>'
        f'<text x="318" y="{y + 3}" text-anchor="end">{kl:.2f}</text>'
    )


def _name(j: int) -> str:
    return f"z{subscript(j + 1)}"
