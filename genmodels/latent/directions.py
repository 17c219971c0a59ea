"""Directions in latent space that mean something: unit vectors, one per row."""

import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

from genmodels.latent.project import pca
from genmodels.models.base import Model


def class_means(codes: Tensor, labels: Tensor, classes: int) -> Tensor:
    """Mean code of each class, ``[N, d]`` and ``[N]`` -> ``[classes, d]``; NaN for a class without samples."""
    hot = nn.functional.one_hot(labels, classes).to(codes.dtype)
    return hot.T @ codes / hot.sum(0)[:, None]


def class_directions(means: Tensor) -> Tensor:
    """From the middle of all classes towards each, ``[classes, d]``; zero for a class without samples.

    The differences of means that attribute vectors are made of (Larsen et al., arXiv 1512.09300, section 3.3).
    """
    return normalize(means - means.nanmean(0), dim=1).nan_to_num(0.0)


def between_classes(means: Tensor) -> Tensor:
    """Directions in which the class means differ most, strongest first, ``[k, d]``: their principal components.

    ``k`` is one less than the number of classes with samples, at most ``d``.
    """
    known = means[means.isfinite().all(1)]
    _, directions, _ = pca(known)
    return directions[: max(0, min(len(known) - 1, means.shape[1]))]


def principal(codes: Tensor) -> Tensor:
    """Principal components of codes ``[N, d]``, strongest first: ``[min(N, d), d]``."""
    _, directions, _ = pca(codes)
    return directions


def factorised(model: Model) -> Tensor:
    """Directions to which the decoder's first layer reacts most, strongest first: ``[k, latent_dim]``.

    The right singular vectors of what its weights do to a code (SeFa: Shen & Zhou, arXiv 2007.06600, equation 5): what
    principal components are for codes, for a model whose prior has no preferred direction.

    Raises:
        ValueError: The first layer is not linear.
    """
    first = model.decoder[0]
    if not isinstance(first, nn.Linear):
        raise ValueError("the decoder does not begin with a linear layer")
    of_code = first.weight[:, : model.config.latent_dim]  # behind it, a conditional model takes its label
    directions: Tensor = torch.linalg.svd(of_code.detach().float(), full_matrices=False).Vh
    return directions
