"""What is slow the first time is done once, in the background, while the visitor looks at the first page."""

import gc
import threading

import streamlit as st


def _warm() -> None:
    import pandas  # noqa: F401  (whole, before Plotly looks whether it is there)
    import plotly.graph_objects as go
    import torch

    # One thread for the pages: every rerun is a new thread, and with two its first inference costs 4.4 ms, not 0.8.
    torch.set_num_threads(1)
    go.Figure(go.Scatter(x=[0], y=[0])).to_json()
    # Streamlit collects garbage after every run. What is loaded by now stays for good: frozen, it is no longer looked
    # through, which takes a click from 170 ms down to 11.
    gc.collect()
    gc.freeze()


@st.cache_resource(show_spinner=False)
def start() -> threading.Thread:
    """Start the warm-up, once in the life of the server; the thread is returned for those who must wait."""
    thread = threading.Thread(target=_warm, name="warm-up")
    thread.start()
    return thread
