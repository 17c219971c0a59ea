"""Sets made from known factors, and whether codes are measured against them as they should be."""

import math

import pytest
import torch

from genmodels.data import DATASETS, load
from genmodels.data.drawing import Canvas, box, ellipse, polygon, stroke, turned
from genmodels.data.factors import sample
from genmodels.metrics.disentangle import binned, dci, entropies, mig, mutual_information, shared
from tests.small_runs import dataset

EVERY = [name for name in DATASETS if DATASETS[name].extra["group"] == "factors"]
NAMES = [name for name in EVERY if DATASETS[name].extra["shape"][-1] == 32]


def draw(name: str, *rows: list[float], size: int = 32) -> torch.Tensor:
    return DATASETS[name].extra["draw"](torch.tensor(rows), size)


def test_there_are_three_in_two_sizes() -> None:
    assert set(NAMES) == {"shapes", "faces", "cars"}
    assert set(EVERY) - set(NAMES) == {f"{name}-64" for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_a_set_fits_what_it_says_and_its_seed(name) -> None:
    data, entry = dataset(name), DATASETS[name]
    assert (len(data.train), len(data.test)) == (9000, 1000)
    assert data.train.dtype == torch.uint8
    assert tuple(data.train.shape[1:]) == data.spec.shape == entry.extra["shape"]
    assert torch.equal(data.train[:200], draw(name, *data.factors.train[:200].tolist()))
    factors = entry.extra["factors"]
    assert torch.equal(sample(factors, 50, seed=3), sample(factors, 50, seed=3))
    assert not torch.equal(sample(factors, 50, seed=3), sample(factors, 50, seed=4))
    assert data.factors.train.shape == (9000, len(data.factors.names))
    assert data.factors.test.shape == (1000, len(data.factors.names))
    for column, factor in zip(data.factors.train.unbind(1), factors, strict=True):
        assert column.min() >= 0
        if factor.levels:
            assert column.unique().tolist() == list(range(factor.levels))
        else:
            assert 0.99 < float(column.max()) <= 1
    assert int(data.train_labels.max()) + 1 == len(data.spec.classes)


def test_a_larger_set_holds_fewer_and_finer_pictures_of_the_same_causes() -> None:
    data = load("shapes-64")
    assert data.train.shape == (4500, 1, 64, 64)
    assert data.factors.test.shape == (500, 5)
    small = draw("shapes", *data.factors.train[:50].tolist()).float()
    halved = torch.nn.functional.avg_pool2d(data.train[:50].float(), 2)
    assert float((halved - small).abs().mean()) < 1


@pytest.mark.parametrize("name", NAMES)
def test_the_factors_are_independent(name) -> None:
    values = sample(DATASETS[name].extra["factors"], 9000, seed=0)
    correlation = torch.corrcoef(values.T) - torch.eye(values.shape[1])
    assert correlation.abs().max() < 4 / math.sqrt(len(values))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("size", [32, 64])
def test_every_factor_changes_the_picture_and_the_same_factors_draw_the_same(name, size) -> None:
    factors = DATASETS[name].extra["factors"]
    middle = [0.0 if factor.levels else 0.5 for factor in factors]
    for i, factor in enumerate(factors):
        low, high = list(middle), list(middle)
        low[i], high[i] = (0.0, 1.0) if factor.levels else (0.1, 0.9)
        first, second, again = draw(name, low, high, low, size=size)
        assert tuple(first.shape[1:]) == (size, size)
        assert not torch.equal(first, second), factor.name
        assert torch.equal(first, again)


def test_a_shape_lies_where_its_factors_say() -> None:
    line = (torch.arange(32) + 0.5) / 16 - 1
    for x, y in ((0.0, 0.5), (1.0, 0.5), (0.5, 0.0), (0.5, 1.0)):
        picture = draw("shapes", [1.0, 0.5, 0.3, x, y])[0, 0].float()
        mass = picture.sum()
        assert float((picture.sum(0) * line).sum() / mass) == pytest.approx(x - 0.5, abs=0.02)
        assert float((picture.sum(1) * line).sum() / mass) == pytest.approx(y - 0.5, abs=0.02)


def test_a_larger_scale_covers_more() -> None:
    small, large = draw("shapes", [0.0, 0.0, 0.0, 0.5, 0.5], [0.0, 1.0, 0.0, 0.5, 0.5]).float().sum((1, 2, 3))
    assert float(large / small) == pytest.approx(4, rel=0.05)


def test_a_car_seen_from_the_other_side_is_its_mirror_image() -> None:
    one, other = draw("cars", [2, 0.5, 0.5, 0.5, 0.2, 0], [2, 0.5, 0.5, 0.5, 0.2, 1])
    assert torch.equal(one, other.flip(-1))


def area(distance) -> float:
    canvas = Canvas(1, 128, (0.0, 0.0, 0.0))
    canvas.paint(distance(canvas.x, canvas.y), (1.0, 1.0, 1.0))
    return float(canvas.pixels()[:, 0].double().mean() / 255 * 4)


def test_painted_areas_are_those_of_the_shapes() -> None:
    assert area(lambda x, y: ellipse(x, y, 0.5, 0.5)) == pytest.approx(math.pi / 4, rel=1e-3)
    assert area(lambda x, y: ellipse(x, y, 0.7, 0.4)) == pytest.approx(math.pi * 0.28, rel=5e-3)
    assert area(lambda x, y: box(*turned(x, y, 0.4), 0.5, 0.3)) == pytest.approx(0.6, rel=1e-2)
    assert area(lambda x, y: polygon(x, y, [(-0.5, 0.5), (-0.5, -0.5), (0.5, -0.5), (0.5, 0.5)])) == pytest.approx(1.0)
    length = math.hypot(1.0, 0.4)
    assert area(lambda x, y: stroke(x, y, (-0.5, -0.2), (0.5, 0.2), 0.1)) == pytest.approx(
        0.2 * length + math.pi * 0.01, rel=1e-2
    )


# Codes against factors


@pytest.fixture
def factors() -> torch.Tensor:
    generator = torch.Generator().manual_seed(0)
    return torch.cat(
        [torch.rand(4000, 2, generator=generator), torch.randint(3, (4000, 1), generator=generator)], dim=1
    )


def test_information_of_a_copy_is_the_entropy_and_of_chance_is_small(factors) -> None:
    information = mutual_information(factors, factors)
    assert torch.allclose(information.diagonal(), entropies(factors))
    assert float(entropies(factors)[0]) == pytest.approx(math.log(20), abs=1e-3)
    assert float(entropies(factors)[2]) == pytest.approx(math.log(3), abs=1e-3)
    # Of independent columns the estimate is about (a - 1)(b - 1) / 2n too large.
    assert float(information[0, 1]) == pytest.approx(19 * 19 / 8000, abs=0.015)


def test_bins_are_equally_full(factors) -> None:
    counts = binned(factors)[:, 0].bincount()
    assert len(counts) == 20
    assert counts.max() - counts.min() <= 1


def test_a_perfect_code_in_any_order_and_sign(factors) -> None:
    code = torch.cat([-factors[:, [2]], torch.randn(4000, 1), factors[:, [0]].exp(), 5 * factors[:, [1]]], dim=1)
    assert mig(code, factors) > 0.93
    result = dci(code, factors)
    assert min(result.disentanglement, result.completeness, result.informativeness) > 0.95
    assert result.importance.argmax(0).tolist() == [2, 3, 0]
    assert shared(code, factors).argmax(0).tolist() == [2, 3, 0]


def test_a_constant_code_knows_nothing(factors) -> None:
    code = torch.ones(4000, 3)
    assert mig(code, factors) == 0
    result = dci(code, factors)
    assert (result.disentanglement, result.completeness, result.informativeness) == (0, 0, 0)


def test_a_duplicated_code_is_disentangled_but_has_no_gap(factors) -> None:
    code = torch.cat([factors, factors], dim=1)
    assert mig(code, factors) == pytest.approx(0, abs=1e-9)
    result = dci(code, factors)
    assert result.disentanglement > 0.95
    assert result.completeness < 0.9


def test_a_rotated_code_is_informative_but_entangled(factors) -> None:
    turn = torch.linalg.qr(torch.randn(3, 3, generator=torch.Generator().manual_seed(1))).Q
    code = (factors - factors.mean(0)) / factors.std(0) @ turn
    result = dci(code, factors)
    assert result.informativeness > 0.8
    assert result.disentanglement < 0.7
    assert mig(code, factors) < 0.4


def test_a_single_dimension_has_its_whole_information_as_gap(factors) -> None:
    assert mig(factors[:, :1], factors[:, :1]) == pytest.approx(1)
