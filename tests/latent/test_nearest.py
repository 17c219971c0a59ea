"""Nearest training samples."""

import pytest
import torch

from genmodels.latent.nearest import CHUNK, nearest, verdict


def test_as_the_full_matrix_of_distances_says() -> None:
    generator = torch.Generator().manual_seed(0)
    among = torch.randint(0, 256, (2 * CHUNK + 5, 1, 3, 3), generator=generator, dtype=torch.uint8)
    x = torch.randint(0, 256, (7, 1, 3, 3), generator=generator, dtype=torch.uint8)
    found = nearest(x, among, k=3)
    full = torch.cdist(x.double().flatten(1) / 255, among.double().flatten(1) / 255)
    torch.testing.assert_close(found.distance.double(), full.topk(3, largest=False).values, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(full.gather(1, found.where), full.topk(3, largest=False).values)


def test_a_copy_is_at_distance_0_exactly() -> None:
    among = torch.rand(50, 20, generator=torch.Generator().manual_seed(1)) + 100  # large values, which a product rounds
    found = nearest(among[[17, 3]], among, k=2)
    assert found.where[:, 0].tolist() == [17, 3]
    assert found.distance[:, 0].tolist() == [0, 0]
    assert (found.distance[:, 1] > 0).all()


def test_few_training_samples() -> None:
    assert nearest(torch.zeros(2, 4), torch.ones(1, 4), k=5).distance.tolist() == [[2.0], [2.0]]


def test_verdicts() -> None:
    real = torch.arange(1.0, 101.0)
    assert verdict(0.0, real).kind == "copy"
    assert verdict(50.0, real).kind == "new"
    assert verdict(1000.0, real).kind == "far"
    assert verdict(0.0, real).typical == pytest.approx((10.9, 50.5, 90.1))
