"""The command line, as scripts and people use it."""

import json
import os
import signal
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from genmodels.catalogue import REGISTRIES
from genmodels.cli import INTERRUPTED, main
from genmodels.metrics import heldout
from genmodels.training import loop, runner
from genmodels.training.folder import RunFolder, Status
from tests.small_runs import TINY, finite, same_weights, small, trained

SMALL = [part for name, value in TINY.items() if name != "steps" for part in ("--set", f"{name}={value}")]
SMALL += ["--set", "latent_dim=2"]


def strict(text):
    """JSON as the standard has it: without NaN and infinity."""
    return json.loads(text, parse_constant=lambda word: pytest.fail(f"{word} is no JSON"))


@pytest.fixture
def cli(capsys):
    """Run a command; returns its exit code, output and errors."""

    def call(*arguments):
        code = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


@pytest.fixture
def refused(cli):
    """Run a command that must be refused: exit code 2, nothing on the output, one sentence about ``words``."""

    def call(*arguments, words):
        code, out, err = cli(*arguments)
        assert (code, out) == (2, "")
        assert err.startswith("genmodels: ")
        assert err.count("\n") == 1
        assert words in err
        assert "Traceback" not in err

    return call


def train(out, *more, model="vae", data="ring", steps=5):
    return ["train", "--model", model, "--data", data, "--steps", steps, "--out", out, *SMALL, *more]


@pytest.fixture
def trained_run(tmp_path, cli):
    assert cli(*train(tmp_path / "run"))[0] == 0
    return tmp_path / "run"


# ---------------------------------------------------------------------- list


def test_list(cli):
    code, out, _ = cli("list")
    assert code == 0
    for registry in REGISTRIES.values():
        assert all(name in out for name in registry)


def test_list_as_json(cli):
    code, out, _ = cli("list", "--json")
    assert code == 0
    lines = [strict(line) for line in out.splitlines()]
    listed = {(line["kind"], line["name"]) for line in lines}
    assert {(kind, name) for kind, registry in REGISTRIES.items() for name in registry} <= listed
    assert ("presets", "fast") in listed
    assert all(line["summary"] for line in lines if line["kind"] != "presets")


# ---------------------------------------------------------------------- train


@pytest.mark.parametrize("model", ["vae", "gan"])
def test_train_as_json(cli, tmp_path, model):
    code, out, _ = cli(*train(tmp_path / "run", "--json", model=model))
    assert code == 0
    events = [strict(line) for line in out.splitlines()]
    assert events[0]["event"] == "started"
    assert events[0]["device"] in ("cpu", "cuda", "mps")
    assert events[-1]["event"] == "finished"
    assert events[-1]["step"] == 5
    assert RunFolder(tmp_path / "run").status().state == "finished"


def test_train_writes_a_folder_that_does_not_exist(cli, tmp_path):
    code, out, err = cli(*train(tmp_path / "a" / "b" / "run"))
    assert (code, err) == (0, "")
    assert "finished" in out
    assert same_weights(RunFolder(tmp_path / "a" / "b" / "run").model(), trained(small(steps=5)).shown)


def test_settings_and_budgets(cli, tmp_path):
    cli(*train(tmp_path / "run", "--seed", 7, "--set", "activation=relu", "--set", "target=1e9"))
    config = RunFolder(tmp_path / "run").config()
    assert (config.seed, config.activation, config.steps, config.target, config.preset) == (7, "relu", 5, 1e9, "fast")


def test_seconds_replace_the_steps_of_the_preset(cli, tmp_path):
    arguments = ["train", "--model", "vae", "--data", "ring", "--out", tmp_path / "run", "--seconds", "0.01", *SMALL]
    assert cli(*arguments)[0] == 0
    config = RunFolder(tmp_path / "run").config()
    assert (config.steps, config.seconds) == (None, 0.01)


