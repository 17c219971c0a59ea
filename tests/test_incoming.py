"""Runs from elsewhere: they come back as they were, and nothing hostile gets in."""

import io
import json
import tomllib
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load, save

from genmodels.data import Dataset
from genmodels.data.files.sources import Member
from genmodels.errors import UserError
from genmodels.export import EXPORTS, incoming, whole
from genmodels.export.incoming import ELSEWHERE, unpack
from genmodels.models.storage import parse_spec
from genmodels.owners import owner_key
from genmodels.training.folder import RunFolder
from genmodels.training.runner import run
from genmodels.training.views import CODES, Views
from tests.hostile import Entry, deflated_zeros, raw_zip
from tests.small_models import KINDS, fresh
from tests.small_runs import EVERY_STEP, same_weights, small

Parts = dict[str, bytes]


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    folder = RunFolder.create(
        tmp_path_factory.mktemp("there") / "run", small("vae", "digits", steps=4), owner=owner_key("ann"), title="Mine"
    )
    assert run(folder.path, pace=EVERY_STEP).state == "finished"
    return folder


@pytest.fixture
def parts(original: RunFolder) -> Parts:
    with zipfile.ZipFile(io.BytesIO(EXPORTS["zip"].thing(original))) as archive:
        return {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "runs").mkdir()
    return tmp_path / "runs"


def packed(path: Path, parts: Parts, prefix: str = "run/") -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(prefix + name, content)
    return path


def bring(root: Path, parts: Parts, **more: object) -> RunFolder:
    return unpack(packed(root.parent / "run.zip", parts), root, **more)


def edited(content: bytes, change: Callable[[dict], None]) -> bytes:
    values = json.loads(content)
    change(values)
    return json.dumps(values).encode()


def test_a_run_comes_back_as_it_was_and_belongs_to_who_brought_it(
    root: Path, parts: Parts, original: RunFolder
) -> None:
    assert "owner" in json.loads(parts["run.json"])
    assert b"ann" not in b"".join(parts.values())
    assert json.loads(parts["run.json"])["owner"] == ""
    brought = bring(root, parts, owner="bob")
    assert brought.about()["owner"] == owner_key("bob")
    assert brought.about()["title"] == "Mine"
    assert brought.config() == original.config()
    assert brought.frames() == original.frames()
    assert brought.kept_weights() == original.kept_weights()
    assert same_weights(brought.model(), original.model())
    assert brought.history()[0] == original.history()[0]
    assert torch.equal(brought.frame()["samples"], original.frame()["samples"])
    assert brought.status().state == "finished"
    assert [path.name for path in root.iterdir()] == [brought.id]


