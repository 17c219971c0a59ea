"""Deleting runs, and taking that back."""

from collections.abc import Sequence

import streamlit as st

from genmodels.errors import UserError
from genmodels.training.folder import RunFolder
from pages.parts import studio
from pages.parts.owner import owner_id
from pages.parts.text import _

_GONE = "_runs_gone"
_SAID = "_runs_undo_said"


def discard(folders: Sequence[RunFolder]) -> None:
    """Delete runs of one's own; :func:`bar` offers to take it back."""
    gone = []
    for folder in folders:
        try:
            title = folder.about()["title"]
        except UserError:
            title = ""
        try:
            studio.store().discard(folder, owner_id())
        except UserError as error:
            st.session_state[_SAID] = str(error)
            continue
        gone.append((folder.id, title or folder.id))
    if gone:
        st.session_state[_GONE] = gone


def bar() -> None:
    """What was deleted last, with the way back."""
    if sentence := st.session_state.pop(_SAID, None):
        st.warning(sentence)
    if gone := st.session_state.get(_GONE):
        with st.container(horizontal=True, vertical_alignment="center", border=True, key="runs-undo"):
            what = gone[0][1] if len(gone) == 1 else _("{n} runs").format(n=len(gone))
            st.text(_("Deleted: {what}").format(what=what), width="content")
            st.button(_("Undo"), key="runs-undo-button", icon=":material/undo:", on_click=_take_back)
            st.button(
                "", key="runs-undo-close", icon=":material/close:", type="tertiary", help=_("Close"), on_click=_close
            )


def _take_back() -> None:
    for run_id, _title in st.session_state.pop(_GONE, []):
        try:
            studio.store().restore(run_id, owner_id())
        except UserError as error:
            st.session_state[_SAID] = str(error)


def _close() -> None:
    st.session_state.pop(_GONE, None)
