"""How the states of a run are named and shown."""

from dataclasses import dataclass
from typing import Literal

from pages.parts.text import _


@dataclass(frozen=True)
class State:
    """How a state is shown: word, icon, and one of Streamlit's badge colours."""

    word: str
    icon: str
    colour: Literal["red", "orange", "yellow", "blue", "green", "violet", "gray", "primary"]


def state(name: str) -> State:
    known = {
        "queued": State(_("Waiting"), ":material/hourglass_empty:", "gray"),
        "preparing": State(_("Preparing"), ":material/download:", "blue"),
        "running": State(_("Training"), ":material/bolt:", "green"),
        "paused": State(_("Paused"), ":material/pause:", "yellow"),
        "finished": State(_("Finished"), ":material/check:", "primary"),
        "stopped": State(_("Stopped"), ":material/stop:", "gray"),
        "diverged": State(_("Diverged"), ":material/trending_up:", "red"),
        "failed": State(_("Failed"), ":material/error:", "red"),
        "interrupted": State(_("Interrupted"), ":material/power_off:", "orange"),
    }
    return known.get(name, State(_("Unknown"), ":material/help:", "gray"))
