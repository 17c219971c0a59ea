"""A large download begins only when the visitor has seen its size and its terms and ticked a box."""

import streamlit as st

from genmodels.data import LARGE_MB, entry_of, to_fetch
from genmodels.errors import UserError
from pages.parts import turns
from pages.parts.text import _

_AGREED = "_agreed_downloads"


def ask(data: str) -> None:
    """Size, terms and the box; nothing where the download of ``data`` is small or not needed."""
    size = to_fetch(data)
    if size <= LARGE_MB:
        return
    st.caption(
        _("That is a large download: {size} MB, once, when you press Start. Terms: {licence}.").format(
            size=f"{size:,}", licence=entry_of(data).extra["licence"]
        )
    )
    key = f"agree-{data}"
    st.checkbox(
        _("I agree"),
        value=turns.shown(key, data in _agreed()),
        key=key,
        help=_("To the download and to its terms; without it, Start waits."),
        on_change=lambda: _agreed().symmetric_difference_update({data}),
    )


def missing(data: str) -> bool:
    """Whether ``data`` would have to be asked about before a run may fetch them."""
    return to_fetch(data) > LARGE_MB and data not in _agreed()


def require(data: str) -> None:
    """Raises UserError where ``data`` would have to be asked about first."""
    if missing(data):
        raise UserError(_("These data are a large download; choose them on Train and agree to it first."))


def _agreed() -> set[str]:
    """Data sets that this visitor has agreed to fetch."""
    agreed: set[str] = st.session_state.setdefault(_AGREED, set())
    return agreed
