"""What the visitor has chosen so far: kept for the session, preselected by the address, checked before it counts."""

from dataclasses import dataclass, field, replace
from typing import Any

import streamlit as st

from genmodels.config import RunConfig
from genmodels.data import DATASETS, DataSpec, entry_of, spec_of
from genmodels.errors import UserError
from genmodels.models import MODELS, PRESET_NAMES, preset
from pages.parts import turns
from pages.parts.own_data import is_own
from pages.parts.text import _

FLAGSHIPS = ("vae", "gan")
"""The model that stands for its family until the visitor looks further."""
_CHOICE = "_train_choice"
_ADDRESS = "_train_address"
_NAMES = ("model", "data", "preset", "seed")
SETTINGS = "train-settings"
"""The controls that a pick sets anew, for :mod:`pages.parts.turns`."""
_BIGGEST_SEED = 2**31 - 1


@dataclass(frozen=True)
class Choice:
    """A model, data, a preset, and what was changed on top of it; names are registered ones."""

    model: str = "vae"
    data: str = "digits"
    preset: str = "fast"
    changes: dict[str, Any] = field(default_factory=dict)

    @property
    def spec(self) -> DataSpec:
        return spec_of(self.data)

    @property
    def config_class(self) -> type[RunConfig]:
        return MODELS[self.model].thing.config_class

    def common(self) -> RunConfig:
        """The preset without changes. Raises UserError where the model has none for such data."""
        entry = MODELS[self.model]
        if self.spec.modality not in entry.thing.PRESETS:
            raise UserError(
                _("{model} does not work on {data}; choose other data.").format(
                    model=entry.card.title, data=entry_of(self.data).card.title
                )
            )
        return preset(self.model, self.data, self.spec, self.preset)

    def values(self) -> dict[str, Any]:
        """All settings with the changes that this model knows, not yet validated."""
        return self.common().model_dump() | self.known_changes()

    def known_changes(self) -> dict[str, Any]:
        return {name: value for name, value in self.changes.items() if name in self.config_class.model_fields}

    def config(self) -> RunConfig:
        """The validated configuration. Raises UserError with the sentence to show."""
        return self.common().changed(self.known_changes())


def families() -> dict[str, list[str]]:
    """Names of the models by family, the flagship of each first, families with a flagship first."""
    grouped: dict[str, list[str]] = {}
    for name in sorted(MODELS, key=lambda name: FLAGSHIPS.index(name) if name in FLAGSHIPS else len(FLAGSHIPS)):
        grouped.setdefault(MODELS[name].card.family, []).append(name)
    return grouped


def current() -> Choice:
    choice = st.session_state.setdefault(_CHOICE, Choice())
    if choice.data not in DATASETS and not is_own(choice.data):  # deleted, in another tab
        choice = st.session_state[_CHOICE] = replace(choice, data=Choice().data)
    return choice


def change(**parts: Any) -> None:
    """Choose otherwise, and keep the address in step; other data have other classes."""
    if parts.get("data", current().data) != current().data:
        left = {name: value for name, value in current().changes.items() if name != "classes"}
        parts = {"changes": left} | parts
    turns.take(SETTINGS)
    _keep(**parts)


def _keep(**parts: Any) -> None:
    choice = st.session_state[_CHOICE] = replace(current(), **parts)
    st.query_params["model"], st.query_params["data"], st.query_params["preset"] = (
        choice.model,
        choice.data,
        choice.preset,
    )
    if seed := choice.changes.get("seed"):
        st.query_params["seed"] = str(seed)
    elif "seed" in st.query_params:
        del st.query_params["seed"]
    st.session_state[_ADDRESS] = _address()


def set_value(name: str, value: Any) -> None:
    """Change one setting by its own control; a value that is the preset's own is no change."""
    changes = {other: kept for other, kept in current().changes.items() if other != name}
    if value != getattr(current().common(), name):
        changes[name] = value
    _keep(changes=changes)


def follow_address() -> list[str]:
    """Take over what the address asks for, once; returns what it asked for in vain, as sentences."""
    address = _address()
    if address == st.session_state.get(_ADDRESS):
        return []
    st.session_state[_ADDRESS] = address
    choice, refused = current(), []
    for name, known in (("model", MODELS), ("data", DATASETS), ("preset", PRESET_NAMES)):
        if name in address and (address[name] in known or (name == "data" and is_own(address[name]))):
            choice = replace(choice, **{name: address[name]})
        elif name in address:
            refused.append(_in_vain(name, address[name]))
    if (seed := address.get("seed")) is not None:
        if seed.isascii() and seed.isdecimal() and len(seed) <= 10 and int(seed) <= _BIGGEST_SEED:
            choice = replace(choice, changes=choice.changes | {"seed": int(seed)})
        else:
            refused.append(_in_vain("seed", seed))
    if _CHOICE in st.session_state and choice != current():
        turns.take(SETTINGS)
    st.session_state[_CHOICE] = choice
    return refused


def _address() -> dict[str, str]:
    return {name: st.query_params[name] for name in _NAMES if name in st.query_params}


def _in_vain(name: str, value: str) -> str:
    words = {"model": _("model"), "data": _("data set"), "preset": _("preset"), "seed": _("seed")}
    shown = "".join(c if c.isalnum() or c in "-_." else " " for c in value)[:30].strip()
    return _("There is no {what} “{value}” here, so your own choice stands.").format(what=words[name], value=shown)
