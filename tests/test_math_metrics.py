"""Measures of quality: known answers for equal, collapsed, duplicated and shifted samples, and other people's code."""

import math
from dataclasses import replace

import numpy as np
import ot
import prdc
import pytest
import torch

from genmodels.data import data_of, load, select, toys
from genmodels.metrics import features, neighbours, train_classifier
from genmodels.metrics.distances import (
    frechet,
    grid_histogram,
    half_circle,
    js_divergence,
    kernel_distance,
    kl_divergence,
    sliced_wasserstein,
)
from genmodels.metrics.features import CLASSIFIERS, bundled, network_for
from genmodels.metrics.heldout import evaluate
from genmodels.metrics.modes import count_modes
from genmodels.metrics.neighbours import cover
from genmodels.metrics.quality import Quality, quality
from genmodels.training.files import write_tensors
from tests.small_models import DATA, KINDS, fresh, pictures
from tests.small_runs import small

pytestmark = pytest.mark.usefixtures("float64")


def clouds(n: int = 300, d: int = 5, shift: float = 0.0):
    return torch.randn(n, d), torch.randn(n, d) + shift


# ------------------------------------------------------------------ Frechet


def test_frechet_of_known_gaussians() -> None:
    x = torch.randn(400, 4)
    x = (x - x.mean(0)) @ torch.linalg.inv(torch.linalg.cholesky(x.T.cov()).T)  # mean 0, covariance 1, exactly
    scale, shift = torch.tensor([1.0, 2.0, 0.5, 3.0]), torch.tensor([3.0, 0.0, -4.0, 0.0])
    assert frechet(x, x) == pytest.approx(0, abs=1e-9)
    assert frechet(x, x + shift) == pytest.approx(25)
    assert frechet(x, x * scale) == pytest.approx(float((scale - 1).square().sum()))
    assert frechet(x, torch.zeros(400, 4) + shift) == pytest.approx(4 + 25), "collapsed to one point"


def test_frechet_against_pot() -> None:
    x, y = clouds(d=6, shift=0.7)
    y = y @ torch.randn(6, 6)
    # POT returns the distance itself, with the same covariances.
    theirs = ot.gaussian.empirical_bures_wasserstein_distance(x.numpy(), y.numpy(), reg=0.0, ws=None, wt=None)
    n = len(x)
    biased = frechet(
        (x - x.mean(0)) * ((n - 1) / n) ** 0.5 + x.mean(0), (y - y.mean(0)) * ((n - 1) / n) ** 0.5 + y.mean(0)
    )
    assert min(abs(frechet(x, y) ** 0.5 - theirs), abs(biased**0.5 - theirs)) < 1e-6


def test_frechet_with_fewer_samples_than_features_is_finite_and_symmetric() -> None:
    x, y = torch.randn(10, 30), torch.randn(12, 30) + 1
    assert frechet(x, y) == pytest.approx(frechet(y, x))
    assert math.isfinite(frechet(x, y))


# ------------------------------------------------------------------ kernel distance


def test_kernel_distance_is_its_sum_over_pairs() -> None:
    x, y = torch.randn(7, 3), torch.randn(5, 3) + 1

    def k(a, b):
        return (float(a @ b) / 3 + 1) ** 3

    xx = np.mean([k(x[i], x[j]) for i in range(7) for j in range(7) if i != j])
    yy = np.mean([k(y[i], y[j]) for i in range(5) for j in range(5) if i != j])
    xy = np.mean([k(a, b) for a in x for b in y])
    assert kernel_distance(x, y) == pytest.approx(xx + yy - 2 * xy, rel=1e-12)


def test_kernel_distance_is_unbiased_and_sees_a_shift_and_a_collapse() -> None:
    found = np.array([kernel_distance(*clouds(100, 4)) for _ in range(200)])
    assert abs(found.mean()) < 4 * found.std() / 200**0.5
    assert found.min() < 0, "an unbiased estimate of 0 falls below it half the time"
    x, y = clouds(100, 4)
    assert kernel_distance(x, y + 1) > 10 * found.std()
    assert kernel_distance(x, y[:1].expand(100, 4)) > 10 * found.std()


# ------------------------------------------------------------------ sliced Wasserstein


