"""Controls drawn from a configuration class: one for each field that says how it wants to be shown."""

import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Union, get_args, get_origin

import streamlit as st
from pydantic.fields import FieldInfo

from genmodels.catalogue import REGISTRIES
from genmodels.config import RunConfig, field_extra
from pages.parts import turns
from pages.parts.text import _

FEW = 200
"""Whole numbers with at most so many values get a slider, others a number field."""
WIDE = 100
"""A range whose ends differ by this factor is walked in steps of 1, 2, 5, 10, 20, 50."""

NOTHING: Any = object()
"""There is no common value to go back to."""

OnChange = Callable[[str, str], None]
"""Called with the name of the field and the key of its widget."""


@dataclass(frozen=True)
class Setting:
    """A field of a configuration class as a form sees it.

    Attributes:
        kind: The type of its values: ``int``, ``float``, ``bool`` or ``str``.
        options: What may be chosen, where that is a list.
        low: Smallest value, None where there is none; the same for ``high``.
        optional: May be empty.
        registry: Name of the registry behind ``options``, or empty.
        needs: Name and value of the setting without which this one means nothing, or None.
        idle: Name and value of the setting beside which this one means nothing, or None.
        longest: Most characters of a text.
    """

    name: str
    title: str
    help: str
    group: str
    basic: bool
    live: bool
    log: bool
    kind: type
    options: tuple[Any, ...]
    low: float | None
    high: float | None
    optional: bool
    registry: str
    needs: tuple[str, str] | None
    idle: tuple[str, str] | None
    longest: int | None

    def matters(self, values: Mapping[str, Any]) -> bool:
        """Whether it means something beside the ``values`` of the others.

        >>> setting_of(RunConfig, "width").matters({"network": "custom"})
        False
        """
        return (self.needs is None or values[self.needs[0]] == self.needs[1]) and (
            self.idle is None or values[self.idle[0]] != self.idle[1]
        )

    def say(self, value: Any) -> str:
        """A value in words.

        >>> setting_of(RunConfig, "network").say("mlp")
        'MLP'
        """
        if value is None:
            return _("not set")
        if self.registry and isinstance(value, str) and value in REGISTRIES[self.registry]:
            return REGISTRIES[self.registry][value].card.title
        if isinstance(value, int | float) and not isinstance(value, bool):
            return f"{value:,}" if isinstance(value, int) else f"{value:g}"
        return str(value).replace("_", " ")


def settings(config_class: type[RunConfig]) -> list[Setting]:
    """All fields that want to be shown, in the order of the class."""
    names = (name for name, field in config_class.model_fields.items() if field_extra(field))
    return [setting_of(config_class, name) for name in names]


def setting_of(config_class: type[RunConfig], name: str) -> Setting:
    """What the class says about one of its fields."""
    field = config_class.model_fields[name]
    extra = field_extra(field)
    annotation, optional = _without_none(field.annotation)
    options: tuple[Any, ...] = ()
    if extra["choices"]:
        options = tuple(REGISTRIES[extra["choices"]])
    elif get_origin(annotation) is Literal:
        options = get_args(annotation)
    return Setting(
        name=name,
        title=field.title or name,
        help=field.description or "",
        group=extra["group"],
        basic=extra["basic"],
        live=extra["live"],
        log=extra["log"],
        kind=annotation if isinstance(annotation, type) else str,
        options=options,
        low=_limit(field, "ge", "gt"),
        high=_limit(field, "le", "lt"),
        optional=optional,
        registry=extra["choices"] or "",
        needs=extra["needs"],
        idle=extra["idle"],
        longest=int(longest) if (longest := _limit(field, "max_length")) is not None else None,
    )


def _without_none(annotation: Any) -> tuple[Any, bool]:
    """``int | None`` -> ``(int, True)``; anything else as it is."""
    if get_origin(annotation) in (Union, types.UnionType):
        kinds = [kind for kind in get_args(annotation) if kind is not type(None)]
        return kinds[0], len(kinds) < len(get_args(annotation))
    return annotation, False


def _limit(field: FieldInfo, *names: str) -> float | None:
    found = [getattr(rule, name) for rule in field.metadata for name in names if hasattr(rule, name)]
    return found[0] if found else None


