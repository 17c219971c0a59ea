"""The toys' densities are what the toys draw."""

import math

import pytest
import torch

from genmodels.data import DATASETS, load, toys
from genmodels.errors import UserError

NAMES = [name for name, entry in DATASETS.items() if entry.extra["group"] == "toy"]
WIDE = {"ring": 0.05, "grid": 0.2}  # noise at which a coarse grid resolves the modes


def histogram_cells(toy: toys.Toy, cells: int) -> tuple[torch.Tensor, float]:
    """Midpoints ``[cells * cells, 2]`` of a grid over the extent, and the area of a cell."""
    x0, x1, y0, y1 = toy.extent
    step_x, step_y = (x1 - x0) / cells, (y1 - y0) / cells
    middle = torch.arange(cells, dtype=torch.float64) + 0.5
    return torch.cartesian_prod(x0 + step_x * middle, y0 + step_y * middle), step_x * step_y


@pytest.mark.parametrize("name", NAMES)
def test_density_integrates_to_one(name) -> None:
    toy = toys.make(name, WIDE.get(name))
    points, area = histogram_cells(toy, 160)
    assert float(toy.log_prob(points).exp().sum() * area) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("name", ["ring", "grid"])
def test_density_of_narrow_modes_integrates_to_one_around_each(name) -> None:
    toy = toys.make(name)
    offsets, area = torch.linspace(-8, 8, 129, dtype=torch.float64) * toy.sigma, (toy.sigma / 8) ** 2
    window = torch.cartesian_prod(offsets, offsets)
    mass = [float(toy.log_prob(centre.double() + window).exp().sum() * area) for centre in toy.centres]
    assert mass == pytest.approx([1 / len(toy.centres)] * len(toy.centres), rel=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_samples_follow_the_density(name) -> None:
    """Counts in cells against the integral of the density over them, by chi-squared."""
    toy = toys.make(name, {"ring": 0.1, "grid": 0.4}.get(name, 0.1))
    n, coarse, fine = 20_000, 20, 6
    points, _ = toy.sample(n, torch.Generator().manual_seed(0))
    x0, x1, y0, y1 = toy.extent
    column = ((points[:, 0] - x0) / (x1 - x0) * coarse).long()
    row = ((points[:, 1] - y0) / (y1 - y0) * coarse).long()
    inside = (column >= 0) & (column < coarse) & (row >= 0) & (row < coarse)
    counts = torch.zeros(coarse * coarse).index_add_(0, (column * coarse + row)[inside], torch.ones(int(inside.sum())))
    middle, area = histogram_cells(toy, coarse * fine)
    mass = (toy.log_prob(middle).exp() * area).reshape(coarse, fine, coarse, fine).sum((1, 3)).flatten()
    expected = n * mass
    assert counts[expected < 1e-6].sum() == 0
    tested = expected > 10
    statistic = float(((counts - expected).square() / expected)[tested].sum())
    freedom = int(tested.sum())
    assert abs(statistic - freedom) < 5 * math.sqrt(2 * freedom)


@pytest.mark.parametrize("name", ["ring", "grid"])
def test_modes_against_the_mixture_of_torch(name) -> None:
    from torch import distributions as d

    toy = toys.make(name)
    centres = toy.points
    mixture = d.MixtureSameFamily(
        d.Categorical(torch.ones(len(centres), dtype=torch.float64)),
        d.Independent(d.Normal(centres, torch.full_like(centres, toy.sigma)), 1),
    )
    x = toy.sample(200, torch.Generator().manual_seed(0))[0].double()
    torch.testing.assert_close(toy.log_prob(x), mixture.log_prob(x))


def test_line_against_its_closed_form() -> None:
    """A Gaussian across the segment times the difference of two normal distribution functions along it."""
    toy = toys.make("line", 0.1)
    x = toy.sample(500, torch.Generator().manual_seed(0))[0].double()
    length = math.hypot(3, 1.5)
    along = x @ torch.tensor([3, 1.5], dtype=torch.float64) / length
    across = x @ torch.tensor([-1.5, 3], dtype=torch.float64) / length
    normal = torch.distributions.Normal(torch.zeros((), dtype=torch.float64), 0.1)
    inside = normal.cdf(along + length / 2) - normal.cdf(along - length / 2)
    torch.testing.assert_close(
        toy.log_prob(x), normal.log_prob(across) + inside.log() - math.log(length), atol=0.01, rtol=0
    )


def test_labels_name_the_mode_or_the_arm() -> None:
    generator = torch.Generator().manual_seed(0)
    for name in ("ring", "grid"):
        toy = toys.make(name)
        points, labels = toy.sample(1000, generator)
        assert torch.equal(torch.cdist(points, toy.centres).argmin(1), labels)
    points, labels = toys.make("moons", 0.01).sample(1000, generator)
    assert points[labels == 0][:, 1].mean() > 0 > points[labels == 1][:, 1].mean()


def test_known_geometry() -> None:
    ring, grid = toys.make("ring"), toys.make("grid")
    torch.testing.assert_close(ring.centres.norm(dim=1), torch.ones(8))
    assert ring.sigma == 0.01
    assert grid.sigma == 0.05
    assert sorted(map(tuple, grid.centres.tolist())) == [(x, y) for x in range(-4, 5, 2) for y in range(-4, 5, 2)]
    assert toys.make("moons").centres is None
    assert toys.make("moons").sigma is None


def test_checkerboard_edges() -> None:
    toy = toys.make("checkerboard")
    x = torch.tensor([[-1.5, -1.5], [-1.5, -0.5], [0.5, 0.5], [1.5, 1.5], [2.5, 2.5], [-2.5, -2.5], [-2.5, 1.5]])
    dark = torch.tensor([True, False, True, True, False, False, False])
    assert torch.equal(toy.log_prob(x).isfinite(), dark)
    assert toy.log_prob(x)[0] == pytest.approx(-math.log(8))


@pytest.mark.parametrize("name", NAMES)
def test_loader(name) -> None:
    data, again, other = load(name, seed=1), load(name, seed=1), load(name, seed=2)
    assert tuple(data.train.shape) == (50_000, 2)
    assert tuple(data.test.shape) == (5_000, 2)
    assert torch.equal(data.train, again.train)
    assert not torch.equal(data.train, other.train)
    x0, x1, y0, y1 = data.toy.extent
    assert data.train[:, 0].min() > x0
    assert data.train[:, 0].max() < x1
    assert data.train[:, 1].min() > y0
    assert data.train[:, 1].max() < y1
    log_prob = data.toy.log_prob(data.test)
    assert log_prob.shape == (5_000,)
    assert log_prob.dtype == torch.float32
    assert log_prob.isfinite().all()


def test_noise_is_checked() -> None:
    assert toys.make("ring", 0.1).sigma == 0.1
    for noise in (0.0, -1.0, 5.0, math.nan):
        with pytest.raises(UserError, match="out of range"):
            toys.make("ring", noise)
    with pytest.raises(UserError, match="did you mean 'moons'"):
        toys.make("moon")
    with pytest.raises(UserError, match="no toy"):
        toys.make("digits")
