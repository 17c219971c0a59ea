"""The Runs page: what there is, what to do with it, and the curves of what is ticked."""

import html
from itertools import pairwise
from pathlib import Path

import streamlit as st

from genmodels.training.store import bundled
from pages.parts import levels, studio
from pages.parts.runs_desk import bring, overlay, row, undo
from pages.parts.runs_desk.facts import Facts, facts
from pages.parts.text import _

AT_FIRST = 12
EVERY = 1.5
"""Rows shown before one asks for more; seconds between two looks at the list while a run goes on."""
_SHOWN = "_runs_shown"


def show() -> None:
    st.html(Path(__file__).with_name("runs_desk.css"))
    undo.bar()
    runs = [facts(folder) for folder in studio.own_runs()]
    if not runs:
        _nothing_yet()
        return
    wanted, order = _controls()
    chosen = overlay.selection(runs)
    _actions(chosen)
    shown = sorted_runs([run for run in runs if run.matches(wanted)], order)
    if levels.shows("overlay"):
        left, right = st.columns([1.8, 1], gap="medium")
        with right:
            overlay.show(chosen or runs[: overlay.NEWEST])
    else:
        left = st.container()
    with left:
        _list(runs, shown)
    if levels.shows("disk"):
        st.html(f"<p class='gm-space'>{html.escape(space(runs))}</p>")


def orders() -> dict[str, str]:
    """The ways to sort, by key."""
    return {
        "newest": _("Newest"),
        "quality": _("Best quality"),
        "time": _("Longest"),
        "size": _("Largest"),
        "title": _("Title"),
    }


def sorted_runs(runs: list[Facts], order: str) -> list[Facts]:
    """Runs in an order of :func:`orders`; by quality those with the same measure stand together, best first."""
    keys = {
        "newest": lambda run: -run.created,
        "quality": lambda run: (run.quality is None, run.measure, run.quality or 0.0),
        "time": lambda run: -run.seconds,
        "size": lambda run: -run.megabytes,
        "title": lambda run: run.title.casefold(),
    }
    return sorted(runs, key=keys[order])


def space(runs: list[Facts]) -> str:
    """How much room the runs take on the disk, and how much each of them may."""
    used = sum(run.megabytes for run in runs)
    most = max((run.config.keep_mb for run in runs if run.config), default=200)
    told = _("{n} run on disk: {used} MB.") if len(runs) == 1 else _("{n} runs on disk: {used} MB in all.")
    each = _("A run keeps at most {most} MB; beyond that its older snapshots and numbers are thinned out.")
    return f"{told.format(n=len(runs), used=f'{used:,.1f}')} {each.format(most=f'{most:,}')}"


def _controls() -> tuple[str, str]:
    with st.container(horizontal=True, vertical_alignment="bottom", key="runs-controls"):
        wanted = st.text_input(
            _("Search"),
            key="runs-search",
            icon=":material/search:",
            placeholder=_("title, model, data or state"),
            max_chars=80,
            help=_("Shows the runs in which every word occurs."),
        )
        named = orders()
        order = st.selectbox(
            _("Sort"),
            list(named),
            format_func=named.__getitem__,
            key="runs-sort",
            width=180,
            help=_("The order of the list."),
        )
        if levels.shows("bring"):
            bring.popover()
    return wanted, order


def _actions(chosen: list[Facts]) -> None:
    """What can be done with everything that is ticked."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="runs-actions"):
        ready = 2 <= len(chosen) <= 4
        if st.button(
            _("Compare"),
            key="runs-compare",
            icon=":material/compare:",
            type="primary" if ready else "secondary",
            disabled=not ready,
            help=_("Tick two to four runs to see them side by side."),
        ):
            address = ".".join(run.folder.id for run in chosen)
            st.switch_page("pages/compare.py", query_params={"runs": address})
        st.button(
            _("Delete"),
            key="runs-delete",
            icon=":material/delete:",
            disabled=not chosen,
            help=_("Deletes what is ticked. You can undo it."),
            on_click=undo.discard,
            args=([run.folder for run in chosen],),
        )
        none = _("None ticked: the curves show the newest runs.") if levels.shows("overlay") else _("None ticked.")
        st.caption(_("{n} ticked").format(n=len(chosen)) if chosen else none)


def _list(runs: list[Facts], shown: list[Facts]) -> None:
    if not shown:
        st.info(_("No run has all of these words. Try fewer."), icon=":material/search_off:")
    most = st.session_state.setdefault(_SHOWN, AT_FIRST)
    before = {run.folder.id: older for run, older in pairwise(runs)}
    for run in shown[:most]:
        watched = st.fragment(_watched, run_every=EVERY) if run.active else row.show
        watched(run, before.get(run.folder.id))
    if len(shown) > most and st.button(_("Show more"), key="runs-more", icon=":material/expand_more:"):
        st.session_state[_SHOWN] = most + AT_FIRST
        st.rerun()


def _watched(run: Facts, before: Facts | None) -> None:
    """The row of a run that goes on, at its newest; the whole page follows when it ends."""
    now = facts(run.folder)
    if not now.active:
        st.rerun()
    row.show(now, before)


def _nothing_yet() -> None:
    st.info(_("No run of yours yet. Train one: it takes less than a minute."), icon=":material/history:")
    with st.container(horizontal=True):
        if st.button(_("Train"), type="primary", icon=":material/play_arrow:", key="runs-train"):
            st.switch_page("pages/train.py")
        if levels.shows("bring"):
            bring.popover()
    st.subheader(_("Ready to explore"), anchor=False)
    st.markdown(_("These came with the app, so that there is something to look at meanwhile."))
    for folder in bundled():
        row.show_bundled(facts(folder))
