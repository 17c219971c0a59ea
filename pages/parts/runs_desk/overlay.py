"""The curves of several runs in one chart: any quantity that at least one of them wrote down."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import numpy as np
import streamlit as st

from genmodels.training.folder import RunFolder
from genmodels.training.tracks import Track, tracks
from pages.parts.curves import Curve, Level, curve_controls, curves
from pages.parts.palette import class_colour
from pages.parts.run_view import words
from pages.parts.runs_desk.facts import Facts
from pages.parts.text import _, plain

MOST = 8
"""Runs in one chart; more colours are not told apart."""
NEWEST = 3
"""Runs in the chart as long as none is ticked."""
_FIRST = ("quality/neg_elbo", "quality/kid", "quality/js", "quality/coverage", "quality/precision")


def _key(run_id: str) -> str:
    return f"run-tick-{run_id}"


def tick(run: Facts) -> None:
    """The box that puts a run into the chart."""
    st.checkbox(_("Tick {title}").format(title=plain(run.title)), key=_key(run.folder.id), label_visibility="collapsed")


def selection(runs: list[Facts]) -> list[Facts]:
    """The runs that are ticked, newest first."""
    return [run for run in runs if st.session_state.get(_key(run.folder.id))][:MOST]


Drawn = tuple[str, RunFolder, int]
"""A run in the chart: its name, its folder, and the number of its colour."""


def show(chosen: list[Facts]) -> None:
    """The chart of the chosen runs."""
    chart([(run.title, run.folder, index) for index, run in enumerate(chosen)], key="runs")


NO_LEVELS: Mapping[str, Level] = {}


def chart(runs: Sequence[Drawn], *, key: str, levels: Mapping[str, Level] = NO_LEVELS) -> None:
    """A chart with the choice of what it shows, over steps or over seconds of training.

    Args:
        runs: Those without the chosen quantity are left out.
        key: Begins the keys of its widgets.
        levels: For some quantities, a line to compare with.
    """
    told = {folder.id: tracks_of(folder) for _name, folder, _index in runs}
    names = quantities(told.values())
    if not names:
        st.caption(_("These runs have not measured anything yet."))
        return
    with st.container(border=True, key=f"{key}-overlay", gap="small"):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            name = st.selectbox(
                _("Curve"),
                names,
                format_func=in_words,
                key=f"{key}-quantity",
                width=240,
                help=_("What the chart shows."),
            )
            clock = st.segmented_control(
                _("Over"),
                ["seconds", "steps"],
                default="seconds",
                required=True,
                format_func={"seconds": _("Seconds"), "steps": _("Steps")}.__getitem__,
                key=f"{key}-axis",
                help=_("Seconds of training are fairer between models, steps between settings of one model."),
            )
            curve_controls(f"{key}-curves")
        curves(
            [
                _curve(title, told[folder.id][name], clock or "seconds", index)
                for title, folder, index in runs
                if name in told[folder.id]
            ],
            key=f"{key}-curves",
            alt=_("{name} of the runs").format(name=in_words(name)),
            levels=[levels[name]] if name in levels else (),
            x_title=_("step") if clock == "steps" else _("seconds"),
            height=300,
        )


def _curve(title: str, track: Track, clock: str, index: int) -> Curve:
    x = track.steps if clock == "steps" else track.seconds
    return Curve(title, x, track.values, class_colour(index))


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
