"""Brings the pictures of many samples into the browser, once, for the scatters of their codes."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import interpolate

from genmodels.plots.grid import encode, tile
from pages.parts.component import base64_text, component, picture_url

MOST = 1_000
MOST_SIDE = 32
"""Pictures on a sheet, and their pixels across: larger ones are made smaller."""
_COLUMNS = 40
_sheet = component(Path(__file__).parent)


@dataclass(frozen=True)
class Sheet:
    """Pictures side by side, row by row, as one JPEG.

    Attributes:
        picture: JPEG bytes.
        columns: Pictures in a row.
        width: Of one picture, in pixels.
        height: Of one picture, in pixels.
    """

    picture: bytes
    columns: int
    width: int
    height: int


def sheet_of(pictures: Tensor) -> Sheet:
    """uint8 ``[N, C, H, W]``, C 1 or 3, N at most ``MOST`` -> one sheet.

    Raises:
        ValueError: Too many pictures, or none.
    """
    if not 0 < len(pictures) <= MOST:
        raise ValueError(f"a sheet takes 1 to {MOST} pictures, not {len(pictures)}")
    scale = MOST_SIDE / max(pictures.shape[2:])
    if scale < 1:
        size = [max(1, round(side * scale)) for side in pictures.shape[2:]]
        pictures = interpolate(pictures.float(), size, mode="area").round().to(torch.uint8)
    columns = min(_COLUMNS, len(pictures))
    height, width = pictures.shape[2:]
    return Sheet(encode(tile(pictures, columns), "jpeg"), columns, width, height)


def code_sheet(name: str, sheet: Sheet, codes: np.ndarray) -> None:
    """Put a sheet on the page. It shows nothing and is sent only when it changes.

    Args:
        name: Says which sheet it is; the same name is taken for the same content. Where it is the name of the decoder
            on the page, reconstructions are shown beside the originals.
        sheet: The pictures.
        codes: Their codes, float ``[N, latent_dim]``.
    """
    data = {
        "name": name,
        "picture": picture_url(sheet.picture),
        "columns": sheet.columns,
        "width": sheet.width,
        "height": sheet.height,
        "codes": base64_text(np.ascontiguousarray(codes, np.float32).tobytes()),
    }
    _sheet(key="code_sheet", data=data)
