"""The part of the page that moves: it looks at the run folder several times a second and hands on what is new."""

from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from genmodels.config import RunConfig
from genmodels.errors import UserError
from genmodels.objectives import GAN_LOSSES
from genmodels.training.folder import RunFolder
from pages.parts.plane import plane
from pages.parts.plane_feed import plane_feed
from pages.parts.playground_desk import hand
from pages.parts.playground_desk.scenes import scene
from pages.parts.playground_desk.sight import Arrays, fixed_of, judged, moving, reach, still, untrained
from pages.parts.run_view.live import story_of
from pages.parts.run_view.story import Standing, Story, standing
from pages.parts.text import _

EVERY, RESTING = 0.15, 0.4
"""Seconds between two looks at a run that goes on, and at one that waits for single steps."""
SEEK = "_playground_seek"
_FEED, _STORY = "plane-feed", "_playground_story"
BESIDE = "-beside"
"""The slot of the second plane."""


def stage(folder: RunFolder | None, config: RunConfig, slot: str = "", beside: bool = False) -> None:
    """The plot and the diagram: drawn once, and fed by :func:`live`."""
    fixed = fixed_of(folder, config) if folder else untrained(config.model_dump_json()).fixed
    rows, columns, _dim = fixed["mesh_z"].shape
    left, right, bottom, top = (float(value) for value in fixed["extent"])
    loss = getattr(config, "loss", None)
    plane(
        scene(config.model),
        key=f"plane{slot}",
        game=identity(folder, config),
        alt=_("The game in the plane: real points, generated points and what the networks make of it"),
        fixed=still(fixed),
        extent=(left, right, bottom, top),
        mesh_shape=(rows, columns),
        uniform=getattr(config, "noise", "normal") == "uniform",
        probability=loss is not None and bool(GAN_LOSSES[loss].extra["probability"]),
        slot=slot,
        beside=beside,
    )


def identity(folder: RunFolder | None, config: RunConfig) -> str:
    return folder.id if folder else config.digest


def live(folder: RunFolder | None, config: RunConfig, drawn: Standing | None, slot: str = "") -> None:
    """Feed the plot, again and again while there is something new to come."""
    if folder is None or drawn is None:
        _feed_untrained(config, slot)
        return
    every = RESTING if drawn.state == "paused" else EVERY if drawn.active else None
    st.fragment(_tick, run_every=every)(folder, config, drawn.state, slot)


def _feed_untrained(config: RunConfig, slot: str) -> None:
    frame = untrained(config.model_dump_json()).frame
    _send(None, config, "start", frame, frames=1, index=0, seeking=False, step=0, slot=slot)


def story_in(folder: RunFolder, slot: str) -> Story:
    """The run in the first slot is also read by the charts; each other slot keeps a story of its own."""
    if not slot:
        return story_of(folder)
    story = st.session_state.get(_STORY + slot)
    if story is None or story.folder.path != folder.path:
        story = st.session_state[_STORY + slot] = Story(folder)
    return story


def _tick(folder: RunFolder, config: RunConfig, drawn_state: str, slot: str) -> None:
    try:
        now = standing(folder)
    except UserError:
        st.rerun()
    if now.state != drawn_state:
        st.rerun()
    story = story_in(folder, slot)
    story.read_on()
    steps = folder.frames()
    sought = st.session_state.get(SEEK)
    if sought is not None and steps:
        step = min(steps, key=lambda kept: abs(kept - sought))
        frame = _frame(folder, step) or story.frame
    else:
        step, frame = story.frame_step, story.frame
    if not frame:
        _feed_waiting(folder, config, slot, _("waiting") if now.state == "queued" else _("starting"))
        return
    index = int(np.searchsorted(steps, step)) if steps else 0
    _send(
        folder,
        config,
        str(step),
        frame,
        frames=len(steps),
        index=index,
        seeking=sought is not None,
        step=step,
        waits=now.state == "paused" and not slot,
        slot=slot,
    )


def _feed_waiting(folder: RunFolder, config: RunConfig, slot: str, words: str) -> None:
    frame = untrained(config.model_dump_json()).frame
    _send(folder, config, "start", frame, frames=1, index=0, seeking=False, step=0, words=words, slot=slot)


def _frame(folder: RunFolder, step: int) -> Arrays | None:
    try:
        return {name: value.numpy() for name, value in folder.frame(step).items()}
    except UserError:  # thinned out just now
        return None


def _send(
    folder: RunFolder | None,
    config: RunConfig,
    frame_id: str,
    frame: Arrays,
    *,
    frames: int,
    index: int,
    seeking: bool,
    step: int,
    waits: bool = False,
    words: str = "",
    slot: str = "",
) -> None:
    plane_feed(
        key=_FEED + slot,
        game=identity(folder, config),
        frame_id=frame_id,
        arrays=moving(frame),
        latent_extent=reach(frame, getattr(config, "noise", "normal") == "uniform"),
        frames=frames,
        frame=index,
        live=not seeking,
        slow=waits and bool(st.session_state.get(hand.SLOW)),
        step=words or _("step {n}").format(n=f"{step:,}"),
        on_seek=partial(_seek, folder, slot),
        on_move=partial(_move, folder, config, slot),
        slot=slot,
        **judged(config, frame),
    )


def _wish(name: str, slot: str) -> Any:
    wish = st.session_state[_FEED + slot].get(name)
    return wish if isinstance(wish, dict) else {}


def _seek(folder: RunFolder | None, slot: str) -> None:
    index = _wish("seek", slot).get("frame")
    steps = folder.frames() if folder else []
    known = isinstance(index, int) and 0 <= index < len(steps)
    st.session_state[SEEK] = steps[index] if known else None


def _move(folder: RunFolder | None, config: RunConfig, slot: str) -> None:
    player = _wish("move", slot).get("player")
    if folder is not None and player and player in [phase.move for phase in scene(config.model).phases]:
        hand.step(folder, "paused", player)
