"""The visitor's own runs, newest first: open one, rename it, delete it."""

import streamlit as st

from genmodels.errors import UserError
from genmodels.training.folder import RunFolder
from pages.parts import run_state, studio
from pages.parts.owner import owner_id
from pages.parts.text import _, plain
from pages.parts.train_form.start import open_address

RECENT = 6


def run_list(opened: RunFolder | None = None) -> None:
    """The recent runs; ``opened`` is the one on the page."""
    runs = studio.own_runs()
    if not runs:
        return
    with st.container(key="run-list", gap="xsmall"):
        st.html(f"<h3 class='gm-panel'>{_('Your runs')}</h3>")
        for folder in runs[:RECENT]:
            _row(folder, opened)
        if len(runs) > RECENT:
            with st.expander(_("{n} older").format(n=len(runs) - RECENT)):
                for folder in runs[RECENT:]:
                    _row(folder, opened)


def _row(folder: RunFolder, opened: RunFolder | None) -> None:
    try:
        title, state = str(folder.about()["title"]), folder.status().state
    except (UserError, TypeError):
        title, state = _("Damaged run"), ""
    look = run_state.state(state)
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", wrap=False):
        st.button(
            plain(title) or _("Untitled run"),
            key=f"open-{folder.id}",
            icon=look.icon,
            help=look.word,
            type="tertiary",
            disabled=opened is not None and opened.path == folder.path,
            on_click=open_address,
            args=(folder.id,),
        )
        st.space("stretch")
        actions = {"rename": _("Rename"), "delete": _("Delete")}
        picked = st.menu_button(
            "",
            list(actions),
            key=f"menu-{folder.id}",
            icon=":material/more_vert:",
            type="tertiary",
            format_func=actions.__getitem__,
        )
    if picked == "rename":
        rename_dialog(folder, title)
    elif picked == "delete":
        st.dialog(_("Delete this run?"))(_delete)(folder, title)


def rename_dialog(folder: RunFolder, title: str) -> None:
    """Another title for a run, asked for in a dialog of its own."""
    st.dialog(_("Rename"))(_rename)(folder, title)


def _rename(folder: RunFolder, title: str) -> None:
    new = st.text_input(_("Title"), value=title, max_chars=120, key="rename-title")
    if st.button(_("Save"), key="rename-save", type="primary"):
        try:
            folder.rename(new.strip())
        except UserError as error:
            st.error(str(error))
            return
        st.rerun()


def _delete(folder: RunFolder, title: str) -> None:
    st.markdown(_("“{title}” and everything it learned will be gone for good.").format(title=plain(title)))
    if st.button(_("Delete"), key="delete-yes", type="primary", icon=":material/delete:"):
        try:
            studio.store().delete(folder, owner_id())
        except UserError as error:
            st.error(str(error))
            return
        if st.query_params.get("run") == folder.id:
            open_address(None)
        st.rerun()
