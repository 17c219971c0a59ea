"""Spectral normalisation (Miyato et al., arXiv 1802.05957)."""

from torch import nn
from torch.nn.utils.parametrizations import spectral_norm


def normalise(network: nn.Module) -> None:
    r"""Make every linear and convolution layer of ``network`` use its weight divided by its largest singular value.

    .. math:: \bar W = W / \sigma_1(W), \qquad \sigma_1(\bar W) = 1

    As in the paper, sigma is followed by one power iteration per use in training, so it trails fast-moving weights by a
    few percent and is exact where they rest. The singular vectors are buffers, so they are saved and loaded with the
    weights. A convolution's weight counts as the matrix ``[out, in * k * k]``.
    """
    for layer in list(network.modules()):
        if isinstance(layer, nn.Linear | nn.Conv2d | nn.Embedding):
            spectral_norm(layer)
