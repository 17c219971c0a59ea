"""Fields over a plane of latent space, against closed forms and sets made for the purpose."""

from collections.abc import Callable

import pytest
import torch
from scipy.stats import gaussian_kde, ncx2

from genmodels.latent.fields import (
    CHANCE,
    Hole,
    classes,
    density,
    holes,
    middles,
    prior_density,
    sensitivity,
    verdicts,
)
from genmodels.latent.plane import Plane, lattice
from genmodels.metrics.features import FeatureNetwork, bundled
from genmodels.models import Model


def cells(n: int, reach: float) -> tuple[torch.Tensor, float]:
    """The places of a lattice and the area of a cell."""
    return lattice(middles(n, reach)), (2 * reach / n) ** 2


def drawn(n: int, d: int = 2, seed: int = 0) -> torch.Tensor:
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed))


def test_sensitivity_of_a_linear_decoder_is_the_norm_of_its_matrix(linear_of: Callable[..., Model]) -> None:
    matrix = drawn(2, 5, 1)
    model = linear_of(matrix)
    places, _ = cells(6, 2.0)
    flat = sensitivity(model, Plane.of_axes(drawn(1, 5)[0], 3, 1), places)
    torch.testing.assert_close(flat, matrix[:, [3, 1]].norm().expand(36), rtol=1e-4, atol=0)
    oblique = Plane(torch.zeros(5), *drawn(2, 5, 2))
    axes = torch.stack([oblique.across, oblique.up])
    expected = (matrix @ torch.linalg.pinv(axes)).norm().expand(36)
    torch.testing.assert_close(sensitivity(model, oblique, places), expected, rtol=1e-4, atol=0)


def test_sensitivity_is_the_jacobian(model_of: Callable[..., Model]) -> None:
    model = model_of("vae")
    plane = Plane.of_axes(drawn(1, 4)[0], 0, 2)
    places = drawn(3)
    for place, found in zip(places, sensitivity(model, plane, places), strict=True):
        jacobian = torch.autograd.functional.jacobian(lambda at: model.decode(plane.at(at[None]))[0].flatten(), place)
        torch.testing.assert_close(found, jacobian.norm(), rtol=2e-3, atol=1e-5)


@pytest.mark.usefixtures("float64")
def test_density_integrates_to_one_and_agrees_with_scipy() -> None:
    points = drawn(200) @ torch.tensor([[1.0, 0.6], [0.0, 0.5]]) + torch.tensor([0.5, -0.3])
    places, area = cells(120, 8.0)
    found = density(points, places)
    assert float(found.sum() * area) == pytest.approx(1, abs=1e-6)
    torch.testing.assert_close(found, torch.from_numpy(gaussian_kde(points.T.numpy())(places.T.numpy())))


def test_points_on_a_line_have_no_density() -> None:
    line = torch.arange(9.0)[:, None].expand(9, 2)
    with pytest.raises(ValueError, match="one line"):
        density(line, line)
    with pytest.raises(ValueError, match="at least 3"):
        density(line[:2], line)


def test_the_prior_on_a_plane(model_of: Callable[..., Model], linear_of: Callable[..., Model]) -> None:
    places, area = cells(80, 8.0)
    oblique = Plane(torch.zeros(4), torch.tensor([1.0, 1.0, 0.0, 0.0]), torch.tensor([0.0, 1.0, 0.5, 0.0]))
    found = prior_density(model_of("vae"), oblique, places)
    assert float(found.sum() * area) == pytest.approx(1, abs=1e-3)
    drawn_covariance = torch.cov(oblique.coordinates(drawn(50_000, 4)).T)
    covariance = (places.T * found * area) @ places
    torch.testing.assert_close(covariance, drawn_covariance, atol=0.05, rtol=0)
    uniform = prior_density(model_of("gan", noise="uniform"), Plane.of_axes(torch.zeros(4), 0, 1), places)
    assert float(uniform.sum() * area) == pytest.approx(1, abs=1e-3)
    inside = places.abs().amax(1) < 0.5
    assert uniform[inside].mean() == pytest.approx(0.25, rel=0.15)


def test_a_hole_that_was_cut_is_found() -> None:
    centre, radius = torch.tensor([0.6, -0.4]), 0.7
    codes = drawn(2000)
    codes = codes[(codes - centre).norm(dim=1) > radius]
    places, _ = cells(40, 3.5)
    prior = (-0.5 * places.square().sum(1)).exp()
    found = holes(codes, places, prior)
    assert isinstance(found[0], Hole)
    assert abs(found[0].x - 0.6) < 0.15
    assert abs(found[0].y + 0.4) < 0.15
    assert found[0].radius == pytest.approx(radius, abs=0.12)
    expected = len(codes) * ncx2.cdf(found[0].radius ** 2, 2, found[0].x ** 2 + found[0].y ** 2)
    assert found[0].missing == pytest.approx(expected, rel=0.15)
    assert all(hole.missing >= CHANCE for hole in found)


@pytest.mark.parametrize("n", [100, 1000])
def test_codes_that_follow_the_prior_leave_no_hole(n: int) -> None:
    places, _ = cells(40, 3.5)
    prior = (-0.5 * places.square().sum(1)).exp()
    assert not any(holes(drawn(n, seed=seed), places, prior) for seed in range(5))


def test_holes_do_not_overlap() -> None:
    codes = drawn(3000)
    codes = codes[(codes[:, 0].abs() > 0.3) & (codes[:, 1].abs() > 0.3)]  # a cross
    places, _ = cells(40, 3.5)
    found = holes(codes, places, (-0.5 * places.square().sum(1)).exp())
    assert len(found) > 3
    for i, a in enumerate(found):
        for b in found[:i]:
            assert ((a.x - b.x) ** 2 + (a.y - b.y) ** 2) ** 0.5 >= a.radius + b.radius - 1e-5


def test_classes_are_those_of_the_frozen_classifier(model_of: Callable[..., Model]) -> None:
    model, network, z = model_of("vae"), bundled("digits"), drawn(300, 4)
    found = classes(model, network, z)
    torch.testing.assert_close(found, network.describe(model.decode(z))[1])
    blind = FeatureNetwork("random", None, network.module)
    object.__setattr__(blind, "module", lambda x: (x.flatten(1), None))
    with pytest.raises(ValueError, match="no classes"):
        classes(model, blind, z)


def test_verdicts_are_the_discriminators(model_of: Callable[..., Model]) -> None:
    model, z = model_of("gan"), drawn(300, 4)
    torch.testing.assert_close(verdicts(model, z), model.score(model.decode(z)), atol=1e-5, rtol=1e-4)
