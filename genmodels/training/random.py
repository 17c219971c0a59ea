"""One seed, several independent streams of chance."""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import torch

_GLOBAL_CHANCE = threading.Lock()
"""Layers draw their first weights from the generator that all threads share: one network at a time."""


@contextmanager
def first_weights(seed: int) -> Iterator[None]:
    """Layers made inside have weights that depend on ``seed`` alone; nobody else's chance is touched."""
    with _GLOBAL_CHANCE, torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        yield


def stream_seed(seed: int, purpose: str) -> int:
    """A seed for one purpose (``"init"``, ``"order"``, ``"noise"``), unrelated to those of other purposes and seeds."""
    return int.from_bytes(hashlib.blake2b(f"{seed}/{purpose}".encode(), digest_size=7).digest())


def generator_for(seed: int, purpose: str, device: torch.device | str = "cpu") -> torch.Generator:
    """A generator of its own for one purpose."""
    return torch.Generator(device).manual_seed(stream_seed(seed, purpose))
