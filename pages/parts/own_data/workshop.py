"""Where a visitor brings data, sees what was read and what was not, and keeps it."""

from collections.abc import Sequence

import streamlit as st

from genmodels.data.files import limits
from genmodels.data.files.incoming import File
from genmodels.data.images import Look
from genmodels.data.uploads import Draft, UploadStore, draft
from genmodels.errors import UserError
from pages.parts.own_data import make, own_sets
from pages.parts.own_data.report import report
from pages.parts.own_data.shots import camera, drawings
from pages.parts.owner import owner_id
from pages.parts.text import _
from pages.parts.train_form import choice as chosen

SIZES = (0, 28, 32, 48, 64)
"""Pixels; 0 lets the files decide: 28 for small grey pictures, else 32."""
GROUNDS = {"white": 255, "grey": 128, "black": 0}
_DRAFT = "_own_draft"
_ROUND = "_own_round"
"""Counts the sets that were kept: a new round begins with an empty uploader."""


def workshop() -> None:
    """The whole way from files to a kept set."""
    turn = st.session_state.setdefault(_ROUND, 0)
    with st.container(border=True, key="view-bring"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(_("Bring your own data"), anchor=False)
            if own_sets():
                st.space("stretch")
                st.button(_("Back"), key="own-back", type="tertiary", icon=":material/arrow_back:", on_click=_leave)
        given = _given(turn)
        if not given:
            return
        look = _look()
    with st.container(border=True, key="view-report"):
        try:
            read = _read(given, look)
        except UserError as error:
            st.error(str(error), icon=":material/error:")
            return
        report(read)
        _keep_form(read, turn)


def _leave() -> None:
    make(False)
    chosen.change(data=own_sets()[0].name)


def _given(turn: int) -> list[File]:
    ways = {"files": _("Files"), "folder": _("Folder"), "camera": _("Camera"), "draw": _("Draw")}
    way = st.segmented_control(
        _("From"), list(ways), default="files", key="own-way", format_func=ways.__getitem__, required=True,
        label_visibility="collapsed",
    )  # fmt: skip
    if way == "camera":
        return camera(turn)
    if way == "draw":
        return drawings(turn)
    several = "directory" if way == "folder" else True
    files = st.file_uploader(
        ways[way], accept_multiple_files=several, max_upload_size=limits.MAX_GIVEN_BYTES >> 20,
        key=f"own-{way}-{turn}", label_visibility="collapsed",
    )  # fmt: skip
    st.caption(
        _(
            "A zip of pictures or the pictures themselves (PNG, JPEG, GIF, BMP, WEBP; folders become classes), an "
            "`.npz` or `.npy`, an idx pair, raw bytes of 28 × 28 drawings, the strokes of Quick, Draw! (`.ndjson`), "
            "or a CSV of points. They stay on this server, listed for you alone, until you delete them."
        )
    )
    return [(file.name, file.getvalue()) for file in files or ()]


def _look() -> Look:
    colours = {0: _("As they are"), 1: _("Grey"), 3: _("Colour")}
    grounds = {"white": _("White"), "grey": _("Grey"), "black": _("Black")}
    whole = {False: _("Crop"), True: _("Fit")}
    with st.container(horizontal=True, gap="medium", key="own-look"):
        size = st.segmented_control(
            _("Size"), SIZES, default=0, key="own-size", format_func=lambda size: str(size or _("Auto")), required=True,
            help=_("Height and width in pixels. Auto: 28 for small grey pictures, as digits are, and 32 for others. "
                   "64 shows more, and a step takes about four times as long."),
        )  # fmt: skip
        channels = st.segmented_control(
            _("Colour"), list(colours), default=0, key="own-channels", format_func=colours.__getitem__, required=True
        )
        fit = st.segmented_control(
            _("Shape"), list(whole), default=False, key="own-fit", format_func=whole.__getitem__, required=True,
            help=_("Crop keeps the middle square. Fit keeps the whole picture and adds bars."),
        )  # fmt: skip
        ground = st.segmented_control(
            _("Background"), list(grounds), default="white", key="own-ground", format_func=grounds.__getitem__,
            required=True, help=_("Behind transparent parts, and in the bars."),
        )  # fmt: skip
    return Look(size or None, channels or None, bool(fit), GROUNDS[ground], drop_blank=True)


def _read(given: Sequence[File], look: Look) -> Draft:
    """The draft of these files, read again only when they or the look changed. Raises UserError."""
    what = (tuple((name, len(data), hash(data)) for name, data in given), look)
    kept = st.session_state.get(_DRAFT)
    if kept is None or kept[0] != what:
        bar = st.progress(0.0, _("Reading"))
        try:
            kept = (what, draft(given, look=look, progress=lambda fraction, _what: bar.progress(min(1.0, fraction))))
        finally:
            bar.empty()
        st.session_state[_DRAFT] = kept
    return kept[1]


def _keep_form(read: Draft, turn: int) -> None:
    shift = flip = False
    if read.shift:
        with st.container(horizontal=True, gap="medium"):
            shift = st.toggle(
                _("Move copies"), value=True, key="own-shift",
                help=_("Training also sees copies moved by a pixel or two, so that a small set lasts longer."),
            )  # fmt: skip
            flip = st.toggle(
                _("Mirror copies"), value=False, key="own-flip", disabled=not shift,
                help=_("Right for faces and animals; wrong for letters and digits."),
            )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="bottom"):
        title = st.text_input(_("Name"), read.dataset.title, max_chars=60, key=f"own-title-{turn}", width=320)
        st.button(
            _("Keep data"), key="own-keep", type="primary", icon=":material/check:", on_click=_keep,
            args=(read, title, shift, flip and shift),
        )  # fmt: skip
    if sentence := st.session_state.pop("_own_kept_not", None):
        st.warning(sentence)


def _keep(read: Draft, title: str, shift: bool, flip: bool) -> None:
    try:
        kept = UploadStore().keep(read.named(title).augmented(shift, flip), owner_id())
    except UserError as error:
        st.session_state["_own_kept_not"] = str(error)
        return
    st.session_state[_ROUND] += 1
    st.session_state.pop(_DRAFT, None)
    make(False)
    chosen.change(data=kept.name)
