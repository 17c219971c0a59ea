"""What the networks of a run make of one sample, layer by layer, and how that is drawn. No Streamlit."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import ceil, sqrt
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from pages.parts.image_grid import tile
from pages.parts.palette import Concept

if TYPE_CHECKING:
    from torch import Tensor

    from genmodels.models.base import Model
    from genmodels.training.folder import RunFolder

Part = Literal["encoder", "decoder", "discriminator"]
PARTS: Mapping[Part, Concept] = {"encoder": "encoder", "decoder": "generator", "discriminator": "discriminator"}
MOST_MAPS = 64
"""Feature maps shown of one layer."""


@dataclass(frozen=True)
class Seen:
    """One layer: its kind, what came out of it for the sample, without the batch, and its number of weights."""

    kind: str
    out: np.ndarray
    weights: int


@dataclass(frozen=True)
class Net:
    """One network with all its layers, the input first."""

    part: Part
    layers: tuple[Seen, ...]

    @property
    def weights(self) -> int:
        return sum(layer.weights for layer in self.layers)


@dataclass(frozen=True)
class Inside:
    """The networks of a run at work.

    Attributes:
        nets: In the order in which data pass through them.
        real: The held-out sample that encoder and discriminator are given: an image uint8 ``[C, H, W]``, or a point.
        drawn: What the decoder makes of the code of the seed, likewise.
        encodes: Whether the decoder is that of an autoencoder and not a generator.
        samples: How many held-out samples there are to choose from.
    """

    nets: tuple[Net, ...]
    real: np.ndarray
    drawn: np.ndarray
    encodes: bool
    samples: int


def inside(folder: "RunFolder", sample: int, seed: int) -> Inside:
    """A real held-out sample through encoder and discriminator, and the code of ``seed`` through the decoder.

    Raises:
        UserError: The run has no weights yet, or is damaged.
    """
    import torch

    from genmodels.data import to_unit
    from genmodels.training.views import to_pixels

    model, fixed = folder.model().eval(), folder.fixed()
    count = len(fixed["originals"])
    kept = slice(sample % count, sample % count + 1)
    x = to_unit(fixed["originals"][kept])
    y = fixed["labels"][kept] if model.conditional and "labels" in fixed else model.labels_in_turn(1)
    z = model.prior(1, torch.Generator().manual_seed(seed))
    with torch.no_grad():
        real, drawn = (to_pixels(value, model)[0].numpy() for value in (x, model.decode(z)))
        nets = tuple(_nets(model, {"encoder": lambda: model.encode(x, y), "decoder": lambda: model.decode(z),
                                   "discriminator": lambda: model.score(x, y)}))  # fmt: skip
    return Inside(nets, real, drawn, model.encodes, count)


def _nets(model: "Model", calls: Mapping[Part, Callable[[], Any]]) -> "list[Net]":
    from torch import nn

    from genmodels.nn.inside import activations, given_to

    able = {"encoder": model.encodes, "decoder": True, "discriminator": model.scores}
    found = []
    for part, call in calls.items():
        stack = getattr(model, part, None)
        if able[part] and isinstance(stack, nn.Sequential):
            layers = activations(stack, given_to(stack, call)[:1])
            found.append(Net(part, tuple(Seen(one.name, _array(one.out), one.weights) for one in layers)))
    return found


def _array(out: "Tensor") -> np.ndarray:
    array: np.ndarray = out[0].float().numpy()
    return array


# ---------------------------------------------------------------------- drawn


def maps_picture(maps: np.ndarray, colour: str, dark: bool) -> np.ndarray:
    """Feature maps ``[C, H, W]`` side by side, uint8 RGB: above zero in ``colour`` (``#RRGGBB``), below it grey.

    All share one scale, at whose end is the largest magnitude. At most :data:`MOST_MAPS` are drawn.
    """
    maps = maps[:MOST_MAPS]
    ground = np.full(3, 28.0 if dark else 241.0)
    above = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)], float)
    below = np.full(3, 150.0 if dark else 110.0)
    share = (maps / max(float(np.abs(maps).max()), 1e-9))[..., None]
    rgb = ground + np.clip(share, 0, 1) * (above - ground) + np.clip(-share, 0, 1) * (below - ground)
    columns = len(maps) if len(maps) <= 4 else ceil(sqrt(2 * len(maps)))
    return tile(rgb.round().astype(np.uint8), columns, gap=1, ground=0 if dark else 255)


def bars_svg(values: np.ndarray, concept: Concept, label: str) -> str:
    """Values ``[n]`` as bars up and down from zero; ``label`` is plain text of our own."""
    width, half = 600, 55
    most, step = max(float(np.abs(values).max()), 1e-9), width / len(values)
    bar = min(0.75 * step, 24)
    path = "".join(f"M{(i + 0.5) * step:.1f} {half}v{-half * v / most:.1f}" for i, v in enumerate(values.tolist()))
    return (
        f"<svg viewBox='0 0 {width} {2 * half}' role='img' aria-label='{label}'>"
        f"<path class='prior' d='M0 {half}h{width}'/>"
        f"<path d='{path}' fill='none' style='stroke:var(--gm-{concept})' stroke-width='{bar:.1f}'/></svg>"
    )
