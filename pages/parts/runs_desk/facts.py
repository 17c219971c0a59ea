"""What the list says about a run, read from its folder and kept until the folder changes."""

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from genmodels.config import RunConfig
from genmodels.data import entry_of
from genmodels.errors import UserError
from genmodels.models import MODELS
from genmodels.training.folder import ACTIVE, RunFolder
from pages.parts import form, run_state
from pages.parts.run_view import words
from pages.parts.run_view.charts import number
from pages.parts.text import _

TAIL = 400_000
"""Bytes at the end of a history in which its last measurement is looked for."""
MOST_CHANGES = 4


@dataclass(frozen=True)
class Facts:
    """One run in the list.

    Attributes:
        config: None where the folder is damaged.
        measure: Name of the headline measure in words, empty before the first measurement.
        quality: Its latest value, or None.
        created: Seconds since 1970.
        megabytes: On disk.
    """

    folder: RunFolder
    title: str
    config: RunConfig | None
    state: str
    progress: float
    step: int
    seconds: float
    measure: str
    quality: float | None
    created: float
    megabytes: float

    @property
    def model(self) -> str:
        return MODELS[self.config.model].card.title if self.config else _("Damaged run")

    @property
    def data(self) -> str:
        return data_title(self.config.data) if self.config else ""

    @property
    def active(self) -> bool:
        return self.state in ACTIVE

    def matches(self, wanted: str) -> bool:
        """Whether every word of a search stands somewhere in title, model, data or state."""
        told = f"{self.title} {self.model} {self.data} {run_state.state(self.state).word}".casefold()
        return all(word in told for word in wanted.casefold().split())

    def quality_in_words(self) -> str:
        return f"{self.measure} {number(self.quality)}" if self.quality is not None else "–"


def data_title(name: str) -> str:
    try:
        return entry_of(name).card.title
    except UserError:  # a path, or an upload that has gone
        return _("own data")


def facts(folder: RunFolder) -> Facts:
    """What is known of a run; of a damaged one, that it is."""
    files = [folder.path / name for name in ("run.json", "status.json", "history.jsonl")]
    return _facts(str(folder.path), tuple(_stamp(file) for file in files), folder.active())


def _stamp(file: Path) -> int:
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return 0


@st.cache_resource(show_spinner=False, max_entries=1_000)
def _facts(path: str, stamps: tuple[int, ...], active: bool) -> Facts:
    folder = RunFolder(Path(path))
    try:
        about, config, status = folder.about(), folder.config(), folder.status()
    except UserError:
        return Facts(folder, _("Damaged run"), None, "", 0, 0, 0, "", None, 0, folder.size() / 1e6)
    name, quality = headline(folder)
    return Facts(
        folder=folder,
        title=about["title"] or folder.id,
        config=config,
        state=status.state,
        progress=status.progress,
        step=status.step,
        seconds=status.seconds,
        measure=words.metric(name, "image").name if name else "",
        quality=quality,
        created=about["created"],
        megabytes=folder.size() / 1e6,
    )


def headline(folder: RunFolder) -> tuple[str, float | None]:
    """Name and value of what was measured last; the first measure is the headline."""
    file = folder.path / "history.jsonl"
    size = file.stat().st_size if file.exists() else 0
    events, _end = folder.history(max(0, size - TAIL))
    for event in reversed(events):
        metrics = event.get("metrics")
        if event.get("event") == "evaluation" and isinstance(metrics, dict) and metrics:
            name, value = next(iter(metrics.items()))
            if isinstance(value, int | float) and not isinstance(value, bool):
                return name, float(value)
    return "", None


def changes(before: RunConfig, after: RunConfig) -> list[str]:
    """What is different in ``after``, in words: the model or the data, or else settings.

    >>> from genmodels.data import spec_of
    >>> from genmodels.models import preset
    >>> fast = preset("vae", "ring", spec_of("ring"), "fast")
    >>> changes(fast, fast.changed({"latent_dim": 3, "seed": 7}))
    ['Latent size 2 → 3', 'Seed 0 → 7']
    """
    told = []
    if before.model != after.model:
        titles = (MODELS[config.model].card.title for config in (before, after))
        told.append(_("{model} instead of {other}").format(other=next(titles), model=next(titles)))
    if before.data != after.data:
        told.append(_("{data} instead of {other}").format(other=data_title(before.data), data=data_title(after.data)))
    if told:  # another model or other data have presets of their own: settings say little beside that
        return told
    for setting in form.settings(type(after)):
        old, new = getattr(before, setting.name), getattr(after, setting.name)
        if old != new:
            told.append(f"{setting.title} {setting.say(old)} → {setting.say(new)}")
    return told


def changes_in_words(before: RunConfig, after: RunConfig) -> str:
    told = changes(before, after)
    if not told:
        return _("the same settings again")
    more = _(" and {n} more").format(n=len(told) - MOST_CHANGES) if len(told) > MOST_CHANGES else ""
    return ", ".join(told[:MOST_CHANGES]) + more
