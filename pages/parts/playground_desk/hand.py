"""What the visitor steers with: play, single steps, slow motion, and every setting."""

import random
from contextlib import suppress
from functools import partial

import streamlit as st

from genmodels.errors import UserError
from genmodels.models import MODELS
from genmodels.training.folder import RunFolder
from pages.parts import form, levels, studio, turns
from pages.parts.playground_desk import choice as chosen
from pages.parts.playground_desk.choice import PLAYED
from pages.parts.playground_desk.points import points
from pages.parts.run_view.live import place_in_line
from pages.parts.text import _, plain
from pages.parts.train_form import one_of

SLOW = "playground-slow"
_GROUPS = {
    "gan": {
        "Game": ("loss", "penalty", "gamma", "d_moves", "g_moves", "spectral", "pac", "noise"),
        "Networks": ("latent_dim", "width", "depth", "activation", "leak_d"),
        "Training": ("lr_d", "lr_g", "optimizer_d", "optimizer_g", "batch_size", "ema"),
    },
    "vae": {
        "Game": ("beta", "kl_warmup", "likelihood", "sigma"),
        "Networks": ("latent_dim", "width", "depth", "activation"),
        "Training": ("lr", "optimizer", "batch_size", "ema"),
    },
    "ae": {
        "Game": ("components", "sigma"),
        "Networks": ("latent_dim", "width", "depth", "activation"),
        "Training": ("lr", "optimizer", "batch_size", "ema"),
    },
}


def picks(folder: RunFolder | None) -> None:
    """Which model plays, and for which points."""
    choice = chosen.current()
    titles = {name: MODELS[name].card.title for name in PLAYED}
    picked = chosen.by_hand("picks", lambda name: chosen.change(folder, model=name))
    one_of(_("Model"), list(PLAYED), choice.model, chosen.key("play-model", "picks"), titles, picked)
    points(folder, choice)
    _beside(folder, choice)


def _beside(folder: RunFolder | None, choice: chosen.Choice) -> None:
    names = ["", *(name for name in PLAYED if name != choice.model)]
    other, key = chosen.beside(), chosen.key("play-beside", "picks")
    if not levels.shows("beside", asked=other is not None):
        return
    shown = other.model if other else ""
    turns.shown(key, shown)
    st.selectbox(
        _("Beside it"), names, index=names.index(shown), key=key,
        help=_("A second model learns the same points at the same time."),
        format_func=lambda name: MODELS[name].card.title if name else _("Nothing"),
        on_change=chosen.by_hand("picks", lambda: chosen.set_beside(folder, st.session_state[key])),
    )  # fmt: skip


def transport(folder: RunFolder | None, state: str) -> None:
    """Play or pause, single steps, a fresh start."""
    watches = folder is not None and not studio.may_steer(folder)
    running = state in ("running", "queued", "preparing") and not watches
    with st.container(horizontal=True, gap="small", key="play-transport"):
        icon = ":material/pause:" if running else ":material/play_arrow:"
        label = _("Pause") if running else _("Play")
        st.button(label, key="play-toggle", type="primary", icon=icon, on_click=_toggle, args=(folder, state))
        st.button(_("Step"), key="play-step", icon=":material/skip_next:", on_click=step, args=(folder, state))
        if chosen.current().model == "gan" and levels.shows("players"):
            for player, label in (("discriminator", _("Only D")), ("generator", _("Only G"))):
                words = _("One move of the {player}; the other one waits.").format(player=player)
                st.button(label, key=f"play-step-{player}", help=words, on_click=step, args=(folder, state, player))
        st.button(_("Reset"), key="play-reset", icon=":material/restart_alt:", on_click=_reset, args=(folder,))
    pace = chosen.key("playground-speed", "picks")
    speed = turns.shown(pace, st.session_state.setdefault(chosen.SPEED, chosen.SPEEDS[-1]))
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="play-pace"):
        words = _("Pauses, and tells what happens inside a single training step, part by part.")
        st.toggle(_("Slow motion"), key=SLOW, help=words, on_change=_slow, args=(folder, state))
        st.selectbox(
            _("Speed"),
            chosen.SPEEDS,
            index=chosen.SPEEDS.index(speed),
            key=pace,
            format_func=lambda n: _("full speed") if n == 0 else _("{n} steps a second").format(n=n),
            label_visibility="collapsed",
            on_change=chosen.by_hand("picks", _pace),
            args=(folder, pace),
        )
    if watches:
        st.caption(_("You are watching somebody else's game. Play begins one of your own."))
    if folder is not None and state == "queued":
        st.caption(f":material/hourglass_empty: {place_in_line(folder)}")
    if folder is not None and state == "stopped":
        st.caption(plain(_(folder.status().reason)))
    if sentence := st.session_state.pop("_train_refused", None):
        st.warning(sentence)


