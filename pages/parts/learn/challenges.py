"""Challenges: predict first, then let a real run decide. One function with ``@challenge`` is one challenge.

The function looks at the visitor's own runs, or at where they stand in Explore, and says what it found; it never takes
the visitor's word for anything.
"""

import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import streamlit as st

from genmodels.errors import UserError
from genmodels.training.folder import RunFolder
from pages.parts import kept, studio
from pages.parts.text import _

if TYPE_CHECKING:
    import numpy as np

    from pages.parts.run_view.story import Story

_NAME = "challenges"
MOST_RUNS = 12
"""The newest runs of the visitor that are looked at."""
MORE_INK = 1.25


@dataclass(frozen=True)
class Verdict:
    """What the runs say: whether it is solved, by which numbers, and which of the guesses they bear out, if any."""

    solved: bool
    evidence: str
    answer: int | None = None


@dataclass(frozen=True)
class Challenge:
    """One challenge.

    Attributes:
        title: Short.
        task: What to do.
        question: What to predict before it is done; with its ``guesses``.
        why: Why it is so, shown with the answer.
        page: Where it is done, with the ``query`` that leads there.
        check: Looks at the visitor's runs.
        pictures: What to look at before guessing, uint8 ``[n, H, W, C]``; None where there is nothing.
    """

    title: str
    task: str
    question: str
    guesses: tuple[str, ...]
    why: str
    page: str
    check: Callable[[], Verdict]
    query: Mapping[str, str] = field(default_factory=dict)
    pictures: "Callable[[], np.ndarray] | None" = None


CHALLENGES: dict[str, Callable[[], Challenge]] = {}


def challenge(make: Callable[[], Challenge]) -> Callable[[], Challenge]:
    """Make a challenge known under the name of its function."""
    CHALLENGES[make.__name__.replace("_", "-")] = make
    return make


def solved() -> frozenset[str]:
    """Names of those that this browser has solved."""
    names = kept.get(_NAME)
    return frozenset(name for name in names if name in CHALLENGES) if isinstance(names, list) else frozenset()


def mark(name: str) -> None:
    """Remember one as solved."""
    kept.put(_NAME, sorted(solved() | {name}))


# ---------------------------------------------------------------------- what runs say


def stories(model: str, *data: str) -> "Iterator[tuple[RunFolder, Story]]":
    """The visitor's newest runs of a model on these data, with what each has told."""
    from pages.parts.run_view.story import Story

    for folder in studio.own_runs()[:MOST_RUNS]:
        try:
            config = folder.config()
            if config.model == model and config.data in data:
                story = Story(folder)
                story.read_on()
                yield folder, story
        except UserError:
            continue


def _best(story: "Story", name: str, most_steps: int) -> float | None:
    """The smallest value of a metric within so many steps."""
    series = story.metrics.get(name)
    within = [v for step, v in zip(*series.arrays(), strict=True) if step <= most_steps] if series else []
    return min(within, default=None)


@challenge
def quick_ring() -> Challenge:
    def check() -> Verdict:
        best: dict[str, float] = {}
        for folder, story in stories("gan", "ring"):
            loss = folder.config().loss
            if (value := _best(story, "js", 500)) is not None:
                best[loss] = min(value, best.get(loss, value))
        if not best:
            return Verdict(False, _("No GAN of yours on the ring was measured within 500 steps; try a lower speed."))
        loss = min(best, key=lambda name: best[name])
        said = _("Best so far: {value} nats within 500 steps, with the {loss} loss.")
        order = ("minimax", "nonsaturating", "relativistic")
        evidence = said.format(value=f"{best[loss]:.3f}", loss=loss)
        return Verdict(best[loss] < 0.1, evidence, order.index(loss) if loss in order else None)

    return Challenge(
        _("Eight modes, 500 steps"),
        _("In the Playground, bring a GAN on the ring to a Jensen–Shannon divergence below 0.1 within 500 steps."),
        _("Which loss will get you nearest?"),
        (_("Minimax"), _("Non-saturating"), _("Relativistic")),
        _("In pairs every mode of the data keeps pulling, and R1 + R2 let both players take long steps."),
        "playground",
        check,
    )


@challenge
def collapse_and_cure() -> Challenge:
    def check() -> Verdict:
        from genmodels.diagnose import diagnose
        from pages.parts.run_view.doctor import history_of
        from pages.parts.run_view.story import standing

        ill = well = 0
        for folder, story in stories("gan", "ring", "grid"):
            names = {finding.name for finding in diagnose(history_of(story, standing(folder)))}
            ill += bool(names & {"mode-collapse", "mode-hopping"})
            well += "equilibrium" in names
        evidence = _("Runs of yours with lost modes: {ill}; in healthy balance: {well}.").format(ill=ill, well=well)
        return Verdict(ill > 0 and well > 0, evidence, 1 if ill and well else None)

    return Challenge(
        _("Collapse, and cure"),
        _("In the Playground, make a GAN lose modes on the ring until the doctor says so. Then cure it."),
        _("What will cure it?"),
        (_("More steps"), _("A penalty on D's slope and pairs"), _("A larger learning rate")),
        _("The generator's best answer to a judge that stands still is one point; the cure starts with the judge."),
        "playground",
        check,
    )


