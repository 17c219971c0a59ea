"""A live picture: samples or reconstructions that arrive several times a second and never flicker."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pages.parts.component import base64_text, component, picture_url
from pages.parts.palette import CONCEPTS, Concept

_grid = component(Path(__file__).parent)


def image_grid(
    picture: bytes | np.ndarray,
    *,
    key: str,
    alt: str,
    captions: Sequence[str | tuple[str, Concept]] = (),
    most_width: int | None = None,
    fade_ms: int = 150,
) -> None:
    """Show a picture; give a new one under the same ``key`` and it fades in on the same canvas.

    Args:
        picture: PNG or JPEG bytes, or uint8 ``[H, W]`` (grey), ``[H, W, 1]`` or ``[H, W, 3]``, 0 to 255. Its pixels
            stay crisp at any size.
        key: Identity of the element.
        alt: What is seen, for those who do not see it.
        captions: One word for each row of the picture, from the top; with a concept, in its colour.
        most_width: Width in CSS pixels that is not exceeded; None: all there is.
        fade_ms: Length of the fade in milliseconds; 0, or a visitor who asked for less motion: none.

    Raises:
        ValueError: The picture is of another kind.
    """
    pairs = [(caption, None) if isinstance(caption, str) else caption for caption in captions]
    rows = [{"text": text, "colour": CONCEPTS[concept].css() if concept else ""} for text, concept in pairs]
    data = {
        "picture": _content(picture),
        "alt": alt,
        "captions": rows,
        "most_width": most_width,
        "fade_ms": fade_ms,
    }
    _grid(key=key, data=data)


def _content(picture: bytes | np.ndarray) -> dict[str, Any]:
    if isinstance(picture, bytes):
        return {"url": picture_url(picture)}
    if (
        picture.dtype != np.uint8
        or picture.ndim not in (2, 3)
        or (picture.ndim == 3 and picture.shape[2] not in (1, 3))
    ):
        raise ValueError(
            f"a picture has to be uint8 [H, W], [H, W, 1] or [H, W, 3], not {picture.dtype} {picture.shape}"
        )
    height, width, channels = *picture.shape[:2], 1 if picture.ndim == 2 else picture.shape[2]
    raw = base64_text(np.ascontiguousarray(picture).tobytes())
    return {"raw": raw, "width": width, "height": height, "channels": channels}


def tile(images: np.ndarray, columns: int, gap: int = 1, ground: int = 128) -> np.ndarray:
    """Images side by side, row by row.

    Args:
        images: uint8 ``[N, H, W]`` or ``[N, H, W, C]``.
        columns: Images in a row; the last row is filled with ``ground``.
        gap: Pixels between neighbours.
        ground: Value of the gaps, 0 to 255.

    Returns:
        uint8 ``[rows * (H + gap) - gap, columns * (W + gap) - gap]``, with ``C`` at the end where there was one.

    >>> tile(np.zeros((5, 4, 4), np.uint8), columns=3).shape
    (9, 14)
    """
    rows = -(-len(images) // columns)
    height, width = images.shape[1:3]
    cells = np.full((rows * columns, height + gap, width + gap, *images.shape[3:]), ground, np.uint8)
    cells[: len(images), :height, :width] = images
    cells = cells.reshape(rows, columns, *cells.shape[1:]).swapaxes(1, 2)
    sheet = cells.reshape(rows * (height + gap), columns * (width + gap), *images.shape[3:])
    return sheet[: sheet.shape[0] - gap, : sheet.shape[1] - gap]


def interleaved(above: np.ndarray, below: np.ndarray, columns: int) -> np.ndarray:
    """Rows of one under rows of the other, for :func:`tile` with as many ``columns``.

    >>> interleaved(np.array([1, 2, 3]), np.array([10, 20, 30]), 2).tolist()
    [1, 2, 10, 20, 3, 30]
    """
    starts = range(0, len(above), columns)
    return np.concatenate([part for i in starts for part in (above[i : i + columns], below[i : i + columns])])
