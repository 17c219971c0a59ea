"""What this machine offers a run. Imports torch only when asked about devices."""

from pathlib import Path
from typing import TYPE_CHECKING

import loky

from genmodels.errors import UserError

if TYPE_CHECKING:
    import torch


def cores() -> int:
    """Processor cores this process may use (affinity and container limits respected)."""
    return int(loky.cpu_count())


_taken: Path | None = None


def share(taken: Path | None) -> None:
    """Let :func:`spare` read in a file how many threads the runs of this machine were given in all; None: no more."""
    global _taken
    _taken = taken


def spare() -> int:
    """Cores that no other run was given, for a run that was not told how many to take; at least one."""
    try:
        others = int(_taken.read_text()) - thread_count(0) if _taken else 0
    except (OSError, ValueError):  # the program that wrote it has gone, or writes it at this moment
        others = 0
    return max(1, cores() - max(0, others))


def thread_count(asked: int) -> int:
    """Threads for a run to begin with: what it asks for, never more than there are cores.

    0 leaves one core to the app and the browser and takes at most four; ``threads.py`` finds out whether more pay.
    Threads that have to wait for a busy core make a run slower, not faster.
    """
    return min(asked or min(4, max(1, cores() - 1)), cores())


def choose_device(asked: str, modality: str) -> "torch.device":
    """The device a run asks for; ``"auto"`` is a graphics card for images, where one can be used, else the processor.

    Steps on points are so short that starting them on a card takes longer than computing them here.

    Raises:
        UserError: This machine does not have it.
    """
    import torch

    if asked != "auto":
        require_device(asked)
        return torch.device(asked)
    usable = [name for name in cards() if _answers(name)] if modality == "image" else []
    return torch.device(usable[0] if usable else "cpu")


def require_device(asked: str) -> None:
    """Find out whether a device is there, without waking it up.

    Raises:
        UserError: This machine does not have it.
    """
    have = ("auto", "cpu", *cards())
    if asked not in have:
        raise UserError(f"This machine has no {asked} device; choose {', '.join(have)}.")


def cards() -> list[str]:
    """Graphics cards that torch finds on this machine, as its devices are called."""
    import torch

    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    return [name for name, here in there.items() if here]


def _answers(name: str) -> bool:
    """Whether a card that is there can be used: it may be full, or kept for another process."""
    import torch

    try:
        torch.zeros(1, device=name)
    except RuntimeError:
        return False
    return True


def choose_precision(asked: str, device: "torch.device", modality: str) -> str:
    """``"bfloat16"`` where it pays: on images, on a processor that multiplies it in hardware.

    Not on a graphics card: there a step waits for its kernels to be started, and the conversions are more kernels
    (NVIDIA H100, fast presets: 16 to 42 % fewer images a second than in float32).
    """
    if asked != "auto":
        return asked
    if modality != "image" or device.type != "cpu":
        return "float32"
    import torch

    return "bfloat16" if torch.cpu._is_avx512_bf16_supported() else "float32"
