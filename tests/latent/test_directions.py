"""Directions, projections, paths."""

from collections.abc import Callable

import pytest
import torch

from genmodels.latent import directions
from genmodels.latent.interpolate import lerp, slerp
from genmodels.latent.project import TSNE_STAGES, aligned, pca, pca_space, tsne_stages
from genmodels.latent.umap import UMAP_STAGES, umap_stages
from genmodels.models import Model


def clusters(n: int = 30) -> tuple[torch.Tensor, torch.Tensor]:
    """Three far-apart classes in five dimensions, in the plane of the first two."""
    centres = torch.tensor([[8.0, 0, 0, 0, 0], [-8.0, 0, 0, 0, 0], [0, 6.0, 0, 0, 0]])
    labels = torch.arange(3).repeat_interleave(n)
    return centres[labels] + torch.randn(3 * n, 5, generator=torch.Generator().manual_seed(0)), labels


def test_class_means_and_directions() -> None:
    codes = torch.tensor([[2.0, 0.0], [4.0, 0.0], [-3.0, 4.0]])
    means = directions.class_means(codes, torch.tensor([0, 0, 1]), 3)
    torch.testing.assert_close(means[:2], torch.tensor([[3.0, 0.0], [-3.0, 4.0]]))
    assert means[2].isnan().all()
    rows = directions.class_directions(means)
    torch.testing.assert_close(rows[0], -rows[1])
    torch.testing.assert_close(rows[:2].norm(dim=1), torch.ones(2))
    assert rows[2].abs().max() == 0


def test_the_axes_between_classes_span_their_plane() -> None:
    codes, labels = clusters()
    axes = directions.between_classes(directions.class_means(codes, labels, 4))
    assert axes.shape == (2, 5)
    assert axes[:, 2:].abs().max() < 0.2
    torch.testing.assert_close(axes @ axes.T, torch.eye(2), atol=1e-5, rtol=0)


def test_the_first_layer_names_the_strongest_direction(linear_of: Callable[..., Model]) -> None:
    rows = directions.factorised(linear_of(torch.tensor([[0.0, 5.0, 0.0], [1.0, 0.0, 0.0]])))
    torch.testing.assert_close(rows.abs(), torch.tensor([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]), atol=1e-6, rtol=0)


def test_principal_components_have_the_spread_of_the_data() -> None:
    x = torch.randn(2000, 3, generator=torch.Generator().manual_seed(0)) * torch.tensor([1.0, 5.0, 2.0])
    mean, rows, spread = pca(x)
    torch.testing.assert_close(spread, torch.tensor([5.0, 2.0, 1.0]), atol=0.15, rtol=0)
    torch.testing.assert_close(rows.abs(), torch.eye(3)[[1, 2, 0]], atol=0.1, rtol=0)
    torch.testing.assert_close(((x - mean) @ rows.T).var(0).sqrt(), spread)


def test_three_components_of_three_dimensions_keep_all_distances(float64: None) -> None:
    x = torch.randn(40, 3) * torch.tensor([0.3, 2.0, 1.0]) + 5
    space = pca_space(x)
    apart = [(points[:, None] - points).norm(dim=2) for points in (space, x)]
    torch.testing.assert_close(*apart)
    torch.testing.assert_close(space.var(0), torch.linalg.eigvalsh(x.T.cov()).flip(0))


def test_alignment_undoes_turns_and_mirrors() -> None:
    plane = torch.randn(50, 2, generator=torch.Generator().manual_seed(0))
    turn = torch.tensor([[0.0, -1.0], [-1.0, 0.0]])
    torch.testing.assert_close(aligned(plane @ turn, plane), plane)


@pytest.mark.parametrize(("settle", "count"), [(tsne_stages, TSNE_STAGES), (umap_stages, UMAP_STAGES)])
def test_a_projection_keeps_clusters_apart_and_is_repeatable(settle, count) -> None:
    codes, labels = clusters()
    stages = list(settle(codes))
    assert len(stages) == count
    plane = stages[-1]
    nearest = torch.cdist(plane, plane).fill_diagonal_(torch.inf).argmin(1)
    assert (labels[nearest] == labels).float().mean() > 0.95
    first = next(iter(settle(codes)))
    torch.testing.assert_close(first, stages[0])


@pytest.mark.parametrize("n", [4, 2001])
@pytest.mark.parametrize("settle", [tsne_stages, umap_stages])
def test_a_projection_refuses_too_few_and_too_many(settle, n: int) -> None:
    with pytest.raises(ValueError, match="takes 5 to 2000 codes"):
        next(settle(torch.zeros(n, 3)))


def test_paths_begin_and_end_where_they_should() -> None:
    a, b = torch.randn(2, 8, generator=torch.Generator().manual_seed(0))
    t = torch.linspace(0, 1, 7)
    for path in (lerp(a, b, t), slerp(a, b, t)):
        torch.testing.assert_close(path[[0, -1]], torch.stack([a, b]), atol=1e-5, rtol=1e-5)


def test_the_spherical_path_keeps_length_and_speed() -> None:
    a, b = torch.tensor([2.0, 0.0, 0.0]), torch.tensor([0.0, 2.0, 0.0])
    path = slerp(a, b, torch.linspace(0, 1, 9))
    torch.testing.assert_close(path.norm(dim=1), torch.full((9,), 2.0))
    steps = path.diff(dim=0).norm(dim=1)
    torch.testing.assert_close(steps, steps[:1].expand(8))


@pytest.mark.parametrize("b", [[0.0, 0.0], [3.0, 0.0], [-1.0, 0.0]], ids=["zero", "same way", "opposite"])
def test_the_spherical_path_falls_back_to_the_straight_one(b: list[float]) -> None:
    a, t = torch.tensor([1.0, 0.0]), torch.linspace(0, 1, 5)
    torch.testing.assert_close(slerp(a, torch.tensor(b), t), lerp(a, torch.tensor(b), t))
