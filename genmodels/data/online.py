"""Data sets that are downloaded at first use. torchvision knows where they lie, checks and unpacks them.

The download itself is ours, because torchvision's has neither a time-out nor a progress callback. After the first
load one file with plain bytes lies beside the originals, and later loads neither unpack nor import torchvision.
"""

import contextlib
import hashlib
import os
import tempfile
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from http.client import HTTPException
from pathlib import Path
from typing import Any, NamedTuple

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from genmodels.data.base import Dataset, DataSpec, Progress
from genmodels.data.catalog import DATASETS
from genmodels.data.embedded import CLOTHES, DIGITS
from genmodels.data.torchvision_compat import import_torchvision
from genmodels.errors import UserError
from genmodels.registry import Card

TIMEOUT = 20.0
"""Seconds without an answer or without a byte after which a download is given up."""
_CHUNK = 1 << 18

Parts = dict[str, Tensor]
"""``train``, ``test``: uint8 [N, C, H, W]; ``train_labels``, ``test_labels``: uint8 [N]."""


class Original(NamedTuple):
    """A file as its authors publish it: where it may lie, its path under the root, its MD5 checksum."""

    urls: tuple[str, ...]
    path: Path
    md5: str


@dataclass(frozen=True)
class Online:
    """How torchvision holds one data set: its class, the originals, the two parts."""

    class_name: str
    originals: Callable[[Any, Path], list[Original]]
    parts: Callable[[Any, Path], Parts]


def _mnist_originals(dataset: Any, root: Path) -> list[Original]:
    folder = root / dataset.__name__ / "raw"
    if all((folder / name).with_suffix("").is_file() for name, _ in dataset.resources):
        return []  # already unpacked, as torchvision sees it
    return [
        Original(tuple(mirror + name for mirror in dataset.mirrors), folder / name, md5)
        for name, md5 in dataset.resources
    ]


def _mnist_parts(dataset: Any, root: Path) -> Parts:
    train, test = (dataset(root, train=train, download=True) for train in (True, False))
    return _parts(train.data[:, None], train.targets, test.data[:, None], test.targets)


def _emnist_originals(dataset: Any, root: Path) -> list[Original]:
    folder = root / dataset.__name__ / "raw"
    if all((folder / f"emnist-letters-{part}-images-idx3-ubyte").is_file() for part in ("train", "test")):
        return []
    return [Original((dataset.url,), folder / "gzip.zip", dataset.md5)]


def _emnist_parts(dataset: Any, root: Path) -> Parts:
    """The letters, upright: they are published with rows and columns exchanged, and counted from 1."""
    train, test = (dataset(root, split="letters", train=train, download=True) for train in (True, False))
    images = (part.data[:, None].transpose(2, 3) for part in (train, test))
    return _parts(next(images), train.targets - 1, next(images), test.targets - 1)


def _cifar_originals(dataset: Any, root: Path) -> list[Original]:
    return [Original((dataset.url,), root / dataset.filename, dataset.tgz_md5)]


def _cifar_parts(dataset: Any, root: Path) -> Parts:
    train, test = (dataset(root, train=train, download=True) for train in (True, False))
    pixels = (torch.from_numpy(part.data).permute(0, 3, 1, 2) for part in (train, test))
    return _parts(next(pixels), torch.tensor(train.targets), next(pixels), torch.tensor(test.targets))


def _svhn_originals(dataset: Any, root: Path) -> list[Original]:
    files = (dataset.split_list[part] for part in ("train", "test"))
    return [Original((url,), root / name, md5) for url, name, md5 in files]


def _svhn_parts(dataset: Any, root: Path) -> Parts:
    train, test = (dataset(root, split=split, download=True) for split in ("train", "test"))
    tensors = (torch.from_numpy(array) for array in (train.data, train.labels, test.data, test.labels))
    return _parts(*tensors)


def _parts(train: Tensor, train_labels: Tensor, test: Tensor, test_labels: Tensor) -> Parts:
    parts = {"train": train, "train_labels": train_labels, "test": test, "test_labels": test_labels}
    return {name: part.to(torch.uint8).contiguous() for name, part in parts.items()}


