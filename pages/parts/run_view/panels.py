"""The panels of a live run. A frame says itself which it can fill, so a new model needs no edit here."""

import html
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import streamlit as st

from genmodels.config import RunConfig
from genmodels.data import DATASETS, entry_of
from genmodels.data.subset import kept_classes
from genmodels.data.toys import Toy
from genmodels.errors import UserError
from pages.parts import levels
from pages.parts.image_grid import image_grid, interleaved, tile
from pages.parts.palette import CONCEPTS, ground
from pages.parts.real_samples import pictures
from pages.parts.run_view import charts
from pages.parts.run_view.story import Story
from pages.parts.scatter import scatter
from pages.parts.text import _

Panel = Callable[["Sight"], None]
MOST_CLASSES = 10
"""More classes than colours are not told apart by colour."""


@dataclass(frozen=True)
class Sight:
    """What the panels draw from: the settings of a run and what it has told so far."""

    config: RunConfig
    story: Story

    @property
    def frame(self) -> dict[str, np.ndarray]:
        return self.story.frame

    @property
    def images(self) -> bool:
        return self.frame["samples"].ndim == 4

    @property
    def toy(self) -> Toy | None:
        build = DATASETS[self.config.data].extra.get("build") if self.config.data in DATASETS else None
        return build() if build else None

    @property
    def extent(self) -> tuple[float, float, float, float] | None:
        """What a plot of the data shows, for toys."""
        return self.toy.extent if self.toy else None

    @property
    def modes(self) -> bool:
        """Whether the data are a toy of round modes."""
        return self.toy is not None and self.toy.centres is not None and not self.config.classes

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes of the fixed held-out samples; empty where colours could not tell them apart."""
        if "labels" not in self.story.fixed:
            return ()
        count = int(self.story.fixed["labels"].max()) + 1
        named = self.class_names
        names = tuple(named[:count]) if len(named) >= count else tuple(map(str, range(count)))
        return names if count <= MOST_CLASSES else ()

    @property
    def class_names(self) -> tuple[str, ...]:
        """Names of the classes that the run learns from; empty where there are none."""
        try:
            known = entry_of(self.config.data).extra["classes"]
            return kept_classes(known, self.config.classes) if self.config.classes else known
        except UserError:  # a path, or uploaded data that are gone
            return ()

    @property
    def labels(self) -> np.ndarray | None:
        return self.story.fixed["labels"] if self.classes else None


def panels(sight: Sight) -> None:
    """Three squares to look at, then the curves for those who want them."""
    if "samples" not in sight.frame:
        _waiting()
    else:
        _row(sight, squares(sight), first=1.25 if sight.images else 1.0)
    if levels.shows("charts"):
        _row(sight, graphs(sight))
    if levels.shows("gradients"):
        _row(sight, [[gradients]])


def squares(sight: Sight) -> list[Sequence[Panel]]:
    """What is looked at, one list for each column."""
    columns: list[Sequence[Panel]] = [[samples]]
    if "codes" in sight.frame:
        columns.append([codes])
    if "score_real" in sight.frame:
        columns.append([scores])
    if "reconstructions" in sight.frame:
        columns.append([reconstructions, spectrum] if sight.images and _has_spectrum(sight) else [reconstructions])
    elif sight.images:
        columns.append([originals, verdicts])
    else:
        columns.append([verdicts])
    return columns


def _has_spectrum(sight: Sight) -> bool:
    """Whether the run pays for its code dimension by dimension."""
    return any(name.endswith("/kl") for name in sight.story.losses)


def graphs(sight: Sight) -> list[Sequence[Panel]]:
    """The curves below, one list for each column."""
    with_spectrum = "reconstructions" in sight.frame and not sight.images and _has_spectrum(sight)
    bars = [panel for panel, there in ((spectrum, with_spectrum), (modes, _has_modes(sight))) if there]
    return [[losses], [quality], *([bars] if bars else [])]


def _has_modes(sight: Sight) -> bool:
    """Whether it is known which class or mode a sample belongs to; before the first measurement, whether it may be."""
    if sight.story.metrics:
        return any(len(sight.story.spectra.get(name, ())) > 1 for name in ("classes", "mode_shares"))
    return bool(sight.frame and sight.classes) and (sight.images or sight.modes)


def _row(sight: Sight, columns: list[Sequence[Panel]], first: float = 1.0) -> None:
    widths = [first] + [1.0] * (len(columns) - 1)
    for place, column in zip(st.columns(widths, gap="small"), columns, strict=True):
        with place:
            for panel in column:
                panel(sight)


def _waiting() -> None:
    for number, place in enumerate(st.columns(3, gap="small")):
        with place, st.container(border=True, key=f"view-waiting-{number}"):
            st.skeleton(height=300)


@contextmanager
def titled(key: str, title: str, line: str, value: str = "", unit: str = "") -> Iterator[None]:
    """A panel with its name, the latest value where there is one, and one line on what is seen."""
    title, line, value, unit = map(html.escape, (title, line, value, unit))
    latest = f" <b>{value}</b> <span>{unit}</span>" if value else ""
    with st.container(border=True, key=f"view-{key}", gap="small", height="stretch"):
        st.html(f"<h3 class='gm-panel'>{title}{latest}<small>{line}</small></h3>")
        yield


# ---------------------------------------------------------------------- pictures and points


def samples(sight: Sight) -> None:
    drawn = sight.frame["samples"]
    if not sight.images:
        with titled("samples", _("Samples"), _("generated over real points")):
            _over_real(drawn, sight, "samples", "generated", _("Generated points over real ones"))
        return
    with titled("samples", _("Samples"), _("from the same noise every time")):
        image_grid(tile(pictures(drawn), 8, 2, ground()), key="samples", alt=_("Generated pictures"))


def reconstructions(sight: Sight) -> None:
    drawn = sight.frame["reconstructions"]
    if not sight.images:
        with titled("reconstructions", _("Reconstructions"), _("held-out points, encoded and decoded")):
            _over_real(drawn, sight, "reconstructions", "reconstruction", _("Reconstructed points over real ones"))
        return
    with titled("reconstructions", _("Reconstructions"), _("held-out pictures above, drawn again below")):
        pairs = interleaved(pictures(sight.story.fixed["originals"]), pictures(drawn), 8)
        image_grid(tile(pairs, 8, 2, ground()), key="reconstructions", alt=_("Originals and their reconstructions"))


def originals(sight: Sight) -> None:
    with titled("originals", _("Real"), _("held-out pictures, to compare with")):
        shown = pictures(sight.story.fixed["originals"])
        image_grid(tile(shown, 8, 2, ground()), key="originals", alt=_("Real pictures"))


def codes(sight: Sight) -> None:
    flat = sight.config.latent_dim > 2
    line = _("held-out codes, from their widest side") if flat else _("where held-out data lie")
    with titled("codes", _("Latent map"), line):
        scatter(
            sight.frame["codes"],
            sight.labels,
            key="codes",
            alt=_("Codes of held-out data, coloured by class"),
            classes=sight.classes,
            colours=() if sight.classes else (CONCEPTS["z"],),
        )


def _over_real(drawn: np.ndarray, sight: Sight, key: str, concept: str, alt: str) -> None:
    real = sight.story.fixed["originals"]
    scatter(
        np.concatenate([real, drawn]),
        np.repeat([0, 1], [len(real), len(drawn)]),
        key=key,
        alt=alt,
        classes=(_("real"), _("reconstructed") if concept == "reconstruction" else _("generated")),
        colours=(CONCEPTS["real"], CONCEPTS[concept]),
        extent=sight.extent,
        point_radius=1.8,
    )


# ---------------------------------------------------------------------- charts


def scores(sight: Sight) -> None:
    with titled("scores", _("The discriminator's eye"), _("its scores: right looks real, left looks generated")):
        charts.histogram(sight.frame["score_real"], sight.frame["score_fake"], sight.story)


def verdicts(sight: Sight) -> None:
    with titled("verdicts", _("How sure it is"), _("what it says of each side; the gap is what counts")):
        charts.parts(sight.config, sight.story, "verdicts", height=190 if sight.images else 330)


def losses(sight: Sight) -> None:
    with titled("losses", _("Losses"), _("what each player wants to lower, part by part")):
        charts.parts(sight.config, sight.story, "losses", height=250)


def gradients(sight: Sight) -> None:
    with titled("gradients", _("Gradients"), _("their length in each player's last move")):
        charts.parts(sight.config, sight.story, "gradients", height=200)


def quality(sight: Sight) -> None:
    charts.quality(sight.story, "image" if sight.frame and sight.images else "points", titled)


def spectrum(sight: Sight) -> None:
    charts.spectrum(sight.story, titled, height=130 if sight.images or _has_modes(sight) else 250)


def modes(sight: Sight) -> None:
    above = not sight.images and _has_spectrum(sight)
    charts.modes(sight.story, sight.class_names, titled, height=110 if above else 250)
