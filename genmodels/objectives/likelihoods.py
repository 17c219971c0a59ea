"""Likelihoods ``ln p(x | z)``: how well a decoder's output explains a sample, in nats per sample.

The formulas are pure functions. Around each lies a small module, because a likelihood may own a parameter: the learned
sigma is trained, saved and averaged with the decoder's weights, simply by being part of the model.
"""

from math import expm1, log, pi

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, softplus

from genmodels.registry import Card, Registry


def bernoulli(logits: Tensor, x: Tensor) -> Tensor:
    r"""``ln p(x|z)`` with targets in 0..1, per sample ``[N]``, computed from logits without overflow."""
    return -binary_cross_entropy_with_logits(logits, x, reduction="none").flatten(1).sum(1)


def gaussian(mean: Tensor, log_sigma: Tensor, x: Tensor) -> Tensor:
    r"""``ln N(x; mean, sigma^2)`` per sample ``[N]``; ``log_sigma`` is a scalar, or one per value of x."""
    nats = 0.5 * ((x - mean) / log_sigma.exp()).square() + log_sigma + 0.5 * log(2 * pi)
    return -nats.flatten(1).sum(1)


NEAR_ZERO = 0.05
"""Logits below which the continuous Bernoulli uses its Taylor series: the exact formulas are 0/0 at logit 0."""


def log_normaliser(logits: Tensor) -> Tensor:
    r"""``ln C`` of the continuous Bernoulli, element by element.

    .. math:: \ln C(\lambda) = \ln \frac{2\tanh^{-1}(1-2\lambda)}{1-2\lambda}
        = \ln\frac{\eta}{\tanh(\eta/2)}, \qquad \eta = \operatorname{logit}\lambda

    Loaiza-Ganem & Cunningham, arXiv 1907.06845, equation 9, rewritten in the logit. Around 0 its Taylor series
    ``ln 2 + eta^2/12 - 7 eta^4/1440`` is used; the two differ there by less than 1e-10.
    """
    near = logits.abs() < NEAR_ZERO
    size = torch.where(near, torch.ones_like(logits), logits.abs())  # a harmless value, so that no gradient is NaN
    squared = torch.where(near, logits, torch.zeros_like(logits)).square()
    exact = size.log() - (-torch.expm1(-size)).log() + torch.log1p(torch.exp(-size))
    return torch.where(near, log(2) + squared / 12 - 7 * squared.square() / 1440, exact)


def continuous_bernoulli(logits: Tensor, x: Tensor) -> Tensor:
    r"""``ln p(x|z)`` of the continuous Bernoulli on 0..1, per sample ``[N]``.

    .. math:: \ln p(x|\lambda) = x \ln\lambda + (1-x)\ln(1-\lambda) + \ln C(\lambda)
    """
    return bernoulli(logits, x) + log_normaliser(logits).flatten(1).sum(1)


def continuous_bernoulli_mean(logits: Tensor) -> Tensor:
    r"""Mean of the continuous Bernoulli: ``1/(1 - exp(-eta)) - 1/eta``; nearer to 1/2 than lambda is.

    Around 0 its Taylor series ``1/2 + eta/12 - eta^3/720``.
    """
    near = logits.abs() < NEAR_ZERO
    away = torch.where(near, torch.ones_like(logits), logits)
    series = 0.5 + logits / 12 - logits.pow(3) / 720
    return torch.where(near, series, -1 / torch.expm1(-away) - 1 / away)


class Likelihood(nn.Module):
    """``forward(raw, x)`` is ``ln p(x|z)`` per sample ``[N]`` for a decoder's raw outputs ``[N, *shape]``.

    Args:
        sigma: Standard deviation in the units of standardised data, where the likelihood has one.
    """

    def __init__(self, sigma: float) -> None:
        super().__init__()

    def forward(self, raw: Tensor, x: Tensor) -> Tensor:
        raise NotImplementedError

    def mean(self, raw: Tensor) -> Tensor:
        """The mean of x: what people see."""
        raise NotImplementedError


LIKELIHOODS: Registry[type[Likelihood]] = Registry("likelihood", "genmodels.objectives")
"""Extras: ``mean``, how raw outputs become the mean of x: ``"sigmoid"``, ``"identity"`` or ``"continuous_bernoulli"``;
``modality``: ``"image"`` when targets must lie in 0..1, else ``"points"``: fit for both."""


