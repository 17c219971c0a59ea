"""The full MNIST for benchmarks, in a temporary folder of its own."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def mnist_root(folder: Path | None) -> Iterator[Path]:
    """A writable torchvision root. Files in ``<folder>/MNIST/raw`` (or ``$GENMODELS_DATASETS``) are copied into it;
    without them torchvision downloads."""
    candidates = [folder, os.environ.get("GENMODELS_DATASETS")]
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        for candidate in filter(None, candidates):
            raw = Path(candidate) / "MNIST" / "raw"
            if raw.is_dir():
                shutil.copytree(raw, root / "MNIST" / "raw")
                for path in (root / "MNIST" / "raw").iterdir():
                    path.chmod(0o644)
                break
        yield root
