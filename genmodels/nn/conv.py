"""Small convolutional networks: strided convolutions down, pixel shuffle up.

Pixel shuffle (Shi et al., arXiv 1609.05158) replaces transposed convolution: faster on a processor and free of its
checkerboard pattern at this size. No batch normalisation: a sample never depends on its neighbours in the batch.
"""

from torch import nn

from genmodels.errors import UserError
from genmodels.nn.base import NETWORKS, Shape, activation
from genmodels.registry import Card


def halved(shape: Shape, depth: int) -> tuple[int, int, int]:
    """Channels, height and width of images after ``depth`` halvings of their sides.

    Raises:
        UserError: These are no images, or cannot be halved that often.
    """
    if len(shape) != 3:
        raise UserError("A conv network needs images; choose the MLP for points.")
    channels, height, width = shape
    if height % 2**depth or width % 2**depth:
        fits = [d for d in range(1, 7) if height % 2**d == 0 and width % 2**d == 0]
        cure = f"use depth {' or '.join(map(str, fits))}" if fits else "choose the MLP"
        raise UserError(f"Pictures of {height} x {width} cannot be halved {depth} times; {cure}.")
    return channels, height >> depth, width >> depth


def channels_at(width: int, level: int) -> int:
    """Channels double each time the image is halved, up to four times ``width``."""
    return width * min(1 << level, 4)


@NETWORKS.register(
    "conv",
    Card(
        "Conv",
        "The same small filter slides over the whole image.",
        family="network",
        equation=r"h_{l+1} = \sigma(W_l * h_l + b_l)",
        paper="LeCun et al. 1989; Radford et al. (DCGAN), arXiv 1511.06434; Shi et al., arXiv 1609.05158",
        teaches="Sharing weights across the image gives sharper pictures from fewer weights.",
        fails="More arithmetic per weight, so each step takes longer.",
    ),
)
class Conv:
    """``depth`` halvings; ``width`` channels at the first, finest level."""

    @staticmethod
    def encoder(shape: Shape, out_dim: int, width: int, depth: int, act: str) -> nn.Sequential:
        cin, h, w = halved(shape, depth)
        layers: list[nn.Module] = []
        for level in range(depth):
            cout = channels_at(width, level)
            layers += [nn.Conv2d(cin, cout, 4, stride=2, padding=1), activation(act)]
            cin = cout
        return nn.Sequential(*layers, nn.Flatten(), nn.Linear(cin * h * w, out_dim))

    @staticmethod
    def decoder(latent_dim: int, shape: Shape, width: int, depth: int, act: str) -> nn.Sequential:
        cout, h, w = halved(shape, depth)
        cin = channels_at(width, depth - 1)
        layers: list[nn.Module] = [
            nn.Linear(latent_dim, cin * h * w),
            activation(act),
            nn.Unflatten(1, (cin, h, w)),
        ]
        for level in reversed(range(depth)):
            c = channels_at(width, level - 1) if level else cout
            layers += [nn.Conv2d(cin, 4 * c, 3, padding=1), nn.PixelShuffle(2)]
            if level:
                layers.append(activation(act))
            cin = c
        return nn.Sequential(*layers)
