"""Names, colours and units of what a run reports. What is not listed is still shown, under its own name."""

from dataclasses import dataclass
from typing import Literal

from pages.parts.palette import Concept
from pages.parts.text import _


@dataclass(frozen=True)
class Part:
    """How one part of a loss is drawn, and on which chart."""

    name: str
    concept: Concept
    chart: Literal["losses", "verdicts", "gradients"] = "losses"
    dashed: bool = False


_SPARE: tuple[Concept, ...] = ("mu", "sigma", "z", "encoder", "real")


def loss_part(name: str, index: int) -> Part:
    """How the part ``player/part`` is drawn; ``index`` picks a colour for one that nobody has named yet."""
    known = {
        "reconstruction": Part(_("reconstruction"), "reconstruction"),
        "kl": Part(_("KL"), "kl"),
        "bound": Part(_("bound"), "reconstruction"),
        "unlikeness": Part(_("unlikeness"), "reconstruction"),
        "discriminator/loss": Part(_("discriminator"), "discriminator"),
        "discriminator/penalty": Part(_("penalty"), "discriminator", dashed=True),
        "discriminator/real": Part(_("on real"), "real", "verdicts"),
        "discriminator/fake": Part(_("on generated"), "generated", "verdicts"),
        "discriminator/reconstructed": Part(_("on reconstructed"), "reconstruction", "verdicts"),
        "discriminator/gradient": Part(_("discriminator"), "discriminator", "gradients"),
        "generator/gradient": Part(_("generator"), "generator", "gradients"),
        "gradient": Part(_("encoder and decoder"), "encoder", "gradients"),
        "generator/loss": Part(_("generator"), "generator"),
    }
    player, _slash, part = name.partition("/")
    if found := known.get(name) or known.get(part):
        return found
    return Part(f"{player} {part}".replace("_", " ").strip(), _SPARE[index % len(_SPARE)])


@dataclass(frozen=True)
class Metric:
    """A measure of quality on held-out data: its name, one line on how to read it, and its unit."""

    name: str
    reading: str
    unit: str = ""
    concept: Concept = "generated"


def metric(name: str, modality: str) -> Metric:
    unit = _("nats per image") if modality == "image" else _("nats per point")
    known = {
        "neg_elbo": Metric(_("−ELBO"), _("on held-out data: lower explains them better"), unit, "reconstruction"),
        "kid": Metric(_("KID"), _("distance of samples from held-out pictures: 0 is perfect")),
        "js": Metric(_("JS divergence"), _("samples against held-out points: 0 is perfect"), _("nats")),
    }
    return known.get(name, Metric(name.replace("_", " "), _("on held-out data")))


def shares() -> dict[str, str]:
    """Names of the measures that stand beside the headline."""
    return {
        "modes": _("modes"),
        "high_quality": _("high quality"),
        "precision": _("precision"),
        "recall": _("recall"),
        "coverage": _("coverage"),
    }
