"""What can be looked at around the point, one section at a time; only the one that is open is worked out."""

from collections.abc import Callable

import streamlit as st

from pages.parts import address, turns
from pages.parts.explore import (
    arithmetic,
    bookmarks,
    dimensions,
    draw,
    factors,
    interpolate,
    map,
    neighbours,
    reconstruct,
    samples,
    time,
)
from pages.parts.explore.subject import Subject
from pages.parts.text import _

SECTIONS: dict[str, Callable[[Subject], None]] = {
    "map": map.show,
    "draw": draw.show,
    "interpolate": interpolate.show,
    "arithmetic": arithmetic.show,
    "samples": samples.show,
    "time": time.show,
    "neighbours": neighbours.show,
    "reconstruct": reconstruct.show,
    "dimensions": dimensions.show,
    "factors": factors.show,
    "bookmarks": bookmarks.show,
}
PICTURES = frozenset({"map", "draw", "arithmetic", "neighbours", "time"})
"""Sections that mean something for pictures only: the desk of a decoder of points shows both planes whole."""
_KEY = "explore-section"


def _names() -> dict[str, str]:
    return {
        "map": _("Map"),
        "draw": _("Draw"),
        "interpolate": _("Interpolate"),
        "arithmetic": _("Arithmetic"),
        "samples": _("Samples"),
        "time": _("Time"),
        "neighbours": _("Neighbours"),
        "reconstruct": _("Reconstruct"),
        "dimensions": _("Dimensions"),
        "factors": _("Factors"),
        "bookmarks": _("Bookmarks"),
    }


def show(subject: Subject) -> None:
    """The choice of sections, kept in the address (``?show=``), and the one that is chosen."""
    offered = [name for name in SECTIONS if subject.images or name not in PICTURES]
    if not factors.known(subject):
        offered.remove("factors")
    wanted = address.read("show")
    chosen = st.segmented_control(
        _("Section"),
        offered,
        default=turns.shown(_KEY, wanted if wanted in offered else offered[0]),
        format_func=_names().__getitem__,
        key=_KEY,
        required=True,
        label_visibility="collapsed",
        on_change=_to_address,
    )
    SECTIONS[chosen or offered[0]](subject)
    if not subject.images:
        st.caption(_("Drawing, sums and neighbours are for pictures: here the desk above shows both planes whole."))


def _to_address() -> None:
    st.query_params["show"] = st.session_state[_KEY]
