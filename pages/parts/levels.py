"""How much is shown, everywhere: one switch for words, mathematics and code.

The level comes from the address (``?level=``), else from the session, else from the browser, where it is kept.
"""

from collections.abc import Mapping

import streamlit as st

from pages.parts import address, kept, turns
from pages.parts.learn.markup import LEVELS, Level
from pages.parts.text import _

KEY = "level"
_SEEN = "_level_in_address"

FROM: Mapping[str, Level] = {
    # Home
    "equation": "student",
    # Playground, and a run on Train
    "charts": "student",
    "gradients": "engineer",
    # Playground
    "players": "student",  # to move D or G alone
    "points": "student",  # noise and number of the points
    "beside": "student",
    "settings": "student",  # more of them than the basic ones
    "all-settings": "engineer",
    # Train, and Explore
    "advanced": "student",
    "plain-controls": "student",
    "source": "engineer",
    # Compare
    "race-settings": "student",
    "same-but": "student",
    "measures": "student",  # in a table, and as bars
    "losses": "student",
    "over-time": "student",
    # Runs
    "dials": "student",  # quality and size in numbers
    "changes": "student",  # against the run before
    "overlay": "student",
    "bring": "student",
    "disk": "student",
    "identity": "engineer",
    # several pages
    "evidence": "student",  # numbers behind what the doctor says
    "take-away": "student",
    "raw": "engineer",  # settings and numbers as JSON
}
"""What not everybody is shown, and from which level on it is: everything else is for all.

A curious visitor has the picture, the main controls and a sentence about each; a student also charts and the
mathematics by name; an engineer every setting and number.
"""


def current() -> Level:
    """The level of this visitor; address and session are brought together first."""
    asked = st.query_params.get("level")
    if asked != st.session_state.get(_SEEN) and address.says("level"):
        st.session_state[KEY] = asked
    if st.session_state.get(KEY) not in LEVELS:
        remembered = kept.get("level")
        st.session_state[KEY] = remembered if remembered in LEVELS else "student"
    level: Level = st.session_state[KEY]
    if asked != level and not (asked is None and level == "student"):
        st.query_params["level"] = level
    st.session_state[_SEEN] = st.query_params.get("level")
    return level


def at_least(level: Level) -> bool:
    """Whether what is meant for ``level`` is shown."""
    return LEVELS.index(current()) >= LEVELS.index(level)


def shows(part: str, *, asked: bool = False) -> bool:
    """Whether a part of :data:`FROM` is shown: from its level on, and always where a link or the visitor ``asked``."""
    return asked or at_least(FROM[part])


def switch(place: str, *, named: bool = False) -> None:
    """The switch; there may be one at each ``place`` of a page, with its name or without."""
    names = {"curious": _("Curious"), "student": _("Student"), "engineer": _("Engineer")}
    key = f"level-{place}"
    st.segmented_control(
        _("How much to show"),
        LEVELS,
        default=turns.shown(key, current()),
        format_func=names.__getitem__,
        required=True,
        key=key,
        on_change=_choose,
        args=(key,),
        label_visibility="visible" if named else "collapsed",
        help=_(
            "Curious: pictures and words. Student: charts and the mathematics too. Engineer: every setting, number and "
            "the running code as well."
        ),
    )


def _choose(key: str) -> None:
    level = st.session_state[key]
    st.session_state[KEY] = level
    kept.put("level", level)
