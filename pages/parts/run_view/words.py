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
    unit = _("nats per picture") if modality == "image" else _("nats per point")
    known = {
        "neg_elbo": Metric(_("−ELBO"), _("on held-out data: lower explains them better"), unit, "reconstruction"),
        "neg_iwae": Metric(_("−IWAE bound"), _("on held-out data: lower explains them better"), unit, "reconstruction"),
        "kid": Metric(_("KID"), _("distance of samples from held-out pictures: 0 is perfect")),
        "frechet": Metric(_("Fréchet distance"), _("of Gaussians laid over both sides: lower is better")),
        "precision": Metric(_("Precision"), _("share of samples that lie among real ones")),
        "recall": Metric(_("Recall"), _("share of real ones that lie among the samples")),
        "density": Metric(_("Density"), _("how closely samples lie to real ones: 1 is perfect")),
        "coverage": Metric(_("Coverage"), _("share of real ones with a sample close by: 0.97 is perfect")),
        "js": Metric(_("JS divergence"), _("samples against held-out points: 0 is perfect"), _("nats")),
        "kl_grid": Metric(_("KL on the grid"), _("from held-out points to samples: 0 is perfect"), _("nats")),
        "wasserstein": Metric(_("Wasserstein"), _("how far samples would have to travel: 0 is perfect")),
        "modes": Metric(_("Modes"), _("how many have at least one good sample")),
        "high_quality": Metric(_("High quality"), _("share of samples within 3 sigma of a mode: 0.99 is perfect")),
    }
    return known.get(name, Metric(name.replace("_", " "), _("on held-out data")))


MEASURES = {
    "image": ("kid", "frechet", "precision", "recall", "density", "coverage"),
    "points": ("js", "kl_grid", "wasserstein", "precision", "recall", "density", "coverage", "modes", "high_quality"),
}
"""What samples are measured by on each kind of data; the last two where modes are known."""


def judge(name: str) -> str:
    """Who judged: the network behind the measures of pictures."""
    known = {
        "digits": _("by the eyes of a digit classifier"),
        "fashion": _("by the eyes of a clothes classifier"),
        "trained": _("by the eyes of a classifier of these data"),
        "random": _("by the eyes of a network with random weights"),
    }
    return known.get(name, "")


def shares() -> dict[str, str]:
    """Names of the measures that stand beside the headline."""
    return {
        "modes": _("modes"),
        "high_quality": _("high quality"),
        "precision": _("precision"),
        "recall": _("recall"),
        "coverage": _("coverage"),
    }
