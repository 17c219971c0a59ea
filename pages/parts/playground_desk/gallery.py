"""The failure gallery: one click provokes what goes wrong, another one cures it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from genmodels.config import live_fields
from genmodels.training.folder import RunFolder
from pages.parts.playground_desk import choice as chosen
from pages.parts.playground_desk.choice import Choice
from pages.parts.text import _

_SHOWN = "_playground_exhibit"
_CURED = "_playground_cured"


@dataclass(frozen=True)
class Exhibit:
    """One failure: the settings that provoke it, and those that cure it.

    Attributes:
        look: What to look at.
        why: Why it happens.
        relief: What the cure does.
        model: Played first; ``cured_by`` afterwards where that is another one.
        speed: Most steps a second while it is shown, where the eye has to follow; 0 is full speed.
    """

    title: str
    look: str
    why: str
    relief: str
    model: str
    data: str
    illness: Mapping[str, Any]
    cure: Mapping[str, Any]
    cured_by: str = ""
    speed: int = 0


def exhibits() -> dict[str, Exhibit]:
    """All failures, by name."""
    momentum = {"penalty": "none", "optimizer_d": "adam", "optimizer_g": "adam"}
    wide = {"data_noise": 0.05}
    critic = {"loss": "wasserstein", "d_moves": 3}
    return {
        "collapse": Exhibit(
            _("Mode collapse"),
            _("The orange points huddle together and run from one place to the next; there are eight to visit."),
            _("D learns ten times as slowly as G, so G faces a judge that stands still: one forgery is enough."),
            _("D keeps up again, samples are judged in pairs, and a penalty holds D's slope: all modes stay in sight."),
            "gan", "ring",
            {"loss": "nonsaturating", "lr_g": 1e-3, "lr_d": 1e-4, **momentum, **wide},
            wide,
        ),
        "vanishing": Exhibit(
            _("Vanishing gradient"),
            _("D's ground is orange wherever the samples are, and the arrows have all but gone."),
            _("The first GAN loss is flat where D is sure: its slope is D's chance of being fooled, here 0."),
            _("The non-saturating loss is steepest just there, and R1 makes D less sure: the arrows are back."),
            "gan", "ring",
            {"loss": "minimax", "lr_d": 1e-2, "lr_g": 1e-2, "d_moves": 3, "width": 32, **momentum,
             "optimizer_g": "sgd"},
            {"loss": "nonsaturating", "penalty": "r1", "gamma": 0.1, "width": 32},
        ),
        "oscillation": Exhibit(
            _("Going in circles"),
            _("One dot, the simplest data there are, and the samples orbit it instead of landing."),
            _("Each player answers where the other one was. Without damping, such steps add up to a circle."),
            _("R1 flattens D around real data: the circle becomes a spiral that ends on the dot."),
            "gan", "dot",
            {"loss": "nonsaturating", "penalty": "r1", "gamma": 0.0, "lr_d": 4e-3, "lr_g": 4e-3, "width": 16,
             "depth": 1, "activation": "tanh", "optimizer_d": "adam", "optimizer_g": "adam"},
            {"gamma": 1.0},
            speed=30,
        ),
        "leash": Exhibit(
            _("Too short a leash"),
            _("Short arrows, all alike: D's ground is nearly a plane, and the samples wander over the ring."),
            _("A Wasserstein critic needs a bounded slope. Clipped weights bound it, but leave D hardly any shape."),
            _("WGAN-GP bounds the slope itself: D keeps its shape, and the samples gather at the modes."),
            "gan", "ring",
            {**critic, "penalty": "clip", "gamma": 0.05, **wide},
            {**critic, "penalty": "gp", "gamma": 1.0, **wide},
        ),
        "silence": Exhibit(
            _("Posterior collapse"),
            _("All ellipses lie on the prior, and all reconstructions on one spot. Open the Encoder."),
            _("With such a beta a code costs more than it is worth, so the encoder says nothing."),
            _("Beta back at 1, in mid-run: the ellipses shrink and part."),
            "vae", "ring",
            {"beta": 200.0},
            {"beta": 1.0},
        ),
        "blur": Exhibit(
            _("Blurry copies"),
            _("The ties from originals to reconstructions: copies shrink to the middle and the moons melt."),
            _("A large sigma says that such errors are normal, so the decoder may answer with an average."),
            _("A small sigma makes every error expensive: the copies move onto their originals."),
            "vae", "moons",
            {"sigma": 1.0},
            {"sigma": 0.05},
        ),
        "holes": Exhibit(
            _("Holes in the prior"),
            _("Open the Encoder: the codes lie where they like, and most of the prior is empty."),
            _("A plain autoencoder pays for errors only. Nothing asks its codes to fill the prior."),
            _("The VAE's KL term draws the codes into the prior and closes the holes."),
            "ae", "ring",
            {},
            {},
            "vae",
        ),
    }  # fmt: skip


def gallery(folder: RunFolder | None) -> None:
    """The buttons, and the card of the failure that is shown."""
    found = exhibits()
    key = chosen.key("play-gallery", "picks")  # another one begins closed: it would cover what was asked for
    with st.popover(_("Failure gallery"), icon=":material/healing:", key=key):
        st.caption(_("One click breaks the game on purpose; another one cures it."))
        for name, exhibit in found.items():
            st.button(exhibit.title, key=f"exhibit-{name}", width="stretch", on_click=_open, args=(folder, name))


def card(folder: RunFolder | None) -> None:
    """What to look at, why it happens, and the button that cures it."""
    exhibit = exhibits().get(st.session_state.get(_SHOWN, ""))
    if exhibit is None:
        return
    cured = bool(st.session_state.get(_CURED))
    with st.container(border=True, key="exhibit-card"):
        st.markdown(f"**{exhibit.title}** · {exhibit.relief if cured else exhibit.look}")
        if not cured:
            st.caption(exhibit.why)
        with st.container(horizontal=True, gap="small"):
            if cured:
                st.button(
                    _("Break again"), key="exhibit-again", on_click=_open, args=(folder, st.session_state[_SHOWN])
                )
            else:
                st.button(
                    _("Cure it"), key="exhibit-cure", type="primary", icon=":material/healing:",
                    on_click=_cure, args=(folder, exhibit),
                )  # fmt: skip
            st.button(_("Close"), key="exhibit-close", on_click=_close)


def _open(folder: RunFolder | None, name: str) -> None:
    exhibit = exhibits()[name]
    st.session_state[chosen.SPEED] = exhibit.speed
    chosen.choose(Choice(exhibit.model, exhibit.data, changes=dict(exhibit.illness)))
    begun = chosen.restart(folder, playing=True)
    # Where it could not begin, the page says why; a card would speak of what nobody sees.
    st.session_state[_SHOWN], st.session_state[_CURED] = name if begun else "", False


def _cure(folder: RunFolder | None, exhibit: Exhibit) -> None:
    st.session_state[_CURED] = True
    illness = Choice(exhibit.model, exhibit.data, changes=dict(exhibit.illness))
    live = exhibit.cure and set(exhibit.cure) <= set(live_fields(illness.config_class))
    if live and chosen.steers(folder):
        for name, value in exhibit.cure.items():
            chosen.set_value(folder, name, value, left=())
        return
    kept = exhibit.illness if live else {}
    chosen.choose(Choice(exhibit.cured_by or exhibit.model, exhibit.data, changes=dict(kept) | dict(exhibit.cure)))
    chosen.restart(folder, playing=True)


def _close() -> None:
    st.session_state[_SHOWN] = ""