def test_sliced_wasserstein_against_pot() -> None:
    x, y = clouds(200, 2, shift=1.0)
    directions = half_circle(16)
    theirs = ot.sliced_wasserstein_distance(x.numpy(), y.numpy(), projections=directions.T.numpy(), p=2)
    assert sliced_wasserstein(x, y, directions) == pytest.approx(float(theirs), rel=1e-9)


def test_sliced_wasserstein_of_a_shift_in_the_plane() -> None:
    x, _ = clouds(50, 2)
    assert sliced_wasserstein(x, x[torch.randperm(50)], half_circle(8)) == 0
    # The mean squared length of a vector's shadow is half its square.
    assert sliced_wasserstein(x, x + torch.tensor([3.0, 4.0]), half_circle(8)) == pytest.approx(5 / 2**0.5)
    with pytest.raises(ValueError, match="as many samples"):
        sliced_wasserstein(x, x[:10], half_circle(8))


def test_directions_have_length_one_and_no_twin() -> None:
    directions = half_circle(12)
    torch.testing.assert_close(directions.norm(dim=1), torch.ones(12))
    products = directions @ directions.T - torch.eye(12)
    assert products.abs().max() < 1 - 1e-6


# ------------------------------------------------------------------ nearest neighbours


@pytest.mark.parametrize("shift", [0.0, 0.5, 3.0])
@pytest.mark.parametrize("chunk", [1000, 64])
def test_cover_against_prdc(shift, chunk, monkeypatch) -> None:
    monkeypatch.setattr(neighbours, "CHUNK", chunk)
    real, fake = clouds(250, 4, shift)
    fake = fake[:180]
    three = prdc.compute_prdc(real.numpy(), fake.numpy(), nearest_k=3)
    five = prdc.compute_prdc(real.numpy(), fake.numpy(), nearest_k=5)
    ours = cover(real, fake)
    assert ours == pytest.approx((three["precision"], three["recall"], five["density"], five["coverage"]), abs=1e-12)


def test_cover_of_equal_collapsed_duplicated_and_far_samples() -> None:
    real, other = clouds(400, 3)
    assert cover(real, real)[:2] == (1, 1)
    assert cover(real, real).coverage == 1
    collapsed = cover(real, real[:1].expand(400, 3))
    assert collapsed.precision == 1
    assert collapsed.recall == 0
    assert collapsed.coverage < 0.05
    doubled = cover(real, other[:100].repeat(4, 1))
    assert doubled.recall < cover(real, other).recall, "copies add no diversity"
    assert cover(real, other + 100) == (0, 0, 0, 0)


def test_coverage_of_a_perfect_sampler() -> None:
    found = [cover(*clouds(500, 8)) for _ in range(10)]
    assert np.mean([c.coverage for c in found]) == pytest.approx(1 - 2**-5, abs=0.01)
    assert np.mean([c.density for c in found]) == pytest.approx(1, abs=0.05)


# ------------------------------------------------------------------ histograms


def test_no_sample_escapes_the_grid() -> None:
    points = torch.tensor([[0.1, 0.1], [50.0, -50.0], [-math.inf, 0.9], [0.9, 0.9]])
    histogram = grid_histogram(points, (0, 1, 0, 1), 2)
    assert float(histogram.sum()) == 1
    assert histogram.tolist() == [[0.25, 0.25], [0.25, 0.25]]


def test_divergences_of_known_histograms() -> None:
    p, q = torch.tensor([[0.5, 0.5], [0.0, 0.0]]), torch.tensor([[0.0, 0.0], [0.25, 0.75]])
    assert js_divergence(p, p) == 0
    assert js_divergence(p, q) == pytest.approx(math.log(2))
    assert kl_divergence(p, q) == math.inf
    r = torch.tensor([[0.25, 0.75], [0.0, 0.0]])
    assert kl_divergence(p, r) == pytest.approx(0.5 * math.log(2) + 0.5 * math.log(2 / 3))
    assert js_divergence(p, r) == js_divergence(r, p)


@pytest.mark.parametrize("name", ["ring", "grid", "moons", "checkerboard"])
def test_toys_lie_inside_the_grid_that_measures_them(name) -> None:
    toy = toys.make(name)
    x, _ = toy.sample(5000, torch.Generator().manual_seed(0))
    x0, x1, y0, y1 = toy.extent
    inside = (x[:, 0] > x0) & (x[:, 0] < x1) & (x[:, 1] > y0) & (x[:, 1] < y1)
    assert float(inside.double().mean()) > 0.999