def test_data_from_a_path(cli, tmp_path):
    pictures = np.random.default_rng(0).integers(0, 255, (20, 28, 28), dtype=np.uint8)
    np.savez(tmp_path / "mine.npz", images=pictures)
    assert cli(*train(tmp_path / "run", data=tmp_path / "mine.npz"))[0] == 0
    assert RunFolder(tmp_path / "run").model().spec.shape == (1, 28, 28)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (["--model", "vea"], "did you mean 'vae'"),
        (["--data", "digit"], "did you mean 'digits'"),
        (["--data", "/nowhere"], "nowhere"),
        (["--data", "x\0y"], "no data set"),
        (["--preset", "quick"], "choose one of fast, good, best"),
        (["--set", "latent_dims=2"], "no setting called 'latent_dims'"),
        (["--set", "latent_dim=0"], "greater than or equal to 1"),
        (["--set", "latent_dim=1e9"], "latent_dim"),
        (["--set", "lr=NaN"], "lr"),
        (["--set", "lr=Infinity"], "lr"),
        (["--set", "lr"], "NAME=VALUE"),
        (["--set", "=5"], "no setting called ''"),
        (["--set", "model=gan"], "use --model"),
        (["--set", "name=x"], "no setting called 'name'"),
        (["--set", "network=conv"], "MLP"),
        (["--set", "width=99999999"], "width"),
        (["--steps", "0"], "steps"),
        (["--steps", "many"], "--steps"),
        (["--seconds", "-1"], "seconds"),
        (["--seconds", "nan"], "seconds"),
        (["--seed", "-1"], "seed"),
        (["--seed", "9" * 30], "seed"),
        (["--fast"], "--fast"),
    ],
)
def test_bad_input_to_train(refused, tmp_path, changes, words):
    refused(*train(tmp_path / "run", *changes), words=words)
    assert not (tmp_path / "run").exists()


def test_a_large_download_is_agreed_to_first(refused, cli, tmp_path, monkeypatch):
    monkeypatch.setenv("GENMODELS_DATA", str(tmp_path / "data"))
    arguments = train(tmp_path / "run", data="svhn")
    refused(*arguments, words="a download of 246 MB (terms: non-commercial use only); add --download to agree")
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("arguments", "words"), [([], "command"), (["dance"], "dance"), (["train"], "--out"), (["sample"], "run")]
)
def test_no_command(refused, arguments, words):
    refused(*arguments, words=words)


def test_an_existing_run_is_kept(refused, trained_run):
    before = {file: file.read_bytes() for file in trained_run.rglob("*") if file.is_file()}
    refused(*train(trained_run), words="already holds a run")
    assert {file: file.read_bytes() for file in trained_run.rglob("*") if file.is_file()} == before


@pytest.mark.parametrize("place", ["a file", "below a file", "a folder with files"])
def test_places_that_cannot_hold_a_run(refused, tmp_path, place):
    path = tmp_path / "out"
    if place == "a folder with files":
        path.mkdir()
        (path / "thesis.doc").touch()
    else:
        path.touch()
    refused(*train(path / "run" if place == "below a file" else path), words="choose")


def test_divergence(cli, tmp_path):
    more = ["--set", "optimizer=sgd", "--set", "lr=1", "--json"]
    code, out, _ = cli(*train(tmp_path / "run", *more, data="digits", steps=300))
    assert code == 1
    last = strict(out.splitlines()[-1])
    assert (last["event"], last["diverged"]) == ("stopped", True)
    for line in out.splitlines():
        strict(line)
    assert finite(RunFolder(tmp_path / "run").model())


def test_numbers_that_are_not_finite_are_null(cli, tmp_path, monkeypatch):
    metrics = {"neg_elbo": float("nan"), "kl_per_dim": [float("inf"), 1.0]}
    monkeypatch.setattr(loop, "evaluate", lambda *_: metrics)
    monkeypatch.setattr(heldout, "evaluate", lambda *_: metrics)
    _, out, _ = cli(*train(tmp_path / "run", "--json"))
    (evaluation,) = [event for event in map(strict, out.splitlines()) if event["event"] == "evaluation"]
    assert evaluation["metrics"] == {"neg_elbo": None, "kl_per_dim": [None, 1.0]}
    code, out, _ = cli("evaluate", tmp_path / "run", "--json")
    assert (code, strict(out)["neg_elbo"]) == (0, None)


