"""Bringing a run from another machine: a zip made by Take away."""

import streamlit as st

from pages.parts.text import _


def popover() -> None:
    with st.popover(_("Bring run"), icon=":material/upload:", key="runs-bring"):
        st.markdown(_("Soon."))
