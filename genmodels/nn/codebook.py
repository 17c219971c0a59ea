"""A table of code vectors that follows the vectors it stands for."""

import torch
from torch import Tensor, nn

RATE = 0.02
"""Share of each batch in the running means (1 - 0.99 in the paper)."""


class Codebook(nn.Module):
    r"""``size`` vectors of ``dim`` values, each the running mean of the vectors nearest to it.

    .. math:: N_k \leftarrow (1-\rho) N_k + \rho\, n_k, \qquad
        s_k \leftarrow (1-\rho) s_k + \rho \sum_{i:\, k_i = k} e_i, \qquad v_k = s_k / N_k

    van den Oord et al., arXiv 1711.00937, appendix A.1. Statistics are buffers: no gradient reaches them.
    """

    share: Tensor
    total: Tensor

    def __init__(self, size: int, dim: int) -> None:
        super().__init__()
        self.register_buffer("share", torch.full((size,), 1 / size))
        self.register_buffer("total", torch.randn(size, dim).div_(size))

    @property
    def vectors(self) -> Tensor:
        """``[size, dim]``."""
        return self.total / self.share[:, None]

    def nearest(self, e: Tensor) -> Tensor:
        """Index of the code vector nearest to each of ``[..., dim]``, ``[...]``."""
        return torch.cdist(e.reshape(-1, e.shape[-1]), self.vectors).argmin(1).view(e.shape[:-1])

    def look_up(self, index: Tensor) -> Tensor:
        """Code vectors for indices ``[...]``, ``[..., dim]``."""
        return self.vectors[index]

    @torch.no_grad()
    def update(self, e: Tensor, index: Tensor, generator: torch.Generator) -> None:
        """Take in vectors ``[..., dim]`` and the indices ``[...]`` of their codes; what is not finite is left out."""
        e, index = e.reshape(-1, e.shape[-1]), index.reshape(-1)
        if not bool(e.isfinite().all()):
            return
        counts = torch.bincount(index, minlength=len(self.share)).to(e.dtype)
        sums = torch.zeros_like(self.total).index_add_(0, index, e)
        self.share.lerp_(counts / len(e), RATE)
        self.total.lerp_(sums / len(e), RATE)
        # A code that nobody uses starts again at a vector that somebody needs.
        unused = self.share < 0.05 / len(self.share)
        chosen = torch.randint(len(e), (len(self.share),), generator=generator, device=generator.device).to(e.device)
        self.share[unused] = 1 / len(self.share)
        self.total[unused] = e[chosen][unused] / len(self.share)