def _toggle(folder: RunFolder | None, state: str) -> None:
    st.session_state[SLOW] = False
    st.session_state["_playground_seek"] = None
    if folder is None or not studio.may_steer(folder):
        chosen.start()
    elif folder.active():
        for run in chosen.both(folder):
            run.send("resume" if state == "paused" else "pause")
    else:
        _go_on(folder)


def _go_on(folder: RunFolder, *, playing: bool = True) -> RunFolder | None:
    """Wake a run that has ended, and the one beside it; begin anew where it cannot go on. What now plays or pauses."""
    try:
        _wake(folder, playing)
    except UserError:
        return chosen.start(playing=playing)
    other = chosen.rival()
    if other is not None and not other.active() and studio.may_steer(other):
        with suppress(UserError):  # then it stays as it is
            _wake(other, playing)
    return folder


def _wake(run: RunFolder, playing: bool) -> None:
    again = {"seconds": 2 * (run.config().seconds or chosen.START["gan"]["seconds"])}
    studio.resume(run, **(again if run.status().state == "finished" else {}))
    if not playing:
        run.send("pause")
    chosen.keep_pace(run)


def step(folder: RunFolder | None, state: str, player: str | None = None) -> None:
    """One training step, or one player's move; a run that goes on is paused for it."""
    st.session_state["_playground_seek"] = None
    folder = _paused(folder, state)
    if folder is not None and player:
        folder.send("step", player=player)
    elif folder is not None:
        for run in chosen.both(folder):
            run.send("step")


def _reset(folder: RunFolder | None) -> None:
    st.session_state["_playground_seek"] = None
    chosen.leave(folder)
    chosen.say_in_address()


def _slow(folder: RunFolder | None, state: str) -> None:
    st.session_state["_playground_seek"] = None
    if st.session_state[SLOW]:
        _paused(folder, state)


def _paused(folder: RunFolder | None, state: str) -> RunFolder | None:
    """The visitor's run, paused wherever it stood; a new one where there is none."""
    if folder is None or not studio.may_steer(folder):
        return chosen.start(playing=False)
    if not folder.active():
        return _go_on(folder, playing=False)
    if state != "paused":
        for run in chosen.both(folder):
            run.send("pause")
    return folder


def _pace(folder: RunFolder | None, key: str) -> None:
    limit = st.session_state[chosen.SPEED] = st.session_state[key]
    if folder is not None and chosen.steers(folder):
        for run in chosen.both(folder):
            run.send("speed", **({"steps_per_second": limit} if limit else {}))


# ---------------------------------------------------------------------- settings


def knobs(folder: RunFolder | None) -> None:
    """The settings, in groups; those that cannot change in mid-run start it anew."""
    choice = chosen.current()
    titles = {"Game": _("Objective"), "Networks": _("Networks"), "Training": _("Training"), "Rest": _("All the rest")}
    for group, names in _groups(choice).items():
        if names:
            with st.expander(titles[group], key=f"play-{group}", expanded=group == "Game"):
                for name in names:
                    _knob(folder, choice, name)
    with st.container(horizontal=True, gap="small"):
        st.button(_("New seed"), key="play-seed", icon=":material/casino:", on_click=_new_seed, args=(folder,))
        if choice.known_changes():
            st.button(
                _("Reset all"), key="play-reset-all", icon=":material/undo:",
                on_click=partial(chosen.change, folder, changes={}),
            )  # fmt: skip


def _groups(choice: chosen.Choice) -> dict[str, list[str]]:
    """What can be set at this level, by group. Basic settings always can, and so can whatever is not as it began."""
    known = {setting.name: setting for setting in form.settings(choice.config_class)}
    listed = {*chosen.OF_POINTS, *(name for names in _GROUPS[choice.model].values() for name in names)}
    changed = set(choice.known_changes()) - {"seed"}  # which is behind a button of its own
    groups: dict[str, list[str]] = {
        group: [name for name in names if levels.shows("settings", asked=known[name].basic or name in changed)]
        for group, names in _GROUPS[choice.model].items()
    }
    rest = [name for name in known if name not in listed and known[name].matters(choice.values())]
    return groups | {"Rest": [name for name in rest if levels.shows("all-settings", asked=name in changed)]}


def _knob(folder: RunFolder | None, choice: chosen.Choice, name: str) -> None:
    setting = form.setting_of(choice.config_class, name)
    common = getattr(choice.common(), name)
    value = choice.known_changes().get(name, common)
    key = chosen.key(f"play-set-{choice.model}-{name}", "settings")
    form.control(
        setting,
        value,
        key=key,
        on_change=chosen.by_hand("settings", lambda name, key: chosen.set_value(folder, name, st.session_state[key])),
        common=common,
        disabled=folder is not None and not studio.may_steer(folder),
    )


def _new_seed(folder: RunFolder | None) -> None:
    choice = chosen.current()
    chosen.change(folder, changes=choice.changes | {"seed": random.randrange(100_000)})
