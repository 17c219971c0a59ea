"""UMAP: a plane in which the fuzzy neighbourhoods of a space are kept (McInnes, Healy & Melville, arXiv 1802.03426)."""

from collections.abc import Iterator

import torch
from torch import Tensor

from genmodels.latent.project import MAX_CODES, pca_plane

UMAP_STAGES = 4
_EPOCHS = 50  # of a stage
_RATE = 0.5  # at first; at 1, where ties are taken one by one, all of them at once would only shake
_NEGATIVES = 5  # codes that each end of a tie is pushed away from
_FARTHEST = 4.0  # how far a tie or a push moves a code at most
A, B = 1.5769, 0.8951
"""``1 / (1 + A r^(2B))`` is nearly 1 up to a distance r of 0.1 and falls like ``exp(0.1 - r)`` beyond it."""


def umap_stages(x: Tensor, neighbours: int = 15, seed: int = 0) -> Iterator[Tensor]:
    """UMAP of ``[N, d]`` as it settles: ``UMAP_STAGES`` embeddings ``[N, 2]``, each from where the last one stood.

    Ties pull their two ends together, random pairs push each other apart (appendix C of the paper). All ties of an
    epoch pull at once, where the paper's algorithm takes them one by one. Begins at the principal components, so that
    it is the same every time.

    Args:
        x: At most ``MAX_CODES`` rows.
        neighbours: How many codes, itself among them, make the neighbourhood of a code; lowered for few rows.
        seed: Of the draws.

    Raises:
        ValueError: Fewer than 5 or too many rows.
    """
    if not 5 <= len(x) <= MAX_CODES:
        raise ValueError(f"UMAP takes 5 to {MAX_CODES} codes, not {len(x)}")
    generator = torch.Generator().manual_seed(seed)
    ends, strength = ties(x.double(), min(neighbours, len(x) - 1))
    begin = pca_plane(x).double()
    plane = 10 * begin / begin.abs().max().clamp_min(1e-12)
    plane += 1e-4 * torch.randn(plane.shape, generator=generator, dtype=plane.dtype)
    epochs = UMAP_STAGES * _EPOCHS
    for epoch in range(epochs):
        at_work = ends[:, torch.rand(strength.shape, generator=generator) < strength]
        plane = plane + _RATE * (1 - epoch / epochs) * _moves(plane, at_work, generator)
        if (epoch + 1) % _EPOCHS == 0:
            yield plane.float()


def ties(x: Tensor, neighbours: int) -> tuple[Tensor, Tensor]:
    """The fuzzy graph of ``[N, d]``.

    A code is tied to a neighbour at distance r by ``exp(-(r - rho) / sigma)``, with its nearest neighbour at ``rho``
    and ``sigma`` such that its ties add up to ``log2(neighbours)`` (equations 1 and 2 of the paper's section 3.1).
    Two codes are tied where one or the other ties them: ``a + b - a b``.

    Returns:
        The two ends of each tie ``[2, T]``, every pair once, and its strength ``[T]``, above 0 and at most 1.
    """
    r, index = torch.cdist(x, x).fill_diagonal_(torch.inf).topk(neighbours - 1, largest=False)
    beyond = r - r[:, :1]
    sigma = widths(beyond, neighbours)
    directed = torch.zeros(len(x), len(x), dtype=x.dtype).scatter_(1, index, (-beyond / sigma).exp())
    either = (directed + directed.T - directed * directed.T).triu(1)
    ends = either.nonzero().T
    return ends, either[ends[0], ends[1]]


def widths(beyond: Tensor, neighbours: int) -> Tensor:
    """``sigma`` ``[N, 1]`` for distances ``[N, k]`` beyond the nearest neighbour's, by bisection of its logarithm."""
    wanted = torch.tensor(float(neighbours)).log2()
    scale = beyond.mean(1, keepdim=True).clamp_min(1e-12)
    low, high = 1e-3 * scale, 1e3 * scale
    for _ in range(40):
        middle = (low * high).sqrt()
        wide = (-beyond / middle).exp().sum(1, keepdim=True) > wanted
        low, high = torch.where(wide, low, middle), torch.where(wide, middle, high)
    return high


def pull(gap: Tensor) -> Tensor:
    """Where a tie draws its first end, for its ends' differences ``[T, 2]``: downhill on ``ln(1 + A r^(2B))``."""
    squared = gap.square().sum(1, keepdim=True).clamp_min(1e-12)
    power = squared.pow(B)
    return (-2 * A * B * power / squared / (1 + A * power) * gap).clamp(-_FARTHEST, _FARTHEST)


def push(gap: Tensor) -> Tensor:
    """Where a code is driven by another, for their differences ``[T, 2]``: downhill on ``-ln(1 - 1 / (1 + A r^(2B)))``.

    The slope has no end where two codes meet; the thousandth beside r^2 is the paper's remedy.
    """
    squared = gap.square().sum(1, keepdim=True)
    return (2 * B / ((1e-3 + squared) * (1 + A * squared.pow(B))) * gap).clamp(-_FARTHEST, _FARTHEST)


def _moves(plane: Tensor, ends: Tensor, generator: torch.Generator) -> Tensor:
    """Where one epoch moves each code ``[N, 2]``: its ties pull, and random codes push."""
    i, j = ends
    pulled = pull(plane[i] - plane[j])
    pushed = ends.flatten().repeat(_NEGATIVES)
    others = torch.randint(len(plane), pushed.shape, generator=generator)
    moves = torch.zeros_like(plane).index_add_(0, i, pulled).index_add_(0, j, -pulled)
    return moves.index_add_(0, pushed, push(plane[pushed] - plane[others]))
