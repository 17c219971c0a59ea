"""Same seed, same run; going on equals never having stopped; being watched changes nothing."""

import pytest
import torch

from genmodels.models import MODELS
from genmodels.nn import NETWORKS
from genmodels.training.batches import Batches
from genmodels.training.folder import RunFolder
from genmodels.training.loop import build
from genmodels.training.optimizers import OPTIMIZERS
from genmodels.training.random import generator_for
from genmodels.training.views import PAIRS, SAMPLES, SCORED, spread
from tests.small_runs import EVERY_STEP, dataset, same_weights, small, trained, trainer, walked

EVERY_KIND = [
    *((model, "ring", "mlp") for model in MODELS),
    *((model, "digits", "conv") for model in MODELS),
    *((model, "digits", network) for model in ("vae", "gan") for network in NETWORKS if network != "conv"),
]


def optimizers(model, name):
    """Settings that give every player of ``model`` the optimizer ``name``."""
    return {field: name for field in MODELS[model].thing.config_class.model_fields if field.startswith("optimizer")}


@pytest.mark.parametrize(("model", "data", "network"), EVERY_KIND)
def test_the_seed_decides_everything_and_being_watched_changes_nothing(model, data, network):
    config = small(model, data, network=network, steps=3)
    watched, alone = trained(config, EVERY_STEP), walked(config)
    assert same_weights(watched.model, alone.model)
    assert same_weights(watched.shown, alone.shown)
    assert not same_weights(alone.model, walked(config.changed({"seed": 1})).model)


def test_global_chance_changes_nothing():
    torch.manual_seed(1)
    a = trained(small())
    torch.manual_seed(2)
    before = torch.get_rng_state()
    b = trained(small())
    assert same_weights(a.model, b.model)
    assert torch.equal(torch.get_rng_state(), before)


def resumed(config, path, first):
    """``config`` trained with a break after ``first`` steps, through the files of a run folder."""
    early = trainer(config)
    early.watch.go()
    for _ in range(first):
        early.advance()
    folder = RunFolder.create(path, config)
    folder.write_checkpoint(early.resume_point())
    point = folder.checkpoint()
    assert point.step == first
    return walked(config, point)


@pytest.mark.parametrize(
    ("model", "optimizer"),
    [*((model, "adam") for model in MODELS), *((m, o) for m in ("vae", "gan") for o in OPTIMIZERS if o != "adam")],
)
def test_resume_equals_uninterrupted(model, optimizer, tmp_path):
    config = small(model, lr_decay="cosine", lr_warmup=4, **optimizers(model, optimizer))
    whole, broken = walked(config), resumed(config, tmp_path / "run", 3)
    assert same_weights(whole.model, broken.model)
    assert same_weights(whole.shown, broken.shown)


@pytest.mark.parametrize("model", MODELS)
def test_resume_equals_uninterrupted_on_images(model, tmp_path):
    config = small(model, "digits", network="conv")
    assert same_weights(walked(config).shown, resumed(config, tmp_path / "run", 3).shown)


def test_resume_across_epochs(tmp_path):
    # 4,500 digits: five batches of 2,000 are more than two epochs.
    config = small("vae", "digits", batch_size=2000, steps=5)
    assert same_weights(walked(config).model, resumed(config, tmp_path / "run", 3).model)


def test_resume_point_is_a_copy():
    run = trainer(small())
    run.advance()
    point = run.resume_point()
    before = {name: value.clone() for name, value in point.tensors.items()}
    run.advance()
    assert all(torch.equal(value, before[name]) for name, value in point.tensors.items())


def test_batches_take_up_their_order():
    data = dataset("digits")
    cpu = torch.device("cpu")
    a = Batches(data, generator_for(0, "order"), cpu)
    a.next(3000)
    a.next(1000)
    b = Batches(data, generator_for(7, "order"), cpu)
    b.restore(a.state())
    for n in (400, 1000, 4500, 5000, 10):
        assert torch.equal(a.next(n)[0], b.next(n)[0])


def test_an_epoch_shows_every_sample_once():
    data = dataset("digits")
    batches = Batches(data, generator_for(0, "order"), torch.device("cpu"))
    labels = torch.cat([batches.next(450)[1] for _ in range(10)])
    assert torch.equal(labels.bincount(), data.train_labels.bincount())


