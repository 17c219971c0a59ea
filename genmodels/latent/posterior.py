"""What the encoder is not sure of: draws of the code of one picture, and what the decoder makes of them."""

from typing import NamedTuple

import torch
from torch import Tensor

from genmodels.data.base import to_unit
from genmodels.models.base import Model, Posterior
from genmodels.models.cvae import CVAE


class Draws(NamedTuple):
    """One sample as the encoder sees it.

    Attributes:
        q: Its posterior, ``[1, latent_dim]`` each.
        codes: ``k`` draws of the code, ``[k, latent_dim]``; none where the code has no spread.
        at_mean: The mean decoded, ``[1, *shape]``, in units of the model's samples.
        decoded: The draws decoded, ``[k, *shape]``.
        label: The class it was read as, where the model is conditional, else None.
    """

    q: Posterior
    codes: Tensor
    at_mean: Tensor
    decoded: Tensor
    label: Tensor | None

    @property
    def deviation(self) -> Tensor:
        """Standard deviation of each output over the draws, ``[*shape]``; zeros where there are fewer than two."""
        return self.decoded.std(0) if len(self.decoded) > 1 else torch.zeros_like(self.at_mean[0])


@torch.no_grad()
def draws(model: Model, x: Tensor, k: int = 8, temperature: float = 1.0, seed: int = 0) -> Draws:
    r"""``z = \mu + \tau \sigma \epsilon`` for one sample ``[1, *shape]`` (uint8 or as the model's own), ``k`` times.

    The reparameterisation (Kingma & Welling, arXiv 1312.6114, section 2.4). The noise depends on ``seed`` alone, so a
    picture that changes a little gives draws that change a little.
    """
    label = best_label(model, x)
    q = model.encode(to_unit(x), label)
    generator = torch.Generator().manual_seed(seed)
    count = 0 if q.logvar is None else k
    wide = Posterior(q.mu.expand(count, -1), None if q.logvar is None else q.logvar.expand(count, -1))
    codes = wide.sample(generator, temperature)
    labels = None if label is None else label.expand(count)
    decoded = model.decode(codes, labels) if count else q.mu.new_zeros(0, *model.spec.shape)
    return Draws(q, codes, model.decode(q.mu, label), decoded, label)


def best_label(model: Model, x: Tensor) -> Tensor | None:
    """The class ``[N]`` as which a conditional model reads samples ``[N, *shape]`` best; None for all others."""
    return model.best_label(model.standardise(to_unit(x))) if isinstance(model, CVAE) else None
