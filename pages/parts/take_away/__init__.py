"""Taking a run away: every kind of file that ``genmodels.export`` makes, made when it is asked for."""

import streamlit as st

from genmodels.errors import UserError
from genmodels.export import EXPORTS, file_name
from genmodels.training.folder import RunFolder
from pages.parts.text import _

ICONS = {
    "numbers": ":material/table_chart:",
    "pictures": ":material/image:",
    "networks": ":material/hub:",
    "code": ":material/code:",
    "run": ":material/folder_zip:",
}


def dialog(folder: RunFolder) -> None:
    """The list of files in a dialog of its own."""
    st.dialog(_("Export"), width="medium")(files)(folder)


def files(folder: RunFolder) -> None:
    """One line for each kind of file: what it is, and the button that makes it; then the code to copy."""
    st.caption(_("Each file is made when you press its button; ONNX takes a few seconds."))
    for name, entry in EXPORTS.items():
        with st.container(horizontal=True, vertical_alignment="center", gap="small", wrap=False):
            st.download_button(
                _(entry.card.title),
                lambda make=entry.thing: make(folder),
                file_name(folder, name),
                entry.extra["mime"],
                key=f"take-{folder.id}-{name}",
                icon=ICONS.get(entry.card.family, ":material/download:"),
                on_click="ignore",
                width=150,
                disabled=not _there(folder, entry.extra["needs"]),
            )
            st.caption(_(entry.card.summary))
    _code(folder)


def _there(folder: RunFolder, needs: str) -> bool:
    """Whether the run has got as far as to have what a file is made of."""
    if needs == "images":
        return (folder.path / "model.safetensors").is_file() and _draws_pictures(folder)
    return (folder.path / needs).exists()


def _draws_pictures(folder: RunFolder) -> bool:
    """Seen by its held-out samples, which are small; the model may be large, or damaged, and is left alone."""
    try:
        return folder.fixed()["originals"].ndim == 4
    except (UserError, KeyError):
        return False


def _code(folder: RunFolder) -> None:
    with st.expander(_("Copy as Python"), icon=":material/content_copy:"):
        try:
            st.code(EXPORTS["python"].thing(folder).decode(), language="python")
        except UserError as error:
            st.info(str(error))
