"""The Compare page: pick runs or start some, watch them, read what sets them apart."""

from pathlib import Path

import streamlit as st

from genmodels.errors import UserError
from genmodels.metrics.report import Report
from genmodels.training.folder import RunFolder
from pages.parts import levels, studio, take_away
from pages.parts.compare_desk import choice, looks, measured, numbers, race
from pages.parts.curves import Level
from pages.parts.run_view.story import Story, standing
from pages.parts.runs_desk import overlay
from pages.parts.text import _

LIVE, SOON = 0.6, 0.4
"""Seconds between two looks while a run goes on, and while numbers are being worked out."""
_STORIES = "_compare_stories"


def show() -> None:
    for name in ("run_view/run_view.css", "compare_desk/compare_desk.css"):
        st.html(Path(__file__).parents[1] / name)
    folders = choice.from_address()
    with st.container(horizontal=True, vertical_alignment="bottom", key="compare-controls"):
        choice.pick(folders)
        race.new_popover()
        if levels.shows("same-but"):
            race.same_but_popover(folders)
        if levels.shows("take-away"):
            _take_away(folders)
    race.refusal()
    sides = sides_of(folders)
    if sides:
        active = any(side.now.active for side in sides)
        waiting = active or not all(measured.ready(side.folder) for side in sides)
        st.fragment(_stage, run_every=(LIVE if active else SOON) if waiting else None)(folders, waiting)
        if levels.shows("over-time"):
            _curves(sides)


def sides_of(folders: list[RunFolder]) -> list[looks.Side]:
    """The runs that can be shown; what is wrong with the others is said on the page."""
    stories = st.session_state.setdefault(_STORIES, {})
    for path in [path for path in stories if path not in {str(folder.path) for folder in folders}]:
        del stories[path]
    sides = []
    for index, (folder, name) in enumerate(zip(folders, choice.names_of(folders), strict=True)):
        try:
            config, now = folder.config(), standing(folder)
        except UserError as error:
            st.warning(str(error))
            continue
        story = stories.setdefault(str(folder.path), Story(folder))
        story.read_on()
        sides.append(looks.Side(index, name, folder, config, now, story))
    return sides


def _reports(sides: list[looks.Side]) -> list[tuple[Report | None, str]]:
    return [measured.report_of(side.folder, side.now.active) for side in sides]


def _stage(folders: list[RunFolder], waiting: bool) -> None:
    """Everything that moves; when nothing does any more, the page is drawn once more without the timer."""
    sides = sides_of(folders)
    looks.first(sides)
    numbers.show(sides, _reports(sides))
    looks.inside(sides)
    done = not any(side.now.active for side in sides) and all(measured.ready(side.folder) for side in sides)
    if waiting and done:
        st.rerun()


def _curves(sides: list[looks.Side]) -> None:
    st.html(f"<h3 class='gm-panel gm-row'>{_('Over time')}<small>{_('the same measure for all of them')}</small></h3>")
    overlay.chart([(side.name, side.folder, side.index) for side in sides], key="compare", levels=_floor(sides))


def _floor(sides: list[looks.Side]) -> dict[str, Level]:
    """Where a perfect sampler would be, for each measure; none where the runs learn from different data."""
    reports = [report for report, _problem in _reports(sides) if report is not None]
    if len({report.config.data for report in reports}) != 1:
        return {}
    told = {f"quality/{name}": value for name, value in reports[0].floor.items() if isinstance(value, float)}
    return {name: Level(_("real against real"), value, "real") for name, value in told.items()}


def _take_away(folders: list[RunFolder]) -> None:
    names = dict(zip([folder.id for folder in folders], choice.names_of(folders), strict=True))
    picked = st.menu_button(
        _("Export"),
        list(names),
        key="compare-take",
        icon=":material/download:",
        format_func=lambda run_id: names.get(run_id, run_id),
        help=_("Numbers, pictures, networks or code of one of these runs"),
    )
    if picked:
        take_away.dialog(studio.store().find(picked))
