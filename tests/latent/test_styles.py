"""The grid of styles and classes."""

import pytest
import torch

from genmodels.latent.styles import style_by_class
from tests.small_models import fresh


@pytest.mark.parametrize("name", ["cvae", "cgan"])
def test_rows_are_styles_and_columns_are_classes(name: str) -> None:
    model = fresh(name).eval()
    styles = torch.randn(3, model.config.latent_dim, generator=torch.Generator().manual_seed(0))
    grid = style_by_class(model, styles)
    assert grid.shape == (3, 2, 1, 8, 8)
    for s in range(3):
        for c in range(2):
            alone = model.decode(styles[s : s + 1], torch.tensor([c]))[0]
            torch.testing.assert_close(grid[s, c], alone, atol=1e-5, rtol=1e-5)
    assert not torch.allclose(grid[:, 0], grid[:, 1], atol=1e-4)
    assert not torch.allclose(grid[0], grid[1], atol=1e-4)


def test_other_models_take_no_class() -> None:
    with pytest.raises(ValueError, match="class"):
        style_by_class(fresh("vae"), torch.zeros(1, fresh("vae").config.latent_dim))
