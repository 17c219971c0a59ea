"""What the visitor plays with: a model, a toy, and what was changed; and the run that plays it."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import streamlit as st

from genmodels.config import RunConfig, live_fields
from genmodels.data import DATASETS, entry_of, spec_of
from genmodels.errors import UserError
from genmodels.models import MODELS, preset
from genmodels.training.folder import RunFolder
from pages.parts import address, studio, turns
from pages.parts.own_data import is_own, own_sets
from pages.parts.text import _
from pages.parts.train_form import choice as train_choice
from pages.parts.train_form.start import begin

_CHOICE = "_playground_choice"
_ADOPTED = "_playground_run"
_BESIDE = "_playground_beside"
_ASKED = "_playground_beside_asked"
_ADDRESS = "_playground_address"
SPEEDS = (2, 10, 30, 60, 0)
SPEED = "_playground_speed"
"""Most steps a second, 0 for as many as there can be; in the session."""
Kind = Literal["picks", "settings"]
KINDS: tuple[Kind, ...] = ("picks", "settings")
"""Controls: model, data and pace; everything else."""
OF_POINTS = ("data_noise", "data_size")
"""Settings that are shown with the points and not with those of the model."""
SHARED = (*OF_POINTS, "seed", "width", "depth", "activation", "latent_dim", "batch_size")
"""Settings that the model beside has in common with the one that is played with."""

_COMMON = {
    "steps": None, "seconds": 600.0, "ema": 0.0, "keep_mb": 40, "threads": 1, "lr_decay": "none", "batch_size": 128,
    "width": 64, "depth": 2, "latent_dim": 2,
}  # fmt: skip
START: Mapping[str, Mapping[str, Any]] = {
    "gan": {**_COMMON, "lr_g": 1e-3, "lr_d": 1e-3, "gamma": 0.1, "penalty_every": 1},
    "vae": {**_COMMON, "lr": 2e-3},
    "ae": {**_COMMON, "lr": 2e-3},
}
"""Settings that are played with from the start: raw weights, small networks, no end in sight."""
PLAYED = tuple(START)


@dataclass(frozen=True)
class Choice(train_choice.Choice):
    """As on the Train page, but starting from :data:`START`."""

    model: str = "gan"
    data: str = "ring"

    def common(self) -> RunConfig:
        return preset(self.model, self.data, self.spec, "fast", **START[self.model])


def toys() -> list[str]:
    return [name for name in DATASETS if DATASETS[name].extra["group"] == "toy"]


def own_points() -> list[str]:
    """The visitor's own sets of points, drawn or uploaded, newest first."""
    return [kept.name for kept in own_sets() if kept.modality == "points"]


def current() -> Choice:
    choice: Choice = st.session_state.setdefault(_CHOICE, Choice())
    if choice.data not in DATASETS and not is_own(choice.data):  # deleted, in another tab
        choice = st.session_state[_CHOICE] = replace(choice, data=Choice().data)
    return choice


def choose(choice: Choice, *, left: Collection[Kind] = ()) -> None:
    """Choose; ``left`` are the kinds of controls that keep their keys: a hand on one of them has chosen it."""
    st.session_state[_CHOICE] = choice
    turns.take(*(f"play-{kind}" for kind in KINDS if kind not in left))


def key(name: str, kind: Kind) -> str:
    """Key of a control that shows a part of the choice, see :mod:`pages.parts.turns`."""
    return turns.key(name, f"play-{kind}")


def by_hand(kind: Kind, act: Callable[..., None]) -> Callable[..., None]:
    """``act`` as what such a control does when it is changed."""
    return turns.by_hand(f"play-{kind}", act)


def adopt(folder: RunFolder) -> None:
    """Take over the settings of a run that the address led to. Raises UserError when it cannot be played with."""
    if st.session_state.get(_ADOPTED) == folder.id:
        return
    config = folder.config()
    if config.model not in PLAYED or config.data not in [*toys(), *own_points()]:
        raise UserError(_("This run is not one of the playground's; open it on the Train page."))
    bare = Choice(config.model, config.data)
    common = bare.common()
    changes = {name: value for name, value in config if value != getattr(common, name)}
    choose(replace(bare, changes=changes))
    pace = folder.pace()
    st.session_state[SPEED] = pace if pace in SPEEDS else 0
    st.session_state[_ADOPTED] = folder.id


def follow_address() -> list[str]:
    """Take over the model and the data that a link asks for, once; returns what it asked for in vain, as sentences."""
    asked = {name: st.query_params[name] for name in ("model", "data") if name in st.query_params}
    if asked == st.session_state.get(_ADDRESS, {}):
        return []
    st.session_state[_ADDRESS] = asked
    known = {"model": PLAYED, "data": [*toys(), *own_points()]}
    choose(replace(current(), **{name: value for name, value in asked.items() if value in known[name]}))
    words = {"model": _("This link asks for a model"), "data": _("This link asks for a data set")}
    return [
        _("{what} that is not available here, so your own choice stands.").format(what=words[name])
        for name, value in asked.items()
        if value not in known[name]
    ]


def say_in_address() -> None:
    """Point the address at what is chosen, before there is a run of it; the beginning needs no words."""
    choice, other = current(), beside()
    said = {"model": choice.model, "data": choice.data}
    st.session_state[_ADDRESS] = said = {} if said == {"model": Choice.model, "data": Choice.data} else said
    st.query_params.from_dict(said | ({"beside": other.model} if other else {}))


