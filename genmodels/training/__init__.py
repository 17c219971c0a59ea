"""The one loop, its events, the run folder and the executor.

``genmodels.training.Trainer`` and the events can be had from here; they are imported at first use, so that listing
runs does not wait for torch.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from genmodels.training.events import (
        Edited,
        Evaluation,
        Event,
        Finished,
        Paused,
        Refused,
        Resumed,
        Snapshot,
        Started,
        Step,
        Stopped,
    )
    from genmodels.training.loop import Trainer

__all__ = [
    "Edited", "Evaluation", "Event", "Finished", "Paused", "Refused", "Resumed", "Snapshot", "Started", "Step",
    "Stopped", "Trainer",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = "loop" if name == "Trainer" else "events"
    return getattr(importlib.import_module(f"{__name__}.{home}"), name)
