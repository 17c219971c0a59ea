"""The visitor's bookmarks: kept, grouped, gone back to, taken home and brought back."""

import streamlit as st
import torch
from torch import Tensor

from genmodels.errors import UserError
from genmodels.latent.bookmarks import MOST_NAME, Bookmark, Kind, as_csv, as_json
from pages.parts.explore import desk, marks, places, point
from pages.parts.explore.subject import Subject, pixels
from pages.parts.image_grid import image_grid
from pages.parts.text import _, plain

_SAID = "_explore_marks_said"
_TURN = "_explore_marks_turn"
"""Counts the files that were read in: a new turn begins with an empty uploader."""


@st.fragment
def show(subject: Subject) -> None:
    desk.catch_up(subject)
    st.markdown(_("**Places worth coming back to.** Drag z somewhere on the desk, give it a name, and keep it."))
    kept = marks.listed(subject)
    _add(subject, kept)
    if sentence := st.session_state.pop(_SAID, None) or marks.problem(subject):
        st.warning(plain(sentence))
    if not kept:
        st.caption(_("There are no bookmarks yet."))
    with st.container(horizontal=True, key="explore-marks"):
        for place, mark in enumerate(kept):
            with st.container(key=f"explore-mark-{place}", width=170, border=True, gap="small"):
                _card(subject, place, mark)
    with st.container(horizontal=True):
        if kept:
            _files(subject, kept)
        with st.popover(_("Load"), icon=":material/upload:", key="explore-marks-bring"):
            _bring(subject)


def _add(subject: Subject, kept: list[Bookmark]) -> None:
    points = [mark.name for mark in kept if mark.kind == "point"]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(_("Name"), max_chars=MOST_NAME, key="explore-mark-name", width=220, placeholder=_("a good name"))
        st.button(
            _("Keep z"), icon=":material/bookmark_add:", key="explore-mark-keep", type="primary",
            on_click=_keep_point, args=(subject,),
        )  # fmt: skip
        if len(points) > 1:
            st.multiselect(_("Together"), points, key="explore-mark-members", width=300)
            st.button(
                _("Keep group"), icon=":material/group_work:", key="explore-mark-group", on_click=_keep_group,
                args=(subject,), help=_("Its mean can be picked wherever a place can: smiles minus frowns."),
            )  # fmt: skip
    if not marks.kept_with_run(subject):
        st.caption(
            _("This run is not yours, so your bookmarks last as long as this session; download them to keep them.")
        )


def _keep_point(subject: Subject) -> None:
    name = st.session_state["explore-mark-name"].strip() or marks.free_name(subject, _("place {n}"))
    _keep(subject, name, "point", [point.current(subject).z])


def _keep_group(subject: Subject) -> None:
    name = st.session_state["explore-mark-name"].strip()
    wanted = st.session_state["explore-mark-members"]
    known = {mark.name: mark for mark in marks.listed(subject)}
    codes = [code for each in wanted if each in known for code in known[each].codes]
    if len(codes) < 2 or not name:
        st.session_state[_SAID] = _("A group needs a name and at least two points.")
        return
    _keep(subject, name, "group", codes)


def _keep(subject: Subject, name: str, kind: Kind, codes: list[tuple[float, ...]]) -> None:
    try:
        marks.make(subject, name, kind, torch.tensor(codes))
    except UserError as error:
        st.session_state[_SAID] = str(error)
    else:
        st.session_state["explore-mark-name"] = ""


# ---------------------------------------------------------------- what is there


def _card(subject: Subject, place: int, mark: Bookmark) -> None:
    code = _code(subject, mark)
    if subject.images:
        image_grid(
            pixels(subject.decode(code[None], places.labels(0 if subject.model.conditional else None, 1)))[0],
            key=f"explore-mark-{place}-picture",
            alt=mark.name,
            most_width=110,
        )
    st.text(mark.name)  # as it was typed: no Markdown
    kinds = {"point": _("point"), "direction": _("direction, from z"), "group": _("{n} points, their mean")}
    st.caption(kinds[mark.kind].format(n=len(mark.codes)))
    with st.container(horizontal=True, gap="small"):
        if st.button("", icon=":material/my_location:", key=f"explore-mark-{place}-go", help=_("It becomes z.")):
            point.move(subject, code.clamp(-point.FARTHEST, point.FARTHEST))
            st.rerun()
        st.button(
            "", icon=":material/delete:", key=f"explore-mark-{place}-forget", help=_("Delete"),
            on_click=_forget, args=(subject, mark.name),
        )  # fmt: skip


def _code(subject: Subject, mark: Bookmark) -> Tensor:
    """Where it leads: a point or the middle of a group; with a direction, on from z."""
    code = torch.tensor(mark.mean())
    return code + point.current(subject).code[0] if mark.kind == "direction" else code


def _forget(subject: Subject, name: str) -> None:
    try:
        marks.remove(subject, name)
    except UserError as error:
        st.session_state[_SAID] = str(error)


def _files(subject: Subject, kept: list[Bookmark]) -> None:
    st.download_button(
        "JSON", lambda: as_json(kept), f"{subject.folder.id}-bookmarks.json", "application/json",
        key="explore-marks-json", icon=":material/download:", on_click="ignore",
        help=_("Names, kinds and codes; the file as it lies in the run folder. It can be read in again."),
    )  # fmt: skip
    st.download_button(
        "CSV", lambda: as_csv(kept, subject.latent_dim), f"{subject.folder.id}-bookmarks.csv", "text/csv",
        key="explore-marks-csv", icon=":material/download:", on_click="ignore", help=_("A row for each code."),
    )  # fmt: skip


def _bring(subject: Subject) -> None:
    st.markdown(_("Points, directions and groups of a model with as many latent dimensions: the **JSON** from here."))
    turn = st.session_state.setdefault(_TURN, 0)
    file = st.file_uploader(
        _("Bookmarks"), "json", max_upload_size=1, key=f"explore-marks-file-{turn}", label_visibility="collapsed"
    )
    if file is None:
        return
    try:
        new = marks.bring(subject, file.getvalue())
    except UserError as error:
        st.error(plain(str(error)))
        return
    st.session_state[_TURN] += 1
    if not new:
        st.session_state[_SAID] = _("All of these bookmarks are here already.")
    st.rerun()
