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
QUICK: Mapping[str, Mapping[int, Mapping[str, Any]]] = {
    "mlp": {2000: {"width": 256, "batch_size": 64}, 4000: {"width": 128, "batch_size": 32}},
    "conv": {4000: {"width": 8, "batch_size": 16, "lr_g": 1.5e-3, "lr_d": 1.5e-3}},
}
"""What the fast preset of a network becomes on images of so many values or more: 32 x 32 in colour are 3,072, 64 x 64
in grey are 4,096; networks that are not here stay as they are. On the cars (32 x 32) a VAE takes 21 s of one core
instead of 62, for 1,323 nats instead of 1,322."""
QUICK_VALUES = {"mlp": 8.6e6, "conv": 16e6}
"""Its steps times the values of an image: what its time pays for, 15 s and 40 s on two cores."""


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
    if name == "fast" and spec.modality == "image":
        settings = quickened(settings, spec)
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


def quickened(settings: Mapping[str, Any], spec: DataSpec) -> Mapping[str, Any]:
    """The settings of a fast preset for large images, so that it stays fast: smaller batches, a leaner network.

    On 64 x 64 pixels in colour a step of the VAE then takes a sixth of its time, one of the GAN less than half. A lean
    fully connected VAE draws faces where a convolutional one, in the same time, has learned to blur.

    >>> small = quickened({"width": 512, "batch_size": 128, "steps": 1500}, DataSpec("image", (3, 64, 64)))
    >>> small["width"], small["batch_size"], small["steps"]
    (128, 32, 700)
    >>> medium = quickened({"width": 512, "batch_size": 128, "steps": 1500}, DataSpec("image", (3, 32, 32)))
    >>> medium["width"], medium["batch_size"], medium["steps"]
    (256, 64, 1500)
    """
    network = settings.get("network", "mlp")
    reached = [values for values in QUICK.get(network, ()) if values <= spec.dim]
    if not reached:
        return settings
    steps = min(settings["steps"], round(QUICK_VALUES[network] / spec.dim, -2))
    changed = {**settings, **QUICK[network][max(reached)], "steps": int(steps)}
    if "capacity_steps" in settings:
        changed["capacity_steps"] = int(settings["capacity_steps"] * steps / settings["steps"])
    return changed
