"""What this machine offers a run. Imports torch only when asked about devices."""

from typing import TYPE_CHECKING

import loky

from genmodels.config import RunConfig
from genmodels.errors import UserError

if TYPE_CHECKING:
    import torch


def cores() -> int:
    """Processor cores this process may use (affinity and container limits respected)."""
    return int(loky.cpu_count())


def thread_count(asked: int) -> int:
    """Threads for a run to begin with: what it asks for, never more than there are cores.

    0 leaves one core to the app and the browser and takes at most four; ``threads.py`` finds out whether more pay.
    Threads that have to wait for a busy core make a run slower, not faster.
    """
    return min(asked or min(4, max(1, cores() - 1)), cores())


def choose_device(config: RunConfig) -> "torch.device":
    """The device a run asks for.

    Raises:
        UserError: This machine does not have it.
    """
    import torch

    present = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if not present[config.device]:
        have = ", ".join(name for name, here in present.items() if here)
        raise UserError(f"This machine has no {config.device} device; choose {have}.")
    return torch.device(config.device)


def choose_precision(config: RunConfig, modality: str) -> str:
    """``"bfloat16"`` where it pays: on images, and where the processor multiplies it in hardware."""
    if config.precision != "auto":
        return config.precision
    if modality != "image":
        return "float32"
    import torch

    if config.device == "cpu":
        return "bfloat16" if torch.cpu._is_avx512_bf16_supported() else "float32"
    return "bfloat16" if config.device == "cuda" and torch.cuda.is_bf16_supported() else "float32"