def _load(name: str, online: Online, root: Path, progress: Progress | None, seed: int) -> Dataset:
    entry = DATASETS[name]
    spec = DataSpec(entry.extra["modality"], entry.extra["shape"], entry.extra["classes"])
    tell = progress or (lambda fraction, what: None)
    cache = root / f"{name}.safetensors"
    parts = _cached(cache, spec)
    if parts is None:
        parts = _first_use(name, online, root, tell)
        _keep(parts, cache)
    tell(1.0, f"{entry.card.title} is ready")
    return Dataset(
        name=name,
        title=entry.card.title,
        spec=spec,
        train=parts["train"],
        test=parts["test"],
        train_labels=parts["train_labels"].long(),
        test_labels=parts["test_labels"].long(),
        licence=entry.extra["licence"],
        source=entry.card.paper,
    )


def _cached(path: Path, spec: DataSpec) -> Parts | None:
    """What an earlier load kept; None if there is nothing or it is damaged, so that it is made anew."""
    try:
        parts = load_file(path)
    except (OSError, SafetensorError):
        return None
    shapes = [tuple(parts[part].shape[1:]) for part in ("train", "test") if part in parts]
    return parts if shapes == [spec.shape] * 2 and {"train_labels", "test_labels"} <= parts.keys() else None


def _keep(parts: Parts, path: Path) -> None:
    """Writes the file for later loads; a full or read-only disk costs the speed of the next load only."""
    with contextlib.suppress(OSError, SafetensorError), _whole_file(path) as part:
        save_file(parts, part)


@contextlib.contextmanager
def _whole_file(path: Path) -> Iterator[Path]:
    """A temporary path that becomes ``path`` at the end, or vanishes if anything goes wrong on the way."""
    handle, name = tempfile.mkstemp(prefix=f"{path.name}.", suffix=".part", dir=path.parent)
    os.close(handle)
    part = Path(name)
    try:
        yield part
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _first_use(name: str, online: Online, root: Path, tell: Progress) -> Parts:
    """Fetches what is missing and reads it.

    Raises:
        UserError: It cannot be downloaded, stored or read; the sentence offers the built-in sets.
    """
    title = DATASETS[name].card.title
    offer = "choose 'digits' or 'fashion', which need no download."
    try:
        tell(0.0, f"Looking for {title}")
        dataset = getattr(import_torchvision().datasets, online.class_name)
        _fetch_all(online.originals(dataset, root), title, tell)
    except (OSError, ImportError) as error:  # urllib's errors are OSErrors
        raise UserError(f"{title} could not be downloaded ({_reason(error)}); try again later or {offer}") from error
    tell(0.95, f"Unpacking {title}")
    try:
        return online.parts(dataset, root)
    except Exception as error:  # torchvision meets damaged files with whatever its readers raise
        raise UserError(
            f"The files of {title} in {str(root)!r} are damaged; delete them and load again, or {offer}"
        ) from error


def _reason(error: BaseException) -> str:
    """The shortest words an error has for itself."""
    inner = getattr(error, "reason", error)  # urllib wraps what happened
    return str(getattr(inner, "strerror", None) or inner)[:100]


def _fetch_all(originals: Sequence[Original], title: str, tell: Progress) -> None:
    """Downloads the originals that are not there whole; 0 to 0.95 of the progress."""
    for number, original in enumerate(originals):
        if original.path.is_file() and _md5(original.path) == original.md5:
            continue
        original.path.parent.mkdir(parents=True, exist_ok=True)

        def told(fraction: float, number: int = number) -> None:
            tell(0.95 * (number + fraction) / len(originals), f"Downloading {title}")

        _fetch(original, told)


def _fetch(original: Original, told: Callable[[float], None]) -> None:
    """Downloads one file from the first address that gives it whole. Raises OSError if none does."""
    problem: OSError = OSError("no address")
    for url in original.urls:
        try:
            with _whole_file(original.path) as part:
                _download(url, part, told)
                if _md5(part) != original.md5:
                    raise OSError("the file arrived damaged")
            return
        except HTTPException as error:
            problem = OSError(f"the connection broke off: {type(error).__name__}")
        except OSError as error:
            problem = error
    raise problem


