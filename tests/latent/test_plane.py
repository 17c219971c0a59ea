"""Planes and priors."""

from collections.abc import Callable

import pytest
import torch

from genmodels.latent.interpolate import WAYS
from genmodels.latent.plane import Plane, lattice, manifold, ticks
from genmodels.latent.prior import quantiles, truncated, usual_length
from genmodels.models import MODELS, Model
from tests.small_models import fresh


def test_a_plane_changes_two_dimensions_only() -> None:
    base = torch.tensor([1.0, 2.0, 3.0, 4.0])
    z = Plane.of_axes(base, 3, 1).at(torch.tensor([[-1.0, 7.0], [0.0, 0.0]]))
    torch.testing.assert_close(z, torch.tensor([[1.0, 7.0, 3.0, -1.0], [1.0, 0.0, 3.0, 0.0]]))


def test_coordinates_are_kept_where_directions_are_not_square() -> None:
    generator = torch.Generator().manual_seed(0)
    base, across, up = torch.randn(3, 6, generator=generator)
    plane, places = Plane(base, across, up), torch.randn(9, 2, generator=generator)
    z = plane.at(places)
    torch.testing.assert_close(plane.coordinates(z), places, atol=1e-4, rtol=1e-4)
    off = z - base  # nothing moves that need not move: what is left lies in the plane
    left = off - off @ torch.linalg.pinv(torch.stack([across, up])) @ torch.stack([across, up])
    assert left.abs().max() < 1e-4


def test_a_lattice_is_laid_out_as_a_picture() -> None:
    values = torch.tensor([-1.0, 0.0, 1.0])
    places = lattice(values).view(3, 3, 2)
    assert places[0, 0].tolist() == [-1.0, 1.0]
    assert places[2, 2].tolist() == [1.0, -1.0]


def test_quantiles_part_the_prior_evenly(model_of: Callable[..., Model]) -> None:
    for noise in ("normal", "uniform"):
        model = model_of("gan", noise=noise)
        edges = quantiles(model, torch.arange(1, 5) / 5)[:, 2].contiguous()
        draws = model.prior(20_000, torch.Generator().manual_seed(0)).flatten()
        shares = torch.bucketize(draws, edges).bincount(minlength=5) / len(draws)
        assert (shares - 0.2).abs().max() < 0.01
    assert ticks(model_of("gan", noise="uniform"), 3, "even", 5.0).tolist() == [-1.0, 0.0, 1.0]
    assert ticks(model_of("gan"), 3, "even", 5.0).tolist() == [-5.0, 0.0, 5.0]


@pytest.mark.parametrize("name", list(MODELS))
def test_quantiles_are_those_of_draws(name: str) -> None:
    model = fresh(name)
    p = torch.tensor([0.3, 0.5, 0.75])
    draws = model.prior(8000, torch.Generator().manual_seed(7))
    torch.testing.assert_close(quantiles(model, p), draws.quantile(p, 0), atol=0.3, rtol=0)


def test_where_the_prior_has_no_formula_its_draws_tell(model_of: Callable[..., Model]) -> None:
    """InfoGAN: 3 categories, 1 code that is even in -1..1, noise; and a model whose prior is learned."""
    model = model_of("infogan", latent_dim=6, categories=3, continuous=1)
    found = quantiles(model, torch.tensor([0.05, 0.5, 0.95]))
    assert found[:, 0].tolist() == [0, 0, 1]
    torch.testing.assert_close(found[:, 3], torch.tensor([-0.9, 0, 0.9]), atol=0.05, rtol=0)
    torch.testing.assert_close(found[:, 4], torch.tensor([-1.645, 0, 1.645]), atol=0.1, rtol=0)
    assert ticks(model, 20, dim=3).abs().max() <= 1
    model = model_of("ae")
    model.mixture.first.fill_(5.0)
    middle = model.prior(2000, torch.Generator().manual_seed(1)).median(0).values
    torch.testing.assert_close(quantiles(model, torch.tensor([0.5]))[0], middle, atol=0.15, rtol=0)


