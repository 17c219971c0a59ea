"""A decoder as plain numbers: what a browser needs to run it.

A list of layers as JSON and one buffer of weights. Images are laid out channels last there, so weights are turned to
fit. Every export is tried against the model before it is handed out.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from genmodels.models.base import Model
from genmodels.nn.residual import Residual

PROBES = 4
CLOSE = 1e-4
"""Codes that an export is tried with; difference that rounding may make."""
HALF_ERROR = 0.4 / 255
"""Largest error that storing weights as float16 may cause in 0..1; above it they stay float32."""
MOST_VALUES = 8_000_000
MOST_OPERATIONS = 120_000_000
"""Weights that a visitor should have to fetch, and multiply-adds of a frame that still flows: about 100 ms."""

SQUASHES: dict[str, Callable[[Tensor, float], Tensor]] = {
    "sigmoid": lambda raw, scale: raw.sigmoid(),
    "tanh": lambda raw, scale: (raw.tanh() + 1) / 2,
    "clamp": lambda raw, scale: raw.clamp(0, 1),
    "scale": lambda raw, scale: raw * scale,
}
"""How raw outputs become samples."""


class CannotExport(ValueError):
    """The decoder has something that the browser does not know. The message is a sentence for a person."""


@dataclass(frozen=True)
class Exported:
    """A decoder for the browser.

    Attributes:
        layers: In order; each has a ``kind`` (``linear``, ``conv``, ``act``, ``image``, ``flat``, ``shuffle``,
            ``resize``, ``keep`` and ``add`` around a residual block), its sizes, and for weights (``w``, ``b``) where
            they begin in the buffer.
        squash: How raw outputs become samples; a key of ``SQUASHES``.
        scale: Factor of the squash ``"scale"``.
        shape: Of one sample: ``(height, width, channels)`` or ``(2,)``.
        latent_dim: Entries of a code.
        label_count: How many labels it can be told; 0 if it takes none. The bias of the first layer then depends on
            the label and is ``[out, label_count]`` (``labels`` in its entry says how many).
        weights: float16 or float32, ``[values]``; matrices as ``[out, in]``, kernels as ``[out, ky, kx, in]``.
    """

    layers: list[dict[str, Any]]
    squash: str
    scale: float
    shape: tuple[int, ...]
    latent_dim: int
    label_count: int
    weights: np.ndarray

    @property
    def operations(self) -> int:
        """Multiply-adds of one decoding."""
        return sum(layer.get("operations", 0) for layer in self.layers)

    def header(self) -> dict[str, Any]:
        """Everything but the weights, ready for JSON."""
        return {
            "layers": self.layers,
            "squash": self.squash,
            "scale": self.scale,
            "shape": self.shape,
            "latent_dim": self.latent_dim,
            "label_count": self.label_count,
        }


@torch.no_grad()
def export_decoder(model: Model) -> Exported:
    """The decoder of a model in evaluation mode on the CPU.

    Raises:
        CannotExport: It has a layer or an output that the browser does not know, or is too large for it.
    """
    writer = _Writer()
    first, *rest = model.decoder
    if model.conditional:
        writer.told(first, model.label_count)
    else:
        writer.take(first)
    for layer in rest:
        writer.take(layer)
    if writer.at > MOST_VALUES or sum(layer.get("operations", 0) for layer in writer.layers) > MOST_OPERATIONS:
        raise CannotExport("This decoder is too large to run in the browser; samples are decoded on the server.")
    z = model.prior(max(PROBES, model.label_count), torch.Generator().manual_seed(0))
    y = model.labels_in_turn(len(z))
    scale = float(model.scale)
    squash = _squash(model.decoder(model.joined(z, y)), model.decode(z, y), scale)
    shape = model.spec.shape
    return Exported(
        layers=writer.layers,
        squash=squash,
        scale=scale,
        shape=(*shape[1:], shape[0]) if len(shape) == 3 else shape,
        latent_dim=z.shape[1],
        label_count=model.label_count,
        weights=_rounded(
            model, model.joined(z, y), lambda raw: SQUASHES[squash](raw, scale), np.concatenate(writer.buffer)
        ),
    )


def _squash(raw: Tensor, samples: Tensor, scale: float) -> str:
    """The squash that makes ``samples`` of ``raw``: found by trying, so that no model has to be asked."""
    for name, squash in SQUASHES.items():
        if torch.allclose(squash(raw, scale), samples, atol=CLOSE):
            return name
    raise CannotExport("The browser cannot finish this model's output; its samples are decoded on the server.")


def _rounded(model: Model, z: Tensor, squash: Callable[[Tensor], Tensor], weights: np.ndarray) -> np.ndarray:
    """``weights`` as float16 where the samples of ``z``, as the network takes it, do not change, else as float32."""
    half = {name: p.half().float() for name, p in model.decoder.named_parameters()}
    rounded = torch.func.functional_call(model.decoder, half, (z,))
    worst = (squash(rounded) - squash(model.decoder(z))).abs().max() if model.spec.modality == "image" else np.inf
    fits = worst <= HALF_ERROR and np.isfinite(weights.astype(np.float16)).all()
    return weights.astype(np.float16) if fits else weights


class _Writer:
    """Walks through the layers, keeping track of the shape that the data have on the way."""

    def __init__(self) -> None:
        self.layers: list[dict[str, Any]] = []
        self.buffer: list[np.ndarray] = []
        self.at = 0
        self.image: tuple[int, int, int] | None = None
        self.flattened: tuple[int, int, int] | None = None
        self.last: nn.Linear | None = None

    def take(self, layer: nn.Module) -> None:
        known: dict[type[nn.Module], Callable[[Any], None]] = {
            nn.Linear: self.linear,
            nn.Conv2d: self.conv,
            nn.PixelShuffle: self.shuffle,
            nn.Upsample: self.resize,
            Residual: self.residual,
            nn.Unflatten: self.unflatten,
            nn.Flatten: self.flatten,
            nn.SiLU: lambda _: self.act("silu"),
            nn.ReLU: lambda _: self.act("relu"),
            nn.LeakyReLU: lambda a: self.act("leaky_relu", slope=a.negative_slope),
            nn.Tanh: lambda _: self.act("tanh"),
            nn.Sigmoid: lambda _: self.act("sigmoid"),
        }
        if type(layer) not in known:
            name = type(layer).__name__
            raise CannotExport(f"The browser does not know the layer {name}; samples are decoded on the server.")
        known[type(layer)](layer)

    def store(self, values: Tensor) -> int:
        """Where ``values`` begin in the buffer."""
        begin = self.at
        self.buffer.append(values.detach().float().contiguous().numpy().ravel())
        self.at += values.numel()
        return begin

    def act(self, name: str, **more: float) -> None:
        self.layers.append({"kind": "act", "name": name, **more})

    def linear(self, layer: nn.Linear) -> None:
        weight = layer.weight
        if self.flattened:
            c, h, w = self.flattened
            weight = weight.view(-1, c, h, w).permute(0, 2, 3, 1).flatten(1)
        self.flattened = self.image = None
        self.dense(weight, layer.bias)

    def told(self, layer: nn.Module, labels: int) -> None:
        r"""The first layer of a decoder that takes a one-hot label behind the code: a bias for each label.

        .. math:: W [z, e_y] + b = W_z z + (W_y e_y + b)
        """
        if type(layer) is not nn.Linear:
            raise CannotExport("The browser cannot tell this model a label; its samples are decoded on the server.")
        weight, shift = layer.weight.split([layer.in_features - labels, labels], 1)
        self.dense(weight, shift if layer.bias is None else shift + layer.bias[:, None])
        self.layers[-1]["labels"] = labels

    def dense(self, weight: Tensor, bias: Tensor | None) -> None:
        out, size = weight.shape
        self.weighted(weight, bias, out)
        self.layers.append({"kind": "linear", **self.sizes, "in": size, "out": out, "operations": size * out})

    def weighted(self, weight: Tensor, bias: Tensor | None, out: int) -> None:
        """Store weights and bias; rows of a matrix stay where they are until an image is made of them."""
        self.sizes = {"w": self.store(weight), "b": self.store(torch.zeros(out) if bias is None else bias)}
        self.rows = [len(self.buffer) - 2, len(self.buffer) - 1]

    def unflatten(self, layer: nn.Unflatten) -> None:
        """Channels last: rows of the matrix before it are put in the order of the image."""
        shape = tuple(layer.unflattened_size)
        behind = next((entry for entry in reversed(self.layers) if entry["kind"] != "act"), None)
        if layer.dim != 1 or len(shape) not in (1, 3) or behind is None or behind["kind"] != "linear":
            raise CannotExport("The browser cannot reshape as this model does; samples are decoded on the server.")
        if len(shape) == 1:
            return
        c, h, w = shape
        for part in self.rows:
            turned = self.buffer[part].reshape(c, h, w, -1).transpose(1, 2, 0, 3)
            self.buffer[part] = np.ascontiguousarray(turned).ravel()
        self.image = (c, h, w)
        self.layers.append({"kind": "image", "channels": c, "height": h, "width": w})

    def flatten(self, layer: nn.Flatten) -> None:
        self.flattened, self.image = self.image, None
        self.layers.append({"kind": "flat"})

    def conv(self, layer: nn.Conv2d) -> None:
        same = layer.dilation == (1, 1) and layer.groups == 1 and layer.padding_mode == "zeros"
        square = len({*layer.kernel_size}) == len({*layer.stride}) == 1 and not isinstance(layer.padding, str)
        if self.image is None or not same or not square or len({*layer.padding}) != 1:
            raise CannotExport("The browser does not know this kind of convolution; samples are decoded on the server.")
        (kernel, _), (stride, _), padding = layer.kernel_size, layer.stride, int(layer.padding[0])
        _, h, w = self.image
        h, w = ((side + 2 * padding - kernel) // stride + 1 for side in (h, w))
        self.weighted(layer.weight.permute(0, 2, 3, 1), layer.bias, layer.out_channels)
        work = h * w * kernel * kernel * layer.in_channels * layer.out_channels
        self.layers.append(
            {
                "kind": "conv",
                **self.sizes,
                "in": layer.in_channels,
                "out": layer.out_channels,
                "kernel": kernel,
                "stride": stride,
                "padding": padding,
                "operations": work,
            }
        )
        self.image = (layer.out_channels, h, w)

    def shuffle(self, layer: nn.PixelShuffle) -> None:
        if self.image is None:
            raise CannotExport("The browser can shuffle pixels of images only; samples are decoded on the server.")
        r = layer.upscale_factor
        c, h, w = self.image
        self.image = (c // (r * r), h * r, w * r)
        self.layers.append({"kind": "shuffle", "factor": r})

    def resize(self, layer: nn.Upsample) -> None:
        factor = layer.scale_factor
        if self.image is None or layer.mode != "nearest" or not isinstance(factor, float) or factor % 1:
            raise CannotExport("The browser cannot resize as this model does; samples are decoded on the server.")
        c, h, w = self.image
        self.image = (c, h * int(factor), w * int(factor))
        self.layers.append({"kind": "resize", "factor": int(factor)})

    def residual(self, block: Residual) -> None:
        """The layers of a block between ``keep`` and ``add``."""
        before = self.image
        self.layers.append({"kind": "keep"})
        for layer in block:
            self.take(layer)
        if before is None or self.image != before:
            raise CannotExport("The browser can add up images of one shape only; samples are decoded on the server.")
        self.layers.append({"kind": "add"})
