"""Pictures taken with the camera, a class at a time."""

import streamlit as st

from genmodels.data.files.incoming import File
from pages.parts.text import _

MOST = 200
"""Pictures taken for one set."""
_SHOTS = "_own_shots"


def camera(turn: int) -> list[File]:
    """The camera, and the pictures taken so far; they become one class for each name."""
    shots: list[File] = st.session_state.setdefault(f"{_SHOTS}-{turn}", [])
    name = st.text_input(
        _("Class"), _("class 1"), max_chars=30, key=f"own-class-{turn}", help=_("What the next pictures show.")
    )
    picture = st.camera_input(_("Take a picture"), key=f"own-camera-{turn}-{len(shots)}", label_visibility="collapsed")
    if picture and len(shots) < MOST:
        shots.append((f"{name.replace('/', ' ').strip() or '-'}/{len(shots):03}.jpg", picture.getvalue()))
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(_("{n} of at most {most} pictures taken; two make a set, fifty a better one.").format(
            n=len(shots), most=MOST))  # fmt: skip
        if shots:
            st.button(_("Undo"), key="own-undo", icon=":material/undo:", on_click=shots.pop)
    return list(shots) if len(shots) > 1 else []
