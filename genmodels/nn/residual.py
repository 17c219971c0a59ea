"""Small residual networks (He et al., arXiv 1512.03385): blocks that add to what they are given.

Upwards they resize and convolve, which leaves no checkerboard either (Odena et al., Distill 2016). As in the other
networks there is no batch normalisation: a sample never depends on its neighbours in the batch.
"""

from torch import Tensor, nn

from genmodels.nn.base import NETWORKS, Shape, activation
from genmodels.nn.conv import channels_at, halved
from genmodels.registry import Card


class Residual(nn.Sequential):
    r"""A stack of layers whose output is added to its input, of the same shape: ``x + f(x)``."""

    def forward(self, x: Tensor) -> Tensor:
        change: Tensor = super().forward(x)
        return x + change


def block(channels: int, act: str) -> Residual:
    """Two 3 x 3 convolutions, each behind its activation, so that the way past them stays free of any bend
    (He et al., arXiv 1603.05027)."""
    layers = (nn.Conv2d(channels, channels, 3, padding=1) for _ in range(2))
    return Residual(*(part for layer in layers for part in (activation(act), layer)))


@NETWORKS.register(
    "residual",
    Card(
        "Residual",
        "A conv network whose blocks only say what to change; everything else passes by.",
        family="network",
        equation=r"h_{l+1} = h_l + W_l'' * \sigma(W_l' * \sigma(h_l))",
        paper="He et al., arXiv 1512.03385; arXiv 1603.05027",
        teaches="Depth without pain: the gradient finds a straight way back through the sums.",
        fails="About twice the arithmetic of the conv network of the same width, so half the steps in the same time.",
    ),
)
class ResidualNetwork:
    """``depth`` halvings with a block after each; ``width`` channels at the first, finest level."""

    @staticmethod
    def encoder(shape: Shape, out_dim: int, width: int, depth: int, act: str) -> nn.Sequential:
        cin, h, w = halved(shape, depth)
        layers: list[nn.Module] = []
        for level in range(depth):
            cout = channels_at(width, level)
            layers += [*([activation(act)] if level else []), nn.Conv2d(cin, cout, 4, stride=2, padding=1)]
            layers.append(block(cout, act))
            cin = cout
        return nn.Sequential(*layers, activation(act), nn.Flatten(), nn.Linear(cin * h * w, out_dim))

    @staticmethod
    def decoder(latent_dim: int, shape: Shape, width: int, depth: int, act: str) -> nn.Sequential:
        cout, h, w = halved(shape, depth)
        cin = channels_at(width, depth - 1)
        layers: list[nn.Module] = [nn.Linear(latent_dim, cin * h * w), nn.Unflatten(1, (cin, h, w))]
        for level in reversed(range(depth)):
            c = channels_at(width, level - 1) if level else cout
            layers += [block(cin, act), activation(act), nn.Upsample(scale_factor=2), nn.Conv2d(cin, c, 3, padding=1)]
            cin = c
        return nn.Sequential(*layers)
