"""A run's history as arrays: every number it wrote down, over steps and over seconds of training."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

import numpy as np

from genmodels.training.folder import RunFolder


@dataclass(frozen=True)
class Track:
    """One quantity of a run: float64 ``[N]`` each, in the order of training; ``seconds`` are of training time."""

    steps: np.ndarray
    seconds: np.ndarray
    values: np.ndarray


Row = tuple[float, float, dict[str, float]]
"""Step, seconds, and what was written down there by name."""


def rows(folder: RunFolder) -> list[Row]:
    """What was written down, in order.

    Losses are called ``loss/<player>/<part>``, measures ``quality/<name>``, entries of lists
    ``quality/<name>/<index>``. What a resumed run went through twice is told once; damaged lines are passed over.
    """
    told: list[Row] = []
    for event in folder.events():
        step, seconds = event.get("step"), event.get("seconds")
        if not (_is_number(step) and _is_number(seconds)):
            continue
        if event.get("event") == "started":
            told = [row for row in told if row[0] <= step]
        elif values := dict(_numbers(event)):
            told.append((float(step), float(seconds), values))
    return told


def tracks(folder: RunFolder) -> dict[str, Track]:
    """Every quantity of :func:`rows` on its own, in the order in which they first appear."""
    found: dict[str, list[tuple[float, float, float]]] = {}
    for step, seconds, values in rows(folder):
        for name, value in values.items():
            found.setdefault(name, []).append((step, seconds, value))
    return {name: Track(*np.array(points).T) for name, points in found.items()}


def _numbers(event: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    kind = event.get("event")
    prefix, values = ("loss", event.get("losses")) if kind == "step" else ("quality", event.get("metrics"))
    if kind not in ("step", "evaluation") or not isinstance(values, dict):
        return
    for name, value in values.items():
        parts = enumerate(value) if isinstance(value, list) else [(None, value)]
        for index, part in parts:
            if _is_number(part):
                yield f"{prefix}/{name}" + ("" if index is None else f"/{index}"), float(part)


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
