"""The search for the code of a picture."""

from collections.abc import Callable

import pytest
import torch

from genmodels.latent.invert import Found, closest, invert
from genmodels.latent.prior import truncated
from genmodels.models import Model
from genmodels.training.store import bundled_root
from tests.small_models import fresh


def test_a_linear_generator_is_inverted_to_the_ridge_solution(linear_of: Callable[..., Model]) -> None:
    matrix = torch.tensor([[1.0, 0.5, 0.0], [-0.3, 0.8, 0.4]])
    model, x, weight = linear_of(matrix), torch.tensor([[0.7, -0.2]]), 0.05
    found = closest(model, x, restarts=3, steps=300, rate=0.2, prior=weight)
    # min |Wz - x|^2 / 2 + weight |z|^2 / 3
    exact = torch.linalg.solve(matrix.T @ matrix / 2 + weight / 3 * torch.eye(3), matrix.T @ x[0] / 2)
    torch.testing.assert_close(found.z, exact.expand(3, 3), atol=2e-3, rtol=0)
    torch.testing.assert_close(found.error, (found.x - x).square().mean(1))


def test_a_generator_finds_its_own_sample() -> None:
    from genmodels.training.folder import RunFolder

    model = RunFolder(bundled_root() / "gan-digits").model()
    with torch.no_grad():
        x = model.decode(truncated(model, 1, 1.0, 99))
    before = {name: value.clone() for name, value in model.state_dict().items()}
    first, *_, last = invert(model, x)
    assert float(last.error.min()) < float(first.error.min()) / 15
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())


def test_what_was_told_does_not_change_afterwards(model_of: Callable[..., Model]) -> None:
    model = model_of("gan")
    x = torch.zeros(1, *model.spec.shape, dtype=torch.uint8)
    told: list[Found] = []
    kept = []
    for found in invert(model, x, restarts=2, steps=5):
        told.append(found)
        kept.append(found.z.clone())
    assert [found.step for found in told] == list(range(6))
    assert all(torch.equal(found.z, z) for found, z in zip(told, kept, strict=True))
    assert all(parameter.grad is None for parameter in model.parameters())


def test_same_seed_same_search_and_the_start_is_where_it_begins(model_of: Callable[..., Model]) -> None:
    model = model_of("gan")
    x = torch.zeros(1, *model.spec.shape, dtype=torch.uint8)
    assert torch.equal(closest(model, x, steps=4, seed=3).z, closest(model, x, steps=4, seed=3).z)
    start = torch.full((4,), 0.25)
    assert torch.equal(next(invert(model, x, start=start)).z[0], start)


def test_a_uniform_prior_is_not_left(model_of: Callable[..., Model]) -> None:
    model = model_of("gan", noise="uniform")
    x = torch.full((1, *model.spec.shape), 255, dtype=torch.uint8)
    assert closest(model, x, steps=20, rate=1.0).z.abs().max() <= 1


@pytest.mark.parametrize("label", [None, torch.tensor([1])])
def test_a_conditional_generator_tries_the_classes(label: torch.Tensor | None) -> None:
    model = fresh("cgan").eval()
    found = closest(model, torch.zeros(1, 1, 8, 8, dtype=torch.uint8), label=label, restarts=4, steps=2)
    assert found.label is not None
    assert found.label.tolist() == ([0, 1, 0, 1] if label is None else [1, 1, 1, 1])
