"""The command line on runs that are there: list, compare, export."""

import json
import zipfile

import pytest

from genmodels.cli import main
from genmodels.training.folder import RunFolder
from genmodels.training.runner import run
from tests.small_runs import SILENT, small


@pytest.fixture
def cli(capsys):
    """Run a command; returns its exit code, output and errors."""

    def call(*arguments):
        code = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Two runs on points and a damaged one."""
    root = tmp_path_factory.mktemp("runs")
    for name in ("vae", "gan"):
        run(RunFolder.create(root / name, small(name, "ring"), title=f"a {name}").path, pace=SILENT)
    (root / "broken").mkdir()
    (root / "broken" / "run.json").write_text("{")
    (root / "other").mkdir()
    return root


def test_runs_are_listed_newest_first_and_damaged_ones_named(cli, runs):
    code, out, _ = cli("runs", "--root", runs, "--json")
    told = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [line["run"] for line in told] == ["gan", "vae", "broken"]
    assert (told[0]["model"], told[0]["data"], told[0]["state"], told[0]["step"]) == ("gan", "ring", "finished", 8)
    assert told[2]["state"] == "damaged"
    code, out, _ = cli("runs", "--root", runs)
    assert (code, len(out.splitlines())) == (0, 3)
    assert "a gan" in out


def test_two_runs_are_compared_in_numbers_and_in_words(cli, runs):
    code, out, _ = cli("compare", runs / "vae", runs / "gan", "--json")
    *reports, verdict = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [line["run"] for line in reports] == ["vae", "gan"]
    assert all(line["floor"]["js"] < line["measures"]["js"] for line in reports)
    assert any("per step" in sentence for sentence in verdict["verdict"])
    code, out, _ = cli("compare", runs / "vae", runs / "gan")
    assert code == 0
    assert out.splitlines()[0].split() == ["vae", "gan", "real"]
    assert verdict["verdict"][-1] in out


@pytest.mark.parametrize("what", ["csv", "png", "safetensors", "python", "notebook", "zip", "picture"])
def test_a_run_is_exported(cli, runs, tmp_path, what):
    code, out, _ = cli("export", runs / "vae", "--what", what, "--out", tmp_path / "file", "--json")
    assert code == 0
    assert json.loads(out)["bytes"] == (tmp_path / "file").stat().st_size > 100
    if what == "zip":
        assert zipfile.is_zipfile(tmp_path / "file")


def test_bundled_runs_are_known_by_name(cli, tmp_path):
    assert cli("export", "vae-digits", "--what", "csv", "--out", tmp_path / "file")[0] == 0
    assert (tmp_path / "file").read_text().startswith("step,seconds,")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("compare", "{runs}/vae"), "two to 4"),
        (("compare", *["{runs}/vae"] * 5), "two to 4"),
        (("compare", "{runs}/vae", "{runs}/nobody"), "holds no run"),
        (("compare", "{runs}/vae", "{runs}/broken"), "damaged"),
        (("compare",), "required"),
        (("export", "{runs}/vae", "--what", "pickle", "--out", "x"), "There is no export called 'pickle'"),
        (("export", "{runs}/other", "--what", "csv", "--out", "x"), "holds no run"),
        (("export", "{runs}/vae", "--what", "gif", "--out", "x"), "points"),
        (("export", "{runs}/vae", "--what", "csv", "--out", "{runs}"), "is a folder"),
        (("export", "{runs}/vae", "--what", "csv", "--out", "{runs}/no/such/folder"), "cannot be used"),
        (("export", "{runs}/vae", "--what", "csv"), "--out"),
        (("runs", "--root", "{runs}/nothing"), "--root"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(cli, runs, tmp_path, monkeypatch, arguments, words):
    monkeypatch.chdir(tmp_path)
    code, out, err = cli(*(argument.format(runs=runs) for argument in arguments))
    assert (code, out) == (2, "")
    assert err.startswith("genmodels: ")
    assert err.count("\n") == 1
    assert words in err
    assert list(tmp_path.iterdir()) == []
