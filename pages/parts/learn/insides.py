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
MOST_MAPS, MOST_PIXELS = 64, 300_000
"""Feature maps shown of one layer, and pixels that they may have together."""


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
        spread: Whether the encoder writes means and log-variances, and not codes alone.
        samples: How many held-out samples there are to choose from.
    """

    nets: tuple[Net, ...]
    real: np.ndarray
    drawn: np.ndarray
    encodes: bool
    spread: bool
    samples: int


def inside(folder: "RunFolder", sample: int, seed: int) -> Inside:
    """A real held-out sample through encoder and discriminator, and the code of ``seed`` through the decoder.

    Raises:
        UserError: The run has no weights yet, or is damaged.
    """
    import torch

    from genmodels.data import to_unit

    model, fixed = folder.model().eval(), folder.fixed()
    count = len(fixed["originals"])
    kept = slice(sample % count, sample % count + 1)
    x = to_unit(fixed["originals"][kept])
    y = fixed["labels"][kept] if model.conditional and "labels" in fixed else model.labels_in_turn(1)
    return at_work(model, x, y, model.prior(1, torch.Generator().manual_seed(seed)), count)


def at_work(model: "Model", x: "Tensor", y: "Tensor | None", z: "Tensor", samples: int) -> Inside:
    """One sample ``x`` ``[1, *shape]`` with its label, where the model takes one, and one code ``z``."""
    import torch
    from torch import nn

    from genmodels.nn.inside import activations, given_to
    from genmodels.training.views import to_pixels

    calls: dict[Part, Callable[[], Any]] = {"decoder": lambda: model.decode(z)}
    if model.encodes:
        calls = {"encoder": lambda: model.encode(x, y)} | calls
    if model.scores:
        calls["discriminator"] = lambda: model.score(x, y)
    nets = []
    with torch.no_grad():
        for part, call in calls.items():
            stack = getattr(model, part)
            if isinstance(stack, nn.Sequential):
                layers = activations(stack, given_to(stack, call))
                nets.append(Net(part, tuple(Seen(one.name, _array(one.out), one.weights) for one in layers)))
        real, drawn = (to_pixels(value, model)[0].numpy() for value in (x, model.decode(z)))
    spread = getattr(model, "code_values", 1) == 2 and not model.conditional  # there the label still shifts them
    return Inside(tuple(nets), real, drawn, model.encodes, spread, samples)


def _array(out: "Tensor") -> np.ndarray:
    array: np.ndarray = out[0].float().numpy()
    return array


# ---------------------------------------------------------------------- drawn


def maps_picture(maps: np.ndarray, colour: str, dark: bool) -> np.ndarray:
    """Feature maps ``[C, H, W]`` side by side, uint8 RGB: above zero in ``colour`` (``#RRGGBB``), below it grey.

    All share one scale, at whose end is the largest magnitude; small values are drawn stronger than they are, so that
    they can be seen at all. The first :func:`shown` are drawn.
    """
    maps = maps[: shown(maps)]
    ground = np.full(3, 28.0 if dark else 241.0)
    above = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)], float)
    below = np.full(3, 150.0 if dark else 110.0)
    share = (maps / max(float(np.abs(maps).max()), 1e-9))[..., None]
    share = np.sign(share) * np.abs(share) ** 0.6
    rgb = ground + np.clip(share, 0, 1) * (above - ground) + np.clip(-share, 0, 1) * (below - ground)
    return tile(rgb.round().astype(np.uint8), columns(len(maps)), gap=1, ground=0 if dark else 255)


def shown(maps: np.ndarray) -> int:
    """How many of the maps ``[C, H, W]`` are drawn.

    >>> shown(np.zeros((96, 7, 7))), shown(np.zeros((96, 256, 256)))
    (64, 4)
    """
    return min(len(maps), MOST_MAPS, max(1, MOST_PIXELS // maps[0].size))


def columns(count: int) -> int:
    """How many in a row: about twice as many as rows, and if possible so that the last row is full.

    >>> [columns(count) for count in (1, 3, 32, 48, 64, 37)]
    [1, 3, 8, 12, 16, 9]
    """
    wide = ceil(sqrt(2 * count))
    return count if count <= 4 else next((n for n in range(wide, 17) if count % n == 0), wide)


def bars_svg(values: np.ndarray, concept: Concept, label: str) -> str:
    """Values ``[n]`` as bars up and down from zero; ``label`` is plain text of our own."""
    width, height, step = 600, 110, 600 / len(values)
    high, low = max(0.0, float(values.max())), min(0.0, float(values.min()))
    unit = height / max(high - low, 1e-9)
    zero, bar = high * unit, min(0.75 * step, 24)
    path = "".join(f"M{(i + 0.5) * step:.1f} {zero:.1f}v{-v * unit:.1f}" for i, v in enumerate(values.tolist()))
    return (
        f"<svg viewBox='0 -1 {width} {height + 2}' role='img' aria-label='{label}'>"
        f"<path class='prior' d='M0 {zero:.1f}h{width}'/>"
        f"<path d='{path}' fill='none' style='stroke:var(--gm-{concept})' stroke-width='{bar:.1f}'/></svg>"
    )
