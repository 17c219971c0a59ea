"""What is worked out about latent spaces, for models that take a label beside the code."""

import pytest
import torch
from torch import nn

from genmodels.latent.export import CannotExport, export_decoder
from genmodels.latent.order import output_variance
from tests.small_models import fresh


def test_what_the_label_changes_is_not_a_dimensions_doing() -> None:
    model = fresh("cgan").eval().requires_grad_(False)
    first = nn.Linear(model.config.latent_dim + 2, 64, bias=False).requires_grad_(False)
    first.weight[:, :-2] = 0  # the code does nothing, the label all
    model.decoder = nn.Sequential(first, nn.Unflatten(1, (1, 8, 8)))
    assert not torch.equal(*model.decode(torch.zeros(2, model.config.latent_dim)))
    assert output_variance(model).abs().max() == 0


@pytest.mark.parametrize("name", ["cvae", "cgan"])
def test_the_browser_is_told_that_it_takes_a_label(name: str) -> None:
    with pytest.raises(CannotExport, match="label"):
        export_decoder(fresh(name).eval())
