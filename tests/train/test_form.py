"""The form of the Train page: what is chosen, hostile addresses, and how settings are drawn and said."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from genmodels.config import RunConfig
from genmodels.data import DATASETS, spec_of
from genmodels.models import MODELS, preset
from genmodels.training.store import RunStore
from pages.parts import form, text
from pages.parts.architecture import stacks
from pages.parts.train_form.choice import Choice
from tests.defaults import wrong_defaults
from tests.train.pages import OWNER, STRANGER, Make, control, page, plain, words


def test_before_a_run_the_networks_and_real_samples_are_shown(store: RunStore) -> None:
    at = page()
    assert at.title[0].value == "Train"
    assert "835,384 weights" in words(at)
    assert "encoder" in words(at)
    assert not at.button(key="start").disabled


def test_start_makes_one_run_of_the_visitor_and_leads_to_it(store: RunStore) -> None:
    at = page(model="gan", data="fashion", seed="3")
    at.button(key="start").click().run()
    assert not at.exception
    (folder,) = store.listed(OWNER)
    assert at.query_params["run"] == folder.id
    config = folder.config()
    assert (config.model, config.data, config.preset, config.seed) == ("gan", "fashion", "fast", 3)
    assert at.title[0].value == text.plain("GAN on Fashion, seed 3")
    assert store.listed(STRANGER) == []


def test_the_address_preselects(store: RunStore) -> None:
    at = page(model="gan", data="ring", preset="good", seed="12")
    assert at.segmented_control(key="pick-family").value == "gan"
    assert at.pills(key="pick-data").value == "ring"
    assert at.segmented_control(key="pick-preset").value == "good"
    assert control(at, "number_input", "set-gan-seed").value == 12
    assert not at.info


@pytest.mark.parametrize("model", MODELS)
def test_a_browser_that_missed_a_message_draws_what_is_chosen(store: RunStore, model: str) -> None:
    at = page(model=model, data="digits", preset="good", seed="7", level="engineer")
    assert not at.exception
    assert wrong_defaults(at) == {}


@pytest.mark.parametrize(
    "parameters",
    [
        {"model": "../../etc/passwd"},
        {"data": "/etc/passwd"},
        {"data": "<script>alert(1)</script>"},
        {"preset": "fastest" * 100},
        {"seed": "-1"},
        {"seed": "９９"},
        {"seed": "99999999999999999999"},
        {"seed": "1e3"},
    ],
)
def test_a_hostile_address_is_refused_in_a_sentence(store: RunStore, parameters: dict[str, str]) -> None:
    at = page(**parameters)
    assert len(at.info) == 1
    assert "so your own choice stands" in at.info[0].value
    assert not set("<>/") & set(at.info[0].value)
    assert len(at.info[0].value) < 120
    assert at.segmented_control(key="pick-family").value == "vae"
    assert not at.button(key="start").disabled


def test_picks_are_kept_in_the_address(store: RunStore) -> None:
    at = page()
    at.segmented_control(key="pick-family").set_value("gan").run()
    at.pills(key="pick-group").set_value("toy").run()
    at.pills(key="pick-data").set_value("moons").run()
    control(at, "number_input", "set-gan-seed").set_value(5).run()
    wanted = {"model": "gan", "data": "moons", "preset": "fast", "seed": "5"}
    assert {name: at.query_params[name] for name in wanted} == wanted
    at.button(key="reset-all").click().run()
    assert "seed" not in at.query_params


def test_a_change_can_be_put_back_and_outlives_another_preset(store: RunStore) -> None:
    at = page()
    control(at, "slider", "set-vae-latent_dim").set_value(2).run()
    assert control(at, "button", "set-vae-latent_dim-reset")
    at.segmented_control(key="pick-preset").set_value("good").run()
    assert control(at, "slider", "set-vae-latent_dim").value == 2
    control(at, "button", "set-vae-latent_dim-reset").click().run()
    assert control(at, "slider", "set-vae-latent_dim").value == 24
    assert "set-vae-latent_dim-reset" not in {plain(button.key) for button in at.button}


def test_settings_that_do_not_fit_are_explained_and_cannot_be_started(store: RunStore) -> None:
    at = page(model="gan")
    control(at, "slider", "set-gan-depth").set_value(5).run()
    assert "Pictures of 28 x 28 cannot be halved" in at.error[0].value
    assert at.button(key="start").disabled
    control(at, "slider", "set-gan-depth").set_value(2).run()
    assert not at.error
    assert not at.button(key="start").disabled


def test_values_beyond_the_range_are_refused_in_python(store: RunStore) -> None:
    at = page()
    at.session_state["_train_choice"] = Choice(changes={"steps": -5})
    at.run()
    assert "steps" in at.error[0].value
    assert at.button(key="start").disabled
    assert store.listed(OWNER) == []


def test_one_visitor_cannot_fill_the_queue(store: RunStore, make: Make) -> None:
    for number in range(4):
        make("queued", name=f"run-{number}")
    at = page()
    at.button(key="start").click().run()
    assert "stop one of them first" in at.warning[0].value
    assert len(store.listed(OWNER)) == 4


@pytest.mark.parametrize("name", MODELS)
def test_every_setting_of_every_model_has_a_control(store: RunStore, name: str) -> None:
    at = page(model=name)
    shown = {
        plain(element.key)
        for kind in (at.slider, at.select_slider, at.number_input, at.selectbox, at.toggle)
        for element in kind
    }
    settings = form.settings(MODELS[name].thing.config_class)
    wanted = {f"set-{name}-{setting.name}" for setting in settings if setting.needs is None}
    assert wanted
    assert wanted <= shown
    assert all(setting.title and setting.help for setting in settings)


def test_a_network_can_be_laid_layer_by_layer(store: RunStore) -> None:
    at = page()
    assert "set-vae-encoder_layers" not in {plain(area.key) for area in at.text_area}
    control(at, "selectbox", "set-vae-network").set_value("custom").run()
    assert {"set-vae-width", "set-vae-depth"}.isdisjoint(
        plain(slider.key) for slider in [*at.slider, *at.select_slider]
    )
    assert "28×28 → 32×14×14 → 64×7×7 → 256 → 40" in words(at)
    control(at, "text_area", "set-vae-encoder_layers").set_value("conv 8 s2, res, linear 5").run()
    (error,) = at.error
    assert error.value == (
        "Encoder layer 3, 'linear 5', needs a plain list of numbers but gets 8×14×14; put 'flatten' before it."
    )
    assert at.button(key="start").disabled
    control(at, "text_area", "set-vae-encoder_layers").set_value("conv 8 s2, res, flatten, linear 5").run()
    assert not at.error
    assert "28×28 → 8×14×14 → 8×14×14 → 5 → 40" in words(at)
    at.button(key="start").click().run()
    assert store.listed(OWNER)[0].config().encoder_layers == "conv 8 s2, res, flatten, linear 5"


@pytest.mark.parametrize("data", DATASETS)
def test_every_data_set_can_be_picked(store: RunStore, data: str) -> None:
    at = page(data=data)
    assert not at.info
    assert DATASETS[data].card.summary in words(at)


def test_a_large_download_is_agreed_to_before_it_can_begin(store: RunStore, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("GENMODELS_DATA", str(tmp_path))
    at = page(data="celeba")
    assert "1,443 MB, once, when you press Start. Terms: non-commercial research only." in words(at)
    assert at.button(key="start").disabled
    at.checkbox(key="agree-celeba").check().run()
    assert not at.button(key="start").disabled
    at.pills(key="pick-data").set_value("svhn").run()
    assert at.button(key="start").disabled
    at.pills(key="pick-data").set_value("celeba").run()
    assert at.checkbox(key="agree-celeba").value
    at.checkbox(key="agree-celeba").uncheck().run()
    assert at.button(key="start").disabled
    at.checkbox(key="agree-celeba").check().run()
    at.button(key="start").click().run()
    assert store.listed(OWNER)[0].config().data == "celeba"


def test_a_run_from_elsewhere_does_not_go_on_before_its_download_is_agreed_to(
    make: Make, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setenv("GENMODELS_DATA", str(tmp_path))
    folder = make("finished", data="celeba")
    before = folder.config()
    at = page(run=folder.id)
    at.button(key="run-longer").click().run()
    assert "choose them on Train and agree to it first" in words(at)
    assert folder.status().state == "finished"
    assert folder.config() == before


def test_no_other_way_of_starting_a_run_leads_past_that_question(store: RunStore, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("GENMODELS_DATA", str(tmp_path))
    at = page(data="kmnist")
    assert not at.checkbox
    assert not at.button(key="start").disabled
    archive = tmp_path / "lfw-py" / "lfw-funneled.tgz"
    archive.parent.mkdir()
    archive.touch()
    at = page(data="lfw")
    assert not at.checkbox
    assert "Its file is here" in words(at)

    def elsewhere() -> None:
        from genmodels.data import spec_of
        from genmodels.models import preset
        from pages.parts.train_form.start import begin

        begin(preset("vae", "svhn", spec_of("svhn")))

    AppTest.from_function(elsewhere).run()
    assert store.listed(OWNER) == []


def test_the_architecture_is_that_of_the_real_model() -> None:
    config = preset("vae", "digits", spec_of("digits"), "fast")
    encoder, decoder = stacks(config, spec_of("digits"))
    assert encoder.shapes == ((1, 28, 28), (512,), (40,))
    assert decoder.shapes == ((20,), (512,), (1, 28, 28))
    model = MODELS["vae"].thing(config, spec_of("digits"))
    assert encoder.weights + decoder.weights == sum(p.numel() for p in model.parameters())


# ---------------------------------------------------------------------- controls from a configuration


def test_ladders_hold_their_bounds() -> None:
    for name, entry in MODELS.items():
        for setting in form.settings(entry.thing.config_class):
            if setting.kind in (int, float) and setting.low is not None and setting.high is not None:
                steps = form.ladder(setting.low, setting.high, setting.kind)
                assert steps == sorted(set(steps)), (name, setting.name)
                assert all(setting.low <= step <= setting.high for step in steps), (name, setting.name)


def test_a_value_is_said_in_words() -> None:
    say = {setting.name: setting.say for setting in form.settings(RunConfig)}
    assert say["network"]("conv") == "Conv"
    assert say["steps"](12000) == "12,000"
    assert say["steps"](None) == "not set"
    assert say["activation"]("leaky_relu") == "leaky relu"
