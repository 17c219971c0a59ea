"""Own data on the Train page: the visitor's kept sets, and the workshop in which a new one is made."""

import streamlit as st

from genmodels.data.uploads import PREFIX, Kept, UploadStore
from genmodels.errors import UserError
from pages.parts.owner import owner_id
from pages.parts.text import _

NEW = "new"
"""What is chosen, in the list of own sets, while a new one is made."""
_MAKING = "_own_data_making"


def own_sets() -> list[Kept]:
    """The visitor's kept sets, newest first."""
    return UploadStore().listed(owner_id())


def making() -> bool:
    """Whether the visitor is bringing a new set."""
    return bool(st.session_state.get(_MAKING))


def make(on: bool) -> None:
    """Open or close the workshop."""
    st.session_state[_MAKING] = on


def is_own(name: str) -> bool:
    """Whether a set is one of the visitor's; ``name`` may be hostile."""
    try:
        store = UploadStore()
        return name.startswith(PREFIX) and store.owns(store.find(name), owner_id())
    except UserError:
        return False


def delete_button(name: str, title: str) -> None:
    """Removes a set, after asking."""
    with st.popover(_("Delete set"), icon=":material/delete:", key="own-delete", type="tertiary"):
        st.markdown(_("Runs that learned from it stay, but cannot go on learning."))
        st.button(
            _("Delete"), key="own-delete-yes", icon=":material/delete:", help=title, on_click=_delete, args=(name,)
        )
    if sentence := st.session_state.pop("_own_refused", None):
        st.warning(sentence)


def _delete(name: str) -> None:
    from pages.parts.train_form import choice as chosen

    try:
        UploadStore().delete(name, owner_id())
    except UserError as error:
        st.session_state["_own_refused"] = str(error)
        return
    left = own_sets()
    make(not left)
    chosen.change(data=left[0].name if left else chosen.Choice().data)
