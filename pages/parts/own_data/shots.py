"""Pictures made here and now, a class at a time: taken with the camera, or drawn."""

import io

import numpy as np
import streamlit as st
from PIL import Image

from genmodels.data.files.incoming import File
from pages.parts.draw_pad import Drawn, draw_pad
from pages.parts.text import _

MOST = 200
"""Pictures made for one set."""
SIDE, INK = 28, 255
"""Of a drawing, in pixels; white on black, as the digits of MNIST are."""
_SHOTS, _SKETCH = "_own_shots", "_own_sketch"


def camera(turn: int) -> list[File]:
    """The camera, and the pictures taken so far; they become one class for each name."""
    shots: list[File] = st.session_state.setdefault(f"{_SHOTS}-{turn}", [])
    name = _class_name("own-class", turn, _("What the next pictures show."))
    picture = st.camera_input(
        _("Take a picture"), key=f"own-camera-{turn}-{len(shots)}", label_visibility="collapsed", width=420
    )
    if picture and _take(shots, name, "jpg", picture.getvalue()):
        st.rerun()
    return _so_far(shots)


def drawings(turn: int) -> list[File]:
    """A pad, and the drawings kept so far; they become one class for each name."""
    shots: list[File] = st.session_state.setdefault(f"{_SKETCH}-{turn}", [])
    _pad(turn, shots)
    return _so_far(shots)


@st.fragment
def _pad(turn: int, shots: list[File]) -> None:
    """A fragment: strokes arrive several times a second and concern nothing else on the page."""
    name = _class_name("own-drawn-class", turn, _("What the next drawings show."))
    revision = len(shots)
    blank = np.zeros((SIDE, SIDE, 1), np.uint8)

    def drawn(answer: Drawn) -> None:
        st.session_state[_SKETCH] = answer.picture

    draw_pad(blank, revision, key="own-pad", ground=0, ink=INK, on_draw=drawn, most_width=280)
    picture = st.session_state.get(_SKETCH)
    empty = picture is None or not picture.any()
    if st.button(_("Add drawing"), key="own-take", icon=":material/add:", disabled=empty) and not empty:
        del st.session_state[_SKETCH]
        _take(shots, name, "png", _png(picture))
        st.rerun()


def _png(picture: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(picture[:, :, 0]).save(file, "PNG")
    return file.getvalue()


def _class_name(key: str, turn: int, words: str) -> str:
    return st.text_input(_("Class"), _("class 1"), max_chars=30, key=f"{key}-{turn}", help=words, width=280)


def _take(shots: list[File], name: str, suffix: str, picture: bytes) -> bool:
    """Add a picture to its class; False where there are enough."""
    if len(shots) >= MOST:
        return False
    shots.append((f"{name.replace('/', ' ').strip() or '-'}/{len(shots):03}.{suffix}", picture))
    return True


def _so_far(shots: list[File]) -> list[File]:
    """What was made, once it is enough for a set."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(_("{n} of at most {most} pictures; two make a set, fifty a better one.").format(
            n=len(shots), most=MOST))  # fmt: skip
        if shots:
            st.button(_("Undo"), key="own-undo", icon=":material/undo:", on_click=shots.pop)
    return list(shots) if len(shots) > 1 else []
