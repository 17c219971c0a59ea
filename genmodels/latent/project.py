"""Flat pictures of high-dimensional codes."""

from collections.abc import Iterator

import torch
from torch import Tensor


def pca(x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Principal components of ``[N, d]``.

    Returns:
        mean ``[d]``, directions ``[k, d]`` (unit length, strongest first, largest entry positive) with
        ``k = min(N, d)``, and standard deviations ``[k]``.
    """
    mean = x.mean(0)
    _, s, directions = torch.linalg.svd(x - mean, full_matrices=False)
    sign = directions.gather(1, directions.abs().argmax(1, keepdim=True)).sign()
    return mean, directions * sign, s / max(1, len(x) - 1) ** 0.5


def pca_plane(x: Tensor) -> Tensor:
    """``[N, d]`` -> the two strongest components ``[N, 2]``; a single dimension gets a second axis of zeros."""
    if x.shape[1] == 1:
        return torch.cat([x - x.mean(), torch.zeros_like(x)], 1)
    mean, directions, _ = pca(x)
    return (x - mean) @ directions[:2].T


def pca_space(x: Tensor) -> Tensor:
    """``[N, d]`` with N and d at least 3 -> the three strongest components ``[N, 3]``."""
    mean, directions, _ = pca(x)
    return (x - mean) @ directions[:3].T


def aligned(plane: Tensor, reference: Tensor) -> Tensor:
    """``plane`` ``[N, 2]`` turned or mirrored so that it lies as close to ``reference`` as it can.

    Orthogonal Procrustes (Schoenemann 1966): components may swap or flip between snapshots; people should not see that.
    """
    u, _, vt = torch.linalg.svd(plane.T @ reference)
    turned: Tensor = plane @ (u @ vt)
    return turned


MAX_CODES = 2_000
"""How many codes settle beside each other in reasonable time."""
TSNE_STAGES = 4
_ITERATIONS = 250  # of a stage; the fewest that scikit-learn takes


def tsne_stages(x: Tensor, perplexity: float = 30.0, seed: int = 0) -> Iterator[Tensor]:
    """t-SNE of ``[N, d]`` as it settles: ``TSNE_STAGES`` embeddings ``[N, 2]``, each from where the last one stood.

    van der Maaten & Hinton 2008: neighbours stay neighbours; distances between clusters mean little. Begins at the
    principal components, so that it is the same every time; the first stage exaggerates, the others refine.

    Args:
        x: At most ``MAX_CODES`` rows.
        perplexity: About how many neighbours count; lowered for few rows.
        seed: Of scikit-learn's generator.

    Raises:
        ValueError: Fewer than 5 or too many rows.
    """
    from sklearn.manifold import TSNE

    if not 5 <= len(x) <= MAX_CODES:
        raise ValueError(f"t-SNE takes 5 to {MAX_CODES} codes, not {len(x)}")
    begin = pca_plane(x).double()
    plane = (begin / begin[:, 0].std().clamp_min(1e-12)).numpy()
    for stage in range(TSNE_STAGES):
        method = TSNE(
            init=plane,
            perplexity=min(perplexity, (len(x) - 1) / 3),
            early_exaggeration=1.0 if stage else 4.0,
            max_iter=_ITERATIONS,
            n_iter_without_progress=_ITERATIONS,
            random_state=seed,
        )
        plane = method.fit_transform(x.double().numpy())
        yield torch.from_numpy(plane).float()
