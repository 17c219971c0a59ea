"""The guided tour as a list of steps. Adding a step is adding an entry.

A step knows the page it is on, the control it points at, what it says, how one sees that it is done, and, where that
can be done for the visitor, how.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from genmodels.errors import UserError
from genmodels.training.folder import RunFolder
from pages.parts import studio
from pages.parts.text import _

ENOUGH = 200
"""Training steps after which there is something to see."""


@dataclass(frozen=True)
class Step:
    """One step of the tour.

    Attributes:
        page: Stem of the page it is on.
        target: Key of the container or widget it points at.
        sentence: What to do.
        done: From the page that is open and what ``watch`` gave when the step began, whether it is done.
        drive: Does it for the visitor; None where one can only wait.
        watch: What has to change, where that is how one sees it.
    """

    page: str
    target: str
    sentence: str
    done: Callable[[str, Any], bool]
    drive: Callable[[], None] | None = None
    watch: Callable[[], Any] = lambda: None


def steps() -> list[Step]:
    """All steps, in order."""
    return [
        Step("home", "train-vae", _("Let us train a model. Press **Train** under the VAE."),
             lambda page, _before: page == "train", lambda: st.switch_page("pages/train.py")),
        Step("train", "start", _("The preset is right as it is. Press **Start**."),
             lambda page, _before: page == "train" and _run() is not None, _start),
        Step("train", "eye-run", _("Watch the samples: the same noise, drawn again and again while the networks learn. "
                                   "At first they are smudges, soon digits."),
             lambda _page, _before: _learned()),
        Step("train", "run-explore", _("It has learned enough to play with. Press **Explore**."),
             lambda page, _before: page == "explore", _explore),
        Step("explore", "explore-dice", _("Throw the **dice**: a new code, and the picture the decoder makes of it."),
             lambda page, before: page == "explore" and _point("seed") != before, _dice, lambda: _point("seed")),
        Step("explore", "latent_desk", _("Now take the code in your hand: drag on the map, or pull a slider."),
             lambda page, before: page == "explore" and _point("z") != before, None, lambda: _point("z")),
        Step("explore", "explore-section", _("Open **Interpolate** and walk from one picture to another."),
             lambda page, _before: page == "explore" and st.query_params.get("show") == "interpolate", _interpolate),
        Step("learn", "open-generative-model", _("You have trained it and held it. The first lesson says why it works: "
                                                 "open it."),
             lambda page, _before: page == "learn" and bool(st.query_params.get("lesson")), _lesson),
    ]  # fmt: skip


def _run() -> RunFolder | None:
    try:
        return studio.store().find(st.query_params.get("run"))
    except UserError:
        return None


def _learned() -> bool:
    try:
        folder = _run()
        status = folder.status() if folder else None
    except UserError:
        return False
    return status is not None and (status.step >= ENOUGH or not status.active)


def _start() -> None:
    from pages.parts.train_form import choice
    from pages.parts.train_form.start import begin

    begin(choice.current().config())


def _explore() -> None:
    folder = _run()
    st.switch_page("pages/explore.py", query_params={"run": folder.id} if folder else {})


def _point(name: str) -> Any:
    return getattr(st.session_state.get("_explore_point"), name, None)


def _dice() -> None:
    """Another seed in the address, as the button would write it."""
    st.query_params.pop("z", None)
    st.query_params["seed"] = str(((_point("seed") or 0) + 7) % 1_000)


def _interpolate() -> None:
    st.query_params["show"] = "interpolate"


def _lesson() -> None:
    st.switch_page("pages/learn.py", query_params={"lesson": "generative-model"})
