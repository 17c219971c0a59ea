"""The reports of runs, worked out beside the page: what is not there yet is waited for, never in the way."""

import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import streamlit as st

from genmodels.errors import UserError
from genmodels.metrics.report import Report, report
from genmodels.training.folder import RunFolder
from pages.parts.explore.subject import version
from pages.parts.text import _

AGAIN = 8.0
"""Seconds between two reports of a run that goes on."""
KEPT = 64


@dataclass
class _Held:
    """The newest report of a run that was asked for, and the last one that is there."""

    version: int
    asked: float
    work: "Future[Report]"
    last: Report | None = None
    problem: str = ""


@st.cache_resource(show_spinner=False)
def _held() -> dict[str, _Held]:
    return {}


@st.cache_resource(show_spinner=False)
def _background() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="report")


def report_of(folder: RunFolder, active: bool) -> tuple[Report | None, str]:
    """The report there is, and one sentence where there can be none; asks for a newer one where that is due."""
    try:
        newest = version(folder)
    except UserError:
        return None, _("No weights yet")
    held = _held().get(str(folder.path))
    if held is None or _is_due(held, newest, active):
        held = _ask(folder, newest, held)
    if held.work.done():
        _take(held)
    return held.last, held.problem


def ready(folder: RunFolder) -> bool:
    """Whether the report of a run's newest weights is there, or there are no weights to wait for."""
    held = _held().get(str(folder.path))
    try:
        newest = version(folder)
    except UserError:
        return True
    return held is not None and held.version == newest and held.work.done()


def _is_due(held: _Held, newest: int, active: bool) -> bool:
    return held.version != newest and held.work.done() and (not active or time.monotonic() - held.asked > AGAIN)


def _ask(folder: RunFolder, newest: int, before: _Held | None) -> _Held:
    if before is not None:
        _take(before)
    elif len(_held()) >= KEPT:
        _held().pop(next(iter(_held())), None)
    work = _background().submit(report, folder)
    held = _Held(newest, time.monotonic(), work, before.last if before else None)
    _held()[str(folder.path)] = held
    return held


def _take(held: _Held) -> None:
    try:
        held.last, held.problem = held.work.result(), ""
    except UserError as error:
        held.problem = str(error)
    except Exception as error:  # whatever a damaged run brings about, the page goes on without its numbers
        held.problem = _("This run cannot be measured ({why}); choose another one.").format(why=type(error).__name__)
