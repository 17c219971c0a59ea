"""One run, as it is found under ``?run=``: steered on the left by its owner, watched on the right by everyone."""

import html
from pathlib import Path

import streamlit as st

from genmodels.config import RunConfig
from genmodels.errors import UserError
from genmodels.training.folder import RunFolder
from pages.parts import form, levels, run_state, studio
from pages.parts.curves import curve_controls
from pages.parts.run_list import run_list
from pages.parts.run_view import controls, live
from pages.parts.run_view.story import Standing, standing
from pages.parts.text import _, plain


def style() -> None:
    """The style sheet of the Train page."""
    st.html(Path(__file__).with_name("run_view.css"))


def show(folder: RunFolder) -> None:
    try:
        title, config, now = str(folder.about()["title"]), folder.config(), standing(folder)
    except UserError as error:
        damaged(str(error))
        return
    head(folder, title, now)
    outcome(now)
    with st.container(horizontal=True, gap="medium", key="bench-run"):
        with st.container(key="hand-top"):
            buttons(folder, config, now)
        with st.container(key="hand-bottom"):
            turn(folder, config, now)
            setup(config)
            run_list(folder)
        with st.container(key="eye-run"):
            live.watch(folder, config, now)


def head(folder: RunFolder, title: str, now: Standing) -> None:
    look = run_state.state(now.state)
    with st.container(horizontal=True, vertical_alignment="center", key="run-head"):
        st.title(plain(title) or _("Untitled run"), anchor=False, width="content")
        st.badge(look.word, icon=look.icon, color=look.colour)
        st.space("stretch")
        controls.explore(folder, primary=now.state == "finished")
        controls.new_run()


def outcome(now: Standing) -> None:
    """Why it ended, where that needs a sentence; and what comes next."""
    if now.state == "finished":
        st.caption(_("Done: it has learned what it could in this time. Press Explore to walk through what it knows."))
    elif now.state == "diverged":
        st.warning(plain(now.reason), icon=":material/trending_up:")
    elif now.state == "failed":
        st.error(plain(now.reason), icon=":material/error:")
    elif now.state == "interrupted":
        st.info(plain(now.reason), icon=":material/power_off:")


def buttons(folder: RunFolder, config: RunConfig, now: Standing) -> None:
    if studio.may_steer(folder):
        controls.buttons(folder, config, now)
    else:
        st.caption(_("You are watching; only the person who started this run can steer it."))


def turn(folder: RunFolder, config: RunConfig, now: Standing) -> None:
    """The knobs of the run, and the switches of its charts."""
    if studio.may_steer(folder) and now.state in ("running", "paused"):
        story = live.story_of(folder)
        story.read_on()
        with st.container(border=True, key="view-knobs"):
            controls.knobs(folder, config, story)
    if levels.shows("charts"):
        with st.container(border=True, key="view-curves"):
            st.html(f"<h3 class='gm-panel'>{_('The curves')}</h3>")
            curve_controls("losses")
            controls.measure(config)


def setup(config: RunConfig) -> None:
    """What the run was started with."""
    with st.expander(_("Settings"), icon=":material/tune:", key="run-settings"):
        rows = (
            f"<span>{html.escape(setting.title)}</span><b>{html.escape(setting.say(getattr(config, setting.name)))}</b>"
            for setting in form.settings(type(config))
        )
        st.html(f"<div class='gm-settings'>{''.join(rows)}</div>")


def damaged(sentence: str) -> None:
    st.title(_("Train"), anchor=False)
    st.error(sentence, icon=":material/folder_off:")
    controls.new_run()
    with st.container(width=340):
        run_list()
