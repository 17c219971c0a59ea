"""What the runs look like, one beside the other: samples, reconstructions, the map of their codes, their losses."""

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import streamlit as st
import torch

from genmodels.config import RunConfig
from genmodels.errors import UserError
from genmodels.latent.plane import Plane, manifold, ticks
from genmodels.training.folder import RunFolder
from genmodels.training.views import to_pixels
from genmodels.words import duration
from pages.parts import levels, run_state
from pages.parts.curves import Curve, curves
from pages.parts.explore.picker import describe
from pages.parts.explore.subject import version
from pages.parts.image_grid import image_grid, interleaved, tile
from pages.parts.palette import CONCEPTS, Concept, class_colour, ground
from pages.parts.raw import raw_run
from pages.parts.real_samples import pictures
from pages.parts.run_view import words
from pages.parts.run_view.live import place_in_line
from pages.parts.run_view.panels import Sight
from pages.parts.run_view.story import Standing, Story
from pages.parts.scatter import scatter
from pages.parts.text import _

COLUMNS = 8
MAP_WIDTH = 440
"""Of a map, in CSS pixels."""
PLANE_SIDE = 12
"""Pictures along the side of a decoded plane."""


@dataclass(frozen=True)
class Side:
    """One of the runs that are compared."""

    index: int
    name: str
    folder: RunFolder
    config: RunConfig
    now: Standing
    story: Story

    @property
    def key(self) -> str:
        return f"compare-{self.index}"

    @property
    def sight(self) -> Sight:
        return Sight(self.config, self.story)

    @property
    def colour(self) -> str:
        return class_colour(self.index).css()


Panel = Callable[[Side], None]


def first(sides: Sequence[Side]) -> None:
    """Who they are, and what they draw: one column each, so that on a phone a head stands above its own samples."""

    def both(side: Side) -> None:
        head(side)
        samples(side)

    _row(sides, both, _("Samples"), _("each from its own noise, the same every time"))


def inside(sides: Sequence[Side]) -> None:
    """How they draw it: through their codes, and on the way their losses took."""
    if any("reconstructions" in side.story.frame for side in sides):
        _row(sides, reconstructions, _("Reconstructions"), _("held-out data, and what is left after the code"))
    _row(sides, latent_map, _("Latent map"), _("where held-out data lie; without an encoder, what the plane draws"))
    if levels.shows("losses"):
        line = _("each on its own axis: they mean different things, so only the shape compares")
        _row(sides, partial(losses, chart="losses"), _("Losses"), line)
    if levels.shows("gradients"):
        _row(sides, partial(losses, chart="gradients"), _("Gradients"), _("their length in each player's last move"))
    if levels.shows("raw"):
        _row(sides, lambda side: raw_run(side.key, side.folder, side.story))


def _row(sides: Sequence[Side], panel: Panel, title: str = "", line: str = "") -> None:
    if title:
        st.html(f"<h3 class='gm-panel gm-row'>{title}<small>{line}</small></h3>")
    for place, side in zip(st.columns(len(sides), gap="medium"), sides, strict=True):
        with place:
            panel(side)


def head(side: Side) -> None:
    """Name, state and where it stands; a place in the queue while it waits."""
    look = run_state.state(side.now.state)
    name = f"<b style='color:{side.colour}'>{html.escape(side.name)}</b>"
    told = f"{look.word} · {_('step')} {side.now.step:,} · {duration(side.now.seconds)}"
    about = html.escape(describe(side.folder))
    st.html(f"<p class='gm-side'>{name}<span>{html.escape(told)}</span><small>{about}</small></p>")
    if side.now.active:
        st.progress(side.now.progress, text=_place(side))


def _place(side: Side) -> str:
    if side.now.state != "queued":
        left = duration(side.now.remaining)
        return _("{left} left").format(left=left) if side.now.remaining is not None else side.now.reason or " "
    return place_in_line(side.folder)