def _download(url: str, path: Path, told: Callable[[float], None]) -> None:
    request = urllib.request.Request(url, headers={"User-Agent": "genmodels"})
    with urllib.request.urlopen(request, timeout=TIMEOUT) as response, path.open("wb") as file:
        total = int(response.headers.get("Content-Length") or 0)
        done = 0
        while chunk := response.read(_CHUNK):
            file.write(chunk)
            done += len(chunk)
            told(min(1.0, done / total) if total else 0.0)


def _md5(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


MNIST = Online("MNIST", _mnist_originals, _mnist_parts)
FASHION_MNIST = Online("FashionMNIST", _mnist_originals, _mnist_parts)
KMNIST = Online("KMNIST", _mnist_originals, _mnist_parts)
EMNIST = Online("EMNIST", _emnist_originals, _emnist_parts)
CIFAR10 = Online("CIFAR10", _cifar_originals, _cifar_parts)
SVHN = Online("SVHN", _svhn_originals, _svhn_parts)


def _offer(
    name: str, online: Online, card: Card, shape: tuple[int, ...], classes: tuple[str, ...], licence: str, size_mb: int
) -> None:
    facts = {"modality": "image", "shape": shape, "classes": classes, "licence": licence, "size_mb": size_mb}
    DATASETS.register(name, card, group="online", **facts)(partial(_load, name, online))


def _card(title: str, summary: str, paper: str, teaches: str, fails: str) -> Card:
    return Card(title=title, summary=summary, family="Downloaded", paper=paper, teaches=teaches, fails=fails)


_offer(
    "mnist",
    MNIST,
    _card(
        "MNIST",
        "70,000 handwritten digits, 28 x 28, grey.",
        "LeCun et al. 1998, Gradient-based learning applied to document recognition",
        "The set on which nearly every paper reports: compare your numbers with theirs.",
        "Looks solved early: judge by numbers, not by eye.",
    ),
    (1, 28, 28),
    DIGITS,
    "CC BY-SA 3.0",
    12,
)
_offer(
    "fashion-mnist",
    FASHION_MNIST,
    _card(
        "Fashion-MNIST",
        "70,000 pieces of clothing, 28 x 28, grey.",
        "Xiao et al. 2017, arXiv 1708.07747",
        "Texture beside shape: what a likelihood blurs and a discriminator keeps.",
        "Prints and seams are lost first.",
    ),
    (1, 28, 28),
    CLOTHES,
    "MIT",
    31,
)
_offer(
    "kmnist",
    KMNIST,
    _card(
        "Kuzushiji-MNIST",
        "70,000 cursive Japanese characters, 28 x 28, grey.",
        "Clanuwat et al. 2018, arXiv 1812.01718",
        "Several very different shapes per class: clusters within clusters.",
        "Rare ways of writing a character go missing.",
    ),
    (1, 28, 28),
    ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"),
    "CC BY-SA 4.0",
    21,
)
_offer(
    "emnist-letters",
    EMNIST,
    _card(
        "EMNIST letters",
        "145,600 handwritten letters, 28 x 28, grey; small and capital ones of a letter are one class.",
        "Cohen et al. 2017, arXiv 1702.05373",
        "Classes that hold two shapes each: how a model finds a and A in one cluster, or does not.",
        "i and l share most of their pictures.",
    ),
    (1, 28, 28),
    tuple("abcdefghijklmnopqrstuvwxyz"),
    "public domain",
    562,
)
_offer(
    "cifar10",
    CIFAR10,
    _card(
        "CIFAR-10",
        "60,000 small photographs of 10 kinds of things, 32 x 32, colour.",
        "Krizhevsky 2009, Learning multiple layers of features from tiny images",
        "Natural images: how far small models reach.",
        "A small VAE gives coloured fog, a small GAN textures without objects.",
    ),
    (3, 32, 32),
    ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"),
    "none stated",
    171,
)
_offer(
    "svhn",
    SVHN,
    _card(
        "Street View House Numbers",
        "99,289 digits cut from photographs of houses, 32 x 32, colour.",
        "Netzer et al. 2011, Reading digits in natural images with unsupervised feature learning",
        "Digits with colour, light and neighbours: more to explain than the class.",
        "Background and colour use up the latent dimensions before the digit does.",
    ),
    (3, 32, 32),
    DIGITS,
    "non-commercial use only",
    246,
)