def ladder(low: float, high: float, kind: type) -> list[Any]:
    """Values to choose from between two bounds, evenly spread on a logarithmic scale.

    >>> ladder(2, 64, int)
    [2, 4, 8, 16, 32, 64]
    >>> ladder(0, 1, float)[:5]
    [0.0, 1e-06, 2e-06, 5e-06, 1e-05]
    """
    if kind is int:
        return [2**k for k in range(32) if low <= 2**k <= high]
    steps = [float(f"{mantissa}e{power}") for power in range(-6, 5) for mantissa in (1, 2, 5)]
    smallest = low or high * 1e-6
    return [0.0] * (low == 0) + [step for step in steps if smallest <= step <= high]


def control(
    setting: Setting, value: Any, *, key: str, on_change: OnChange, common: Any = NOTHING, disabled: bool = False
) -> None:
    """The control that suits a setting, showing ``value``.

    Args:
        setting: From :func:`settings`.
        value: What it shows now.
        key: Identity of the widget; its new value is ``st.session_state[key]`` when ``on_change`` is called.
        on_change: Called when the visitor changed it, or put it back.
        common: The value to go back to; where ``value`` differs, a Reset stands beside the control.
        disabled: Shown, but not to be changed.
    """
    turns.shown(key, value)
    shared = {
        "label": setting.title,
        "help": setting.help,
        "key": key,
        "on_change": on_change,
        "args": (setting.name, key),
        "disabled": disabled,
    }
    # The row is there with and without the button: a control that changed its place would lose the hand on it.
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", wrap=False):
        _widget(setting, value, shared)
        if common is not NOTHING and value != common:
            st.button(
                "",
                key=f"{key}-reset",
                icon=":material/undo:",
                help=_("Back to {value}").format(value=setting.say(common)),
                on_click=_put_back,
                args=(setting.name, key, common, on_change),
                disabled=disabled,
            )


def _put_back(name: str, key: str, common: Any, on_change: OnChange) -> None:
    st.session_state[key] = common
    on_change(name, key)


def _widget(setting: Setting, value: Any, shared: Mapping[str, Any]) -> None:
    if setting.kind is bool:
        st.toggle(**shared, value=value)
    elif setting.options:
        options = setting.options
        st.selectbox(options=options, index=options.index(value), format_func=setting.say, **shared)
    elif setting.kind is str:
        st.text_area(**shared, value=value, max_chars=setting.longest, height=96)
    elif setting.optional or setting.low is None or setting.high is None:
        _number(setting, value, shared)
    elif setting.log or (setting.kind is float and setting.high > WIDE * max(setting.low, 0.01)):
        _log_slider(setting, value, shared)
    elif setting.kind is int and setting.high - setting.low <= FEW:
        st.slider(min_value=int(setting.low), max_value=int(setting.high), value=value, **shared)
    else:
        _number(setting, value, shared)


def _log_slider(setting: Setting, value: Any, shared: Mapping[str, Any]) -> None:
    assert setting.low is not None
    assert setting.high is not None
    options: Sequence[Any] = sorted({*ladder(setting.low, setting.high, setting.kind), value})
    st.select_slider(options=options, value=value, format_func=setting.say, **shared)


def _within(value: Any, min_value: Any, max_value: Any) -> Any:
    """The nearest value between the bounds that there are.

    >>> _within(-5, 1, None), _within(0.5, 0, 1), _within(9, None, 3), _within(None, 1, 2)
    (1, 0.5, 3, None)
    """
    if value is None:
        return None
    value = value if max_value is None else min(value, max_value)
    return value if min_value is None else max(value, min_value)


def _number(setting: Setting, value: Any, shared: Mapping[str, Any]) -> None:
    whole = setting.kind is int
    limits = {
        name: limit if limit is None else setting.kind(limit)
        for name, limit in (("min_value", setting.low), ("max_value", setting.high))
    }
    step = 1 if whole else 0.01 if setting.high is not None and setting.high <= 1 else 1.0
    placeholder = _("not set") if setting.optional else None
    value = _within(value, **limits)  # what is out of bounds stays in the field, and the page says so
    st.number_input(**shared, **limits, value=value, step=step, format="%d" if whole else "%g", placeholder=placeholder)
