"""When we are: the moment of training at which the whole page stands, kept in the address (``?step=``).

It is the end, or an earlier one whose weights were kept. To go to one is a step in the history, so the back button
leads to where one was.
"""

from collections.abc import Sequence

import streamlit as st

from genmodels.training.folder import RunFolder
from pages.parts import address
from pages.parts.explore.subject import Subject, open_subject
from pages.parts.text import _


def last(folder: RunFolder) -> int:
    """The step at the end of what is kept of the run."""
    return max([*folder.frames(), *folder.kept_weights()], default=0)


def earlier(folder: RunFolder) -> list[int]:
    """Steps before the end whose weights were kept, in order."""
    end = last(folder)
    return [step for step in folder.kept_weights() if step < end]


def kept(folder: RunFolder) -> list[int]:
    """All moments at which the page can stand, the end among them."""
    return [*earlier(folder), last(folder)]


def at(subject: Subject, step: int) -> Subject:
    """The same run at a moment whose weights were kept."""
    return open_subject(subject.folder, subject.version, None if step == last(subject.folder) else step)


def nearest(steps: Sequence[int], end: int, asked: int) -> int | None:
    """The one of ``steps`` that is nearest to ``asked``; None: the end is.

    >>> nearest([0, 10, 100], 1000, 30), nearest([0, 10, 100], 1000, 999), nearest([], 1000, 30)
    (10, None, None)
    """
    step = min([*steps, end], key=lambda step: abs(step - asked))
    return None if step == end else step


def wanted(folder: RunFolder) -> int | None:
    """The moment that the address names, or that nearest to it; None: the end."""
    text = st.query_params.get("step")
    if text is None:
        return None
    if not address.says("step"):
        sentence = _("The address asks for step = {value}; it has to be a whole number.")
        st.warning(sentence.format(value=repr(text[:20])))
        return None
    return nearest(earlier(folder), last(folder), address.read("step"))


def go(step: int | None) -> None:
    """Let the page stand there when it is drawn next."""
    address.write("step", step)


def said(subject: Subject) -> None:
    """Where the page stands and the ways from there, in a row; nothing where the address names no moment."""
    folder, step = subject.folder, subject.step
    if "step" not in st.query_params:
        return
    if step is None:
        st.markdown(_("This is the end of training, step {n:,}.").format(n=last(folder)))
        return
    sentence = _(":material/history: **As it was at step {n:,} of {all:,}**")
    st.markdown(sentence.format(n=step, all=last(folder)), width="content")
    steps = earlier(folder)
    before = [other for other in steps if other < step]
    after = [other for other in steps if other > step]
    st.button(
        "", icon=":material/chevron_left:", key="explore-moment-before", help=_("The moment before"),
        disabled=not before, on_click=go, args=(before[-1] if before else step,),
    )  # fmt: skip
    st.button(
        "", icon=":material/chevron_right:", key="explore-moment-after", help=_("The moment after"),
        on_click=go, args=(after[0] if after else None,),
    )  # fmt: skip
    st.button(
        _("Latest"), key="explore-moment-latest", help=_("Back to the end of training."), on_click=go, args=(None,)
    )
