"""The visitor's bookmarks of a run: in its folder where the run is their own, else in the session."""

from pathlib import Path

import streamlit as st
from pydantic import ValidationError
from torch import Tensor

from genmodels.errors import UserError
from genmodels.latent.bookmarks import FILE, Bookmark, Kind, checked, load, merged, read_in, save
from pages.parts.explore.subject import Subject
from pages.parts.studio import may_steer

_STATE = "_explore_marks"
Directions = tuple[tuple[str, tuple[float, ...]], ...]
"""Names and codes."""


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
        return _read(subject)
    except UserError:
        return []


def _read(subject: Subject) -> list[Bookmark]:
    try:
        changed = (subject.folder.path / FILE).stat().st_mtime_ns
    except OSError:
        changed = 0
    return list(_as_they_are(str(subject.folder.path), changed, subject.latent_dim))


@st.cache_resource(show_spinner=False, max_entries=16)
def _as_they_are(path: str, changed: int, latent_dim: int) -> list[Bookmark]:
    return load(Path(path), latent_dim)


def directions(subject: Subject) -> Directions:
    """The directions among the bookmarks, without those that lead nowhere."""
    marks = (mark for mark in listed(subject) if mark.kind == "direction")
    return tuple((mark.name, mark.codes[0]) for mark in marks if any(mark.codes[0]))


def problem(subject: Subject) -> str:
    """One sentence when the bookmarks cannot be read, else empty."""
    try:
        if kept_with_run(subject):
            _read(subject)
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


def make(subject: Subject, name: str, kind: Kind, codes: Tensor) -> None:
    """Keep codes ``[n, latent_dim]`` under a name. Raises UserError as :func:`add`, and when they are too far out."""
    try:
        mark = Bookmark(name, kind, tuple(tuple(round(value, 4) for value in code) for code in codes.tolist()))
    except ValidationError:
        raise UserError("This cannot be kept; choose another name, or codes closer to the middle.") from None
    add(subject, mark)


def free_name(subject: Subject, form: str) -> str:
    """A name that no bookmark has, after ``form``, as ``"place {n}"``."""
    taken = {mark.name for mark in listed(subject)}
    return next(name for n in range(1, len(taken) + 2) if (name := form.format(n=n)) not in taken)


def bring(subject: Subject, content: bytes) -> int:
    """Keep those of a file too; returns how many were not there yet. Raises UserError when they do not fit."""
    kept = listed(subject)
    together = merged(kept, read_in(content, subject.latent_dim))
    _keep(subject, together)
    return len(together) - len(kept)


def remove(subject: Subject, name: str) -> None:
    """Forget the one called ``name``."""
    _keep(subject, [mark for mark in listed(subject) if mark.name != name])
