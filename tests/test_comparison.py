"""Runs measured alike: sharpness and diversity against closed forms, reports, and what the sentences claim."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from genmodels.data import data_of, load, select
from genmodels.errors import UserError
from genmodels.metrics.heldout import check_fits
from genmodels.metrics.looks import diversity, sharpness
from genmodels.metrics.report import UNFAIR, Bench, Report, _measured_on, in_short, report, verdict
from genmodels.models import MODELS
from genmodels.plots.points import draw_points
from genmodels.training.folder import RunFolder
from genmodels.training.runner import run
from tests.small_runs import SILENT, small


def test_sharpness_of_what_is_not_bent_is_zero(float64: None) -> None:
    down, across = torch.meshgrid(torch.arange(9.0), torch.arange(7.0), indexing="ij")
    flat = torch.stack([torch.full((9, 7), 0.3), 0.1 * across, 0.2 * down - 0.1 * across])[:, None]
    torch.testing.assert_close(sharpness(flat), torch.zeros(3), atol=1e-12, rtol=0)


def test_sharpness_equals_its_closed_forms(float64: None) -> None:
    """A parabola x^2 + y^2 bends by 4 everywhere; a wave cos(kx) by (2 cos k - 2) cos(kx)."""
    down, across = torch.meshgrid(torch.arange(12.0), torch.arange(12.0), indexing="ij")
    parabola = (across**2 + down**2)[None, None]
    torch.testing.assert_close(sharpness(parabola), torch.tensor([4.0]))
    for k in (0.2, 1.0, torch.pi):
        wave = torch.cos(k * across)[None, None]
        inner = torch.cos(k * across[1:-1, 1:-1])
        expected = (2 - 2 * torch.cos(torch.tensor(k))) * inner.square().mean().sqrt()
        torch.testing.assert_close(sharpness(wave), expected[None])


def test_sharpness_grows_with_contrast_and_falls_with_blur(float64: None) -> None:
    x = torch.rand(5, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(sharpness(0.5 * x), 0.5 * sharpness(x))
    blurred = torch.nn.functional.avg_pool2d(x, 3, stride=1, padding=1)
    assert bool((sharpness(blurred) < 0.5 * sharpness(x)).all())


def test_diversity_is_the_root_mean_square_distance_of_pairs(float64: None) -> None:
    x = torch.randn(40, 6, generator=torch.Generator().manual_seed(0))
    pairs = torch.cdist(x, x).square().sum() / (40 * 39)
    assert diversity(x) == pytest.approx(float(pairs.sqrt()), rel=1e-10)
    assert diversity(x[:1].expand(9, -1)) == 0
    assert diversity(3 * x + 5) == pytest.approx(3 * diversity(x), rel=1e-10)


def test_real_data_are_as_sharp_and_diverse_as_real_data_and_a_blur_is_not() -> None:
    bench = Bench(load("digits"), 400)
    floor, shares = bench.floor
    assert floor["sharpness"] == pytest.approx(1, abs=0.05)
    assert floor["diversity"] == pytest.approx(1, abs=0.08)
    assert sum(shares) == pytest.approx(1)
    blurred = torch.nn.functional.avg_pool2d(bench.real, 3, stride=1, padding=1)
    assert bench.measure(blurred)[0]["sharpness"] < 0.6
    collapsed, shares = bench.measure(bench.real[:1].expand(400, -1, -1, -1))
    assert collapsed["diversity"] == pytest.approx(0, abs=1e-3)
    assert collapsed["coverage"] < 0.1
    assert max(shares) == pytest.approx(1)


def test_a_report_is_the_same_every_time_and_says_what_it_cost(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path / "ring", small("gan", "ring", steps=5))
    run(folder.path, pace=SILENT)
    first, second = report(folder, 300), report(folder, 300)
    assert first == second
    assert (first.steps, first.samples, first.encodes) == (5, 300, False)
    assert first.step_ms == pytest.approx(1000 * folder.status().seconds / 5)
    assert sum(first.parameters.values()) > 0
    assert len(first.shares) == len(first.real_shares) == len(first.classes) == 8
    assert first.floor["coverage"] > 0.9


def test_runs_of_different_seeds_are_held_against_the_same_samples(tmp_path: Path) -> None:
    """Unless the seed says which samples are held out: the others were learned from."""
    reports = []
    for seed in (0, 1):
        folder = RunFolder.create(tmp_path / f"{seed}", small("gan", "ring", steps=1, seed=seed))
        run(folder.path, pace=SILENT)
        reports.append(report(folder, 300))
    assert reports[0].floor == reports[1].floor
    points = tmp_path / "points.csv"
    points.write_text("".join(f"{n},{n * n % 97}\n" for n in range(200)))
    for split in (small(data=str(points), seed=1), small(seed=1, held_out=0.3)):
        assert torch.equal(_measured_on(split).test, data_of(split).test)


def test_a_report_counts_the_units_that_are_active(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path / "vae", small("vae", "digits", steps=1, latent_dim=5))
    run(folder.path, pace=SILENT)
    model = folder.model()
    for layer in [module for module in model.encoder.modules() if isinstance(module, torch.nn.Linear)][-1:]:
        layer.weight[:3] = 0
        layer.bias[:3] = 1
        layer.weight[3:5] *= 1000
    folder.write_model(model)
    assert report(folder, 300).number("active_units") == 2


def test_data_whose_classes_have_changed_are_refused_in_words() -> None:
    data = load("digits")
    model = MODELS["cvae"].thing(small("cvae", "digits"), data.spec)
    check_fits(model, data)
    with pytest.raises(UserError, match="changed their classes"):
        check_fits(model, select(data, ("1", "2")))
    with pytest.raises(UserError, match="changed their shape"):
        check_fits(model, load("ring"))


def test_a_run_without_weights_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="not there yet"):
        report(RunFolder.create(tmp_path / "run", small()))


# ---------------------------------------------------------------------- the sentences


def told(**changes: object) -> Report:
    measures = {"kid": 0.1, "coverage": 0.5, "sharpness": 0.8} | dict(changes.pop("measures", {}))
    common = Report(
        config=small("vae", "digits"),
        samples=1000,
        measures=measures,
        floor={"kid": 0.004, "coverage": 0.96},
        shares=(),
        real_shares=(),
        classes=(),
        steps=100,
        seconds=2.0,
        parameters={"vae": 10},
        encodes=True,
    )
    return replace(common, **changes)


def test_the_paragraph_names_who_is_sharper_covers_more_is_nearer_and_faster() -> None:
    a = told()
    b = told(measures={"kid": 0.05, "coverage": 0.8, "sharpness": 0.4}, seconds=8.0, encodes=False)
    text = " ".join(verdict([("A", a), ("B", b)]))
    assert "A draws the sharper pictures: 80% of the sharpness of real ones, against B 40%." in text
    assert "B covers more of the data: coverage 0.80 against A 0.50, where fresh real samples reach 0.96." in text
    assert "samples of B are nearer to the data: KID 0.05 against A 0.1, and 0.004 between real and real." in text
    assert "A was faster: 20.0 ms per step against B 80.0 ms; in all, A 2 s and B 8 s." in text
    assert "Only A can also encode" in text
    assert "same chances" not in text


def test_what_chance_could_have_done_is_a_draw() -> None:
    a, b = told(), told(measures={"kid": 0.103, "coverage": 0.53, "sharpness": 0.81}, seconds=2.1)
    text = " ".join(verdict([("A", a), ("B", b)]))
    assert "about equally sharp" in text
    assert "cover about as much" in text
    assert "about as near" in text
    assert "about as long" in text
    assert "Only" not in text


def test_two_standard_deviations_decide_about_coverage() -> None:
    """Of a share p of n samples the variance is p(1-p)/n; at 0.5 against q with n = 1000 the limit is near 0.045."""
    for other, decided in ((0.54, False), (0.55, True)):
        sentences = verdict([("A", told()), ("B", told(measures={"coverage": other}))])
        assert any("B covers more" in sentence for sentence in sentences) == decided


def test_noise_is_not_praised() -> None:
    text = " ".join(verdict([("A", told()), ("B", told(measures={"sharpness": 1.9}))]))
    assert "looks like noise" in text


def test_other_data_are_not_compared_in_quality_and_unequal_chances_are_named() -> None:
    other = told(config=small("vae", "fashion", seed=4))
    text = " ".join(verdict([("A", told()), ("B", other)]))
    assert "sharper" not in text
    assert "covers" not in text
    assert "seed 0, 4" in text
    assert "data digits, fashion" in text


def test_three_and_four_runs_and_a_single_one() -> None:
    many = [(name, told(seconds=float(i + 1))) for i, name in enumerate("ABCD")]
    assert "A was faster: 10.0 ms per step against B 20.0, C 30.0 and D 40.0 ms" in " ".join(verdict(many))
    assert verdict(many[:1]) == []


def test_who_is_level_with_the_best_shares_the_first_place() -> None:
    named = [(name, told(measures={"sharpness": sharp})) for name, sharp in (("A", 0.8), ("B", 0.4), ("C", 0.79))]
    assert "A and C draw the sharper pictures: 80% and 79% of the sharpness of real ones, against B 40%." in verdict(
        named
    )
    assert in_short(named)[0] == "The samples of A and C are sharper; none is clearly more varied."


def test_in_short_there_is_no_number_and_unequal_chances_are_named() -> None:
    a, b = told(), told(measures={"kid": 0.05, "coverage": 0.8, "sharpness": 1.9})
    points = told(measures={"sharpness": None, "coverage": None})
    for named in ([("A", a), ("B", b)], [("A", a), ("B", told(config=small("vae", "fashion")))], [("A", points)] * 2):
        sentences = in_short(named)
        assert len(sentences) == 2
        assert not any(letter.isdigit() for letter in "".join(sentences))
    assert in_short([("A", a), ("B", b)])[0] == (
        "The samples of B are sharper (though it looks like noise) and more varied."
    )
    assert "different data" in in_short([("A", a), ("B", told(config=small("vae", "fashion")))])[0]
    assert "clearly nearer" in in_short([("A", points)] * 2)[0]
    assert in_short([("A", a)]) == []
    later = in_short([("A", a), ("B", told(config=small("vae", "digits", seed=4)))])
    assert later[2] == UNFAIR
    assert not any(letter.isdigit() for letter in UNFAIR)


# ---------------------------------------------------------------------- points as a picture


def test_points_are_drawn_where_they_are() -> None:
    picture = draw_points(torch.tensor([[0.0, 0.0], [1.0, 1.0], [float("nan"), 0.0]]).numpy(), 32, (0, 0, 0))
    down, across = (picture.sum(2) == 0).nonzero()
    places = sorted(zip(across.tolist(), down.tolist(), strict=True))
    assert len(places) == 2
    (left, low), (right, high) = places
    assert left < right
    assert low > high  # up is up
    assert draw_points(torch.zeros(0, 2).numpy(), 8).min() == 255
