"""Two plain properties of samples that people see at once: how sharp they are, and how much they differ."""

import torch
from torch import Tensor
from torch.nn.functional import conv2d

_LAPLACE = ((0.0, 1.0, 0.0), (1.0, -4.0, 1.0), (0.0, 1.0, 0.0))


def sharpness(x: Tensor) -> Tensor:
    r"""Root mean square of the discrete Laplacian of images ``[N, C, H, W]`` in 0..1, without their rim -> ``[N]``.

    .. math:: \sqrt{\frac{1}{C(H-2)(W-2)}\sum (x_{i+1,j} + x_{i-1,j} + x_{i,j+1} + x_{i,j-1} - 4\,x_{i,j})^2}

    0 for constants and ramps; a blur lowers it, and so does less contrast; noise raises it. Means something beside the
    same for real images. Energy of the Laplacian as a measure of focus: Subbarao, Choi & Nikzad 1993.

    >>> dot = torch.zeros(1, 1, 5, 5)
    >>> dot[0, 0, 2, 2] = 1
    >>> round(float(sharpness(dot)) ** 2 * 9, 5)  # (-4)^2 + 4 * 1^2
    20.0
    """
    kernel = torch.tensor(_LAPLACE, dtype=x.dtype).expand(x.shape[1], 1, 3, 3)
    bent = conv2d(x, kernel, groups=x.shape[1])
    return bent.square().flatten(1).mean(1).sqrt()


def diversity(x: Tensor) -> float:
    r"""Root mean square distance between two different samples of ``[N, d]``, N at least 2.

    .. math:: \sqrt{\frac{1}{N(N-1)}\sum_{i \ne j}\lVert x_i - x_j\rVert^2} = \sqrt{2\,\operatorname{tr}\Sigma}

    with the unbiased covariance. 0 where all samples are the same.
    """
    return float((2 * x.double().var(0, correction=1).sum()).sqrt())
