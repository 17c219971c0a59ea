"""What pages know of runs: the one store of this server, the visitor's own runs, and the run in the address."""

import os
from pathlib import Path

import streamlit as st

from genmodels.errors import UserError
from genmodels.training.folder import RunFolder
from genmodels.training.store import RunStore, bundled
from pages.parts import consent
from pages.parts.owner import owner_id
from pages.parts.text import _

MOST_ACTIVE = 4
"""Runs of one visitor that may go on or wait at the same time."""


@st.cache_resource(show_spinner=False)
def store() -> RunStore:
    """All runs, and the pool that computes them; ``GENMODELS_RUNS`` says where, ``GENMODELS_WORKERS=threads`` how."""
    from genmodels.training.executor import WorkerPool

    pool = WorkerPool(processes=os.environ.get("GENMODELS_WORKERS") != "threads")
    pool.warm()
    return RunStore(Path(os.environ.get("GENMODELS_RUNS", "runs")), pool)


def own_runs() -> list[RunFolder]:
    """The visitor's runs, newest first."""
    return store().listed(owner_id())


def resume(folder: RunFolder, **changes: object) -> None:
    """Go on with a run that is not active, with ``changes`` of its settings.

    Raises:
        UserError: It is active or damaged, too many others are active, or its data are a large download that the
            visitor has not agreed to, as those of a run from elsewhere may be.
    """
    consent.require(folder.config().data)
    if not folder.active():  # else the store says what is wrong
        require_room()
    store().resume(folder, **changes)


def require_room(runs: int = 1) -> None:
    """Raise UserError where so many more active runs would be too many for the visitor."""
    if sum(folder.active() for folder in own_runs()) + runs > MOST_ACTIVE:
        raise UserError(
            _("At most {n} runs can go on or wait at a time; stop one of them first.").format(n=MOST_ACTIVE)
        )


def train_longer(folder: RunFolder) -> None:
    """Go on with a finished run for as much again as it was given at first. Raises UserError as :func:`resume`."""
    config = folder.config()
    more = {name: 2 * value for name in ("steps", "seconds") if (value := getattr(config, name)) is not None}
    resume(folder, target=None, **more)


def may_steer(folder: RunFolder) -> bool:
    """Whether the visitor may pause, stop, rename or delete this run."""
    return store().owns(folder, owner_id())


def open_run() -> RunFolder | None:
    """The run in the address (``?run=``), or None. What is wrong with the address is said on the page."""
    run_id = st.query_params.get("run")
    if run_id is None:
        return None
    try:
        return store().find(run_id)
    except UserError as error:
        st.warning(str(error))
        return None


def explorable() -> list[RunFolder]:
    """What the visitor can explore: their own runs, then the bundled ones."""
    return own_runs() + bundled()
