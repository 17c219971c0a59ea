"""The address says what one sees: one typed table of everything that may stand in it.

What a visitor's address carries is anybody's text. :func:`read` gives a checked value or the default, never an error,
so a page that reads through it cannot be broken by a link.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from pages.parts.learn.markup import LEVELS

MOST_CHARACTERS = 4_000
"""Of one value; a point in a thousand dimensions fits."""
MOST_SEED = 2**31 - 1
MOST_STEP = 2**31 - 1
MOST_LABEL = 9_999
FARTHEST = 30.0
"""The largest coordinate of a code."""


@dataclass(frozen=True)
class Parameter:
    """One thing that an address may say.

    Attributes:
        default: What holds where it says nothing, or nonsense.
        parse: From text to a value; raises ValueError for nonsense.
        write: From a value to text.
        about: What it decides.
    """

    default: Any
    parse: Callable[[str], Any]
    write: Callable[[Any], str]
    about: str


def _word(pattern: str) -> Callable[[str], str]:
    form = re.compile(pattern)

    def parse(text: str) -> str:
        if not form.fullmatch(text):
            raise ValueError(text)
        return text

    return parse


def _one_of(*words: str) -> Callable[[str], str]:
    return _word("|".join(map(re.escape, words)))


def _number(low: float, high: float) -> Callable[[str], float]:
    def parse(text: str) -> float:
        value = float(text)
        if not low <= value <= high:  # false for nan too
            raise ValueError(text)
        return value

    return parse


def _whole(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not (text.isascii() and text.isdecimal() and len(text) <= 10 and low <= int(text) <= high):
            raise ValueError(text)
        return int(text)

    return parse


def _code(text: str) -> tuple[float, ...]:
    values = tuple(float(part) for part in text.split("_"))
    if not all(math.isfinite(value) and abs(value) <= FARTHEST for value in values):
        raise ValueError(text)
    return values


def _names(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in text.split(",") if re.fullmatch(r"[a-z-]{1,30}", name)))


PARAMETERS: Mapping[str, Parameter] = {
    "run": Parameter(None, _word(r"[A-Za-z0-9_-]{1,64}"), str, "the run that is open"),
    "runs": Parameter(None, _word(r"[A-Za-z0-9_.-]{1,400}"), str, "the runs that are compared"),
    "beside": Parameter(None, _word(r"[A-Za-z0-9_-]{1,64}"), str, "the model or run beside that of the playground"),
    "model": Parameter("vae", _word(r"[a-z0-9-]{1,40}"), str, "the model on the Train form"),
    "data": Parameter("digits", _word(r"[A-Za-z0-9:_-]{1,80}"), str, "the data on the Train form"),
    "preset": Parameter("fast", _one_of("fast", "good", "best"), str, "the preset on the Train form"),
    "seed": Parameter(0, _whole(0, MOST_SEED), str, "the seed: of the run to train, or of the point in Explore"),
    "z": Parameter(None, _code, lambda z: "_".join(f"{value:g}" for value in z), "the point in Explore"),
    "psi": Parameter(1.0, _number(0, 1.5), lambda psi: f"{psi:g}", "the truncation in Explore"),
    "y": Parameter(0, _whole(0, MOST_LABEL), str, "the class that a conditional model draws in Explore"),
    "step": Parameter(None, _whole(0, MOST_STEP), str, "the moment of training at which Explore stands"),
    "show": Parameter(None, _word(r"[a-z-]{1,40}"), str, "the section that is open in Explore"),
    "lesson": Parameter(None, _word(r"[a-z0-9-]{1,60}"), str, "the lesson that is open in Learn"),
    "level": Parameter("student", _one_of(*LEVELS), str, "how much is shown"),
    "hide": Parameter((), _names, ",".join, "parts of the pages that are left out, see pages/parts/hiding.py"),
}
"""Everything but the page itself, which is the path in front."""


def parsed(name: str, text: str | None) -> Any:
    """The value that ``text`` means, or the default.

    >>> parsed("psi", "0.7"), parsed("psi", "nan"), parsed("z", "0.5_-1"), parsed("preset", "<b>")
    (0.7, 1.0, (0.5, -1.0), 'fast')
    """
    parameter = PARAMETERS[name]
    if text is None or len(text) > MOST_CHARACTERS:
        return parameter.default
    try:
        return parameter.parse(text)
    except ValueError:
        return parameter.default


def read(name: str) -> Any:
    """What the visitor's address says about ``name``."""
    return parsed(name, st.query_params.get(name))


def says(name: str) -> bool:
    """Whether the address says something sensible about ``name``."""
    text = st.query_params.get(name)
    if text is None or len(text) > MOST_CHARACTERS:
        return False
    try:
        PARAMETERS[name].parse(text)
    except ValueError:
        return False
    return True


def write(name: str, value: Any) -> None:
    """Say ``value`` in the address; nothing where it is the default."""
    if value == PARAMETERS[name].default:
        st.query_params.pop(name, None)
    elif st.query_params.get(name) != (text := PARAMETERS[name].write(value)):
        st.query_params[name] = text


def query(**values: Any) -> dict[str, str]:
    """Parameters for ``st.switch_page``, as short as can be: defaults are left out.

    >>> query(run="vae-digits", psi=1.0, z=(0.5, -1.0))
    {'run': 'vae-digits', 'z': '0.5_-1'}
    """
    return {name: PARAMETERS[name].write(value) for name, value in values.items() if value != PARAMETERS[name].default}


def link(page: str, **values: Any) -> str:
    """A relative address, to be put behind that of the app.

    >>> link("explore", run="vae-digits", hide=("dice", "seed"))
    'explore?run=vae-digits&hide=dice%2Cseed'
    """
    parameters = urlencode(query(**values))
    return f"{page}?{parameters}" if parameters else page
