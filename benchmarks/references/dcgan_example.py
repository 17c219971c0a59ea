"""The DCGAN of the pytorch/examples repository (``dcgan/main.py``, BSD-3-Clause), rebuilt from its recipe at 28x28.

ngf = ndf = 64, z of 100 values, transposed convolutions with batch normalisation and ReLU in G, strided convolutions
with batch normalisation and leaky ReLU 0.2 in D, weights from N(0, 0.02) (normalisation from N(1, 0.02)), Adam 2e-4
with betas (0.5, 0.999), batch 128, real label 1 and fake label 0, ``BCELoss``. The original is for 64x64; for 28x28 it
has two halvings less: 7 -> 14 -> 28.
"""

from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader

from genmodels.data.torchvision_compat import import_torchvision

LATENT, FEATURES, BATCH = 100, 64, 128


def _initialise(module: nn.Module) -> None:
    if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
        nn.init.normal_(module.weight, 0.0, 0.02)
    elif isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.weight, 1.0, 0.02)
        nn.init.zeros_(module.bias)


def generator() -> nn.Sequential:
    """z ``[N, 100, 1, 1]`` -> images ``[N, 1, 28, 28]`` in -1..1."""
    f = FEATURES
    return nn.Sequential(
        nn.ConvTranspose2d(LATENT, 2 * f, 7, bias=False), nn.BatchNorm2d(2 * f), nn.ReLU(True),
        nn.ConvTranspose2d(2 * f, f, 4, 2, 1, bias=False), nn.BatchNorm2d(f), nn.ReLU(True),
        nn.ConvTranspose2d(f, 1, 4, 2, 1, bias=False), nn.Tanh(),
    ).apply(_initialise)  # fmt: skip


def discriminator() -> nn.Sequential:
    """Images ``[N, 1, 28, 28]`` -> probability of being real ``[N, 1, 1, 1]``."""
    f = FEATURES
    return nn.Sequential(
        nn.Conv2d(1, f, 4, 2, 1, bias=False), nn.LeakyReLU(0.2, True),
        nn.Conv2d(f, 2 * f, 4, 2, 1, bias=False), nn.BatchNorm2d(2 * f), nn.LeakyReLU(0.2, True),
        nn.Conv2d(2 * f, 1, 7, bias=False), nn.Sigmoid(),
    ).apply(_initialise)  # fmt: skip


class Recipe:
    """The training of that example, step by step, on torchvision's MNIST through a ``DataLoader``."""

    def __init__(self, root: Path, seed: int = 1) -> None:
        torchvision = import_torchvision()
        torch.manual_seed(seed)
        steps = [torchvision.transforms.ToTensor(), torchvision.transforms.Normalize((0.5,), (0.5,))]
        data = torchvision.datasets.MNIST(
            str(root), train=True, download=True, transform=torchvision.transforms.Compose(steps)
        )
        self.loader = DataLoader(data, batch_size=BATCH, shuffle=True)
        self.generator, self.discriminator = generator(), discriminator()
        self.fixed_noise = torch.randn(64, LATENT, 1, 1)
        self.optimizers = [
            torch.optim.Adam(net.parameters(), lr=2e-4, betas=(0.5, 0.999))
            for net in (self.discriminator, self.generator)
        ]

    def steps(self) -> Iterator[int]:
        """Train without end; yields the samples of each step."""
        while True:
            for real, _ in self.loader:
                self._step(real)
                yield len(real)

    def _step(self, real: Tensor) -> None:
        loss, n = nn.functional.binary_cross_entropy, len(real)
        update_d, update_g = self.optimizers
        self.discriminator.zero_grad()
        loss(self.discriminator(real).view(-1), torch.ones(n)).backward()
        fake = self.generator(torch.randn(n, LATENT, 1, 1))
        loss(self.discriminator(fake.detach()).view(-1), torch.zeros(n)).backward()
        update_d.step()
        self.generator.zero_grad()
        loss(self.discriminator(fake).view(-1), torch.ones(n)).backward()
        update_g.step()

    @torch.no_grad()
    def sample(self, n: int, seed: int = 0) -> Tensor:
        """``n`` images ``[n, 1, 28, 28]`` in 0..1, drawn as the example draws: networks in training mode."""
        noise = torch.randn(n, LATENT, 1, 1, generator=torch.Generator().manual_seed(seed))
        return torch.cat([(self.generator(part) + 1) / 2 for part in noise.split(BATCH)])
