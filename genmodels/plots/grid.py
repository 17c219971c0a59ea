"""Grids of images as one picture."""

import io
from math import ceil
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor


def tile(images: Tensor, columns: int, gap: int = 0) -> np.ndarray:
    """uint8 ``[N, C, H, W]`` -> one picture ``[rows*(H+gap), columns*(W+gap), 3]``; what is missing is white."""
    n, _, h, w = images.shape
    rows = ceil(n / columns)
    sheet = np.full((rows * (h + gap), columns * (w + gap), 3), 255, np.uint8)
    for i, image in enumerate(images.expand(-1, 3, -1, -1).permute(0, 2, 3, 1).numpy()):
        y, x = i // columns * (h + gap), i % columns * (w + gap)
        sheet[y : y + h, x : x + w] = image
    return sheet


def encode(picture: np.ndarray, kind: str = "png", scale: int = 1) -> bytes:
    """A picture ``[H, W, 3]`` uint8 as ``"png"`` or ``"jpeg"`` bytes, each pixel ``scale`` pixels wide."""
    image = Image.fromarray(picture)
    if scale > 1:
        image = image.resize((image.width * scale, image.height * scale), Image.Resampling.NEAREST)
    buffer = io.BytesIO()
    image.save(buffer, kind, **({"quality": 85} if kind == "jpeg" else {"compress_level": 1}))
    return buffer.getvalue()


def save_grid(images: Tensor, path: Path, columns: int = 8, scale: int = 3) -> None:
    """Write a PNG of uint8 or 0..1 images ``[N, C, H, W]``."""
    if images.dtype != torch.uint8:
        images = (images * 255).round().clamp(0, 255).to(torch.uint8)
    Path(path).write_bytes(encode(tile(images, columns, gap=1), "png", scale))