def test_the_usual_length_is_that_of_draws(model_of: Callable[..., Model]) -> None:
    assert usual_length(model_of("vae", latent_dim=2)) == pytest.approx((torch.pi / 2) ** 0.5, rel=0.02)
    categories = model_of("infogan", latent_dim=4, categories=4, continuous=0)
    assert usual_length(categories) == pytest.approx(1)


def test_the_manifold_is_the_decoder_on_the_lattice(linear_of: Callable[..., Model]) -> None:
    model = linear_of(torch.tensor([[1.0, 0.0], [0.0, 1.0]]))
    values = ticks(model, 20)
    decoded = manifold(model, Plane.of_axes(torch.zeros(2), 0, 1), values)
    torch.testing.assert_close(decoded, lattice(values))
    oblong = lattice(values[:2], 2 * values)
    torch.testing.assert_close(manifold(model, Plane.of_axes(torch.zeros(2), 0, 1), values[:2], 2 * values), oblong)
    assert (oblong[0].tolist(), len(oblong)) == ([values[0].item(), 2 * values[-1].item()], 40)


def test_truncation_scales_the_same_draw(model_of: Callable[..., Model]) -> None:
    model = model_of("gan")
    torch.testing.assert_close(truncated(model, 5, 0.5, 3), 0.5 * truncated(model, 5, 1.0, 3))
    assert truncated(model, 5, 0.0, 3).abs().max() == 0
    assert not torch.equal(truncated(model, 5, 1.0, 3), truncated(model, 5, 1.0, 4))


@pytest.mark.parametrize("n", [1, 2])
def test_few_ticks_are_symmetrical(model_of: Callable[..., Model], n: int) -> None:
    torch.testing.assert_close(ticks(model_of(), n), -ticks(model_of(), n).flip(0), atol=1e-6, rtol=0)


def test_a_plane_of_two_codes_holds_both_and_all_ways_between_them() -> None:
    a, b = torch.randn(2, 16, generator=torch.Generator().manual_seed(3))
    plane = Plane.of_path(torch.stack([a, b]))
    axes = torch.stack([plane.across, plane.up])
    torch.testing.assert_close(axes @ axes.T, torch.eye(2), atol=1e-5, rtol=0)
    for way in WAYS.values():
        path = way(a, b, torch.linspace(-0.5, 1.5, 9))
        places = plane.coordinates(path)
        torch.testing.assert_close(plane.at(places), path, atol=1e-4, rtol=1e-4)
        torch.testing.assert_close(places.norm(dim=1), path.norm(dim=1), atol=1e-4, rtol=1e-4)
    (xa, ya), (xb, yb) = plane.coordinates(torch.stack([a, b])).tolist()
    assert xa < xb  # to the right
    assert ya == pytest.approx(yb, abs=1e-4)
    assert ya > 0  # above the origin


def test_a_plane_of_a_path_that_returns_or_stands_still_is_a_plane() -> None:
    a = torch.randn(8, generator=torch.Generator().manual_seed(3))
    for keys in (torch.stack([a, -a, a]), a.expand(3, -1), torch.zeros(2, 8)):
        plane = Plane.of_path(keys)
        axes = torch.stack([plane.across, plane.up])
        torch.testing.assert_close(axes @ axes.T, torch.eye(2), atol=1e-5, rtol=0)
        torch.testing.assert_close(plane.at(plane.coordinates(keys)), keys, atol=1e-4, rtol=1e-4)


def test_two_dimensions_stay_as_they_are_on_the_plane_of_a_path() -> None:
    keys = torch.tensor([[1.0, 2.0], [-3.0, 1.0], [0.5, 0.0]])
    assert Plane.of_path(keys).coordinates(keys).tolist() == keys.tolist()
