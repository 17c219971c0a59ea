"""The part of the page that moves while a run goes on: where it stands, and what it shows."""

import html

import streamlit as st

from genmodels.config import RunConfig
from genmodels.errors import UserError
from genmodels.training.folder import RunFolder
from genmodels.training.machine import cores
from genmodels.words import duration
from pages.parts import studio
from pages.parts.raw import raw_run
from pages.parts.run_view import words
from pages.parts.run_view.charts import changes_in_words, number
from pages.parts.run_view.doctor import doctor
from pages.parts.run_view.panels import Sight, panels
from pages.parts.run_view.story import Moment, Standing, Story, standing
from pages.parts.text import _

EVERY = 0.4 if cores() > 2 else 0.8
"""Seconds between two looks at a run that goes on. Each takes a browser on the same machine a fifth of a second of one
core: with two of them, seeing twice as often would cost the run a quarter of its speed."""
_STORY = "_run_story"


def story_of(folder: RunFolder) -> Story:
    """The story of this run, read on from where this session had got to."""
    story = st.session_state.get(_STORY)
    if story is None or story.folder.path != folder.path:
        story = st.session_state[_STORY] = Story(folder)
    return story


def watch(folder: RunFolder, config: RunConfig, drawn: Standing) -> None:
    """Draw the run, again and again while it is active; when its state changes, the whole page follows."""
    st.fragment(_tick, run_every=EVERY if drawn.active else None)(folder, config, drawn.state)


def _tick(folder: RunFolder, config: RunConfig, drawn_state: str) -> None:
    try:
        now = standing(folder)
    except UserError:  # deleted in another tab, or damaged: the page says so
        st.rerun()
    if now.state != drawn_state:
        st.rerun()
    story = story_of(folder)
    story.read_on()
    _standing(folder, config, now, story)
    doctor(story, now)
    panels(Sight(config, story))
    _moments(config, story)
    raw_run("run", folder, story)


def _standing(folder: RunFolder, config: RunConfig, now: Standing, story: Story) -> None:
    with st.container(key="run-standing", gap="small"):
        if now.state == "queued":
            st.progress(0.0, text=place_in_line(folder))
        elif now.state == "preparing":
            st.progress(now.progress, text=f"{now.reason} · {now.progress:.0%}")
        else:
            st.progress(now.progress)
        st.html(f"<div class='gm-dials'>{''.join(_dials(config, now, story))}</div>")


def place_in_line(folder: RunFolder) -> str:
    """When a queued run starts, as far as that is known."""
    place, wait = studio.store().queue_position(folder), studio.store().queue_wait(folder)
    if place is None:
        return _("It starts in a moment.")
    about = "" if wait is None else " " + _("About {time} to go.").format(time=duration(wait))
    if place == 0:
        return _("Next in line: it starts as soon as another run ends.") + about
    return _("Number {n} in line: it starts when those before it have ended.").format(n=place + 1) + about


def _dials(config: RunConfig, now: Standing, story: Story) -> list[str]:
    points = "samples" in story.frame and story.frame["samples"].ndim == 2
    of = _("of {n}").format(n=f"{config.steps:,}") if config.steps else _("no limit")
    speed = _("points a second") if points else _("pictures a second")
    speed += f" · {story.card}" if story.card else ""
    name, series = next(iter(story.metrics.items()), ("", None))
    measure = words.metric(name, "points" if points else "image")
    latest = number(series.values[-1]) if series and series.values else "–"
    left = _dial(_("Time left"), duration(now.remaining), _("estimated"))
    taken = _dial(_("Time"), duration(now.seconds), _("of training"))
    return [
        _dial(_("Step"), f"{now.step:,}", of),
        _dial(_("Speed"), f"{now.rate:,.0f}" if now.rate else "–", speed),
        left if now.active else taken,
        _dial(measure.name or _("Quality"), latest, measure.unit),
    ]


def _dial(name: str, value: str, unit: str) -> str:
    name, value, unit = map(html.escape, (name, value, unit))
    return f"<p><small>{name}</small><b>{value} <small>{unit}</small></b></p>"


def _moments(config: RunConfig, story: Story) -> None:
    """The last things that happened, newest first."""
    told = [f"<p><b>{moment.step:,}</b>{html.escape(_told(config, moment))}</p>" for moment in story.moments[-6:]]
    if told:
        st.html(f"<div class='gm-moments'>{''.join(reversed(told))}</div>")


def _told(config: RunConfig, moment: Moment) -> str:
    known = {
        "edited": _("changed to {what}").format(what=changes_in_words(config, moment.changes)),
        "refused": _("refused: {why}").format(why=moment.reason),
        "paused": _("paused"),
        "resumed": _("resumed"),
    }
    return known.get(moment.kind, moment.reason or moment.kind)
