"""The Share menu of every page: how much is shown, a link to what one sees, and what that link leaves out."""

import streamlit as st

from pages.parts import hiding, levels
from pages.parts.copy_link import copy_link
from pages.parts.text import _

_HIDE = "share-hide"
_LOCK = "share-lock"


def menu(page: str) -> None:
    """Draw the menu in the header; ``page`` is the one that is open."""
    if hiding.hidden("share"):
        return
    with st.container(key="share"), st.popover(_("Share"), icon=":material/share:", key="share-menu", type="tertiary"):
        st.markdown(_("**How much to show**"))
        levels.switch("share")
        st.markdown(_("**Link**"))
        st.caption(_("It reopens exactly this: page, run, point, seed and level."))
        copy_link("copy-link", _said())
        with st.expander(_("For teachers"), key="share-teacher"):
            _teacher(page)


def _said() -> dict[str, str]:
    locked = ("share",) if st.session_state.get(_LOCK) else ()
    return {"level": levels.current(), "hide": ",".join((*hiding.current(), *locked))}


def _teacher(page: str) -> None:
    st.caption(_("Set up the page as your pupils should find it, pick what they should not see, and copy the link."))
    offered = hiding.offered(page)
    st.session_state[_HIDE] = [name for name in offered if name in hiding.current()]
    st.pills(
        _("Leave out"),
        offered,
        selection_mode="multi",
        format_func=hiding.title,
        key=_HIDE,
        on_change=_hide,
        args=(offered,),
    )
    st.toggle(_("Lock"), key=_LOCK, help=_("The link leaves out this menu as well, so nothing comes back."))


def _hide(offered: list[str]) -> None:
    elsewhere = [name for name in hiding.current() if name not in offered]
    hiding.choose((*elsewhere, *st.session_state[_HIDE]))