def test_initial_weights_depend_on_the_seed_alone():
    data = dataset("ring")
    assert same_weights(build(small(lr=0.1), data), build(small(lr=0.2), data))


@pytest.mark.parametrize("network", NETWORKS)
def test_views_of_a_vae(network):
    run = trainer(small("vae", "digits", network=network, latent_dim=3))
    views, fixed = run.snapshot().views, run.views.fixed()
    shapes = {name: (tuple(value.shape), value.dtype) for name, value in views.items()}
    assert shapes == {
        "samples": ((SAMPLES, 1, 28, 28), torch.uint8),
        "reconstructions": ((PAIRS, 1, 28, 28), torch.uint8),
        "codes": ((500, 2), torch.float32),
    }
    assert {name: tuple(value.shape) for name, value in fixed.items()} == {
        "z": (SAMPLES, 3), "originals": (PAIRS, 1, 28, 28), "labels": (500,),
    }  # fmt: skip
    assert all(value.is_contiguous() and not value.requires_grad for value in views.values())


def test_views_of_a_gan():
    views = trainer(small("gan", "digits", network="conv")).snapshot().views
    shapes = {name: (tuple(value.shape), value.dtype) for name, value in views.items()}
    assert shapes == {
        "samples": ((SAMPLES, 1, 28, 28), torch.uint8),
        "score_real": ((SCORED,), torch.float32),
        "score_fake": ((SAMPLES,), torch.float32),
    }


@pytest.mark.parametrize("model", MODELS)
def test_views_of_points(model):
    run = trainer(small(model, "ring"))
    views = run.snapshot().views
    assert (tuple(views["samples"].shape), views["samples"].dtype) == ((1000, 2), torch.float32)
    assert tuple(run.views.fixed()["originals"].shape) == (1000, 2)


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
@pytest.mark.parametrize("model", MODELS)
def test_views_have_the_same_types_in_every_precision(model, precision):
    views = trainer(small(model, "digits", precision=precision, latent_dim=16)).snapshot().views
    assert {value.dtype for value in views.values()} <= {torch.uint8, torch.float32}


def test_views_look_at_the_same_things_every_time():
    a, b = trainer(small("vae", "digits")), trainer(small("vae", "digits"))
    fixed = {name: value.clone() for name, value in a.views.fixed().items()}
    for _ in a.events():
        pass
    for name, value in a.views.fixed().items():
        assert torch.equal(value, fixed[name])
        assert torch.equal(value, b.views.fixed()[name])
    first, again = b.snapshot().views, b.snapshot().views
    assert all(torch.equal(first[name], again[name]) for name in first)


def test_views_show_the_average():
    run = trained(small("vae", "digits", ema=0.9))
    z = run.views.fixed()["z"]
    with torch.no_grad():
        shown = (run.shown.decode(z) * 255).round().byte()
    assert torch.equal(run.snapshot().views["samples"], shown)


def test_codes_turn_as_little_as_possible():
    run = trainer(small("vae", "digits", latent_dim=5))
    before = run.snapshot().views["codes"]
    run.advance()
    after = run.snapshot().views["codes"]
    # No other orthogonal placement of the new codes lies closer to the old ones than a mirrored or turned one.
    for other in ([[-1, 0], [0, -1]], [[0, 1], [-1, 0]], [[1, 0], [0, -1]]):
        assert (after - before).norm() <= (after @ torch.tensor(other, dtype=torch.float32) - before).norm()


def test_pairs_take_the_classes_in_turn():
    run = trainer(small("vae", "digits"))
    assert run.views.fixed()["labels"][:20].tolist() == [*range(10), *range(10)]
    labels = dataset("digits").test_labels
    assert spread(labels, len(labels), 7).shape == (7,)
    assert spread(None, 3, 7).tolist() == [0, 1, 2]


def test_held_out_samples_are_not_trained_on():
    run = trainer(small("vae", "digits"))
    seen = {row.numpy().tobytes() for row in run.batches.x}
    assert run.batches.x[0].numpy().tobytes() in seen
    assert not seen & {row.numpy().tobytes() for row in run.views.coded}
