"""What is around every page: the list of pages, the way in through a deep link, and the look of the whole."""

from pathlib import Path
from typing import Literal

import streamlit as st

from pages.parts import hiding, palette, share
from pages.parts.text import _

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
NAME = "genmodels studio"
_FRAMED = "_framed"
_WANTED = "_wanted_page"


def pages() -> list[st.Page]:
    """All pages in the order of the menu. The stem of the file is the path in the address."""
    return [
        st.Page(ROOT / "pages/home.py", title=_("Home"), icon=":material/home:", default=True),
        st.Page(ROOT / "pages/playground.py", title=_("Playground"), icon=":material/toys_fan:"),
        st.Page(ROOT / "pages/train.py", title=_("Train"), icon=":material/model_training:"),
        st.Page(ROOT / "pages/explore.py", title=_("Explore"), icon=":material/explore:"),
        st.Page(ROOT / "pages/compare.py", title=_("Compare"), icon=":material/compare:"),
        st.Page(ROOT / "pages/runs.py", title=_("Runs"), icon=":material/history:"),
        st.Page(ROOT / "pages/learn.py", title=_("Learn"), icon=":material/school:"),
    ]


def require(page_file: str) -> None:
    """The first line of every page: go back through ``app.py`` when the page was started without it.

    Before anybody has opened ``app.py``, Streamlit answers a deep link such as ``/train?run=...`` with the bare file
    from ``pages/``. So the page notes where the visitor wanted to go, and ``app.py`` leads on from there.
    """
    if not st.session_state.get(_FRAMED):
        wanted = {name: st.query_params.get_all(name) for name in st.query_params}
        st.session_state[_WANTED] = (f"pages/{Path(page_file).name}", wanted)
        st.switch_page("app.py")


def resume() -> None:
    """Right after ``st.navigation``: remember that the frame is there, and lead on to where a deep link pointed."""
    st.session_state[_FRAMED] = True
    if wanted := st.session_state.pop(_WANTED, None):
        page, parameters = wanted
        st.switch_page(page, query_params=parameters)


def menu() -> Literal["top", "hidden"]:
    """Where the list of pages stands; a lesson link may leave it out."""
    return "hidden" if hiding.hidden("pages") else "top"


def dress(page: st.Page) -> None:
    """Title, favicon, logo, style sheet and the Share menu."""
    st.set_page_config(page_title=f"{page.title} · {NAME}", page_icon=str(HERE / "favicon.svg"), layout="wide")
    st.logo(str(HERE / "logo.svg"), size="large")
    style = palette.css() + (HERE / "style.css").read_text(encoding="utf-8") + hiding.css()
    st.html(f"<style>{style}</style>")
    share.menu(page.url_path or "home")
