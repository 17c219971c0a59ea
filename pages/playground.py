"""Playground: see the game itself, in two dimensions."""

import streamlit as st

from genmodels.errors import UserError
from pages.parts import frame, playground_desk, run_view, studio

frame.require(__file__)
run_view.style()
playground_desk.style()
try:
    playground_desk.show(studio.open_run())
except UserError as error:
    st.warning(str(error))
    playground_desk.show(None)
