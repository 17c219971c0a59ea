"""UMAP against its definitions: the fuzzy graph, the curve, and forces that are slopes of the cross entropy."""

import math

import numpy as np
import pytest
import torch
from scipy.optimize import curve_fit

from genmodels.latent.umap import A, B, pull, push, ties, widths


@pytest.fixture
def codes() -> torch.Tensor:
    return torch.randn(60, 5, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


def test_the_ties_of_a_code_add_up_to_the_logarithm_of_its_neighbours(codes: torch.Tensor) -> None:
    r = torch.cdist(codes, codes).fill_diagonal_(torch.inf).topk(7, largest=False).values
    beyond = r - r[:, :1]
    sums = (-beyond / widths(beyond, 8)).exp().sum(1)
    torch.testing.assert_close(sums, torch.full_like(sums, math.log2(8)))


def test_the_graph_ties_each_pair_once_and_each_code_to_its_nearest(codes: torch.Tensor) -> None:
    ends, strength = ties(codes, 8)
    assert (ends[0] < ends[1]).all()
    assert ((strength > 0) & (strength <= 1)).all()
    tied = {(int(i), int(j)): float(value) for i, j, value in zip(*ends, strength, strict=True)}
    assert len(tied) == len(strength)
    for i, j in enumerate(torch.cdist(codes, codes).fill_diagonal_(torch.inf).argmin(1).tolist()):
        assert tied[min(i, j), max(i, j)] == pytest.approx(1)


def test_codes_that_are_all_the_same_are_no_trouble() -> None:
    ends, strength = ties(torch.zeros(9, 3, dtype=torch.float64), 5)
    assert strength.isfinite().all()
    assert len(strength) == ends.shape[1] > 0


def test_the_curve_is_the_one_that_fits_the_least_distance() -> None:
    r = np.linspace(0, 3, 300)
    wanted = np.where(r < 0.1, 1.0, np.exp(0.1 - r))
    (a, b), _ = curve_fit(lambda r, a, b: 1 / (1 + a * r ** (2 * b)), r, wanted)
    assert pytest.approx((a, b), abs=1e-3) == (A, B)


@pytest.mark.parametrize("distance", [0.5, 1.0, 3.0])
def test_the_forces_are_slopes_of_the_cross_entropy(distance: float) -> None:
    gap = torch.tensor([[0.6, -0.8]], dtype=torch.float64) * distance
    gap.requires_grad_()
    kept = 1 / (1 + A * gap.square().sum() ** B)
    (together,) = torch.autograd.grad(-kept.log(), gap, retain_graph=True)
    (apart,) = torch.autograd.grad(-(1 - kept).log(), gap)
    torch.testing.assert_close(pull(gap.detach()), -together)
    torch.testing.assert_close(push(gap.detach()), -apart, rtol=5e-3, atol=0)  # but for the thousandth
