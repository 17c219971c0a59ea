"""Presets: settings that are known to succeed, named by how long they take."""

from genmodels.config import RunConfig, parse
from genmodels.data.base import DataSpec
from genmodels.errors import UserError
from genmodels.models.base import MODELS

PRESET_NAMES = ("fast", "good", "best")


def preset(model: str, data: str, spec: DataSpec, name: str = "fast", **changes: object) -> RunConfig:
    """The configuration of a preset for a model on a kind of data, with ``changes`` on top.

    Raises:
        UserError: Unknown model, preset or setting.
    """
    if name not in PRESET_NAMES:
        raise UserError(f"There is no preset called {name[:40]!r}; choose one of {', '.join(PRESET_NAMES)}.")
    entry = MODELS[model]
    if spec.modality not in entry.thing.PRESETS:
        fit = " or ".join(entry.thing.PRESETS)
        raise UserError(
            f"{entry.card.title} is not made for {spec.modality}; choose another model, or data of kind {fit}."
        )
    settings = entry.thing.PRESETS[spec.modality][name]
    return parse({"model": model, "data": data, "preset": name, **settings, **changes})
