"""Learning from a part of a data set."""

import pytest
import torch

from genmodels.config import parse
from genmodels.data import data_of, load, select
from genmodels.data.subset import resplit, with_noise
from genmodels.errors import UserError
from genmodels.training.folder import RunFolder
from genmodels.training.runner import run
from tests.small_runs import SILENT, small


def test_nothing_left_out_is_the_same_object() -> None:
    data = load("digits")
    assert select(data) is data
    assert select(data, data.spec.classes) is data
    assert select(data, size=10**6) is data


def test_classes_are_kept_in_the_order_of_the_set_and_counted_anew() -> None:
    data = load("digits")
    part = select(data, ("7", "1"))
    assert part.spec.classes == ("1", "7")
    assert part.spec.shape == data.spec.shape
    assert torch.equal(part.train, data.train[(data.train_labels == 1) | (data.train_labels == 7)])
    assert torch.equal(part.train[part.train_labels == 1], data.train[data.train_labels == 7])
    assert torch.equal(part.test[part.test_labels == 0], data.test[data.test_labels == 1])


def test_samples_are_thinned_by_the_seed_but_not_the_held_out_ones() -> None:
    data = load("shapes")
    part, again, other = (select(data, size=100, seed=seed) for seed in (1, 1, 2))
    assert len(part.train) == len(part.train_labels) == len(part.factors.train) == 100
    assert torch.equal(part.train_labels, part.factors.train[:, 0].long())
    assert torch.equal(part.train, again.train)
    assert not torch.equal(part.train, other.train)
    assert part.test is data.test


def test_a_toy_without_all_its_modes_has_no_exact_density() -> None:
    part = select(load("moons"), ("upper",))
    assert part.toy is None
    assert part.train_labels.unique().tolist() == [0]


@pytest.mark.parametrize(("name", "words"), [("digits", "no class 'x'"), ("line", "no labels")])
def test_unknown_classes_are_refused(name, words) -> None:
    with pytest.raises(UserError, match=words):
        select(load(name), ("x",))


def test_a_run_learns_from_its_part_only(tmp_path) -> None:
    config = small(data="digits", classes=("3", "8"), data_size=20)
    assert parse(config.model_dump()) == config
    status = run(RunFolder.create(tmp_path / "run", config).path, pace=SILENT)
    assert status.state == "finished", status.reason
    assert RunFolder(tmp_path / "run").model().spec.classes == ("3", "8")
    refused = run(RunFolder.create(tmp_path / "other", small(data="digits", classes=("x",))).path, pace=SILENT)
    assert refused.state == "failed"
    assert "no class" in refused.reason


def test_another_part_is_held_out_class_by_class() -> None:
    data = load("shapes")
    assert resplit(data, None) is data
    part, again = resplit(data, 0.25, seed=3), resplit(data, 0.25, seed=3)
    total = len(data.train) + len(data.test)
    assert len(part.train) + len(part.test) == total
    assert len(part.test) == pytest.approx(total / 4, abs=len(data.spec.classes))
    counts = part.test_labels.bincount()
    assert counts.max() - counts.min() <= 0.02 * len(part.test) + 1
    assert torch.equal(part.train, again.train)
    assert torch.equal(part.test_labels, part.factors.test[:, 0].long())
    both = torch.cat([part.train, part.test]).flatten(1).double().sum(1)
    assert torch.equal(both.sort().values, torch.cat([data.train, data.test]).flatten(1).double().sum(1).sort().values)


def test_noise_lies_over_what_is_learned_from_alone() -> None:
    points = load("ring")
    assert with_noise(points, 0.0) is points
    noisy = with_noise(points, 0.5, seed=1)
    assert noisy.test is points.test
    added = (noisy.train - points.train).double()
    assert float(added.std()) == pytest.approx(0.5 * float(points.train.std()), rel=0.03)
    pictures = load("digits")
    noisy = with_noise(pictures, 0.1, seed=1)
    assert noisy.train.dtype == torch.uint8
    grey = (pictures.train > 80) & (pictures.train < 175)  # where nothing is clipped
    assert float((noisy.train[grey].double() - pictures.train[grey].double()).std()) == pytest.approx(25.5, rel=0.03)


def test_a_run_says_what_its_data_are() -> None:
    config = small(data="digits").changed({"held_out": 0.2, "added_noise": 0.1, "classes": ("0", "1"), "data_size": 50})
    data = data_of(config)
    assert len(data.train) == 50
    assert len(data.test) == 200
    assert torch.equal(data.test, data_of(config.changed({"added_noise": 0.0})).test)
    assert not torch.equal(data.train, data_of(config.changed({"added_noise": 0.0})).train)
