"""A painted distribution: the points follow the paint, and no message from a browser can break it."""

import math

import pytest
import torch

from genmodels.data.painted import MOST_DABS, N_TEST, N_TRAIN, painted
from genmodels.errors import UserError


def test_points_follow_the_paint() -> None:
    # Two dabs left, one right, of radii with known spread: mean and variance of the mixture in closed form.
    data = painted([[-1.0, 0.5, 0.2], [-1.0, 0.5, 0.2], [1.0, 0.5, 0.4]], "Mine", seed=3)
    assert data.train.shape == (N_TRAIN, 2)
    assert data.test.shape == (N_TEST, 2)
    left = data.train[:, 0] < 0
    share = float(left.double().mean())
    assert share == pytest.approx(2 / 3, abs=4 * math.sqrt(2 / 9 / N_TRAIN))
    assert float(data.train[left].std(0).mean()) == pytest.approx(0.1, rel=0.03)
    assert float(data.train[~left].std(0).mean()) == pytest.approx(0.2, rel=0.03)
    assert torch.equal(data.train, painted([[-1.0, 0.5, 0.2]] * 2 + [[1.0, 0.5, 0.4]], "Mine", seed=3).train)


@pytest.mark.parametrize(
    "dabs",
    [
        None, [], "dabs", {"dabs": 1}, 3, [[0, 0]], [[0, 0, 0.1, 1]], [["0", 0, 0.1]], [[float("nan"), 0, 0.1]],
        [[0, float("inf"), 0.1]], [[2.1, 0, 0.1]], [[0, 0, 0]], [[0, 0, -0.1]], [[0, 0, 5]], [[0, 0, float("nan")]],
        [[True, 0, 0.1]], [None], [[0, 0, 0.1]] * (MOST_DABS + 1),
    ],
)  # fmt: skip
def test_what_is_no_painting_is_refused_in_words(dabs: object) -> None:
    with pytest.raises(UserError, match=r"\.$"):
        painted(dabs, "Mine")
