"""The app: ``streamlit run app.py``. The frame around the pages, and the one place that starts services."""

import streamlit as st

from pages.parts import frame, kept, owner, tour, warmup

page = st.navigation(frame.pages(), position=frame.menu())
frame.resume()
frame.dress(page)
with st.container(key="page"):
    page.run()
tour.show(page.url_path or "home")
owner.keep()  # below the page: while it loads, it takes a place
kept.sync()
warmup.start()
