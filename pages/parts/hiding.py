"""What a lesson link may leave out (``?hide=``): a declared list of parts of the pages, hidden by one style sheet.

A teacher picks them in the Share menu. They stay hidden while the visitor goes from page to page, and come back when
the address says so or in a new session without them.
"""

from dataclasses import dataclass

import streamlit as st

from pages.parts import address
from pages.parts.text import _

_STATE = "_hidden"
_SEEN = "_hidden_in_address"


@dataclass(frozen=True)
class Part:
    """Something on a page that can be left out.

    Attributes:
        keys: Of the containers or widgets that go with it; one that ends in "-" stands for all that begin so.
        page: The page it is on; empty where it belongs to the frame.
    """

    keys: tuple[str, ...]
    page: str = ""


PARTS: dict[str, Part] = {
    "pages": Part(()),
    "share": Part(("share",)),
    "doors": Part(("train-vae", "train-gan", "explore-vae", "explore-gan"), "home"),
    "toys": Part(("play-model", "play-model-", "play-data", "play-data-"), "playground"),
    "transport": Part(("play-transport", "play-pace"), "playground"),
    "gallery": Part(("play-gallery", "play-gallery-"), "playground"),
    "knobs": Part(
        ("play-Game", "play-Networks", "play-Training", "play-Rest", "play-seed", "play-reset-all"), "playground"
    ),
    "model": Part(("pick-family", "more-models"), "train"),
    "data": Part(("pick-group", "pick-data", "classes"), "train"),
    "own-data": Part((), "train"),
    "preset": Part(("pick-preset",), "train"),
    "advanced": Part(("advanced", "source"), "train"),
    "runs": Part(("run-list", "new-run"), "train"),
    "settings": Part(("run-settings", "view-knobs", "view-curves"), "train"),
    "picker": Part(("explore-run",), "explore"),
    "buttons": Part(("explore-buttons",), "explore"),
    "sections": Part(("explore-section",), "explore"),
    "plain": Part(("explore-plain",), "explore"),
    "contest": Part(("compare-controls",), "compare"),
    "verdict": Part(("compare-verdict",), "compare"),
    "bring": Part(("runs-bring",), "runs"),
    "contents": Part(("all",), "learn"),
    "code": Part((), "learn"),
    "checks": Part(("check-",), "learn"),
    "ways-on": Part(("ways-on",), "learn"),
}


def title(name: str) -> str:
    """What it is called in the Share menu."""
    return {
        "pages": _("List of pages"),
        "share": _("This menu"),
        "doors": _("Buttons"),
        "toys": _("Model and data"),
        "transport": _("Play and steps"),
        "gallery": _("Failure gallery"),
        "knobs": _("Settings"),
        "model": _("Model"),
        "data": _("Data"),
        "own-data": _("Own data"),
        "preset": _("Preset"),
        "advanced": _("Advanced"),
        "runs": _("Own runs"),
        "settings": _("Settings of a run"),
        "picker": _("Choice of model"),
        "buttons": _("Dice and seed"),
        "sections": _("Sections"),
        "plain": _("Plain controls"),
        "contest": _("Choice of runs"),
        "verdict": _("Verdict"),
        "bring": _("Import run"),
        "contents": _("All lessons"),
        "code": _("Code"),
        "checks": _("Questions"),
        "ways-on": _("Next lesson"),
    }[name]


def known(names: tuple[str, ...]) -> tuple[str, ...]:
    """Those of them that there are, in the order of the list."""
    return tuple(name for name in PARTS if name in names)


def current() -> tuple[str, ...]:
    """What is hidden from this visitor; address and session are brought together first."""
    asked = st.query_params.get("hide")
    if asked is not None and asked != st.session_state.get(_SEEN):
        st.session_state[_STATE] = known(address.read("hide"))
    names: tuple[str, ...] = st.session_state.get(_STATE, ())
    address.write("hide", names)
    st.session_state[_SEEN] = st.query_params.get("hide")
    return names


def choose(names: tuple[str, ...]) -> None:
    """Hide these and nothing else."""
    st.session_state[_STATE] = known(names)


def hidden(name: str) -> bool:
    """Whether a part is hidden: for what is better not drawn at all, and for what no style sheet can reach."""
    return name in current()


def offered(page: str) -> list[str]:
    """What can be hidden on a page."""
    return [name for name, part in PARTS.items() if part.page in ("", page) and name != "share"]


def css() -> str:
    """The style sheet that hides it."""
    keys = [key for name in current() for key in PARTS[name].keys]
    places = [f'[class*="st-key-{key}"]' if key.endswith("-") else f".st-key-{key}" for key in keys]
    return f"{','.join(places)}{{display:none!important}}" if places else ""
