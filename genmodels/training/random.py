"""One seed, several independent streams of chance."""

import hashlib

import torch


def stream_seed(seed: int, purpose: str) -> int:
    """A seed for one purpose (``"init"``, ``"order"``, ``"noise"``), unrelated to those of other purposes and seeds."""
    return int.from_bytes(hashlib.blake2b(f"{seed}/{purpose}".encode(), digest_size=7).digest())


def generator_for(seed: int, purpose: str, device: torch.device | str = "cpu") -> torch.Generator:
    """A generator of its own for one purpose."""
    return torch.Generator(device).manual_seed(stream_seed(seed, purpose))
