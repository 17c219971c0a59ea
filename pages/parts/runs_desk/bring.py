"""Bringing a run from another machine: a zip made by Export, Whole run."""

import tempfile
from pathlib import Path

import streamlit as st

from genmodels.data import DATASETS
from genmodels.errors import UserError
from genmodels.export.incoming import MOST_ZIP_MB, unpack
from pages.parts import studio
from pages.parts.own_data import is_own
from pages.parts.owner import owner_id
from pages.parts.text import _

_ROUND = "_runs_bring_round"
"""Counts the runs that were brought: a new round begins with an empty uploader."""


def popover() -> None:
    with st.popover(_("Import run"), icon=":material/upload:", key="runs-bring"):
        st.markdown(_("A run from another machine: the zip from *Export*, *Whole run*."))
        turn = st.session_state.setdefault(_ROUND, 0)
        file = st.file_uploader(
            _("Run as zip"),
            type="zip",
            key=f"runs-zip-{turn}",
            max_upload_size=MOST_ZIP_MB,
            label_visibility="collapsed",
        )
        if file is not None:
            _bring(file.getbuffer())


def _bring(content: memoryview) -> None:
    with st.spinner(_("Looking at every part of it...")), tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "run.zip"
        path.write_bytes(content)
        try:
            unpack(path, studio.store().root, owner=owner_id(), has_data=_has_data)
        except UserError as error:
            st.error(str(error))
            return
    st.session_state[_ROUND] += 1
    st.rerun()


def _has_data(name: str) -> bool:
    return name in DATASETS or is_own(name)
