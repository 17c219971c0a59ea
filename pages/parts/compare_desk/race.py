"""Starting runs to compare: several models under the same conditions, or one run again with one setting changed."""

from typing import Any

import streamlit as st

from genmodels.config import RunConfig
from genmodels.data import DATASETS, entry_of, spec_of
from genmodels.data.catalog import at_hand
from genmodels.errors import UserError
from genmodels.models import MODELS, preset
from genmodels.training.folder import RunFolder
from pages.parts import form, levels
from pages.parts.compare_desk import choice
from pages.parts.own_data import own_sets
from pages.parts.text import _
from pages.parts.train_form.choice import families
from pages.parts.train_form.start import launch

FIRST_MODELS, FIRST_DATA = ("vae", "gan"), "digits"
BUDGETS = (15, 30, 60, 120, 300)
_SAID, _ROUND = "_compare_refused", "_compare_round"


def _round() -> int:
    """Counts what was started: a new round begins with closed popovers."""
    return st.session_state.get(_ROUND, 0)


def _started(runs: list[str]) -> None:
    st.session_state[_ROUND] = _round() + 1
    choice.add(runs)


def refusal() -> None:
    """The sentence that says why nothing was started."""
    if sentence := st.session_state.pop(_SAID, None):
        st.warning(sentence)


def new_popover() -> None:
    """Data, models, latent size, budget and seed; one press starts them all."""
    with st.popover(_("New race"), icon=":material/flag:", type="primary", key=f"race-{_round()}"):
        st.markdown(_("Same data, seed, latent size and time; everything else is each model's own fast preset."))
        data = st.selectbox(
            _("Data"), _data(), format_func=_data_title, key="race-data", help=_("What all of them learn from.")
        )
        fitting = [name for names in families().values() for name in names if _fits(name, data)]
        if set(st.session_state.get("race-models", [])) - set(fitting):
            del st.session_state["race-models"]
        models = st.multiselect(
            _("Models"),
            fitting,
            default=[name for name in FIRST_MODELS if name in fitting],
            format_func=lambda name: MODELS[name].card.title,
            key="race-models",
            max_selections=choice.MOST,
            help=_("Two to four."),
        )
        settings = {"latent_dim": 8, "seed": 0}
        settings["seconds"] = st.select_slider(
            _("Seconds each"), BUDGETS, 30, key="race-seconds", help=_("Training time that each of them gets.")
        )
        if levels.shows("race-settings"):
            settings["latent_dim"] = st.slider(
                _("Latent size"), 2, 64, 8, key="race-latent", help=_("Numbers in the code z, the same for all.")
            )
            settings["seed"] = st.number_input(_("Seed"), 0, 2**31 - 1, 0, key="race-seed", help=_("The same for all."))
        st.button(
            _("Start"),
            key="race-start",
            type="primary",
            icon=":material/play_arrow:",
            disabled=not 2 <= len(models) <= choice.MOST,
            on_click=_start,
            args=(list(models), data, settings),
        )


def _data() -> list[str]:
    """What needs no download, pictures first, then the visitor's own."""
    named = sorted((name for name in DATASETS if at_hand(name)), key=lambda name: spec_of(name).modality)
    return sorted(named, key=lambda name: name != FIRST_DATA) + [kept.name for kept in own_sets()]


def _data_title(name: str) -> str:
    return entry_of(name).card.title


def _fits(model: str, data: str) -> bool:
    thing = MODELS[model].thing
    return spec_of(data).modality in thing.PRESETS and bool(spec_of(data).classes or not thing.conditional)


def fair(models: list[str], data: str, settings: dict[str, Any]) -> list[RunConfig]:
    """The fast preset of each model with the same settings and a budget in seconds. Raises UserError."""
    spec = spec_of(data)
    return [preset(model, data, spec, "fast", **settings, steps=None) for model in models]


def _start(models: list[str], data: str, settings: dict[str, Any]) -> None:
    try:
        where = _("on {data}, {seconds} s").format(data=_data_title(data), seconds=settings["seconds"])
        runs = launch(fair(models, data, settings), [f"{MODELS[model].card.title} {where}" for model in models])
    except UserError as error:
        st.session_state[_SAID] = str(error)
        return
    _started([run.id for run in runs])


# ---------------------------------------------------------------------- the same but

_NOT_OFFERED = ("data", "model", "device")


def same_but_popover(folders: list[RunFolder]) -> None:
    """One of the runs again with one setting changed, put beside the others."""
    with st.popover(_("Change one"), icon=":material/difference:", key=f"same-but-{_round()}"):
        st.markdown(_("Train one of these runs again with a single setting changed, and see what it does."))
        names = dict(zip([folder.id for folder in folders], choice.names_of(folders), strict=True))
        known = {folder.id: folder for folder in folders}
        run_id = st.selectbox(
            _("Run"), list(names), format_func=lambda name: names.get(name, name), key="same-run",
            help=_("The run to train again."),
        )  # fmt: skip
        try:
            config = known[run_id].config()
        except UserError as error:
            st.warning(str(error))
            return
        offered = {s.name: s for s in form.settings(type(config)) if s.name not in _NOT_OFFERED}
        if st.session_state.get("same-setting") not in offered:
            st.session_state.pop("same-setting", None)
        name = st.selectbox(
            _("Setting"),
            list(offered),
            format_func=lambda name: offered[name].title,
            index=list(offered).index("latent_dim"),
            key="same-setting",
            help=_("The one setting to change."),
        )
        key = f"same-value-{run_id}-{name}"
        value = st.session_state.get(key, getattr(config, name))
        form.control(offered[name], value, key=key, on_change=lambda _name, _key: None)
        changed = st.session_state.get(key, value)
        st.button(
            _("Start"),
            key="same-start",
            type="primary",
            icon=":material/play_arrow:",
            disabled=changed == getattr(config, name),
            on_click=_start_same,
            args=(folders, config, {name: changed}),
        )


def _start_same(folders: list[RunFolder], config: RunConfig, change: dict[str, Any]) -> None:
    try:
        (run,) = launch([config.changed(change)])
    except UserError as error:
        st.session_state[_SAID] = str(error)
        return
    shown = [folder.id for folder in folders][: choice.MOST - 1]
    _started([*shown, run.id])