def test_a_run_that_fails_says_why(cli, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(runner.Recorder, "_frame", full)
    code, out, _ = cli(*train(tmp_path / "run", "--json"))
    last = strict(out.splitlines()[-1])
    assert (code, last["event"]) == (1, "failed")
    assert "No space left" in last["reason"]


# ---------------------------------------------------------------------- resume


def test_resume(cli, trained_run):
    code, out, _ = cli("train", "--resume", "--steps", 9, "--out", trained_run, "--json")
    events = [strict(line) for line in out.splitlines()]
    assert code == 0
    assert (events[0]["event"], events[0]["step"], events[-1]["step"]) == ("started", 5, 9)
    assert same_weights(RunFolder(trained_run).model(), trained(small(steps=9)).shown)


def test_resume_with_another_rate(cli, trained_run):
    assert cli("train", "--resume", "--steps", 9, "--set", "lr=0.1", "--out", trained_run)[0] == 0
    assert RunFolder(trained_run).config().lr == 0.1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (["--set", "latent_dim=3"], "'latent_dim' cannot change"),
        (["--set", "lr=5"], "lr"),
        (["--steps", "0"], "steps"),
        (["--set", "x"], "NAME=VALUE"),
    ],
)
def test_bad_input_to_resume(refused, trained_run, changes, words):
    refused("train", "--resume", "--out", trained_run, *changes, words=words)
    assert RunFolder(trained_run).status().state == "finished"


def test_resume_of_an_active_run(refused, trained_run):
    RunFolder(trained_run).write_status(Status(state="running"))
    refused("train", "--resume", "--out", trained_run, words="still going")


@pytest.mark.parametrize("command", ["resume", "evaluate", "sample"])
@pytest.mark.parametrize("what", ["missing", "empty folder", "text file", "damaged", "damaged weights"])
def test_what_is_no_run(refused, cli, tmp_path, command, what):
    path = tmp_path / "run"
    match what:
        case "empty folder":
            path.mkdir()
        case "text file":
            path.write_text("hello")
        case "damaged" | "damaged weights":
            cli(*train(path))
            for name in ["run.json"] if what == "damaged" else ["model.safetensors", "checkpoint.safetensors"]:
                (path / name).write_bytes((path / name).read_bytes()[:-20])
    arguments = {
        "resume": ["train", "--resume", "--out", path],
        "evaluate": ["evaluate", path, "--json"],
        "sample": ["sample", path, "--out", tmp_path / "grid.png"],
    }[command]
    refused(*arguments, words="damaged" if "damaged" in what else "no run")
    assert not (tmp_path / "grid.png").exists()


# ---------------------------------------------------------------------- evaluate, sample


def test_evaluate(cli, trained_run):
    code, out, _ = cli("evaluate", trained_run)
    assert code == 0
    assert "neg_elbo" in out
    code, out, _ = cli("evaluate", trained_run, "--json")
    (line,) = out.splitlines()
    values = strict(line)
    assert (values["run"], values["samples"]) == ("run", 5000)
    assert values["neg_elbo"] == pytest.approx(values["reconstruction"] + values["kl"], rel=1e-4)


def test_evaluate_without_the_data(refused, cli, tmp_path):
    np.savez(tmp_path / "mine.npz", images=np.zeros((20, 28, 28), np.uint8))
    cli(*train(tmp_path / "run", data=tmp_path / "mine.npz"))
    np.savez(tmp_path / "mine.npz", images=np.zeros((20, 32, 32), np.uint8))
    refused("evaluate", tmp_path / "run", words="shape")
    (tmp_path / "mine.npz").unlink()
    refused("evaluate", tmp_path / "run", words="no data set")


