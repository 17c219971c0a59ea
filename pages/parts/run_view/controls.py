"""What the owner of a run can do with it: pause, step, stop, resume, start over, train longer, turn its knobs."""

from typing import Any

import streamlit as st

from genmodels.config import RunConfig, live_fields
from genmodels.data import spec_of
from genmodels.errors import UserError
from genmodels.training.folder import RunFolder
from pages.parts import form, studio
from pages.parts.run_view import words
from pages.parts.run_view.charts import MEASURE
from pages.parts.run_view.story import Standing, Story
from pages.parts.text import _
from pages.parts.train_form.start import begin, open_address

_SAID = "_run_said"


@st.fragment
def buttons(folder: RunFolder, config: RunConfig, now: Standing) -> None:
    """The buttons that make sense in the state the run is in."""
    with st.container(horizontal=True, gap="xsmall", key="run-controls"):
        if now.state == "running":
            _send(folder, _("Pause"), "pause", ":material/pause:", primary=True)
        if now.state == "paused":
            _send(folder, _("Resume"), "resume", ":material/play_arrow:", primary=True)
        if now.active:
            stop = studio.store().stop
            st.button(_("Stop"), key="run-stop", icon=":material/stop:", on_click=stop, args=(folder,))
        if now.state in ("interrupted", "stopped", "failed"):
            _button(_("Resume"), "go-on", ":material/play_arrow:", _go_on, folder, primary=now.state == "interrupted")
        if now.state == "finished":
            _button(_("Train longer"), "longer", ":material/more_time:", _longer, folder)
        if now.state == "diverged":
            _button(_("Try gentler"), "gentler", ":material/spa:", _gentler, folder, config, primary=True)
        _button(_("Start over"), "again", ":material/restart_alt:", _again, folder, config)
    if now.state == "paused":
        _steps(folder)
    if sentence := st.session_state.pop("_train_refused", None) or st.session_state.pop(_SAID, None):
        st.warning(sentence)


def _button(label: str, key: str, icon: str, on_click: Any, *args: Any, primary: bool = False) -> None:
    kind = "primary" if primary else "secondary"
    if st.button(label, key=f"run-{key}", icon=icon, type=kind, on_click=on_click, args=args):
        st.rerun()


def _send(folder: RunFolder, label: str, action: str, icon: str, primary: bool = False) -> None:
    kind = "primary" if primary else "secondary"
    st.button(label, key=f"run-{action}", icon=icon, type=kind, on_click=folder.send, args=(action,))


def _steps(folder: RunFolder) -> None:
    """One step at a time; where several play, each may also move alone."""
    players = sorted(folder.status().parameters or {})
    with st.container(horizontal=True, gap="xsmall", key="run-steps"):
        st.button(_("Step once"), key="run-step", icon=":material/skip_next:", on_click=folder.send, args=("step",))
        for player in players if len(players) > 1 else ():
            st.button(
                _("Only {player}").format(player=player[0].upper()),
                key=f"run-step-{player}",
                help=_("Only the {player} moves").format(player=player),
                on_click=folder.send,
                args=("step",),
                kwargs={"player": player},
            )


def _go_on(folder: RunFolder) -> None:
    try:
        studio.resume(folder)
    except UserError as error:
        st.session_state[_SAID] = str(error)


def _longer(folder: RunFolder) -> None:
    try:
        studio.train_longer(folder)
    except UserError as error:
        st.session_state[_SAID] = str(error)


def _again(folder: RunFolder, config: RunConfig) -> None:
    if folder.active():
        studio.store().stop(folder)
    begin(config, title=folder.about()["title"])


def _gentler(folder: RunFolder, config: RunConfig) -> None:
    rates = {name: getattr(config, name) / 10 for name in live_fields(type(config)) if name.startswith("lr")}
    begin(config.changed(rates))


# ---------------------------------------------------------------------- knobs


@st.fragment
def knobs(folder: RunFolder, config: RunConfig, story: Story) -> None:
    """The settings that may change while the run goes on, at the values they have now."""
    st.html(f"<h3 class='gm-panel'>{_('Change while training')}<small>{_('the curves show when you did')}</small></h3>")
    for name in live_fields(type(config)):
        setting = form.setting_of(type(config), name)
        key = f"knob-{folder.id}-{name}"
        value = st.session_state.get(key, story.settings.get(name, getattr(config, name)))
        form.control(setting, value, key=key, on_change=lambda name, key: _turn(folder, config, name, key))
    if sentence := st.session_state.pop(f"{_SAID}-knob", None):
        st.warning(sentence)


def _turn(folder: RunFolder, config: RunConfig, name: str, key: str) -> None:
    value = st.session_state[key]
    try:
        config.changed({name: value})
    except UserError as error:
        st.session_state[f"{_SAID}-knob"] = str(error)
        return
    folder.send("edit", **{name: value})


def new_run() -> None:
    st.button(_("New run"), key="new-run", icon=":material/add:", on_click=open_address, args=(None,))


def explore(folder: RunFolder, primary: bool) -> None:
    if (folder.path / "model.safetensors").exists() and st.button(
        _("Explore"), key="run-explore", icon=":material/explore:", type="primary" if primary else "secondary"
    ):
        st.switch_page("pages/explore.py", query_params={"run": folder.id})


def measure(config: RunConfig) -> None:
    """Which measure the quality chart draws."""
    try:
        modality = spec_of(config.data).modality
    except UserError:  # a path, or uploaded data that are gone
        return
    st.selectbox(
        _("Quality by"),
        ["", *words.MEASURES[modality]],
        format_func=lambda name: words.metric(name, modality).name if name else _("the model's own measure"),
        key=f"{MEASURE}-{modality}",
        persist_state="session",
        help=_("What the quality chart shows. The dashed line is what real data would show, chance included."),
    )
