"""One run in the list: what it looks like, what it is, what became of it, and what can be done with it."""

import html
import math
from datetime import UTC, datetime, timedelta

import streamlit as st

from genmodels.errors import UserError
from genmodels.words import duration
from pages.parts import levels, raw, run_state, studio, take_away
from pages.parts.run_list import rename_dialog
from pages.parts.runs_desk import overlay, undo
from pages.parts.runs_desk.facts import Facts, changes_in_words
from pages.parts.text import _, plain
from pages.parts.thumbnail import thumbnail

_SAID = "_runs_said"


def show(run: Facts, before: Facts | None) -> None:
    """``before`` is the run that was started before this one, or None."""
    with st.container(
        border=True, horizontal=True, vertical_alignment="center", gap="small", key=f"run-row-{run.folder.id}"
    ):
        overlay.tick(run)
        _picture(run)
        with st.container(gap=None, key=f"run-what-{run.folder.id}"):
            _title(run)
            st.html(_about(run, before))
        st.html(_dials(run), width="content")
        _menu(run)
        if sentence := st.session_state.pop(f"{_SAID}-{run.folder.id}", None):
            st.warning(sentence)


def show_bundled(run: Facts) -> None:
    """A run that came with the app: nothing can be done to it but look."""
    with st.container(
        border=True, horizontal=True, vertical_alignment="center", gap="small", key=f"run-row-{run.folder.id}"
    ):
        _picture(run)
        with st.container(gap=None, key=f"run-what-{run.folder.id}"):
            st.markdown(f"**{plain(run.title)}**")
            st.html(_about(run, None))
        st.html(_dials(run), width="content")
        if st.button(_("Explore"), key=f"run-explore-{run.folder.id}", icon=":material/explore:"):
            st.switch_page("pages/explore.py", query_params={"run": run.folder.id})


def _picture(run: Facts) -> None:
    picture = thumbnail(run.folder)
    if picture:
        st.image(picture, width=84, alt=_("Samples of this run"))
    else:
        st.html("<div class='gm-no-picture'></div>", width=84)


def _title(run: Facts) -> None:
    words = _("Open it on the Train page")
    if st.button(plain(run.title), key=f"run-open-{run.folder.id}", type="tertiary", help=words):
        st.switch_page("pages/train.py", query_params={"run": run.folder.id})


def _about(run: Facts, before: Facts | None) -> str:
    look = run_state.state(run.state)
    progress = f" {run.progress:.0%}" if run.active and run.progress else ""
    step = _("step {n}").format(n=f"{run.step:,}")
    more = [step, run.folder.id] if levels.shows("identity") else []
    what = " · ".join(filter(None, [run.model, run.data, _when(run.created), *more]))
    state = f"<b class='gm-state gm-state-{look.colour}'>{html.escape(look.word + progress)}</b>"
    changed = ""
    if before is not None and before.config and run.config and levels.shows("changes"):
        since = _("against the run before: {changes}").format(changes=changes_in_words(before.config, run.config))
        changed = f"<small>{html.escape(since)}</small>"
    return f"<p class='gm-run-about'>{state} {html.escape(what)}{changed}</p>"


def _when(created: float) -> str:
    """Date and time of day where the visitor is; what no calendar knows is left out."""
    try:
        # As browsers count it: minutes that the visitor's clock is behind UTC.
        moment = datetime.fromtimestamp(created, UTC) - timedelta(minutes=st.context.timezone_offset or 0)
    except (OverflowError, ValueError, OSError):
        return ""
    return f"{moment:%d %b, %H:%M}" if created else ""


def _dials(run: Facts) -> str:
    parts = [(_("Time"), duration(run.seconds) if math.isfinite(run.seconds) else "–")]
    if levels.shows("dials"):
        parts = [(_("Quality"), run.quality_in_words()), *parts, (_("Size"), f"{run.megabytes:,.1f} MB")]
    told = "".join(f"<p><small>{name}</small><b>{html.escape(value)}</b></p>" for name, value in parts)
    return f"<div class='gm-run-dials'>{told}</div>"


def _menu(run: Facts) -> None:
    actions = {"explore": _("Explore"), "longer": _("Train longer"), "rename": _("Rename"), "take": _("Export")}
    if run.state in ("interrupted", "stopped", "failed"):
        actions["go-on"] = _("Resume")
    if run.active:
        actions = {"stop": _("Stop"), "rename": _("Rename")}
    elif run.state != "finished":
        del actions["longer"]
    if levels.shows("raw"):
        actions["raw"] = _("Raw numbers")
    if not levels.shows("take-away"):
        actions.pop("take", None)
    if run.config is None:
        actions = {}
    if not run.active:
        actions["delete"] = _("Delete")
    picked = st.menu_button(
        "",
        list(actions),
        key=f"run-menu-{run.folder.id}",
        icon=":material/more_vert:",
        type="tertiary",
        help=_("What to do with this run"),
        format_func=actions.__getitem__,
    )
    if picked:
        _do(run, picked)


def _do(run: Facts, action: str) -> None:
    if action == "explore":
        st.switch_page("pages/explore.py", query_params={"run": run.folder.id})
    elif action == "rename":
        rename_dialog(run.folder, run.title)
    elif action == "take":
        take_away.dialog(run.folder)
    elif action == "raw":
        raw.dialog(run.folder)
    else:
        {"delete": _delete, "longer": _longer, "go-on": _go_on, "stop": _stop}[action](run)
        st.rerun(scope="app")


def _delete(run: Facts) -> None:
    undo.discard([run.folder])


def _stop(run: Facts) -> None:
    studio.store().stop(run.folder)


def _go_on(run: Facts) -> None:
    try:
        studio.resume(run.folder)
    except UserError as error:
        st.session_state[f"{_SAID}-{run.folder.id}"] = str(error)


def _longer(run: Facts) -> None:
    try:
        studio.train_longer(run.folder)
    except UserError as error:
        st.session_state[f"{_SAID}-{run.folder.id}"] = str(error)
