"""The button that starts a run, once however often it is pressed, and the address that leads to it."""

from collections.abc import Sequence

import streamlit as st

from genmodels.config import RunConfig
from genmodels.data import DATASETS, entry_of
from genmodels.errors import UserError
from genmodels.models import MODELS
from genmodels.training.folder import RunFolder
from pages.parts import consent, form, studio
from pages.parts.own_data import is_own
from pages.parts.owner import owner_id
from pages.parts.text import _

_STARTED = "_train_started"


def start_button(config: RunConfig | None) -> None:
    started = len(st.session_state.setdefault(_STARTED, []))
    st.button(
        _("Start"),
        key="start",
        type="primary",
        icon=":material/play_arrow:",
        width="stretch",
        disabled=config is None or consent.missing(config.data),
        on_click=_start,
        args=(config, started),
    )
    if sentence := st.session_state.pop("_train_refused", None):
        st.warning(sentence)


def _start(config: RunConfig, started: int) -> None:
    """``started`` is how many runs there were when the button was drawn: a second click on the same one adds none."""
    runs = st.session_state[_STARTED]
    if len(runs) == started:
        begin(config)
    elif runs:
        st.query_params["run"] = runs[-1]


def begin(config: RunConfig, title: str = "") -> None:
    """Start a run and point the address at it; or leave a sentence that says why not."""
    try:
        (folder,) = launch([config], [title])
    except UserError as error:
        st.session_state["_train_refused"] = str(error)
        return
    st.session_state.setdefault(_STARTED, []).append(folder.id)
    open_address(folder.id)


def launch(configs: Sequence[RunConfig], titles: Sequence[str] = ()) -> list[RunFolder]:
    """Start runs of the visitor; one without a title gets one.

    Raises:
        UserError: One of them may not be started; then none is. Or the disk refuses one; then those before it go on.
    """
    for config in configs:
        if config.model not in MODELS or not (config.data in DATASETS or is_own(config.data)):
            raise UserError(_("Choose a model and data from the lists."))
        consent.require(config.data)
    studio.require_room(len(configs))
    named = [*titles, *[""] * (len(configs) - len(titles))]
    return [
        studio.store().start(config, owner=owner_id(), title=title or name_of(config))
        for config, title in zip(configs, named, strict=True)
    ]


def open_address(run_id: str | None) -> None:
    """Point the address at a run and nothing else; None leads back to the form."""
    st.query_params.from_dict({"run": run_id} if run_id else {})


def name_of(config: RunConfig) -> str:
    """A title by which a run is told from its neighbours: model, data, and what was changed first."""
    from genmodels.data import spec_of
    from genmodels.models import preset

    common = preset(config.model, config.data, spec_of(config.data), config.preset or "fast")
    shown = [
        f"{setting.title.lower()} {setting.say(getattr(config, setting.name))}"
        for setting in form.settings(type(config))
        if getattr(config, setting.name) != getattr(common, setting.name)
    ]
    title = _("{model} on {data}").format(model=MODELS[config.model].card.title, data=entry_of(config.data).card.title)
    return ", ".join([title, *shown[:2]])
