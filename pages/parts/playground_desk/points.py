"""Which points are played for: the toys with their noise and size, and what the visitor drew or uploaded."""

from typing import Any

import streamlit as st

from genmodels.data import DATASETS, entry_of
from genmodels.data.files import limits
from genmodels.data.painted import painted
from genmodels.data.toys import MAX_NOISE, MIN_NOISE
from genmodels.data.uploads import Draft, UploadStore, draft
from genmodels.errors import UserError
from genmodels.training.folder import RunFolder
from pages.parts import levels, turns
from pages.parts.brush import brush
from pages.parts.own_data.report import report
from pages.parts.owner import owner_id
from pages.parts.playground_desk import choice as chosen
from pages.parts.text import _

NOISES = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5)
SIZES = (50, 200, 1_000, 5_000, 20_000, None)
_BRUSH = "play-brush"
_REFUSED, _KEPT = "_play_points_refused", "_play_points_kept"


def points(folder: RunFolder | None, choice: chosen.Choice) -> None:
    """The list of sets, and the ways to own ones."""
    names = [*chosen.toys(), *chosen.own_points()]
    if choice.data not in names:  # somebody else's run is looked at
        names.append(choice.data)
    key = chosen.key("play-data", "picks")
    turns.shown(key, choice.data)

    def picked() -> None:
        if (new := st.session_state[key]) in names:
            chosen.change(folder, data=new)

    titles = {name: entry_of(name).card.title for name in names}
    st.selectbox(
        _("Data"), names, index=names.index(choice.data), key=key, format_func=titles.__getitem__,
        on_change=chosen.by_hand("picks", picked),
    )  # fmt: skip
    with st.container(horizontal=True, gap="small", key="play-own"):
        if st.button(_("Draw"), key="play-draw", icon=":material/brush:", help=_("Paint a distribution of your own.")):
            st.dialog(_("Draw your own"), width="medium")(_draw)(folder)
        if st.button(_("Upload"), key="play-upload", icon=":material/upload:", help=_("Points from a CSV.")):
            st.dialog(_("Upload points"), width="medium")(_upload)(folder)
        if choice.data in chosen.own_points():
            words = _("Delete this data set. Runs that learned from it stay, but cannot go on learning.")
            st.button("", key="play-forget", icon=":material/delete:", help=words, on_click=_forget, args=(folder,))
    if sentence := st.session_state.pop(_REFUSED, None):
        st.warning(sentence)
    if levels.shows("points", asked=any(name in choice.changes for name in chosen.OF_POINTS)):
        with st.expander(_("Noise and size"), key="play-Data"):
            _noise(folder, choice)
            _size(folder, choice)


# ---------------------------------------------------------------------- noise and size


def _noise(folder: RunFolder | None, choice: chosen.Choice) -> None:
    own = _own_noise(choice.data)
    if not own:
        st.caption(_("These points have no noise to set."))
        return
    value = choice.changes.get("data_noise") or own
    words = _("Standard deviation of the points around their modes or their curve.")
    options = sorted({*NOISES, own, value})
    _ladder(folder, "data_noise", _("Noise"), words, options, value, lambda new: None if new == own else new)


def _own_noise(name: str) -> float:
    """What a toy comes with; 0 where there is none to set."""
    if name not in chosen.toys():
        return 0.0
    noise: float = DATASETS[name].extra["build"]().noise
    return noise if MIN_NOISE <= noise <= MAX_NOISE else 0.0


def _size(folder: RunFolder | None, choice: chosen.Choice) -> None:
    value = choice.changes.get("data_size")
    words = _("Points to learn from. Few are learned by heart: compare the generated points with the held-out ones.")
    options = [*sorted({n for n in (*SIZES, value) if n}), None]
    _ladder(folder, "data_size", _("Points"), words, options, value, lambda new: new)


def _ladder(
    folder: RunFolder | None, name: str, title: str, words: str, options: list[Any], value: Any, told: Any
) -> None:
    key = chosen.key(f"play-set-{name}", "settings")
    turns.shown(key, value)
    st.select_slider(
        title, options, value=value, key=key, help=words, format_func=lambda n: _("all") if n is None else f"{n:,}",
        on_change=chosen.by_hand(
            "settings", lambda: chosen.set_value(folder, name, told(st.session_state[key]))
        ),
    )  # fmt: skip


# ---------------------------------------------------------------------- own points


def _draw(folder: RunFolder | None) -> None:
    st.caption(_("Where more paint lies, there will be more points. Then watch a model learn it."))
    brush(key=_BRUSH, on_drawn=lambda: _take_painting(folder))
    _close_when_kept()


def _take_painting(folder: RunFolder | None) -> None:
    wish = st.session_state[_BRUSH].get("drawn")
    number = sum(entry_of(name).card.title.startswith(_("Drawing")) for name in chosen.own_points()) + 1
    title = _("Drawing {n}").format(n=number)
    try:
        _keep(folder, Draft(painted(wish.get("dabs") if isinstance(wish, dict) else None, title)))
    except UserError as error:
        st.session_state[_REFUSED] = str(error)


def _upload(folder: RunFolder | None) -> None:
    most = limits.MAX_TABLE_BYTES >> 20
    given = st.file_uploader(
        _("CSV"), type=["csv", "tsv"], max_upload_size=most, key="play-csv", label_visibility="collapsed"
    )
    st.caption(_("One point per line: x and y, and a third column with its class if it has one."))
    if given is not None:
        try:
            read = draft([(given.name, given.getvalue())])
            if read.dataset.spec.modality != "points":
                raise UserError(_("These are no points; bring pictures on the Train page."))
        except UserError as error:
            st.error(str(error), icon=":material/error:")
            return
        report(read)
        if st.button(_("Use it"), key="play-csv-use", type="primary", icon=":material/check:"):
            try:
                _keep(folder, read)
            except UserError as error:
                st.session_state[_REFUSED] = str(error)
    _close_when_kept()


def _keep(folder: RunFolder | None, read: Draft) -> None:
    kept = UploadStore().keep(read, owner_id())
    chosen.change(folder, left=(), data=kept.name)
    st.session_state[_KEPT] = True


def _close_when_kept() -> None:
    if st.session_state.pop(_KEPT, False):
        st.rerun()
    if sentence := st.session_state.pop(_REFUSED, None):
        st.warning(sentence)


def _forget(folder: RunFolder | None) -> None:
    data = chosen.current().data
    chosen.change(folder, left=(), data=chosen.Choice().data)
    try:
        UploadStore().delete(data, owner_id())
    except UserError as error:
        st.session_state[_REFUSED] = str(error)