@LIKELIHOODS.register(
    "bernoulli",
    Card(
        "Bernoulli",
        "Each pixel is a coin; grey values count as probabilities.",
        family="likelihood",
        equation=r"\ln p(x|z) = \sum_i \big[x_i \ln \hat x_i + (1-x_i)\ln(1-\hat x_i)\big]",
        paper="Kingma & Welling, arXiv 1312.6114",
        teaches="The usual choice for digits; sharp edges cost little.",
        fails="For grey values it is no density: the bound cannot be compared with binarised data.",
    ),
    mean="sigmoid",
    modality="image",
)
class Bernoulli(Likelihood):
    def forward(self, raw: Tensor, x: Tensor) -> Tensor:
        return bernoulli(raw, x)

    def mean(self, raw: Tensor) -> Tensor:
        return raw.sigmoid()


@LIKELIHOODS.register(
    "gaussian",
    Card(
        "Gaussian",
        "Squared error, measured in units of a fixed sigma.",
        family="likelihood",
        equation=r"\ln p(x|z) = -\sum_i \Big[\tfrac{(x_i-\hat x_i)^2}{2\sigma^2} + \ln(\sigma\sqrt{2\pi})\Big]",
        paper="Kingma & Welling, arXiv 1312.6114",
        teaches="Sigma sets the exchange rate between detail and a tidy latent space.",
        fails="Averages over what it cannot decide: blur.",
    ),
    mean="identity",
    modality="points",
)
class Gaussian(Likelihood):
    log_sigma: Tensor

    def __init__(self, sigma: float) -> None:
        super().__init__(sigma)
        self.register_buffer("log_sigma", torch.tensor(log(sigma)))

    def forward(self, raw: Tensor, x: Tensor) -> Tensor:
        return gaussian(raw, self.log_sigma, x)

    def mean(self, raw: Tensor) -> Tensor:
        return raw


@LIKELIHOODS.register(
    "gaussian_learned",
    Card(
        "Gaussian, learned sigma",
        "Squared error, and the model learns how large an error is normal.",
        family="likelihood",
        equation=r"\ln p(x|z) = -\sum_i \Big[\tfrac{(x_i-\hat x_i)^2}{2\sigma^2} + \ln(\sigma\sqrt{2\pi})\Big], "
        r"\quad \sigma \text{ learned}",
        paper="Rybkin et al. (sigma-VAE), arXiv 2006.13202",
        teaches="The weight of the KL term finds itself: the best sigma squared is the mean squared error.",
        fails="On data that can be copied exactly sigma falls without end; it is held above exp(-6).",
    ),
    mean="identity",
    modality="points",
)
class LearnedGaussian(Likelihood):
    LOWEST = -6.0

    def __init__(self, sigma: float) -> None:
        super().__init__(sigma)
        # The inverse of the soft floor below, so that training starts at the sigma that was asked for.
        above = log(sigma) - self.LOWEST
        self.raw_log_sigma = nn.Parameter(torch.tensor(self.LOWEST + log(expm1(above))))

    @property
    def log_sigma(self) -> Tensor:
        return self.LOWEST + softplus(self.raw_log_sigma - self.LOWEST)

    def forward(self, raw: Tensor, x: Tensor) -> Tensor:
        return gaussian(raw, self.log_sigma, x)

    def mean(self, raw: Tensor) -> Tensor:
        return raw


@LIKELIHOODS.register(
    "continuous_bernoulli",
    Card(
        "Continuous Bernoulli",
        "The Bernoulli made honest for grey values: a true density on 0..1.",
        family="likelihood",
        equation=r"\ln p(x|z) = \sum_i x_i \ln \lambda_i + (1-x_i)\ln(1-\lambda_i) "
        r"+ \ln\tfrac{2\tanh^{-1}(1-2\lambda_i)}{1-2\lambda_i}",
        paper="Loaiza-Ganem & Cunningham, arXiv 1907.06845",
        teaches="The constant that everybody leaves out: with it, pictures get sharper and the bound is a density's.",
        fails="Rewards pixels at exactly 0 or 1 without limit, so its nats cannot be set beside Bernoulli's.",
    ),
    mean="continuous_bernoulli",
    modality="image",
)
class ContinuousBernoulli(Likelihood):
    def forward(self, raw: Tensor, x: Tensor) -> Tensor:
        return continuous_bernoulli(raw, x)

    def mean(self, raw: Tensor) -> Tensor:
        return continuous_bernoulli_mean(raw)
