"""The VAE of the pytorch/examples repository (``vae/main.py``, BSD-3-Clause), rebuilt from its published recipe.

784-400-(20, 20)-400-784 with ReLU, sigmoid and binary cross-entropy on grey pixels; torchvision's MNIST with
``ToTensor`` through a ``DataLoader``, batch 128, Adam 1e-3, ``loss.item()`` every step, 10 epochs. Threads as torch
chooses them.
"""

import time
from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import DataLoader

from genmodels.data.torchvision_compat import import_torchvision

BATCH = 128


class VAE(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.hidden = nn.Linear(784, 400)
        self.mean = nn.Linear(400, 20)
        self.log_variance = nn.Linear(400, 20)
        self.unfold = nn.Linear(20, 400)
        self.out = nn.Linear(400, 784)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        h = F.relu(self.hidden(x.view(-1, 784)))
        mu, logvar = self.mean(h), self.log_variance(h)
        z = mu + torch.exp(0.5 * logvar) * torch.randn_like(mu)
        return torch.sigmoid(self.out(F.relu(self.unfold(z)))), mu, logvar


def negative_elbo(x_hat: Tensor, x: Tensor, mu: Tensor, logvar: Tensor) -> Tensor:
    """Summed over the batch, in nats."""
    reconstruction = F.binary_cross_entropy(x_hat, x.view(-1, 784), reduction="sum")
    return reconstruction - 0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())


class Recipe:
    """The training of that example, epoch by epoch."""

    def __init__(self, root: Path, seed: int = 1) -> None:
        torchvision = import_torchvision()
        torch.manual_seed(seed)
        transform = torchvision.transforms.ToTensor()
        self.train, self.test = (
            DataLoader(
                torchvision.datasets.MNIST(str(root), train=part, download=True, transform=transform),
                batch_size=BATCH,
                shuffle=part,
            )
            for part in (True, False)
        )
        self.model = VAE()
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=1e-3)

    def steps(self) -> Iterator[int]:
        """Train for one epoch; yields the samples of each step."""
        self.model.train()
        total = 0.0
        for data, _ in self.train:
            self.optimizer.zero_grad()
            x_hat, mu, logvar = self.model(data)
            loss = negative_elbo(x_hat, data, mu, logvar)
            loss.backward()
            total += loss.item()
            self.optimizer.step()
            yield len(data)

    @torch.no_grad()
    def test_loss(self) -> float:
        """Negative ELBO on the test set in nats per image."""
        self.model.eval()
        total = sum(float(negative_elbo(*self._with(data))) for data, _ in self.test)
        return total / len(self.test.dataset)  # type: ignore[arg-type]

    def _with(self, data: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        x_hat, mu, logvar = self.model(data)
        return x_hat, data, mu, logvar

    def seconds_to(self, target: float, most_epochs: int = 15) -> tuple[float, float, int]:
        """Train until the test loss after an epoch is at most ``target``: seconds without testing, loss, epochs."""
        spent, loss, epoch = 0.0, float("inf"), 0
        while loss > target and epoch < most_epochs:
            start = time.perf_counter()
            for _ in self.steps():
                pass
            spent += time.perf_counter() - start
            epoch += 1
            loss = self.test_loss()
        return spent, loss, epoch
