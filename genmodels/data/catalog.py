"""The registry of named data sets, and one door to all data, named or lying at a path."""

import difflib
import os
from collections.abc import Callable
from pathlib import Path

from genmodels.data import files, images, uploads
from genmodels.data.base import Dataset, DataSpec, Progress
from genmodels.errors import UserError
from genmodels.registry import Entry, Registry

Loader = Callable[[Path, Progress | None, int], Dataset]
"""``(root, progress, seed) -> Dataset``, where ``root`` is the folder in which downloads are kept."""

DATASETS: Registry[Loader] = Registry("data set", "genmodels.data")
"""Named data sets. Every entry says beside its card, so that it can be shown without being loaded:
``group`` ("embedded", "online", "toy" or "factors"), ``modality``, ``shape``, ``classes``, ``licence`` and ``size_mb``
(what is downloaded at first use; 0 where nothing is). Where a single file under the root spares that, ``spared_by``
names it and those that do as well."""
LARGE_MB = 100
"""A download beyond this is asked about first."""


def default_root() -> Path:
    """Where downloads are kept: ``$GENMODELS_DATA``, or a folder in the user's cache."""
    if chosen := os.environ.get("GENMODELS_DATA"):
        return Path(chosen).expanduser()
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "genmodels"


def load(
    name: str,
    *,
    root: Path | None = None,
    seed: int = 0,
    progress: Progress | None = None,
    size: int | None = None,
    channels: int | None = None,
    noise: float | None = None,
    copies: bool = True,
) -> Dataset:
    """Read a data set into memory.

    Args:
        name: A name in ``DATASETS`` or a path: a folder of pictures, class folders, a zip of either, an idx pair,
            an ``.npz`` or ``.npy``, an ``.ndjson`` of strokes, a CSV of points; or ``upload:<id>``. A name wins over
            a path.
        root: Where downloads are kept; :func:`default_root` if None.
        seed: Draws the toys' points and the held-out part of what is read from a path.
        progress: Called while reading, with a fraction from 0 to 1 and what is being done.
        size: Height and width of the images in pixels, 8 to 128; None keeps those of a named set and chooses for
            a path (see :mod:`genmodels.data.files`).
        channels: 1 (grey) or 3 (colour); None keeps or chooses.
        noise: Standard deviation of a toy's points around its modes or curve (see :func:`genmodels.data.toys.make`);
            None keeps its own. Only toys have one.
        copies: Whether a small uploaded set comes with the moved copies that its owner chose.

    Raises:
        UserError: There is no such name or path, or it cannot be read, or a size or channel count is impossible.
    """
    images.check(size, channels)
    if noise is not None:
        from genmodels.data import toys  # which registers its toys here

        return toys.draw(name, toys.make(name, noise), seed)
    if name in DATASETS:
        dataset = DATASETS[name].thing(root or default_root(), progress, seed)
        return images.fit_dataset(dataset, size, channels)
    if name.startswith(uploads.PREFIX):
        return images.fit_dataset(uploads.UploadStore().load(name, seed, copies), size, channels)
    # Not pathlib, which raises for names that are too long or hold a zero byte, and for unknown users.
    path = os.path.expanduser(name)  # noqa: PTH111
    if os.path.exists(path):  # noqa: PTH110
        return files.read(Path(path), seed=seed, progress=progress, look=images.Look(size, channels))
    near = difflib.get_close_matches(name, DATASETS, n=1)
    hint = (
        f"did you mean {near[0]!r}?"
        if near
        else "choose a path, or a name such as 'digits' or 'ring'; 'python -m genmodels list' has all."
    )
    raise UserError(f"There is no data set, file or folder called {name[:60]!r}; {hint}")


def entry_of(name: str) -> Entry[Loader]:
    """The card of a registered or an uploaded set, and what it says about itself without being loaded.

    Raises:
        UserError: There is none.
    """
    return uploads.entry(name) if name.startswith(uploads.PREFIX) else DATASETS[name]


def at_hand(name: str, root: Path | None = None) -> bool:
    """Whether :func:`load` would read ``name`` without downloading anything."""
    online = name in DATASETS and DATASETS[name].extra["group"] == "online"
    return not online or ((root or default_root()) / f"{name}.safetensors").is_file()


def to_fetch(name: str, root: Path | None = None) -> int:
    """Megabytes that :func:`load` would download first; 0 where what it needs is there already."""
    root = root or default_root()
    if at_hand(name, root):
        return 0
    extra = DATASETS[name].extra
    spared = any((root / path).is_file() for path in extra.get("spared_by", ()))
    return 0 if spared else int(extra["size_mb"])


def spec_of(name: str) -> DataSpec:
    """Modality, shape and classes of ``name``; nothing is loaded for a registered name, a path is read.

    Raises:
        UserError: As :func:`load`.
    """
    if name not in DATASETS and not name.startswith(uploads.PREFIX):
        return load(name).spec
    extra = entry_of(name).extra
    return DataSpec(extra["modality"], extra["shape"], extra["classes"])
