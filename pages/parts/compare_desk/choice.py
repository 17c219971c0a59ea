"""Which runs are compared: the ones in the address, ``?runs=<id>.<id>``, or two that come with the package."""

from collections import Counter

import streamlit as st

from genmodels.errors import UserError
from genmodels.training.folder import RunFolder
from pages.parts import studio, turns
from pages.parts.explore.picker import describe
from pages.parts.text import _

MOST = 4
SEPARATOR = "."
"""Stands between two ids in the address: none of them has one in it."""
FIRST = ("vae-digits", "gan-digits")
_PICKED = "compare-runs"


def from_address() -> list[RunFolder]:
    """The runs in the address, at most :data:`MOST`; what is wrong with it is said on the page."""
    wanted = str(st.query_params.get("runs", ""))[:400]
    found: dict[str, RunFolder] = {}
    for run_id in list(dict.fromkeys(filter(None, wanted.split(SEPARATOR))))[:MOST]:
        try:
            found[run_id] = studio.store().find(run_id)
        except UserError as error:
            st.warning(str(error))
    return list(found.values()) or [studio.store().find(run_id) for run_id in FIRST]


def to_address(ids: list[str]) -> None:
    """Point the address at these runs."""
    if ids:
        st.query_params["runs"] = SEPARATOR.join(ids)
    else:
        st.query_params.pop("runs", None)


def add(ids: list[str]) -> None:
    """Point the address at runs that something else than the list has put there."""
    turns.take(_PICKED)
    to_address(ids)


def pick(shown: list[RunFolder]) -> None:
    """The list from which runs are chosen; the address follows it, and it follows the address."""
    there = {folder.id: folder for folder in [*shown, *studio.explorable()]}
    names = {run_id: _in_words(folder) for run_id, folder in there.items()}
    key = turns.key(_PICKED, _PICKED)
    st.multiselect(
        _("Runs"),
        list(there),
        default=turns.shown(key, [folder.id for folder in shown]),
        format_func=lambda run_id: names.get(run_id, run_id),
        key=key,
        max_selections=MOST,
        on_change=turns.by_hand(_PICKED, lambda: to_address(st.session_state[key])),
        help=_("Two to four of your own runs or of those that come with the app. The address leads back to them."),
    )


def _in_words(folder: RunFolder) -> str:
    """What it is; those that come with the app have an id that says it."""
    own = folder.path.parent == studio.store().root
    return describe(folder) if own else f"{folder.id} · {describe(folder)}"


def names_of(folders: list[RunFolder]) -> list[str]:
    """What the runs are called on the page: the title, or else the id; two of the same name are told apart."""
    titles = []
    for folder in folders:
        try:
            titles.append(folder.about()["title"] or folder.id)
        except UserError:
            titles.append(folder.id)
    often = Counter(titles)
    return [f"{title} ({'ABCD'[i]})" if often[title] > 1 else title for i, title in enumerate(titles)]
