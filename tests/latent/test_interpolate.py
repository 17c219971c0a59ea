"""Paths between codes: ends, lengths and angles against closed forms."""

import math

import pytest
import torch

from genmodels.latent.interpolate import WAYS, lerp, norm_kept, slerp, step_lengths, through

pytestmark = pytest.mark.usefixtures("float64")


def pair(seed: int, d: int = 7) -> tuple[torch.Tensor, torch.Tensor]:
    a, b = torch.randn(2, d, generator=torch.Generator().manual_seed(seed))
    return a, 1.7 * b


@pytest.mark.parametrize("name", WAYS)
@pytest.mark.parametrize("steps", [1, 3, 7, 10])
def test_every_key_frame_is_met_exactly(name: str, steps: int) -> None:
    keys = torch.randn(5, 6, generator=torch.Generator().manual_seed(steps))
    path = through(keys, steps, WAYS[name], overshoot=0.5)
    met = {float(t): code for t, code in zip(path.times, path.codes, strict=True)}
    for k in range(5):
        assert torch.equal(met[float(k)], keys[k]), k
    beyond = round(0.5 * steps)
    assert len(path.codes) == 4 * steps + 1 + 2 * beyond
    torch.testing.assert_close(path.times.diff(), torch.full((len(path.times) - 1,), 1 / steps))


@pytest.mark.parametrize("way", [slerp, norm_kept])
def test_lengths_change_evenly(way: object) -> None:
    for seed in range(5):
        a, b = pair(seed)
        t = torch.linspace(-0.2, 1.2, 29)
        expected = (1 - t) * a.norm() + t * b.norm()
        torch.testing.assert_close(way(a, b, t).norm(dim=1), expected, rtol=1e-12, atol=1e-12)


def test_a_line_is_shorter_in_its_middle() -> None:
    a, b = pair(1)
    middle = lerp(a, b, torch.tensor([0.5]))[0]
    assert middle.norm() < (a.norm() + b.norm()) / 2
    torch.testing.assert_close(middle, (a + b) / 2)


def test_spherical_steps_turn_by_the_same_angle_and_norm_kept_ones_do_not() -> None:
    a, b = torch.tensor([1.0, 0, 0]), torch.tensor([0.0, 1, 0])
    t = torch.linspace(0, 1, 7)
    for way, even in ((slerp, True), (norm_kept, False)):
        path = way(a, b, t)
        angles = torch.atan2(path[:, 1], path[:, 0])
        assert torch.allclose(angles.diff(), torch.full((6,), math.pi / 12)) is even
        assert path[:, 2].abs().max() == 0
    torch.testing.assert_close(slerp(a, b, t)[3], norm_kept(a, b, t)[3])  # they meet half-way


@pytest.mark.parametrize("way", [slerp, norm_kept])
def test_ends_without_a_circle_through_them(way: object) -> None:
    zero, a = torch.zeros(3), torch.tensor([1.0, 2, 3])
    t = torch.linspace(0, 1, 5)
    for other in (zero, a, -a):
        path = way(a, other, t)
        assert path.isfinite().all()
        assert torch.equal(path[0], a)
        assert torch.equal(path[-1], other)


def test_much_overshoot_does_not_turn_the_length_negative() -> None:
    a, b = torch.tensor([3.0, 0.0]), torch.tensor([0.0, 1.0])
    path = through(torch.stack([a, b]), 4, slerp, overshoot=1.0).codes
    assert path.isfinite().all()
    assert path[-1].norm() == 0


def test_step_lengths_of_a_line_are_equal() -> None:
    a, b = pair(3)
    path = through(torch.stack([a, b]), 8).codes
    torch.testing.assert_close(step_lengths(path), torch.full((8,), float((b - a).norm()) / 8))
    pictures = torch.arange(12.0).view(3, 1, 2, 2)
    assert step_lengths(pictures).tolist() == [8.0, 8.0]
