"""Networks laid layer by layer: ``conv 32 s2, res, flatten, linear 256``.

A stack is a list of layers with commas between them; behind each comes the activation by itself, and behind them all
the layer that ends at the wanted size. Every layer is checked as it is laid, so a stack that cannot work is refused in
one sentence.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod

from torch import nn

from genmodels.errors import UserError
from genmodels.nn.base import NETWORKS, Shape, activation
from genmodels.nn.residual import block
from genmodels.registry import Card

MOST_LAYERS, MOST_SIZE, MOST_KERNEL, MOST_STRIDE = 16, 4096, 9, 4
_WORD = re.compile(r"([a-z]+)((?: [ks]?\d{1,5})*)")


@dataclass(frozen=True)
class Layer:
    """One word of a stack.

    Attributes:
        where: ``"Encoder layer 1"``, for sentences about it.
        name: ``"linear"``, ``"conv"``, ...
        size: Units or channels; 0 where none were given. The same for ``kernel`` and ``stride``.
    """

    where: str
    name: str
    size: int
    kernel: int
    stride: int
    text: str

    def wrong(self, why: str) -> UserError:
        return UserError(f"{self.where}, '{self.text}', {why}.")


def parse(text: str, side: str = "Encoder") -> list[Layer]:
    """The layers of a stack, the encoder's or the decoder's.

    Raises:
        UserError: A word is not a layer, or has a size that makes no sense.

    >>> [(layer.name, layer.size, layer.stride) for layer in parse("conv 32 s2, flatten, linear 256")]
    [('conv', 32, 2), ('flatten', 0, 0), ('linear', 256, 0)]
    """
    words = [" ".join(word.split()).lower() for word in text.split(",")]
    words = [word for word in words if word]
    if len(words) > MOST_LAYERS:
        raise UserError(f"The {side.lower()} has {len(words)} layers; {MOST_LAYERS} are the most.")
    return [_layer(f"{side} layer {place}", word) for place, word in enumerate(words, 1)]


def _layer(where: str, word: str) -> Layer:
    match = _WORD.fullmatch(word)
    numbers = [(part.rstrip("0123456789"), int(part.lstrip("ks"))) for part in match[2].split()] if match else []
    given = dict(numbers)
    if match is None or len(given) < len(numbers):
        raise UserError(f"{where}, '{word[:40]}', is not written as in 'conv 32 k3 s2' or 'linear 256'.")
    layer = Layer(where, match[1], given.get("", 0), given.get("k", 0), given.get("s", 0), word[:40])
    for letter, most, what in (("", MOST_SIZE, "size"), ("k", MOST_KERNEL, "kernel"), ("s", MOST_STRIDE, "stride")):
        if not 1 <= given.get(letter, 1) <= most:
            raise layer.wrong(f"is out of range: the {what} can be 1 to {most}")
    return layer


class Stack:
    """Layers as they are laid, and the shape that the data have behind the last of them.

    Args:
        shape: Of the data before the first layer.
        act: The activation behind each.
        cure: What to do where a picture is given to a layer that takes a list.
    """

    def __init__(self, shape: Shape, act: str, cure: str) -> None:
        self.shape = shape
        self.act = act
        self.cure = cure
        self.layers: list[nn.Module] = []

    def lay(self, *layers: nn.Module, shape: Shape) -> None:
        self.layers += layers
        self.shape = shape

    def bend(self) -> None:
        self.layers.append(activation(self.act))

    # ------------------------------------------------------------------ one method for each word

    def linear(self, layer: Layer) -> None:
        if len(self.shape) != 1:
            raise layer.wrong(f"needs a plain list of numbers but gets {said(self.shape)}; {self.cure}")
        self.lay(nn.Linear(self.shape[0], _needed(layer)), shape=(layer.size,))
        self.bend()

    def flatten(self, layer: Layer) -> None:
        if len(self.shape) == 1:
            raise layer.wrong("has nothing to flatten; leave it out")
        self.lay(nn.Flatten(), shape=(prod(self.shape),))

    def conv(self, layer: Layer) -> None:
        channels, h, w = self.picture(layer)
        stride = layer.stride or 1
        kernel = layer.kernel or (4 if stride == 2 else 3)
        padding = (kernel - 1) // 2
        h, w = ((side + 2 * padding - kernel) // stride + 1 for side in (h, w))
        if min(h, w) < 1:
            raise layer.wrong(f"has a kernel larger than the {said(self.shape)} it gets")
        out = _needed(layer)
        self.lay(nn.Conv2d(channels, out, kernel, stride, padding), shape=(out, h, w))
        self.bend()

    def res(self, layer: Layer) -> None:
        self.lay(block(self.picture(layer)[0], self.act), shape=self.shape)

    def up(self, layer: Layer) -> None:
        channels, h, w = self.picture(layer)
        out = _needed(layer)
        self.lay(nn.Upsample(scale_factor=2), nn.Conv2d(channels, out, 3, padding=1), shape=(out, 2 * h, 2 * w))
        self.bend()

    def shuffle(self, layer: Layer) -> None:
        channels, h, w = self.picture(layer)
        out = _needed(layer)
        self.lay(nn.Conv2d(channels, 4 * out, 3, padding=1), nn.PixelShuffle(2), shape=(out, 2 * h, 2 * w))
        self.bend()

    def picture(self, layer: Layer) -> tuple[int, int, int]:
        if len(self.shape) != 3:
            raise layer.wrong(f"needs a picture but gets a plain list of {self.shape[0]}")
        return self.shape[0], self.shape[1], self.shape[2]


def _needed(layer: Layer) -> int:
    if not layer.size:
        raise layer.wrong(f"does not say how many; write '{layer.name} 64'")
    return layer.size


def said(shape: Shape) -> str:
    return "×".join(map(str, shape))


def _laid(layers: list[Layer], known: Mapping[str, Callable[[Layer], None]]) -> None:
    for layer in layers:
        if layer.name not in known:
            raise layer.wrong(f"is no layer that can stand here; choose among {', '.join(known)}")
        known[layer.name](layer)


@NETWORKS.register(
    "custom",
    Card(
        "Layer by layer",
        "Your own stack: one word for each layer.",
        family="network",
        equation=r"f = f_L \circ \dots \circ f_2 \circ f_1",
        teaches="What each layer does to the shape of the data, and which orders make no sense.",
        fails="Nothing keeps you from a stack that is valid and learns badly.",
    ),
    layered=True,
)
class Custom:
    """Networks from two stacks, one each way; ``width`` and ``depth`` do not matter."""

    def __init__(self, encoder: str, decoder: str) -> None:
        self.down, self.back = encoder, decoder

    def encoder(self, shape: Shape, out_dim: int, width: int, depth: int, act: str) -> nn.Sequential:
        stack = Stack(shape, act, "put 'flatten' before it")
        known = {name: getattr(stack, name) for name in ("linear", "conv", "res", "flatten")}
        _laid(parse(self.down), known)
        if len(stack.shape) == 3:
            stack.lay(nn.Flatten(), shape=(prod(stack.shape),))
        return nn.Sequential(*stack.layers, nn.Linear(stack.shape[0], out_dim))

    def decoder(self, latent_dim: int, shape: Shape, width: int, depth: int, act: str) -> nn.Sequential:
        stack, layers = Stack((latent_dim,), act, "put it before 'image'"), parse(self.back, "Decoder")
        doublings = sum(layer.name in ("up", "shuffle") for layer in layers)

        def image(layer: Layer) -> None:
            """A picture so small that the doublings behind it end at the size of the data."""
            if len(stack.shape) != 1:
                raise layer.wrong("gets a picture already; leave it out")
            if len(shape) != 3:
                raise layer.wrong("makes a picture, and these data are points")
            if any(side % 2**doublings for side in shape[1:]):
                raise layer.wrong(f"cannot be doubled {doublings} times to {said(shape[1:])}; double less often")
            c, h, w = _needed(layer), shape[1] >> doublings, shape[2] >> doublings
            stack.lay(nn.Linear(stack.shape[0], c * h * w), shape=(c * h * w,))
            stack.bend()
            stack.lay(nn.Unflatten(1, (c, h, w)), shape=(c, h, w))

        def conv(layer: Layer) -> None:
            if layer.stride > 1 or (layer.kernel % 2 == 0 and layer.kernel):
                raise layer.wrong("would change the size of the picture; use an odd kernel and no stride here")
            stack.conv(layer)

        known = {"linear": stack.linear, "image": image, "conv": conv}
        _laid(layers, known | {name: getattr(stack, name) for name in ("res", "up", "shuffle")})
        if len(stack.shape) == 1:
            return nn.Sequential(*stack.layers, nn.Linear(stack.shape[0], prod(shape)), nn.Unflatten(1, shape))
        return nn.Sequential(*stack.layers, nn.Conv2d(stack.shape[0], shape[0], 3, padding=1))
