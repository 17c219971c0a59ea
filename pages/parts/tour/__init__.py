"""The guided tour: a small card that points at a control, notices when the step is done, and does it if asked.

Its place is kept in the browser: one can leave it, close the page, and go on later.
"""

from pathlib import Path

import streamlit as st

from pages.parts import kept
from pages.parts.component import component
from pages.parts.text import _
from pages.parts.tour.steps import Step, steps

_NAME = "tour"
_ON = "_tour_on"
_MARK = "_tour_mark"
_ASKED = "_tour_asked"
"""The step whose button was pressed. Kept, because a run of the page that breaks off that of the card would swallow the
answer of the button itself."""
_SECONDS = 1.5
_pointer = component(Path(__file__).parent)


def place() -> int:
    """Number of the step that comes next; what the browser kept is checked."""
    number = kept.get(_NAME)
    return number if isinstance(number, int) and 0 <= number <= len(steps()) else 0


def begin() -> None:
    """Start the tour, or go on with it."""
    st.session_state[_ON] = True
    if place() >= len(steps()):
        _go(0)


def leave() -> None:
    """Put the card away; the place is kept."""
    st.session_state[_ON] = False


def button(key: str) -> None:
    """Starts the tour, or goes on where the visitor left it."""
    label = _("Go on") if 0 < place() < len(steps()) else _("Tour")
    st.button(label, key=key, icon=":material/tour:", on_click=begin,
              help=_("Train a model and explore it, step by step, in about three minutes."))  # fmt: skip


def show(page: str) -> None:
    """The card, below every page; nothing while the tour is not on."""
    if st.session_state.get(_ON):
        st.fragment(_card, run_every=_SECONDS)(page)


def _go(number: int) -> None:
    kept.put(_NAME, number)
    st.session_state.pop(_MARK, None)


def _card(page: str) -> None:
    if not st.session_state.get(_ON):
        st.rerun()
    all_steps, number = steps(), place()
    if number < len(all_steps) and _done(all_steps[number], number, page):
        _go(number + 1)
        st.rerun()
    if st.session_state.pop(_ASKED, None) == number:
        _answer(all_steps[number], page)
        st.rerun()
    with st.container(key="tour", border=True, gap="small"):
        if number >= len(all_steps):
            st.markdown(_("**That was the tour.** Everything else is yours to find."))
            st.button(_("Close"), key="tour-close", type="primary", on_click=leave)
            return
        step = all_steps[number]
        st.caption(_("Step {number} of {count}").format(number=number + 1, count=len(all_steps)))
        st.markdown(step.sentence)
        with st.container(horizontal=True, gap="small"):
            _buttons(step, number, page)
        if page == step.page:
            _point_at(step, number)


def _buttons(step: Step, number: int, page: str) -> None:
    if page != step.page:
        st.button(_("Go there"), key="tour-go", type="primary", icon=":material/arrow_forward:",
                  on_click=_ask, args=(number,))  # fmt: skip
    elif step.drive:
        st.button(_("Show me"), key=f"tour-drive-{number}", type="primary", on_click=_ask, args=(number,))
    st.button(_("Skip"), key=f"tour-skip-{number}", on_click=_go, args=(number + 1,))
    st.button(_("Leave"), key="tour-leave", type="tertiary", on_click=leave)


def _ask(number: int) -> None:
    st.session_state[_ASKED] = number


def _answer(step: Step, page: str) -> None:
    if page != step.page:
        st.switch_page(f"pages/{step.page}.py")
    elif step.drive:
        step.drive()


def _done(step: Step, number: int, page: str) -> bool:
    mark = st.session_state.get(_MARK)
    if page == step.page and (mark is None or mark[0] != number):
        mark = st.session_state[_MARK] = (number, step.watch())
    return step.done(page, mark[1] if mark and mark[0] == number else None)


def _point_at(step: Step, number: int) -> None:
    """A frame around the control, and the page scrolled to it once."""
    # Not a style alone: Streamlit keeps such a one beside the page, where a fragment that no longer draws it leaves it.
    st.html(f"<i></i><style>.st-key-{step.target}{{outline:3px solid var(--gm-generated);outline-offset:6px;"
            "border-radius:0.75rem}</style>")  # fmt: skip
    _pointer(key="tour_pointer", data={"target": f".st-key-{step.target}", "step": number})
