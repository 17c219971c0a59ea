"""The curves of several runs in one chart: any quantity that at least one of them wrote down."""

from collections import Counter
from collections.abc import Collection, Mapping
from pathlib import Path

import numpy as np
import streamlit as st

from genmodels.training.folder import RunFolder
from genmodels.training.tracks import Track, tracks
from pages.parts.curves import Curve, curve_controls, curves
from pages.parts.palette import class_colour
from pages.parts.run_view import words
from pages.parts.runs_desk.facts import Facts
from pages.parts.text import _

MOST = 8
"""Runs in one chart; more colours are not told apart."""
NEWEST = 3
"""Runs in the chart as long as none is ticked."""
_FIRST = ("quality/neg_elbo", "quality/kid", "quality/js", "quality/coverage", "quality/precision")


def _key(run_id: str) -> str:
    return f"run-tick-{run_id}"


def tick(run: Facts) -> None:
    """The box that puts a run into the chart."""
    st.checkbox(_("Tick {title}").format(title=run.title), key=_key(run.folder.id), label_visibility="collapsed")


def selection(runs: list[Facts]) -> list[Facts]:
    """The runs that are ticked, newest first."""
    return [run for run in runs if st.session_state.get(_key(run.folder.id))][:MOST]


def show(chosen: list[Facts]) -> None:
    """The chart of the chosen runs."""
    if not chosen:
        return
    told = {run.folder.id: tracks_of(run.folder) for run in chosen}
    names = quantities(told.values())
    if not names:
        st.caption(_("These runs have not measured anything yet."))
        return
    with st.container(border=True, key="runs-overlay", gap="small"):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            name = st.selectbox(
                _("Curve"), names, format_func=in_words, key="runs-quantity", width=240, help=_("What the chart shows.")
            )
            clock = st.segmented_control(
                _("Over"),
                ["seconds", "steps"],
                default="seconds",
                required=True,
                format_func={"seconds": _("Seconds"), "steps": _("Steps")}.__getitem__,
                key="runs-axis",
                help=_("Seconds of training are fairer between models, steps between settings of one model."),
            )
            curve_controls("runs-curves")
        curves(
            [
                _curve(run, told[run.folder.id][name], clock or "seconds", index)
                for index, run in enumerate(chosen)
                if name in told[run.folder.id]
            ],
            key="runs-curves",
            alt=_("{name} of the ticked runs").format(name=in_words(name)),
            x_title=_("step") if clock == "steps" else _("seconds"),
            height=300,
        )


def _curve(run: Facts, track: Track, clock: str, index: int) -> Curve:
    x = track.steps if clock == "steps" else track.seconds
    return Curve(run.title, x, track.values, class_colour(index))


def tracks_of(folder: RunFolder) -> dict[str, Track]:
    """The history of a run as arrays, read anew only when it has grown."""
    try:
        size = (folder.path / "history.jsonl").stat().st_size
    except OSError:
        size = 0
    return _tracks(str(folder.path), size)


@st.cache_resource(show_spinner=False, max_entries=64)
def _tracks(path: str, size: int) -> dict[str, Track]:
    return {name: track for name, track in tracks(RunFolder(Path(path))).items() if len(np.unique(track.steps)) > 1}


def quantities(told: Collection[Mapping[str, Track]]) -> list[str]:
    """Names of everything that can be drawn: what most of the runs have first, then by :data:`_FIRST` and name."""
    counted = Counter(name for run in told for name in run if not name.rpartition("/")[2].isdecimal())
    rank = {name: index for index, name in enumerate(_FIRST)}
    return sorted(counted, key=lambda name: (-counted[name], rank.get(name, len(rank)), name[0] != "q", name))


def in_words(name: str) -> str:
    kind, _slash, rest = name.partition("/")
    if kind == "quality":
        return words.shares().get(rest) or words.metric(rest, "image").name
    player, _slash, part = rest.partition("/")
    shown = words.loss_part(rest, 0).name
    return _("loss: {player} {part}").format(player=player, part=part.replace("_", " ")) if part else shown
