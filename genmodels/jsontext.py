"""JSON that every reader understands: no NaN, no infinity, and hostile texts end in a ``ValueError``."""

import json
import math
from collections.abc import Mapping
from typing import Any


def to_json(values: Any) -> str:
    """One line of JSON; numbers that are not finite become ``null``.

    >>> to_json({"loss": float("nan"), "kl": [0.5, float("inf")]})
    '{"loss": null, "kl": [0.5, null]}'
    """
    return json.dumps(_finite(values), allow_nan=False)


def from_json(text: str | bytes) -> Any:
    """The value of a JSON text.

    Raises:
        ValueError: It is no JSON, or nested deeper than anything we write.
    """
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: _finite(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(part) for part in value]
    return value
