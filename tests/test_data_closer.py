"""What is said of a data set before training, against answers known beforehand."""

import pytest
import torch

from genmodels.data import Dataset, DataSpec, load
from genmodels.data.closer import class_counts, class_means, leaked, mean_sample, nearest_pairs, repeats


def pictures(n: int = 40, side: int = 12) -> torch.Tensor:
    return torch.randint(0, 256, (n, 3, side, side), generator=torch.Generator().manual_seed(0), dtype=torch.uint8)


def test_the_mean_is_that_of_all_values() -> None:
    x = pictures(9000, 4)
    assert torch.equal(mean_sample(x), x.double().mean(0).round().to(torch.uint8))
    points = torch.randn(50, 2)
    torch.testing.assert_close(mean_sample(points), points.mean(0))


def test_means_and_counts_of_classes() -> None:
    x, labels = torch.tensor([[0.0], [2.0], [5.0]]), torch.tensor([0, 0, 2])
    assert class_means(x, labels, 3).flatten().tolist() == [1, 0, 5]
    data = Dataset("", "", DataSpec("points", (1,), ("a", "b", "c")), x, x, labels, labels)
    assert class_counts(data) == {"a": 2, "b": 0, "c": 1}


def test_copies_are_counted_and_found() -> None:
    x = pictures()
    assert repeats(x) == 0
    doubled = torch.cat([x, x[[3, 7, 7]]])
    assert repeats(doubled) == 3
    assert leaked(x, torch.cat([x[:2], pictures(44)[40:]])) == 2
    pairs = nearest_pairs(doubled, most=2)
    found = {tuple(pair) for pair in torch.stack([pairs.first, pairs.second], 1).tolist()}
    assert found <= {(3, 40), (7, 41), (7, 42), (41, 42)}
    assert pairs.distance.tolist() == [0, 0]


@pytest.mark.parametrize("n", [50, 400])
def test_the_nearest_pairs_are_those_of_all_pairs(n) -> None:
    x = torch.randn(n, 2, generator=torch.Generator().manual_seed(1))
    pairs = nearest_pairs(x, most=1)
    every = torch.pdist(x).min() / 2**0.5
    assert float(pairs.distance[0]) == pytest.approx(float(every), rel=1e-5)
    i, j = int(pairs.first[0]), int(pairs.second[0])
    assert i < j
    assert float((x[i] - x[j]).square().mean().sqrt()) == pytest.approx(float(pairs.distance[0]), rel=1e-6)


def test_a_picture_moved_by_a_little_light_is_near_at_any_size() -> None:
    x = pictures(30, 64)
    x[20] = x[4].clamp(0, 254) + 1
    pairs = nearest_pairs(x, most=1)
    assert (int(pairs.first[0]), int(pairs.second[0])) == (4, 20)
    assert float(pairs.distance[0]) == pytest.approx(1 / 255, rel=0.05)


def test_nothing_is_near_to_a_single_sample() -> None:
    assert len(nearest_pairs(pictures(1)).first) == 0


def test_the_digits_that_come_along_do_not_leak() -> None:
    data = load("digits")
    assert leaked(data.train, data.test) == 0
