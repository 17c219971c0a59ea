"""What pages know of runs: the one store of this server, the visitor's own runs, and the run in the address."""

import os
from pathlib import Path

import streamlit as st

from genmodels.errors import UserError
from genmodels.training.folder import RunFolder
from genmodels.training.store import RunStore, bundled
from pages.parts import consent
from pages.parts.owner import owner_id


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
        UserError: It is active or damaged, or its data are a large download that the visitor has not agreed to, as
            those of a run from elsewhere may be.
    """
    consent.require(folder.config().data)
    if changes:
        folder.change(**changes)
    store().resume(folder)


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
