"""What holds for every model there is: a new one is covered by being registered."""

import json
from dataclasses import fields

import pytest
import torch
from safetensors.torch import save_file

from genmodels.catalogue import REGISTRIES
from genmodels.config import parse, parse_json
from genmodels.data import DataSpec, to_unit
from genmodels.errors import UserError
from genmodels.metrics.heldout import measure
from genmodels.models import MODELS, PRESET_NAMES, Batch, preset
from genmodels.models.storage import load_model, save_model
from genmodels.registry import Card
from genmodels.training.loop import Trainer
from genmodels.training.views import to_pixels
from tests.small_models import DATA, KINDS, fresh, pictures, small, trained

each = pytest.mark.parametrize(("model", "kind"), KINDS)


def weights(model) -> dict[str, torch.Tensor]:
    return {name: value.detach().clone() for name, value in model.state_dict().items()}


def equal(a: dict, b: dict) -> bool:
    return list(a) == list(b) and all(torch.equal(a[name], b[name]) for name in a)


# ------------------------------------------------------------------ players


@each
def test_every_player_moves_all_that_is_its_own_and_nothing_else(model, kind) -> None:
    # A relativistic game looks at differences alone, so the last bias of D has nothing to learn from it.
    game = {"loss": "nonsaturating"} if "loss" in MODELS[model].thing.config_class.model_fields else {}
    trainer = Trainer(small(model, kind, **game), DATA[kind])
    trainer.watch.go()
    names = {id(value): name for name, value in trainer.model.named_parameters()}
    for player in trainer.players:
        own = {names[id(value)] for value in player.module.parameters()}
        before = {name: value.detach().clone() for name, value in trainer.model.named_parameters()}
        trainer.advance(player.name)
        moved = {name for name, value in trainer.model.named_parameters() if not torch.equal(before[name], value)}
        assert moved == own, player.name


@each
def test_losses_are_finite_and_stated_per_sample(model, kind) -> None:
    trainer = trained(small(model, kind), kind, steps=2)
    assert len({p.name for p in trainer.players}) == len(trainer.players)
    data = DATA[kind]
    batch = Batch(trainer.model.standardise(to_unit(data.train[:12])), data.train_labels[:12], 0)
    for player in trainer.players:
        terms = player.loss(batch, torch.Generator().manual_seed(0))
        for values in (terms.total, *terms.parts.values()):
            assert values.shape == (12,)
            assert values.isfinite().all()


@each
def test_player_settings_exist(model, kind) -> None:
    config = small(model, kind)
    for player in fresh(model, kind).players():
        assert getattr(config, player.lr) > 0
        assert getattr(config, player.optimizer) in REGISTRIES["optimizers"]


# ------------------------------------------------------------------ samples


@each
def test_samples_codes_and_scores_have_the_shape_and_range_they_promise(model, kind) -> None:
    trainer = trained(small(model, kind), kind, steps=2)
    shown, shape = trainer.shown, DATA[kind].spec.shape
    z = shown.prior(5, torch.Generator().manual_seed(0))
    assert z.shape == (5, shown.config.latent_dim)
    x = shown.decode(z)
    assert x.shape == (5, *shape)
    assert x.isfinite().all()
    if kind == "image":
        assert x.min() >= 0
        assert x.max() <= 1
    if shown.encodes:
        q = shown.encode(x)
        assert q.mu.shape == z.shape
        assert q.logvar is None or q.logvar.shape == z.shape
        assert shown.reconstruct(x).shape == x.shape
    if shown.scores:
        assert shown.score(x).shape == (5,)
    assert torch.equal(z, shown.prior(5, torch.Generator().manual_seed(0))), "the same chance gives the same codes"


@each
def test_what_has_no_meaning_says_so(model, kind) -> None:
    there = fresh(model, kind)
    for has, call in ((there.encodes, there.encode), (there.scores, there.score)):
        if not has:
            with pytest.raises(NotImplementedError, match="has no"):
                call(torch.zeros(1, *there.spec.shape))


@each
def test_one_held_out_sample_can_be_measured(model, kind) -> None:
    there = fresh(model, kind)
    assert measure(there, DATA[kind].test[:1], torch.Generator(), DATA[kind].test_labels[:1])


FEW = pictures(8, 16)
STEPS = 300


@pytest.mark.parametrize("model", [model for model, kind in KINDS if kind == "image"])
def test_eight_pictures_can_be_learned(model) -> None:
    fields = MODELS[model].thing.config_class.model_fields
    rates = {name: 2e-3 for name in ("lr", "lr_g", "lr_d") if name in fields}
    trainer = Trainer(small(model, width=64, network="mlp", ema=0.9, latent_dim=16, steps=STEPS, **rates), FEW)
    trainer.watch.go()

    def error() -> float:
        with torch.no_grad():
            shown = trainer.shown
            if shown.encodes:
                return float((shown.reconstruct(FEW.train / 255, FEW.train_labels) - FEW.train / 255).square().mean())
            x = shown.decode(shown.prior(64, torch.Generator().manual_seed(0))).flatten(1)
            return float(torch.cdist(x, FEW.train.flatten(1) / 255).square().min(1).values.mean() / 64)

    before = error()
    for _ in range(STEPS):
        trainer.advance()
    after = error()
    assert after < 0.5 * before, (before, after)


