"""What is worked out about latent spaces, for models that take a label beside the code."""

import pytest
import torch
from torch import nn

from genmodels.latent.directions import factorised
from genmodels.latent.export import CannotExport, export_decoder
from genmodels.latent.fields import verdicts
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
def test_the_browser_gets_a_bias_for_each_label(name: str) -> None:
    model = fresh(name, network="mlp").eval().requires_grad_(False)
    exported, d, labels = export_decoder(model), model.config.latent_dim, model.label_count
    first, linear = model.decoder[0], exported.layers[0]
    assert (exported.label_count, linear["labels"], linear["in"]) == (labels, labels, d)
    biases = exported.weights[linear["b"] :][: linear["out"] * labels].reshape(-1, labels)
    expected = first.weight[:, d:] + first.bias[:, None]
    torch.testing.assert_close(torch.tensor(biases).float(), expected, atol=1e-3, rtol=1e-3)


def test_a_label_that_reaches_no_linear_layer_is_said() -> None:
    model = fresh("cgan").eval()
    model.decoder = nn.Sequential(nn.Flatten(), *model.decoder)
    with pytest.raises(CannotExport, match="label"):
        export_decoder(model)


def test_directions_of_the_generator_are_those_of_codes() -> None:
    model = fresh("cgan").eval()
    assert factorised(model).shape[1] == model.config.latent_dim


def test_a_map_shows_what_is_asked_for() -> None:
    model = fresh("cgan").eval()
    z = model.prior(5, torch.Generator().manual_seed(0))
    y = torch.ones(5, dtype=torch.long)
    torch.testing.assert_close(verdicts(model, z, 1), model.score(model.decode(z, y), y))
    assert not torch.equal(verdicts(model, z, 0), verdicts(model, z, 1))
