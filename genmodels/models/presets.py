"""Presets: settings that are known to succeed, named by how long they take."""

from collections.abc import Mapping
from typing import Any

from genmodels.config import RunConfig, parse
from genmodels.data.base import DataSpec
from genmodels.errors import UserError
from genmodels.models.base import MODELS

PRESET_NAMES = ("fast", "good", "best")
TUNED_ON = 28 * 28
"""Values of the images that the presets were tuned on."""


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
    settings = eased(entry.thing.PRESETS[spec.modality][name], spec)
    return parse({"model": model, "data": data, "preset": name, **settings, **changes})


def eased(settings: Mapping[str, Any], spec: DataSpec) -> Mapping[str, Any]:
    """``settings`` with a gentler learning rate ``lr`` for images of more values than the presets were tuned on.

    A likelihood is a sum over all values, and so are its gradients: at a rate that suits 784 of them, a VAE on 3,072
    (sprites of 32 x 32 in colour) reached a KL of 10^7 nats after 400 steps. The rate falls with the root of the
    values; at 3,072 that is half, and 1,224 nats a sprite instead.

    >>> eased({"lr": 0.006}, DataSpec("image", (1, 28, 28))), eased({"lr": 0.006}, DataSpec("image", (3, 32, 32)))
    ({'lr': 0.006}, {'lr': 0.003})
    """
    if spec.modality != "image" or "lr" not in settings or spec.dim <= 32 * 32:
        return settings
    return {**settings, "lr": float(f"{settings['lr'] * (TUNED_ON / spec.dim) ** 0.5:.1g}")}
