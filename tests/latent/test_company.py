"""How many codes lie close to a place."""

import pytest
import torch

from genmodels.latent.company import close_by, company


def test_half_of_the_codes_have_that_many_neighbours() -> None:
    codes = torch.randn(501, 6, generator=torch.Generator().manual_seed(0)).double()
    for k in (1, 10, 40):
        counts = company(codes, codes, close_by(codes, k)) - 1  # without itself
        assert (counts >= k).double().mean() == pytest.approx(0.5, abs=0.01)


def test_counts_are_those_of_all_distances() -> None:
    generator = torch.Generator().manual_seed(1)
    places, codes = torch.randn(9, 3, generator=generator), torch.randn(200, 3, generator=generator)
    apart = (places[:, None] - codes).norm(dim=2)
    assert company(places, codes, 0.9).tolist() == (apart <= 0.9).sum(1).tolist()


def test_a_hole_has_no_company() -> None:
    angle = torch.linspace(0, 2 * torch.pi, 101)[:100]
    ring = torch.stack([angle.cos(), angle.sin()], 1)
    radius = close_by(ring)
    assert company(torch.zeros(1, 2), ring, radius).tolist() == [0]
    assert company(ring[:1], ring, radius * 1.001).tolist() == [11]


def test_fewer_codes_than_neighbours() -> None:
    assert close_by(torch.tensor([[0.0], [1.0], [5.0]]), 10) == pytest.approx(5.0)