# ------------------------------------------------------------------ on disk


@each
def test_saved_and_loaded_a_model_is_the_same_bit_for_bit(model, kind, tmp_path) -> None:
    shown = trained(small(model, kind), kind, steps=3).shown
    save_model(shown, tmp_path / "model.safetensors")
    loaded = load_model(tmp_path / "model.safetensors")
    assert equal(weights(shown), weights(loaded))
    assert loaded.config == shown.config
    assert loaded.spec == shown.spec
    assert not loaded.training
    z = shown.prior(4, torch.Generator().manual_seed(0))
    assert torch.equal(loaded.prior(4, torch.Generator().manual_seed(0)), z)
    assert torch.equal(loaded.decode(z), shown.decode(z))


def test_spectral_norm_and_learned_sigma_are_saved_and_loaded(tmp_path) -> None:
    for config in (small("cgan", spectral=True), small("vae", likelihood="gaussian_learned")):
        shown = trained(config, steps=3).shown
        save_model(shown, tmp_path / "model.safetensors")
        loaded = load_model(tmp_path / "model.safetensors")
        assert equal(weights(shown), weights(loaded))
        x = DATA["image"].test[:4] / 255
        if shown.scores:
            assert torch.equal(loaded.score(x), shown.score(x))


@each
def test_frames_have_what_the_model_can_show(model, kind) -> None:
    trainer = Trainer(small(model, kind), DATA[kind])
    views = trainer.snapshot().views
    expected = {"samples"}
    expected |= {"codes", "reconstructions"} if trainer.model.encodes else set()
    expected |= {"score_real", "score_fake"} if trainer.model.scores else set()
    expected |= {"z"} if trainer.model.learns_prior else set()
    further = {"mesh", "surface", "pull", "posterior_mu", "posterior_sigma"} if kind == "points" else set()
    assert expected <= set(views) <= expected | further
    z = views["z"] if trainer.model.learns_prior else trainer.views.z
    y = trainer.model.labels_in_turn(len(z))
    with torch.no_grad():
        assert torch.equal(views["samples"], to_pixels(trainer.shown.decode(z, y), trainer.shown))


# ------------------------------------------------------------------ words


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("name", PRESET_NAMES)
def test_presets_are_valid_for_all_data_the_model_is_made_for(model, name) -> None:
    for kind, presets in MODELS[model].thing.PRESETS.items():
        assert set(presets) == set(PRESET_NAMES)
        spec = DataSpec("image", (1, 28, 28), tuple("0123456789")) if kind == "image" else DATA["points"].spec
        config = preset(model, "digits" if kind == "image" else "ring", spec, name)
        with torch.device("meta"):
            MODELS[model].thing(config, spec)
        assert parse_json(config.model_dump_json()) == config


@pytest.mark.parametrize("registry", ["models", "gan_losses", "penalties", "likelihoods"])
def test_cards_say_what_is_there_to_know(registry) -> None:
    for name, entry in REGISTRIES[registry].items():
        if name == "none":
            continue
        assert all(getattr(entry.card, field.name) for field in fields(Card)), name
        assert entry.card.equation.count("{") == entry.card.equation.count("}")
        assert "$" not in entry.card.equation
        assert entry.card.summary.endswith((".", "?"))


def test_unknown_schema_and_damaged_configurations_are_refused_in_words() -> None:
    values = small("vae").model_dump()
    for broken, words in (
        ({**values, "schema_version": 99}, "schema version"),
        ({**values, "model": "vea"}, "did you mean 'vae'"),
        ({**values, "betta": 1}, "no setting called 'betta'"),
        ({**values, "beta": -1}, "'beta' cannot be -1"),
    ):
        with pytest.raises(UserError, match=words):
            parse(json.loads(json.dumps(broken)))


@each
def test_foreign_and_damaged_files_are_refused_in_words(model, kind, tmp_path) -> None:
    path = tmp_path / "model.safetensors"
    with pytest.raises(UserError, match="not there yet"):
        load_model(path)
    path.write_bytes(b"not a model at all")
    with pytest.raises(UserError, match="not a readable"):
        load_model(path)
    save_file({"x": torch.zeros(1)}, path)
    with pytest.raises(UserError, match="genmodels"):
        load_model(path)
    there = fresh(model, kind)
    save_model(there, path)
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(UserError, match="damaged"):
        load_model(path)


def test_conditional_models_refuse_data_without_classes() -> None:
    for name, entry in MODELS.items():
        if entry.thing.conditional:
            with pytest.raises(UserError, match="choose data with classes"):
                entry.thing(small(name), DataSpec("image", (1, 8, 8)))
