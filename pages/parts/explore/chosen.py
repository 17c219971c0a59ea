"""Codes that are chosen on the scatter: several by a box or a lasso, one by a click, with its neighbours."""

from collections import Counter

import streamlit as st

from genmodels.errors import UserError
from genmodels.latent.nearest import nearest
from pages.parts.explore import marks, point
from pages.parts.explore.subject import Subject
from pages.parts.text import _, plain

NEIGHBOURS = 8
NAMED = 4
"""Neighbours that get a ring; classes that are named in a line."""
_SEVERAL = "_explore_chosen"
_ONE = "_explore_ringed"


def choose(subject: Subject, indices: tuple[int, ...]) -> None:
    """Choose test samples; an empty choice is none."""
    st.session_state[_SEVERAL] = (subject.run, indices)


def several(subject: Subject) -> tuple[int, ...]:
    """The test samples that are chosen, of this run."""
    run, indices = st.session_state.get(_SEVERAL, ("", ()))
    return indices if run == subject.run else ()


def ring(subject: Subject, index: int) -> None:
    """Put a ring around a test sample and those nearest to it."""
    st.session_state[_ONE] = (subject.run, index)


def neighbours(subject: Subject) -> tuple[int, ...]:
    """The sample that was clicked and the ``NEIGHBOURS`` nearest to it in latent space, itself first; or nothing."""
    run, index = st.session_state.get(_ONE, ("", 0))
    if run != subject.run:
        return ()
    near = nearest(subject.codes[index : index + 1], subject.codes, NEIGHBOURS + 1).where[0].tolist()
    return (index, *[other for other in near if other != index][:NEIGHBOURS])


def show(subject: Subject, hint: str) -> None:
    """What is chosen in words, or the ``hint``; to be shown in the fragment of the scatter."""
    st.caption(_sentence(subject, several(subject), neighbours(subject)) or hint)


def actions(subject: Subject) -> None:
    """What can be done with those that are chosen: always there, so that nothing below moves when some are."""
    indices = several(subject)
    words = _("The mean of the chosen codes becomes z.")
    if st.button(_("Mean"), key="explore-chosen-mean", disabled=not indices, help=words) and indices:
        point.move(subject, subject.codes[list(indices)].mean(0))
        st.rerun()
    words = _("They become a bookmark: a group, whose mean can be picked wherever a place can.")
    if st.button(_("Keep"), key="explore-chosen-keep", disabled=not indices, help=words) and indices:
        _keep(subject, indices)
    idle = not indices and not neighbours(subject)
    st.button(_("Clear"), key="explore-chosen-clear", disabled=idle, on_click=clear, help=_("Choose nothing."))


def _keep(subject: Subject, indices: tuple[int, ...]) -> None:
    name = marks.free_name(subject, _("selection {n}"))
    try:
        marks.make(subject, name, "group", subject.codes[list(indices)])
    except UserError as error:
        st.toast(plain(str(error)), icon=":material/error:")
    else:
        st.toast(_("Kept in Bookmarks as {name}.").format(name=name), icon=":material/bookmark_add:")


def clear() -> None:
    """Choose nothing, ring nothing."""
    st.session_state.pop(_SEVERAL, None)
    st.session_state.pop(_ONE, None)


def _sentence(subject: Subject, indices: tuple[int, ...], ringed: tuple[int, ...]) -> str:
    if indices:
        return _("**{n} chosen**").format(n=len(indices)) + counted(subject, indices)
    if ringed:
        return _("Ringed, its {n} nearest").format(n=len(ringed) - 1) + counted(subject, ringed[1:])
    return ""


def counted(subject: Subject, indices: tuple[int, ...]) -> str:
    """Of which classes they are, most frequent first: ``": 20 × “4”, 3 × “9”"``; nothing where there are no classes."""
    labels, classes = subject.examples.labels, subject.examples.classes
    if labels is None or not classes:
        return ""
    counts = Counter(labels[list(indices)].tolist()).most_common()
    named = [_("{n} × “{name}”").format(n=n, name=classes[label]) for label, n in counts[:NAMED]]
    rest = sum(n for _label, n in counts[NAMED:])
    if rest:
        named.append(_("1 other") if rest == 1 else _("{n} others").format(n=rest))
    return ": " + ", ".join(named)