# ------------------------------------------------------------------ modes


@pytest.mark.parametrize("name", ["ring", "grid"])
def test_modes_of_a_perfect_sampler(name) -> None:
    toy = toys.make(name)
    x, _ = toy.sample(50_000, torch.Generator().manual_seed(0))
    count = count_modes(x, toy.centres, toy.sigma)
    k = len(toy.centres)
    assert count.covered == k
    assert count.high_quality == pytest.approx(1 - math.exp(-4.5), abs=4 * (0.011 / 50_000) ** 0.5)  # 0.9889
    assert float(count.histogram.sum()) == pytest.approx(1)
    assert (count.histogram - 1 / k).abs().max() < 5 * (1 / k / 50_000) ** 0.5


def test_modes_of_collapsed_and_lost_samples() -> None:
    centres = torch.tensor([[0.0, 0.0], [10.0, 0.0]])
    on_one = count_modes(torch.zeros(20, 2), centres, 0.1)
    assert (on_one.covered, on_one.high_quality, on_one.histogram.tolist()) == (1, 1, [1, 0])
    between = count_modes(torch.tensor([[5.0, 0.0]]), centres, 0.1)
    assert (between.covered, between.high_quality, between.histogram.tolist()) == (0, 0, [0, 0])


# ------------------------------------------------------------------ features


@pytest.mark.parametrize(("name", "least"), [("digits", 0.97), ("fashion", 0.88)])
def test_bundled_classifiers_know_their_data(name, least) -> None:
    data, network = load(name), bundled(name)
    _, found = network.describe(data.test.float() / 255)
    accuracy = float((found == data.test_labels).double().mean())
    assert accuracy == pytest.approx(network.accuracy, abs=0.003)
    assert accuracy >= least


@pytest.fixture
def single():
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float32)
    yield
    torch.set_default_dtype(before)


def test_other_pictures_are_described_by_a_network_that_is_always_the_same(single) -> None:
    data = replace(DATA["image"], name="some folder")
    first, second = network_for(data), network_for(data)
    assert (first.name, first.accuracy) == ("random", None)
    x = DATA["image"].test.float() / 255
    found, classes = first.describe(x)
    assert found.shape == (16, 64)
    assert classes is None
    assert torch.equal(found, second.describe(x)[0])
    assert set(CLASSIFIERS.values()) == {"digits", "fashion"}