# ---------------------------------------------------------------------- the model beside


def follow_beside() -> list[str]:
    """Take over the model or run that a link wants beside the game (``?beside=``), once; says where there is none."""
    asked = st.query_params.get("beside")
    if asked == st.session_state.get(_ASKED):
        return []
    st.session_state[_ASKED] = asked
    run = rival()
    model = run.config().model if run else asked
    if model in PLAYED and (run or model != current().model):
        st.session_state[_BESIDE] = model
    elif asked is not None:
        return [_("This link asks for a second model or run that is not available here, so none is shown.")]
    return []


def beside() -> Choice | None:
    """Another model for the same points, to be watched side by side; None where none is wanted."""
    model = st.session_state.get(_BESIDE, "")
    if model not in PLAYED or model == current().model:
        return None
    changes = {name: value for name, value in current().changes.items() if name in SHARED}
    return replace(current(), model=model, changes=changes)


def set_beside(folder: RunFolder | None, model: str) -> None:
    """Watch another model beside this one, or none; both begin anew."""
    st.session_state[_BESIDE] = model
    if folder is not None and folder.active():
        restart(folder)
    elif folder is None or model:
        say_in_address()
    else:
        st.query_params.pop("beside", None)


def rival() -> RunFolder | None:
    """The run beside this one (``?beside=``), None where there is none that can be shown."""
    try:
        folder = studio.store().find(address.read("beside") or "")
        config = folder.config()
        if config.model not in PLAYED or spec_of(config.data).modality != "points":
            return None
    except UserError:
        return None
    return folder


def steers(folder: RunFolder | None) -> bool:
    """Whether this run goes on and the visitor may change it: whoever has only its address may watch."""
    return folder is not None and folder.active() and studio.may_steer(folder)


def both(folder: RunFolder) -> list[RunFolder]:
    """The runs that the player's buttons steer: this one, and the one beside where it still goes on."""
    other = rival()
    return [folder, other] if other is not None and steers(other) else [folder]


# ---------------------------------------------------------------------- what the visitor does


def change(folder: RunFolder | None, *, left: Collection[Kind] = ("picks",), **parts: Any) -> None:
    """Choose another model, toy or setting. A run that goes on is replaced, and the new one goes on likewise."""
    if parts.get("data", current().data) not in toys():  # whose noise cannot be set
        changes = parts.get("changes", current().changes)
        parts["changes"] = {name: value for name, value in changes.items() if name != "data_noise"}
    choose(replace(current(), **parts), left=left)
    if folder is not None and folder.active():
        restart(folder)
    else:
        say_in_address()


def set_value(
    folder: RunFolder | None, name: str, value: Any, *, left: Collection[Kind] = ("picks", "settings")
) -> None:
    """Change one setting: in mid-run where that can be, else with a new run, as when the run is somebody else's."""
    choice = current()
    changes = {other: kept for other, kept in choice.changes.items() if other != name}
    if value != getattr(choice.common(), name):
        changes[name] = value
    if folder is not None and steers(folder) and name in live_fields(choice.config_class):
        choose(replace(choice, changes=changes), left=left)
        folder.send("edit", **{name: value})
    else:
        change(folder, left=left, changes=changes)


def start(*, playing: bool = True) -> RunFolder | None:
    """A new run of what is chosen; None, and a sentence on the page, where that cannot be."""
    from genmodels.training.loop import check  # brings torch, which the first paint need not wait for

    choice = current()
    try:
        config = choice.config()
        check(config, choice.spec)
    except UserError as error:
        st.session_state["_train_refused"] = str(error)
        return None
    other = beside()
    second = _begin(other, other.config(), playing) if other else None
    folder = _begin(choice, config, playing)
    if folder is None:
        return None
    if second is not None:
        st.query_params["beside"] = second.id
    st.session_state[_ADOPTED] = folder.id
    st.session_state["_playground_seek"] = None
    return folder


def _begin(choice: Choice, config: RunConfig, playing: bool) -> RunFolder | None:
    before = st.query_params.get("run")
    title = _("{model} on {data}").format(model=MODELS[choice.model].card.title, data=entry_of(choice.data).card.title)
    begin(config, title=title)
    run_id = st.query_params.get("run")
    if run_id is None or run_id == before:
        return None
    folder = studio.store().find(run_id)
    folder.rest_unwatched()
    if not playing:
        folder.send("pause")
    keep_pace(folder)
    return folder


def keep_pace(folder: RunFolder) -> None:
    """Let a run that has just begun, or goes on again, have the pace that is chosen."""
    limit = st.session_state.get(SPEED) or None
    if limit != folder.pace():
        folder.send("speed", steps_per_second=limit)


def restart(folder: RunFolder | None, *, playing: bool | None = None) -> RunFolder | None:
    """End this run and start it anew, playing or paused as it was; None where that cannot be, as with :func:`start`."""
    if playing is None:
        playing = folder is not None and _state(folder) != "paused"
    leave(folder)
    return start(playing=playing)


def leave(folder: RunFolder | None) -> None:
    """End this run, if it goes on, and the one beside it."""
    for run in both(folder) if folder is not None else ():
        if steers(run):
            studio.store().stop(run)


def _state(folder: RunFolder) -> str:
    try:
        return str(folder.status().state)
    except UserError:
        return "failed"