def test_a_run_of_many_frames_is_let_in_and_one_of_more_is_thinned_on_its_way_out(
    root: Path, original: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    frames = [Member(f"run/frames/{n}.safetensors") for n in range(5_000)]
    assert len(incoming._known([Member("run/run.json"), Member("run/model.safetensors"), *frames])) == 5_002
    monkeypatch.setattr(whole, "MOST_MOMENTS", 3)
    (root.parent / "run.zip").write_bytes(EXPORTS["zip"].thing(original))
    brought = unpack(root.parent / "run.zip", root)
    kept = original.frames()
    assert brought.frames() == [kept[0], kept[2], kept[-1]]
    assert same_weights(brought.model(), original.model())


def test_a_run_that_could_not_be_brought_back_is_not_taken_away(
    original: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    for limit in ("MOST_FILE", "MOST_KEPT"):
        with monkeypatch.context() as lowered:
            lowered.setattr(whole, limit, 1_000)
            with pytest.raises(UserError, match="too large to be brought back"):
                EXPORTS["zip"].thing(original)


def test_the_server_takes_as_large_a_zip_as_the_page_says() -> None:
    with (Path(__file__).parent.parent / ".streamlit" / "config.toml").open("rb") as file:
        assert tomllib.load(file)["server"]["maxUploadSize"] == incoming.MOST_ZIP_MB


@pytest.mark.parametrize("name", [name for name, kind in KINDS if kind == "image"])
def test_a_few_pictures_tell_the_shapes_of_all_views(name: str) -> None:
    """Of a hostile model: as many as a run shows might not fit into memory."""
    model = fresh(name)
    views = incoming._views(model)
    labels = torch.arange(CODES) % 2
    empty = torch.zeros(CODES, *model.spec.shape, dtype=torch.uint8)
    full = Views.of(model, Dataset("", "", model.spec, empty, empty, None, labels), seed=0)
    for few, all_of_them in ((views.fixed(), full.fixed()), (views.look(model), full.look(model))):
        assert few.keys() == all_of_them.keys()
        assert max(map(len, few.values())) == incoming.FEW
        assert incoming._fitting(all_of_them, few, model.spec) is not None
        for part, value in all_of_them.items():
            assert incoming._fitting({part: torch.cat([value, value[:1]])}, few, model.spec) is None


def test_pictures_larger_than_any_data_are_refused() -> None:
    parse_spec({"modality": "image", "shape": [3, 128, 128], "classes": []})
    with pytest.raises(UserError, match="makes no sense"):
        parse_spec({"modality": "image", "shape": [3, 129, 128], "classes": []})


def test_a_brought_run_goes_on_exactly_where_it_stood(root: Path, parts: Parts, original: RunFolder) -> None:
    brought = bring(root, parts)
    finished = []
    for folder in (brought, RunFolder(packed_copy(original, root))):
        folder.change(steps=8)
        folder.reopen()
        assert run(folder.path, pace=EVERY_STEP).state == "finished"
        finished.append(folder.model())
    assert same_weights(*finished)


def packed_copy(folder: RunFolder, root: Path) -> Path:
    target = root / "copy"
    target.mkdir()
    for file in folder.path.rglob("*"):
        if file.is_file():
            path = target / file.relative_to(folder.path)
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(file.read_bytes())
    return target


@pytest.mark.parametrize("data", ["/etc", "../secret", "upload:abcdef", "~", "nothing"])
def test_data_of_this_machine_are_never_looked_for(root: Path, parts: Parts, data: str) -> None:
    parts["run.json"] = edited(parts["run.json"], lambda run: run["config"].update(data=data, device="cuda"))
    brought = bring(root, parts)
    assert brought.config().data == ELSEWHERE
    assert brought.config().device == "auto"
    assert brought.checkpoint().config.data == ELSEWHERE
    assert data.encode() not in (brought.path / "model.safetensors").read_bytes() or data in ("~", "nothing")
    brought.change(steps=8)
    brought.reopen()
    assert run(brought.path).state == "failed"


def test_other_files_and_paths_are_passed_over(root: Path, parts: Parts) -> None:
    brought = bring(
        root,
        parts | {"evil.py": b"boom", "commands.jsonl": b"{}", "frames/x/y.safetensors": b"", "a/b/run.json": b"{}"},
    )
    names = {path.relative_to(brought.path).parts[0] for path in brought.path.rglob("*")}
    assert names <= {
        "run.json", "status.json", "history.jsonl", "fixed.safetensors", "model.safetensors", "checkpoint.safetensors",
        "frames", "weights",
    }  # fmt: skip


def test_what_nobody_would_call_a_measure_is_left_out_of_the_history(root: Path, parts: Parts) -> None:
    metrics = {"kid": 0.5, "<img src='//elsewhere.test'>": 1.0, "x" * 61: 1.0}
    event = {
        "event": "evaluation",
        "step": 4,
        "seconds": 1.0,
        "metrics": metrics,
        "losses": {"vae/kl": 1.0, "a<b>": 2.0},
    }
    parts["history.jsonl"] += json.dumps(event).encode() + b"\n"
    assert bring(root, parts).history()[0][-1] == event | {"metrics": {"kid": 0.5}, "losses": {"vae/kl": 1.0}}


def test_an_active_state_is_not_believed(root: Path, parts: Parts) -> None:
    parts["status.json"] = edited(parts["status.json"], lambda status: status.update(state="running", pid=1))
    assert bring(root, parts).status().state == "stopped"


def test_frames_that_do_not_fit_are_left_out(root: Path, parts: Parts) -> None:
    names = sorted(name for name in parts if name.startswith("frames/"))
    frame = load(parts[names[0]])
    for name, change in zip(
        names,
        (
            {"samples": torch.zeros(64, 1, 5000, 1, dtype=torch.uint8)},
            {"codes": torch.full((500, 2), float("nan"))},
            {"samples": frame["samples"].float()},
        ),
        strict=False,
    ):
        parts[name] = save(frame | change)
    brought = bring(root, parts)
    assert len(brought.frames()) == len(names) - 3


def no_run(parts: Parts) -> None:
    del parts["run.json"]


def no_model(parts: Parts) -> None:
    del parts["model.safetensors"]


def other_weights(parts: Parts) -> None:
    parts["run.json"] = edited(parts["run.json"], lambda run: run["config"].update(width=16))


def huge_settings(parts: Parts) -> None:
    parts["run.json"] = edited(parts["run.json"], lambda run: run["config"].update(width=2048, depth=6))


def odd_settings(parts: Parts) -> None:
    parts["run.json"] = edited(parts["run.json"], lambda run: run["config"].update(model="__class__"))


def deep_json(parts: Parts) -> None:
    parts["run.json"] = b"[" * 200_000


def pickle(parts: Parts) -> None:
    parts["model.safetensors"] = b"\x80\x04cos\nsystem\n."


def long_header(parts: Parts) -> None:
    parts["model.safetensors"] = (2**63 - 1).to_bytes(8, "little") + b"{}"


def odd_fixed(parts: Parts) -> None:
    fixed = load(parts["fixed.safetensors"])
    parts["fixed.safetensors"] = save(fixed | {"labels": fixed["labels"] - 5})


def odd_status(parts: Parts) -> None:
    parts["status.json"] = b'{"state": "finished", "step": -1}'


def no_status(parts: Parts) -> None:
    del parts["status.json"]


def odd_checkpoint(parts: Parts) -> None:
    parts["checkpoint.safetensors"] = save({"x": torch.zeros(1)}, {"genmodels": "{}"})


DAMAGE = [
    no_run, no_model, other_weights, huge_settings, odd_settings, deep_json, pickle, long_header, odd_fixed, odd_status,
    no_status, odd_checkpoint,
]  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGE, ids=lambda damage: damage.__name__)
def test_what_is_damaged_or_hostile_is_refused_in_one_sentence_and_leaves_nothing(
    root: Path, parts: Parts, damage: Callable[[Parts], None]
) -> None:
    damage(parts)
    with pytest.raises(UserError) as refused:
        bring(root, parts)
    assert len(str(refused.value)) < 400
    assert list(root.iterdir()) == []


def test_bombs_links_and_paths_out_of_the_zip_are_refused(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    zeros = deflated_zeros(256 << 20)
    bomb = [Entry(f"run/{name}", zeros, 1000) for name in ("run.json", "model.safetensors")]
    monkeypatch.setattr(incoming, "MOST_FILE", 4 << 20)
    hostile = {
        "no zip": b"nothing",
        "bomb": raw_zip(tmp_path / "bomb.zip", bomb).read_bytes(),
        "outside": packed(tmp_path / "out.zip", {"run.json": b"{}"}, "../").read_bytes(),
        "absolute": packed(tmp_path / "abs.zip", {"run.json": b"{}"}, "/").read_bytes(),
        "twice": packed(tmp_path / "two.zip", {"run.json": b"{}", "b/run.json": b"{}"}, "").read_bytes(),
    }
    for content in hostile.values():
        (tmp_path / "hostile.zip").write_bytes(content)
        with pytest.raises(UserError):
            unpack(tmp_path / "hostile.zip", root)
    assert list(root.iterdir()) == []
    assert sorted(path.name for path in tmp_path.iterdir() if not path.name.endswith(".zip")) == ["runs"]