def samples(side: Side) -> None:
    drawn = side.story.frame.get("samples")
    if drawn is None:
        st.skeleton(height=220)
    elif drawn.ndim == 4:
        image_grid(tile(pictures(drawn), COLUMNS, 2, ground()), key=f"{side.key}-samples", alt=_alt(_("Samples"), side))
    else:
        _over_real(side, drawn, "samples", "generated", _("generated"))


def reconstructions(side: Side) -> None:
    drawn = side.story.frame.get("reconstructions")
    if drawn is None:
        _without(side)
    elif drawn.ndim == 4:
        pairs = interleaved(pictures(side.story.fixed["originals"]), pictures(drawn), COLUMNS)
        picture = tile(pairs, COLUMNS, 2, ground())
        image_grid(picture, key=f"{side.key}-reconstructions", alt=_alt(_("Reconstructions"), side))
    else:
        _over_real(side, drawn, "reconstructions", "reconstruction", _("reconstructed"))


def latent_map(side: Side) -> None:
    if "codes" not in side.story.frame:
        _plane(side)
        return
    sight = side.sight
    scatter(
        side.story.frame["codes"],
        sight.labels,
        key=f"{side.key}-codes",
        alt=_alt(_("Latent map"), side),
        classes=sight.classes,
        colours=() if sight.classes else (CONCEPTS["z"],),
        most_width=MAP_WIDTH,
    )


def _plane(side: Side) -> None:
    """What the plane of the first two entries of z decodes to, from end to end of the prior."""
    try:
        picture = _decoded(str(side.folder.path), version(side.folder))
    except UserError:
        picture = None
    if picture is None:
        _without(side)
        return
    image_grid(picture, key=f"{side.key}-plane", alt=_alt(_("Decoded plane"), side), most_width=MAP_WIDTH)
    st.caption(_("It has no encoder, so no data on its map: this is what z₁ (across) and z₂ (up) draw."))


@st.cache_data(show_spinner=False, max_entries=32)
def _decoded(path: str, version: int) -> np.ndarray | None:
    model = RunFolder(Path(path)).model()
    if model.spec.modality != "image" or model.config.latent_dim < 2:
        return None
    plane = Plane.of_axes(torch.zeros(model.config.latent_dim), 0, 1)
    across, up = (ticks(model, PLANE_SIDE, dim=dim) for dim in (0, 1))
    shown = to_pixels(manifold(model, plane, across, up), model)
    return tile(pictures(shown.numpy()), PLANE_SIDE, 0)


def losses(side: Side, chart: str) -> None:
    named = [(words.loss_part(name, i), series) for i, (name, series) in enumerate(side.story.losses.items())]
    shown = [(part, series) for part, series in named if part.chart == chart]
    curves(
        [Curve(part.name, *series.arrays(), part.concept, part.dashed) for part, series in shown],
        key=f"{side.key}-{chart}",
        alt=_alt(_("Losses") if chart == "losses" else _("Gradients"), side),
        x_title=_("step"),
        height=230,
    )


def _without(side: Side) -> None:
    """In the place of what needs an encoder."""
    if side.now.active and not side.story.frame:
        st.skeleton(height=120)
    else:
        st.caption(_("It has no encoder: it can draw pictures, but not say which code a given one came from."))


def _over_real(side: Side, drawn: np.ndarray, what: str, concept: Concept, word: str) -> None:
    real = side.story.fixed["originals"]
    scatter(
        np.concatenate([real, drawn]),
        np.repeat([0, 1], [len(real), len(drawn)]),
        key=f"{side.key}-{what}",
        alt=_alt(word, side),
        classes=(_("real"), word),
        colours=(CONCEPTS["real"], CONCEPTS[concept]),
        extent=side.sight.extent,
        point_radius=1.8,
        most_width=MAP_WIDTH,
    )


def _alt(what: str, side: Side) -> str:
    return f"{what}: {side.name}"
