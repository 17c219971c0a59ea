"""Brings a trained decoder into the browser, once, where the interactive parts run it at the rate of the screen."""

import json
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from genmodels.latent.export import Exported
from pages.parts.component import component

_decoder = component(Path(__file__).parent)


@dataclass(frozen=True)
class Remote:
    """What the browser has to know of a decoder that stays on the server.

    Attributes:
        shape: Of one sample: ``(height, width, channels)``.
        latent_dim: Entries of a code.
        label_count: How many labels it can be told; 0 if it takes none.
    """

    shape: tuple[int, ...]
    latent_dim: int
    label_count: int
    weights: np.ndarray = field(default_factory=lambda: np.zeros(0, np.float32))

    def header(self) -> dict[str, Any]:
        """Everything but the weights, of which there are none."""
        sizes = {"shape": self.shape, "latent_dim": self.latent_dim, "label_count": self.label_count}
        return {"remote": True, **sizes}


def pack(name: str, exported: Exported | Remote, extras: Mapping[str, np.ndarray], about: Mapping[str, Any]) -> bytes:
    """A decoder and what is shown around it as one message.

    The layout: length of the header (uint32, little endian), the header as JSON in UTF-8, the arrays one after another.

    Args:
        name: Says which decoder it is: the same name, the same weights.
        exported: The decoder.
        extras: Further arrays, float16, float32 or uint16.
        about: Further entries of the header.
    """
    content = json.dumps(about).encode() + b"".join(np.ascontiguousarray(array).tobytes() for array in extras.values())
    header = {"name": name, "key": f"{name} {zlib.crc32(content)}", **exported.header(), **about}
    return _message(header, {"weights": exported.weights, **extras})


def _message(header: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> bytes:
    places, offset = {}, 0
    for key, array in arrays.items():
        places[key] = {"type": str(array.dtype), "offset": offset, "size": array.nbytes}
        offset += array.nbytes
    text = json.dumps({**header, "arrays": places}).encode()
    return struct.pack("<I", len(text)) + text + b"".join(np.ascontiguousarray(a).tobytes() for a in arrays.values())


def pack_film(run: str, weights: Mapping[int, np.ndarray], codes: Mapping[int, np.ndarray]) -> bytes:
    """What one decoder and the codes on its map were at several steps, as one message.

    Args:
        run: What the names of decoders begin with that these weights fit.
        weights: Step -> weights as :class:`Exported` has them.
        codes: Step -> codes ``[N, d]``, float16 or float32, of the samples whose codes :func:`pack` has; maybe none.
    """
    arrays = {f"weights {step}": values for step, values in weights.items()}
    return _message({"film": run}, arrays | {f"codes {step}": values for step, values in codes.items()})


def carry_film(packed: bytes) -> None:
    """Put a packed film on the page; while it is there, the time machine moves the decoder too. It shows nothing."""
    _decoder(key="decoder_film", data=packed)


def carry_decoder(packed: bytes) -> None:
    """Put a packed decoder on the page. It shows nothing and is sent only when it changes: mount it in a fragment of
    its own, or where nothing else reruns."""
    _decoder(key="decoder_carrier", data=packed)
