"""What papers report beside what this library reaches: the measured rows of ``python -m benchmarks published``."""

import json
from dataclasses import dataclass
from importlib import resources


@dataclass(frozen=True)
class Published:
    """One published number and ours.

    Attributes:
        what: The quantity, with its unit.
        source: Paper and table, or program.
        setting: Under which the number holds, and what differs in ours.
        published: The number as it is reported.
        ours: The same, measured.
        seconds: How long ours took.
        date: When it was measured, ISO 8601.
        machine: On which processor; what fits into a given time depends on it.
        command: Measures it again.
    """

    what: str
    source: str
    setting: str
    published: str
    ours: str
    seconds: float
    date: str
    machine: str
    command: str


def published() -> dict[str, Published]:
    """All measured rows by their names, in the order of the benchmark."""
    text = (resources.files(__package__) / "published.json").read_text(encoding="utf-8")
    return {key: Published(**row) for key, row in json.loads(text).items()}
