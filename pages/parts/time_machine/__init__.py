"""Training as a film: one slider moves samples, codes, the picture of z and the losses through time together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st

from pages.parts.component import base64_text, component, picture_url
from pages.parts.palette import CLASSES, CONCEPTS, Colour
from pages.parts.text import _

_machine = component(Path(__file__).parent, canvas=True)


@dataclass(frozen=True)
class Line:
    """A loss over the steps of training, finite values only."""

    name: str
    steps: np.ndarray
    values: np.ndarray
    colour: Colour


def time_machine(
    name: str,
    steps: Sequence[int],
    sheet: bytes,
    columns: int,
    *,
    key: str,
    codes: np.ndarray | None = None,
    labels: np.ndarray | None = None,
    strip: bytes | None = None,
    strip_steps: Sequence[int] = (),
    stops: Sequence[int] = (),
    lines: Sequence[Line] = (),
    at: int | None = None,
    on_rest: Callable[[object], None] = lambda answer: None,
) -> None:
    """Show a run through time. The slider moves in the browser alone; the page hears of it when it rests.

    Args:
        name: Says which run it is: with another one the slider goes to where the page stands.
        steps: The ``S`` steps that were kept, ascending.
        sheet: PNG or JPEG bytes: the samples at each of them, row by row, ``columns`` in a row.
        columns: Frames in a row of the sheet.
        key: Identity of the element.
        codes: float32 ``[S, N, 2]``, the codes of the same samples at each step; None: there is no encoder.
        labels: Classes of these samples ``[N]``, where they have any.
        strip: PNG or JPEG bytes: what the decoder made of z at ``strip_steps``, side by side; None: not known. Where
            the page has a film of these steps (see ``decoder``), the browser draws them itself and follows z.
        strip_steps: Steps of the pictures in ``strip``.
        stops: Steps at which the slider can come to rest; none: it stays where it is, and nothing is told.
        lines: Losses, drawn on one scale.
        at: The step at which the page stands; None: the end.
        on_rest: Called, before the run that it causes, with what the browser sends when the slider has come to rest
            and gone to the nearest of ``stops``: ``{"name": ..., "step": ...}`` if it is honest.
    """

    def rested() -> None:
        on_rest(st.session_state[key].get("rest"))

    values = np.concatenate([line.values for line in lines]) if lines else np.zeros(1)
    low, high = np.quantile(values, [0.005, 0.995])
    film = _("One z through time, from step {a:,} to {b:,}. Click a moment to go there.")
    data = {
        "name": name,
        "steps": list(steps),
        "at": at,
        "sheet": picture_url(sheet),
        "columns": columns,
        "codes": None if codes is None else base64_text(codes.astype(np.float32).tobytes()),
        "labels": None if labels is None else base64_text(labels.astype("<u2").tobytes()),
        "reach": 1.0 if codes is None else 1.1 * float(np.quantile(np.abs(codes), 0.995)) + 1e-6,
        "colours": [[one.light, one.dark] for one in (CLASSES if labels is not None else [CONCEPTS["real"]])],
        "strip": None if strip is None else picture_url(strip),
        "strip_steps": list(strip_steps),
        "stops": list(stops),
        "curves": [
            {
                "name": line.name,
                "x": line.steps.tolist(),
                "y": line.values.round(4).tolist(),
                "colour": [line.colour.light, line.colour.dark],
            }
            for line in lines
        ],
        "low": float(low),
        "high": float(max(high, low + 1e-6)),
        "words": {
            "time": _("Step of training"),
            "play": _("Play"),
            "step": _("step {n}"),
            "samples": _("The same noise, drawn at each moment"),
            "codes": _("Codes of the same held-out samples"),
            "z": _("Your z, as the decoder of that moment draws it"),
            "losses": _("Losses"),
            "film": film.format(a=strip_steps[0], b=strip_steps[-1]) if strip_steps else "",
        },
    }
    _machine(key=key, data=data, on_rest_change=rested)