def test_sample_points(cli, trained_run, tmp_path):
    code, out, _ = cli("sample", trained_run, "--n", 10, "--out", tmp_path / "points.csv", "--json")
    assert (code, strict(out)["n"]) == (0, 10)
    points = np.loadtxt(tmp_path / "points.csv", delimiter=",", skiprows=1)
    assert points.shape == (10, 2)
    cli("sample", trained_run, "--n", 10, "--out", tmp_path / "again.csv")
    cli("sample", trained_run, "--n", 10, "--seed", 1, "--out", tmp_path / "other.csv")
    assert (
        (tmp_path / "points.csv").read_text()
        == (tmp_path / "again.csv").read_text()
        != (tmp_path / "other.csv").read_text()
    )


def test_sample_images(cli, tmp_path):
    cli(*train(tmp_path / "run", data="digits"))
    code, out, _ = cli("sample", tmp_path / "run", "--n", 16, "--out", tmp_path / "grid.png")
    assert code == 0
    assert "grid.png" in out
    with Image.open(tmp_path / "grid.png") as picture:
        assert (picture.format, picture.size[0] > picture.size[1] > 28) == ("PNG", True)


@pytest.mark.parametrize(
    ("changes", "words"),
    [(["--n", "0"], "--n"), (["--n", "1e9"], "--n"), (["--seed", "-1"], "--seed"), (["--seed", "9" * 30], "--seed")],
)
def test_bad_input_to_sample(refused, trained_run, tmp_path, changes, words):
    refused("sample", trained_run, "--out", tmp_path / "grid.png", *changes, words=words)


@pytest.mark.parametrize("out", ["nowhere/points.csv", ""])
def test_sample_to_a_place_that_cannot_be_written(refused, trained_run, tmp_path, out):
    refused("sample", trained_run, "--out", tmp_path / out, words="cannot be used")


# ---------------------------------------------------------------------- interrupted


def started(*arguments):
    """The command in a process of its own, once it has said something."""
    command = [sys.executable, "-m", "genmodels", *map(str, arguments)]
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    assert strict(process.stdout.readline())["event"] == "started"
    return process


def test_ctrl_c_stops_exactly_and_resumably(cli, tmp_path):
    process = started(*train(tmp_path / "run", "--json", steps=10_000_000))
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=120)
    assert process.returncode == INTERRUPTED
    assert "--resume" in err
    assert "Traceback" not in err
    assert strict(out.splitlines()[-1])["event"] == "stopped"
    folder = RunFolder(tmp_path / "run")
    assert folder.status().state == "stopped"
    steps = folder.status().step + 5
    assert cli("train", "--resume", "--steps", steps, "--out", folder.path)[0] == 0
    assert same_weights(folder.model(), trained(small(steps=steps)).shown)


def test_a_killed_command_leaves_a_resumable_run(cli, tmp_path):
    process = started(*train(tmp_path / "run", "--json", steps=10_000_000))
    process.kill()
    process.communicate(timeout=120)
    folder = RunFolder(tmp_path / "run")
    assert folder.status().state == "interrupted"
    steps = (folder.checkpoint().step if folder.checkpoint() else 0) + 5
    assert cli("train", "--resume", "--steps", steps, "--out", folder.path)[0] == 0
    assert same_weights(folder.model(), trained(small(steps=steps)).shown)


def test_a_reader_that_has_heard_enough(tmp_path):
    process = started(*train(tmp_path / "run", "--json", steps=10_000_000))
    process.stdout.close()
    assert process.wait(120) == 1
    assert process.stderr.read() == ""
    assert RunFolder(tmp_path / "run").status().state == "interrupted"


def test_a_run_gets_no_name_that_the_app_could_not_show(tmp_path, refused) -> None:
    for name in ("vae-0.1", "a b", "a" * 65):
        refused("train", "--data", "ring", "--out", tmp_path / name, words="cannot be called")
        assert not (tmp_path / name).exists()
