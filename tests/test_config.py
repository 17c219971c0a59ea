"""Configurations: parsed, refused in words, and complete enough to draw a form from."""

import json
import typing

import pytest

from genmodels.catalogue import REGISTRIES
from genmodels.config import SCHEMA_VERSION, RunConfig, field_extra, live_fields, parse, parse_json, parse_value
from genmodels.data import DATASETS, spec_of
from genmodels.errors import UserError
from genmodels.models import MODELS, PRESET_NAMES, preset
from genmodels.training.loop import check

CLASSES = {name: entry.thing.config_class for name, entry in MODELS.items()}
FIELDS = [
    (model, name)
    for model, cls in CLASSES.items()
    for name in cls.model_fields
    if name not in ("schema_version", "model", "data", "preset", "classes", "data_noise")
]
PRESETS = [(model, data, name) for model in MODELS for data in ("digits", "fashion", "ring") for name in PRESET_NAMES]


@pytest.mark.parametrize("model", MODELS)
def test_round_trip(model):
    config = parse({"model": model, "seed": 7, "width": 64})
    assert type(config) is CLASSES[model]
    assert parse(config.model_dump()) == config
    assert parse_json(config.model_dump_json()) == config
    assert parse(config.model_dump()).digest == config.digest != config.changed({"seed": 8}).digest


@pytest.mark.parametrize(("model", "data", "name"), PRESETS)
def test_presets_are_valid_and_can_be_built(model, data, name):
    config = preset(model, data, spec_of(data), name)
    assert (config.model, config.data, config.preset) == (model, data, name)
    check(config, spec_of(data))


def test_every_data_set_has_presets():
    for model in MODELS:
        for data in DATASETS:
            assert preset(model, data, spec_of(data)).data == data


@pytest.mark.parametrize(("model", "name"), FIELDS)
def test_every_setting_can_draw_itself(model, name):
    field = CLASSES[model].model_fields[name]
    extra = field_extra(field)
    assert field.title
    assert field.title[0].isupper()
    assert len(field.title) <= 24
    assert field.description
    assert field.description.endswith(".")
    assert len(field.description) <= 160
    assert extra["group"] in ("Data", "Objective", "Network", "Budget", "Training", "Machine")
    assert {"basic", "live", "log"} <= set(extra)
    kinds = set(typing.get_args(field.annotation)) or {field.annotation}
    if str in kinds and extra["choices"]:
        assert field.default in REGISTRIES[extra["choices"]]
    elif str in kinds:
        assert {type(limit).__name__ for limit in field.metadata} == {"MaxLen"}
    elif kinds & {int, float} and name != "target":
        limits = {type(limit).__name__ for limit in field.metadata}
        assert limits & {"Ge", "Gt"}
        assert limits & {"Le", "Lt"}


@pytest.mark.parametrize("model", MODELS)
def test_titles_differ(model):
    shown = [(field_extra(f)["group"], f.title) for f in CLASSES[model].model_fields.values() if field_extra(f)]
    assert len(shown) == len(set(shown))


@pytest.mark.parametrize("model", MODELS)
def test_basic_settings_are_few(model):
    assert 2 <= sum(bool(field_extra(f).get("basic")) for f in CLASSES[model].model_fields.values()) <= 6


def test_live_fields():
    assert set(live_fields(CLASSES["vae"])) == {"beta", "lr"}
    assert set(live_fields(CLASSES["gan"])) == {"gamma", "lr_g", "lr_d"}
    assert live_fields(RunConfig) == ()


@pytest.mark.parametrize("model", MODELS)
def test_live_fields_do_not_change_what_is_built(model):
    for name in live_fields(CLASSES[model]):
        assert CLASSES[model].model_fields[name].annotation is float


NUMBERS = [(model, name) for model, name in FIELDS if CLASSES[model].model_fields[name].annotation in (int, float)]


def limits(model, name):
    """The lowest and highest values a setting may have, with whether each is itself allowed."""
    for limit in CLASSES[model].model_fields[name].metadata:
        for kind, beyond in (("ge", -1), ("gt", 0), ("le", 1), ("lt", 0)):
            if (bound := getattr(limit, kind, None)) is not None:
                yield bound, beyond


@pytest.mark.parametrize(("model", "name"), NUMBERS)
def test_ranges_hold(model, name):
    for bound, beyond in limits(model, name):
        with pytest.raises(UserError, match=f"'{name}' cannot be"):
            parse({"model": model, name: bound + beyond})


