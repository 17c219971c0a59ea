"""A Gaussian mixture that keeps up with codes that are still moving."""

import math

import torch
from torch import Tensor, nn

RATE = 0.05
"""Share of each batch in the running statistics."""
RIDGE, SMALLEST = 1e-3, 1e-6
"""Least variance along any axis of a component, in units of its mean variance, and the least of those."""


class GaussianMixture(nn.Module):
    r"""``p(z) = sum_k w_k N(z; m_k, C_k)`` with full covariances, fitted by stepwise expectation maximisation.

    Each batch moves running means of the sufficient statistics (Cappe & Moulines 2009, arXiv 0712.4273)

    .. math:: s_k \leftarrow (1-\rho)\, s_k + \rho\, \mathbb E_z\left[r_k(z)\,(1,\; z,\; z z^\top)\right],
        \qquad r_k(z) = p(k|z)

    so that the components stay who they are while the codes move. The statistics are buffers, not parameters: they are
    saved and loaded, but no gradient reaches them.
    """

    share: Tensor
    first: Tensor
    second: Tensor
    updates: Tensor

    def __init__(self, components: int, dim: int) -> None:
        super().__init__()
        # Before any update this is the standard normal.
        self.register_buffer("share", torch.full((components,), 1 / components))
        self.register_buffer("first", torch.zeros(components, dim))
        self.register_buffer("second", torch.zeros(components, dim, dim))
        self.second.diagonal(0, 1, 2).fill_(1 / components)
        self.register_buffer("updates", torch.zeros(()))

    def moments(self) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Weights ``[k]``, means ``[k, d]``, standard deviations ``[k, d]`` along axes ``[k, d, d]``, in columns."""
        mean = self.first / self.share[:, None]
        covariance = self.second / self.share[:, None, None] - mean[:, :, None] * mean[:, None]
        variance, axes = torch.linalg.eigh(covariance)
        least = RIDGE * variance.mean(1, keepdim=True).clamp_min(SMALLEST)
        return self.share / self.share.sum(), mean, variance.clamp_min(least).sqrt(), axes

    def log_joint(self, z: Tensor) -> Tensor:
        """``ln w_k + ln N(z; m_k, C_k)``, ``[N, d] -> [N, k]`` nats; its logsumexp is ``ln p(z)``."""
        weight, mean, sigma, axes = self.moments()
        standard = (z - mean[:, None]) @ axes / sigma[:, None]  # [k, N, d]
        constant = weight.log() - sigma.log().sum(1) - 0.5 * z.shape[1] * math.log(2 * math.pi)
        return constant - 0.5 * standard.square().sum(2).T

    @torch.no_grad()
    def update(self, z: Tensor, generator: torch.Generator) -> None:
        """Take in a batch of codes ``[N, d]``; one that is not finite is left out."""
        # Half precision is too coarse for a covariance.
        with torch.autocast(z.device.type, enabled=False):
            if not bool(z.isfinite().all()):
                return
            if self.updates == 0:
                self._seed(z, torch.ones_like(self.share, dtype=torch.bool), generator)
            r = self.log_joint(z).softmax(1)
            self.share.lerp_(r.mean(0), RATE)
            self.first.lerp_(r.T @ z / len(z), RATE)
            self.second.lerp_(torch.einsum("nk,ni,nj->kij", r, z, z) / len(z), RATE)
            # A component that explains next to nothing starts again somewhere else.
            self._seed(z, self.share < 0.05 / len(self.share), generator)
            self.updates.add_(1)

    def _seed(self, z: Tensor, which: Tensor, generator: torch.Generator) -> None:
        """Put components at codes of a batch that are far from each other, as wide as the batch."""
        if not bool(which.any()):
            return
        k = len(self.share)
        mean = scattered(z, k, generator)
        centred = z - z.mean(0)
        spread = centred.T @ centred / len(z)
        self.share[which] = 1 / k
        self.first[which] = mean[which] / k
        self.second[which] = (spread + mean[:, :, None] * mean[:, None])[which] / k

    def sample(self, n: int, generator: torch.Generator) -> Tensor:
        """``[n, d]``, where the generator lives; the same chance gives nearly the same codes after a small update."""
        where = generator.device
        weight, mean, sigma, axes = (part.to(where) for part in self.moments())
        u = torch.rand(n, generator=generator, device=where, dtype=mean.dtype)
        noise = torch.randn(n, mean.shape[1], generator=generator, device=where, dtype=mean.dtype)
        chosen = torch.searchsorted(weight.cumsum(0), u).clamp_max(len(weight) - 1)
        # Through the axes and back: the symmetric root, so that a swap of two axes does not move a sample.
        along = (axes.transpose(1, 2)[chosen] @ noise[:, :, None]).squeeze(2) * sigma[chosen]
        return mean[chosen] + (axes[chosen] @ along[:, :, None]).squeeze(2)


def scattered(z: Tensor, k: int, generator: torch.Generator) -> Tensor:
    """``k`` of ``[N, d]``, each drawn by its squared distance from those before (k-means++), ``[k, d]``."""
    chosen = z[:1]
    for u in torch.rand(k, generator=generator, device=generator.device).to(z.device):
        reach = torch.cdist(z, chosen).min(1).values.square().cumsum(0)
        nearest = torch.searchsorted(reach, u.to(z.dtype) * reach[-1]).clamp_max(len(z) - 1)
        chosen = torch.cat([chosen, z[nearest][None]])
    return chosen[1:]