@challenge
def thicker_stroke() -> Challenge:
    def check() -> Verdict:
        z = getattr(st.session_state.get("_explore_point"), "z", None)
        if z is None or not str(st.session_state["_explore_point"].subject).startswith("vae-digits@"):
            return Verdict(False, _("Open the digits VAE in Explore and move the point first."))
        here, centre = ink(z)
        evidence = _("Ink at your point: {here}; at the centre: {centre}.")
        return Verdict(here >= MORE_INK * centre, evidence.format(here=f"{here:.1f}", centre=f"{centre:.1f}"), inkier())

    return Challenge(
        _("A thicker stroke"),
        _("In Explore, move the code of the digits VAE until the picture has 1.25 times the ink of that at z = 0."),
        _("Which digits have most ink?"),
        (_("Round ones, such as 0"), _("Straight ones, such as 1"), _("All the same")),
        _("With two numbers in the code the model has no axis for the stroke alone: ink goes with the digit."),
        "explore",
        check,
        {"run": "vae-digits"},
    )


def ink(z: tuple[float, ...]) -> tuple[float, float]:
    """Sum of the grey values, 0 to 1 each, of what the bundled VAE draws at ``z`` and at the centre."""
    import torch

    model = studio.store().find("vae-digits").model()
    with torch.no_grad():
        here, centre = model.decode(torch.tensor([z, (0.0,) * len(z)])).flatten(1).sum(1).tolist()
    return here, centre


def inkier() -> int:
    """Which real digits have more ink: 0, the round ones; 1, the straight ones; 2, neither by a tenth."""
    from genmodels.data import load

    digits = load("digits", seed=0)
    zero, one = (float(digits.test[digits.test_labels == label].float().mean()) for label in (0, 1))
    return 0 if zero > 1.1 * one else 1 if one > 1.1 * zero else 2


@challenge
def tell_apart() -> Challenge:
    def check() -> Verdict:
        from pages.parts.run_view.story import Story

        story = Story(studio.store().find("gan-digits"))
        story.read_on()
        rate = story.metrics["d_separation"].values[-1]
        evidence = _("On held-out digits the judge is right in {rate} of all pairs.").format(rate=f"{rate:.0%}")
        return Verdict(True, evidence, 0 if rate < 0.4 else 1 if rate <= 0.6 else 2)

    return Challenge(
        _("Can the judge tell?"),
        _("The discriminator of the bundled digits GAN was shown pairs: a real digit and a generated one."),
        _("How often did it pick the real one?"),
        (_("Less often than a coin"), _("Like a coin, give or take a tenth"), _("Clearly more often")),
        _("Only at the equilibrium is no judge better than a coin. On pictures the judge usually stays ahead."),
        "learn",
        check,
        {"lesson": "discriminator"},
    )


@challenge
def which_is_generated() -> Challenge:
    def check() -> Verdict:
        place, seed = _hidden()
        evidence = _("Number {number} is generated, from the noise of seed {seed}.")
        return Verdict(True, evidence.format(number=place + 1, seed=seed), place)

    return Challenge(
        _("One of these is forged"),
        _("Three of these digits were written by people, one was drawn by the bundled GAN."),
        _("Which one is generated?"),
        ("1", "2", "3", "4"),
        _("Look for loose ends, holes and strokes that no pen would draw."),
        "explore",
        check,
        {"run": "gan-digits"},
        line_up,
    )


def _hidden() -> tuple[int, int]:
    """Where the generated one stands, and the seed of its noise: drawn once in a session."""
    if "_line_up" not in st.session_state:
        st.session_state["_line_up"] = (secrets.randbelow(4), secrets.randbelow(10_000))
    place, seed = st.session_state["_line_up"]
    return place, seed


def line_up() -> "np.ndarray":
    """Four digits, one of them generated, uint8 ``[4, H, W, C]``."""
    import torch

    from genmodels.data import load
    from genmodels.training.views import to_pixels

    place, seed = _hidden()
    model = studio.store().find("gan-digits").model()
    test = load("digits", seed=0).test
    generator = torch.Generator().manual_seed(seed)
    digits = test[torch.randperm(len(test), generator=generator)[:4]].clone()
    with torch.no_grad():
        digits[place] = to_pixels(model.decode(model.prior(1, generator)), model)[0]
    return digits.permute(0, 2, 3, 1).contiguous().numpy()