@pytest.mark.parametrize(
    ("model", "name"), [(model, name) for model, name in NUMBERS if name in RunConfig.model_fields]
)
def test_ranges_include_their_ends(model, name):
    fits = {"batch_size": 64, "latent_dim": 64, "categories": 0, "code_dim": 1}
    others = {field: value for field, value in fits.items() if field in CLASSES[model].model_fields and field != name}
    for bound, beyond in limits(model, name):
        if beyond and (model, name, bound) not in JOINT:
            assert getattr(parse({"model": model, **others, name: bound}), name) == bound


JOINT = {("beta-tcvae", "batch_size", 4096), ("infogan", "latent_dim", 1)}
"""Ends that do not go together with the other settings."""


def test_runs_of_a_retired_rule_go_on_as_adam():
    config = parse({"model": "gan", "optimizer_g": "steady", "optimizer_d": "steady"})
    assert (config.optimizer_g, config.optimizer_d) == ("adam0", "adam0")


BAD = [
    ({}, "no model"),
    ({"model": "vea"}, "did you mean 'vae'"),
    ({"model": 5}, "no model"),
    ({"model": ["vae"]}, "no model"),
    ({"model": "vae", "latent_dims": 2}, "no setting called 'latent_dims'"),
    ({"model": "vae", "latent_dim": "many"}, "'latent_dim'"),
    ({"model": "vae", "latent_dim": 2.5}, "'latent_dim'"),
    ({"model": "vae", "lr": None}, "'lr'"),
    ({"model": "vae", "lr": float("nan")}, "'lr'"),
    ({"model": "vae", "seconds": float("inf")}, "'seconds'"),
    ({"model": "vae", "activation": "relux"}, "'activation'"),
    ({"model": "vae", "network": "conw"}, "did you mean 'conv'"),
    ({"model": "gan", "loss": "bce"}, "no GAN loss"),
    ({"model": "vae", "data": "x" * 5000}, "'data'"),
    ({"model": "vae", "schema_version": 2}, "schema version '2'"),
    ({"model": "vae", "schema_version": "x" * 10_000}, "schema version"),
    ({"model": "vae", "schema_version": None}, "schema version"),
    ({"model": "vae", "lr": "9" * 10_000}, "'lr'"),
    ({"model": "vae", "lr": {"a": [1] * 10_000}}, "'lr'"),
    ({"model": "vae", "x" * 10_000: 1}, "no setting"),
]


@pytest.mark.parametrize(("values", "words"), BAD)
def test_bad_settings_are_one_sentence(values, words):
    with pytest.raises(UserError) as error:
        parse(values)
    sentence = str(error.value)
    assert words in sentence
    assert "\n" not in sentence
    assert len(sentence) < 600


@pytest.mark.parametrize("values", [None, [], "vae", 5, True])
def test_what_is_no_object(values):
    with pytest.raises(UserError, match="object"):
        parse(values)
    with pytest.raises(UserError, match="object"):
        parse_json(json.dumps(values))


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "\0", "{'model': 'vae'}"])
def test_what_is_no_json(text):
    with pytest.raises(UserError, match="JSON"):
        parse_json(text)


def test_changed():
    config = parse({"model": "vae"})
    assert config.changed({"lr": 0.5}).lr == 0.5
    assert config.lr == 1e-3
    with pytest.raises(UserError, match="lr"):
        config.changed({"lr": 5})
    with pytest.raises(ValueError, match="frozen"):
        config.lr = 5


def test_schema_version_is_written():
    assert json.loads(parse({"model": "vae"}).model_dump_json())["schema_version"] == SCHEMA_VERSION


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2", 2),
        ("1e-3", 1e-3),
        ("true", True),
        ("null", None),
        ("conv", "conv"),
        ("", ""),
        ('"2"', "2"),
        ("[" * 100_000, "[" * 100_000),
    ],
)
def test_values_of_the_command_line(text, value):
    assert parse_value(text) == value


@pytest.mark.parametrize(
    ("changes", "data", "words"),
    [
        ({"network": "conv", "likelihood": "gaussian"}, "ring", "MLP"),
        ({"network": "conv", "depth": 6}, "digits", "depth"),
        ({"likelihood": "bernoulli"}, "ring", "gaussian"),
        ({"network": "conv", "width": 2048, "depth": 2}, "digits", "million"),
    ],
)
def test_what_cannot_be_built_is_found_before_it_is_tried(changes, data, words):
    with pytest.raises(UserError, match=words):
        check(parse({"model": "vae", "data": data, **changes}), spec_of(data))