def test_labelled_pictures_get_a_classifier_of_their_own_which_is_kept(single, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("GENMODELS_DATA", str(tmp_path))
    monkeypatch.setattr(train_classifier, "SHORT", 80)
    monkeypatch.setattr(features, "_own_ones", {})
    data, told = pictures(600, 200), []
    first = network_for(data, lambda fraction, what: told.append((fraction, what)))
    assert (first.name, network_for(data)) == ("trained", first), "asked again, it is remembered"
    assert first.accuracy == train_classifier.accuracy(first.module, data.test / 255, data.test_labels) > 0.9
    assert told[0] == (0, "Learning to tell the classes apart, to judge samples by")
    (path,) = tmp_path.rglob("*.safetensors")

    def again():
        monkeypatch.setattr(features, "_own_ones", {})
        return network_for(data, lambda *_: pytest.fail("trained although it was kept"))

    x = data.test / 255
    assert torch.equal(again().describe(x)[0], first.describe(x)[0])
    monkeypatch.setattr(features, "_own_ones", {})
    path.write_bytes(b"damaged")
    assert torch.equal(network_for(data).describe(x)[0], first.describe(x)[0]), "made anew, and the same"
    shares = Quality(data, 200).floor()["classes"]
    assert shares == pytest.approx([0.5, 0.5], abs=0.15)


def test_one_judge_for_all_seeds_sizes_and_noises_of_a_data_set(single, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("GENMODELS_DATA", str(tmp_path))
    monkeypatch.setattr(train_classifier, "SHORT", 2)
    monkeypatch.setattr(features, "USEFUL", -100)  # whatever it has learned
    monkeypatch.setattr(features, "_own_ones", {})
    config = small(data="shapes")
    other = config.changed({"seed": 1, "data_size": 600, "added_noise": 0.1, "held_out": 0.2})
    first, second = network_for(data_of(config)), network_for(data_of(other))
    assert len(list(tmp_path.rglob("*.safetensors"))) == 1
    x = torch.rand(3, *first.module.body[0].weight.shape[1:2], 32, 32)
    assert torch.equal(first.describe(x)[0], second.describe(x)[0])


def test_networks_that_judge_leave_everybodys_chance_alone(single, tmp_path) -> None:
    path, data = tmp_path / "judge.safetensors", pictures(2, 2)
    write_tensors(path, features.Classifier(data.spec.shape[0], len(data.spec.classes)).state_dict(), {"accuracy": 1.0})
    before = torch.get_rng_state()
    assert features._read(path, data) is not None
    features.RandomFeatures(1)
    assert torch.equal(torch.get_rng_state(), before)


def test_labels_that_cannot_be_learned_do_not_make_a_judge(single, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("GENMODELS_DATA", str(tmp_path))
    monkeypatch.setattr(train_classifier, "SHORT", 5)
    data = pictures(600, 200)
    arbitrary = torch.randint(2, (800,))
    shuffled = replace(data, train_labels=arbitrary[:600], test_labels=arbitrary[600:])
    assert network_for(shuffled).name == "random"
    assert network_for(replace(data, train_labels=None, test_labels=None)).name == "random"


def test_a_part_of_the_classes_is_judged_by_these_alone(single) -> None:
    data = select(load("digits"), ("7", "3"))
    network = network_for(data)
    _, found = network.describe(data.test.float() / 255)
    assert network.name == "digits"
    assert float((found == data.test_labels).double().mean()) > 0.97
    assert len(Quality(data).floor()["classes"]) == 2


# ------------------------------------------------------------------ quality


def test_the_floor_is_the_mean_over_different_real_draws(single) -> None:
    data = load("ring")
    compare = Quality(data, 200)
    draws = [compare.of(data.train[i : i + 200]) for i in range(0, 800, 200)]
    floor = compare.floor()
    assert floor["js"] == pytest.approx(np.mean([draw["js"] for draw in draws]))
    assert floor["mode_shares"] == pytest.approx(np.mean([draw["mode_shares"] for draw in draws], axis=0))
    assert compare.judge == "", "points need none"


@pytest.mark.parametrize("name", ["digits", "ring", "moons"])
def test_real_data_reach_the_floor_and_noise_does_not(name, single) -> None:
    data = load(name)
    compare = Quality(data, 300)
    floor = compare.floor()
    headline = next(iter(floor))
    noise = replace(
        data, train=torch.rand(300, *data.spec.shape) if data.toy else torch.randint(256, (300, 1, 28, 28)).byte()
    )
    worse = Quality(noise, 300).floor()
    assert worse[headline] > 5 * abs(floor[headline])
    assert floor["coverage"] > 0.8 > worse["coverage"]
    if name == "digits":
        assert sum(floor["classes"]) == pytest.approx(1)
        assert max(floor["classes"]) < 0.2
    if name == "ring":
        assert floor["modes"] == 8
        assert floor["high_quality"] > 0.95


@pytest.mark.parametrize(("model", "kind"), KINDS)
def test_every_model_is_measured_and_its_headline_is_the_right_one(model, kind, single) -> None:
    untrained, generator = fresh(model, kind), torch.Generator().manual_seed(0)
    measures = evaluate(untrained, DATA[kind], Quality(DATA[kind]), generator)
    headline = next(iter(measures))
    assert headline == ("neg_" + headline[4:] if untrained.bounded else {"image": "kid", "points": "js"}[kind])
    for value in measures.values():
        assert all(map(math.isfinite, value if isinstance(value, list) else [value]))


def test_quality_is_seeded_and_silent_on_too_few_samples(single) -> None:
    model, data = fresh("vae", "points"), DATA["points"]
    a, b = (quality(model, data, 40, torch.Generator().manual_seed(1)) for _ in range(2))
    assert a == b
    assert quality(model, replace(data, test=data.test[:5]), 40, torch.Generator()) == {}
