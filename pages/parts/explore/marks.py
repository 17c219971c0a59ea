"""The visitor's bookmarks of a run: in its folder where the run is their own, else in the session."""

import streamlit as st

from genmodels.errors import UserError
from genmodels.latent.bookmarks import Bookmark, checked, load, merged, read_in, save
from pages.parts.explore.subject import Subject
from pages.parts.studio import may_steer

_STATE = "_explore_marks"


def kept_with_run(subject: Subject) -> bool:
    """Whether bookmarks outlive the session."""
    try:
        return may_steer(subject.folder)
    except UserError:
        return False


def listed(subject: Subject) -> list[Bookmark]:
    """The bookmarks; none where their file is damaged (see :func:`problem`)."""
    if not kept_with_run(subject):
        return list(st.session_state.get(_STATE, {}).get(subject.folder.id, []))
    try:
        return load(subject.folder.path, subject.latent_dim)
    except UserError:
        return []


def problem(subject: Subject) -> str:
    """One sentence when the bookmarks cannot be read, else empty."""
    try:
        if kept_with_run(subject):
            load(subject.folder.path, subject.latent_dim)
    except UserError as error:
        return str(error)
    return ""


def _keep(subject: Subject, marks: list[Bookmark]) -> None:
    if kept_with_run(subject):
        save(subject.folder.path, marks, subject.latent_dim)
    else:
        st.session_state.setdefault(_STATE, {})[subject.folder.id] = checked(marks, subject.latent_dim)


def add(subject: Subject, mark: Bookmark) -> None:
    """Keep one more. Raises UserError when its name is taken, or there are too many."""
    _keep(subject, [*listed(subject), mark])


def bring(subject: Subject, content: bytes) -> int:
    """Keep those of a file too; returns how many were not there yet. Raises UserError when they do not fit."""
    kept = listed(subject)
    together = merged(kept, read_in(content, subject.latent_dim))
    _keep(subject, together)
    return len(together) - len(kept)


def remove(subject: Subject, name: str) -> None:
    """Forget the one called ``name``."""
    _keep(subject, [mark for mark in listed(subject) if mark.name != name])
