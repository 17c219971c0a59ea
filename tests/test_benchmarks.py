"""What the long benchmarks write down, without running them: their books, their tables, and what the app shows."""

import argparse
import json
import math

import pytest

from benchmarks import presets, ui
from benchmarks import published as bench
from genmodels.catalogue import REGISTRIES
from genmodels.models import MODELS, preset
from genmodels.published import published
from genmodels.training.loop import build
from pages.parts.learn.checked import checked_by
from tests.small_models import DATA, small


def test_every_model_promises_something() -> None:
    assert {model for model, _ in presets.PROMISES} == set(MODELS)
    assert all(MODELS[model].card.family in presets.SECONDS["fast"] for model in MODELS)


def test_promises_are_kept_on_the_right_side() -> None:
    nats, share = presets.Promise("neg_elbo", 110, 105), presets.Promise("coverage", 0.5, 0.7, "higher")
    assert [nats.kept(109, name) for name in ("fast", "good")] == [True, False]
    assert [share.kept(0.6, name) for name in ("fast", "good")] == [True, False]
    assert not nats.kept(math.nan, "fast")


def result(**changes):
    common = {
        "digest": "a", "model": "vae", "data": "digits", "preset": "fast", "seed": 0, "steps": 6, "seconds": 9.0,
        "budget": 15.0, "measure": "neg_elbo", "value": 109.5,
        "machine": "2 x Chip", "modes": None, "of_modes": None,
    }  # fmt: skip
    return common | changes


def test_a_book_goes_on_where_it_was_left_and_forgets_what_has_changed(tmp_path) -> None:
    book = presets.Book(tmp_path / "book.jsonl")
    now = presets._config("vae", "digits", "fast", 0).digest
    book.add(result(digest="old", value=120.0))
    book.add(result(digest="old", machine="4 x Chip"))  # nobody has measured there since the settings changed
    book.add(result(digest=now))
    again = presets.Book(tmp_path / "book.jsonl")
    assert again.has(now, "2 x Chip")
    assert not again.has("other", "2 x Chip")
    assert not again.has(now, "8 x Chip")
    (kept,) = again.valid()
    assert kept["digest"] == now


def test_the_table_says_what_was_reached_and_what_was_too_slow() -> None:
    text = presets.table(
        [result(), result(seed=1, seconds=16.0), result(seed=2, value=120.0), result(model="gan", modes=8, of_modes=8)]
    )
    assert "| 2 x Chip | fast | vae | digits | 0 | 6 | 9.0 | 15.0 | neg_elbo | 109.5 | ≤ 114 | yes |" in text
    assert "| too slow |" in text
    assert "| no |" in text
    assert "109.5 (8/8 modes)" in text


def test_presets_are_measured_one_by_one_and_not_twice(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(presets, "RESULTS", tmp_path)
    monkeypatch.setattr(presets, "load", lambda name, seed=0: DATA["image"])
    monkeypatch.setattr(presets, "PROMISES", {("vae", "digits"): presets.Promise("neg_elbo", 1e9, 1e9)})
    monkeypatch.setattr(presets, "preset", lambda *a, seed: small("vae", seed=seed))
    options = argparse.Namespace(preset="fast", seeds=2, models=None, limit=None)
    first = presets.run(options)
    assert [r["seed"] for r in first["results"]] == [0, 1]
    assert all(r["steps"] == 6 for r in first["results"])
    monkeypatch.setattr(presets, "result", lambda *a: pytest.fail("measured again"))
    assert presets.run(options)["results"] == first["results"]
    assert len((tmp_path / "presets.md").read_text().splitlines()) == 8


# ------------------------------------------------------------------ published


def test_what_the_app_shows_is_what_the_benchmark_says() -> None:
    for key, shown in published().items():
        row = bench.ROWS[key]
        assert (shown.what, shown.source, shown.setting, shown.published) == (
            row.what, row.source, row.setting, row.published,
        ), f"measure {key} again: its row has changed"  # fmt: skip
        assert shown.ours
        assert shown.command == f"python -m benchmarks published --rows {key}"
    assert bench.TABLE.read_text() == bench.table(json.loads(bench.KEPT.read_text()))


def test_every_published_number_has_a_source_and_says_how_pixels_were_read() -> None:
    for key, row in bench.ROWS.items():
        assert all((row.source, row.setting, row.published, row.what)), key
        if "MNIST" in row.setting:
            assert sum(word in row.setting for word in ("grey", "dynamic", "static")) == 1, key


def test_dirac_courses_grow_circle_and_end_as_the_paper_says() -> None:
    apart = bench.growth(bench.dirac("wasserstein", 0.0, simultaneous=True))
    assert apart == pytest.approx(math.log1p(bench.H**2) / (2 * bench.H), rel=1e-6)
    assert abs(bench.growth(bench.dirac("nonsaturating", 0.0, simultaneous=False))) < apart / 20
    assert bench.growth(bench.dirac("nonsaturating", 0.5, simultaneous=False)) == pytest.approx(-0.25, rel=0.05)


def test_pixels_are_drawn_anew_in_every_batch(monkeypatch) -> None:
    config = preset("iwae", "digits", DATA["image"].spec, "fast", width=16, batch_size=16, draws=2, seconds=0.3)
    seen = []

    def watched(*arguments):
        model = build(*arguments)
        loss = model.loss
        model.loss = lambda batch, chance: seen.append(batch.x) or loss(batch, chance)
        return model

    monkeypatch.setattr(bench, "build", watched)
    model, steps = bench.binarised(config, DATA["image"])
    assert len(seen) == steps
    assert all(set(x.unique().tolist()) == {0.0, 1.0} for x in seen)
    assert not model.training


@pytest.mark.parametrize("kind", ["models", "gan_losses", "penalties", "likelihoods", "networks"])
def test_every_equation_is_held_to_by_a_test(kind) -> None:
    for name in REGISTRIES[kind]:
        assert checked_by(kind, name), name


def test_the_desk_is_held_to_a_frame_and_the_dice_to_a_tenth_of_a_second() -> None:
    fast = {"drawn": 300, "work_ms": 4.2, "interval_ms": 16.8, "dice_ms": 80.0}
    slow = fast | {"work_ms": 17.0, "dice_ms": 130.0}
    lines = ui.rows({"runs": {"vae-digits": fast, "gan-digits": slow}})
    assert [line.met for line in lines] == [True, False, False]
    assert lines[-1].ours == "130.0 ms"
