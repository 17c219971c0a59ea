"""The formulas of the lessons as tables: each symbol with its concept, what it is, its value in a run, and its code.

A value is a function of the numbers that one pass through the run's own networks gives (:func:`numbers`). No Streamlit.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from pages.parts.palette import Concept
from pages.parts.text import _

if TYPE_CHECKING:
    from torch import Tensor

    from genmodels.models.base import Model
    from genmodels.training.folder import RunFolder

Family = Literal["vae", "gan"]
Numbers = Mapping[str, "Tensor"]
MOST = 64
"""Samples that are passed through the networks."""


@dataclass(frozen=True)
class Symbol:
    """One symbol of a formula.

    Attributes:
        concept: Its colour.
        what: What it is.
        tensor: Its name among the numbers; its shape is shown, batch first.
        code: What computes it, as ``genmodels.module.thing``, or a function from the run's GAN loss to that.
        at: What says it there, an expression or statement as :func:`pages.parts.lesson_parts.code.spot` finds it.
        value: From the numbers to text; the mean over the batch where nothing is said.
    """

    concept: Concept
    what: str
    tensor: str
    code: str | Callable[[str], str]
    at: str
    value: "Callable[[Tensor], str] | None" = None


@dataclass(frozen=True)
class Formula:
    """LaTeX with symbols marked as ``@name{...}``, the models it is true of, and its table of symbols."""

    latex: str
    family: Family
    symbols: Mapping[str, Symbol]


def first(tensor: "Tensor") -> str:
    """The beginning of the first sample's row.

    >>> import torch
    >>> first(torch.tensor([[1.0, -0.5, 2.0, 3.0], [0.0, 0.0, 0.0, 0.0]]))
    '(1, −0.5, 2, …)'
    """
    row = tensor[0].flatten()
    shown = [f"{value:.3g}".replace("-", "−") for value in row[:3].tolist()]
    return f"({', '.join(shown + ['…'] * (len(row) > 3))})"


def mean(tensor: "Tensor") -> str:
    """The mean over the batch, three digits."""
    return f"{float(tensor.mean()):.3g}".replace("-", "−")


def spread(tensor: "Tensor") -> str:
    """From the smallest to the largest value."""
    return f"{float(tensor.min()):.2g} … {float(tensor.max()):.2g}".replace("-", "−")


def _loss_code(loss: str) -> str:
    return f"genmodels.objectives.gan.{loss}"


def formulas() -> dict[str, Formula]:
    """All of them, by the name that a lesson calls: ``{{formula elbo}}``."""
    vae, gan, base = "genmodels.models.vae.VAE", "genmodels.models.gan.GAN", "genmodels.models.base"
    kl, penalties = "genmodels.objectives.kl.gaussian_kl", "genmodels.objectives.penalties"
    drawn = f"{base}.Posterior.sample"
    x = Symbol("real", _("real samples"), "x", f"{base}.Model.standardise", "x / self.scale", spread)
    mu = Symbol("mu", _("mean of the code of a sample"), "mu", f"{vae}.posterior", "mu", first)
    z = Symbol(
        "z", _("one draw of the code"), "z", drawn, "self.mu + temperature * (0.5 * self.logvar).exp() * noise", first
    )
    noise = Symbol("z", _("noise from the prior"), "noise", f"{gan}.prior", "self.config.noise", first)
    fake = Symbol(
        "generated", _("generated samples"), "fake", f"{gan}.generate", "self.decoder(self.joined(z, y))", spread
    )
    judged = "self.discriminator(packs)"
    a = Symbol("discriminator", _("D's logit on real samples"), "a", f"{gan}.critic", judged)
    b = Symbol("discriminator", _("D's logit on generated samples"), "b", f"{gan}.critic", judged)
    price = "self.config.gamma * self.penalty_scale * self.slope(real, fake, batch.y, generator)"
    return {
        "elbo": Formula(
            r"@loss{-\mathrm{ELBO}} \approx @reconstruction{-\ln p(@x{x} \mid @z{z})}"
            r" + @kl{\mathrm{KL}(q(z \mid x) \,\Vert\, p(z))}",
            "vae",
            {
                "loss": Symbol("generator", _("nats per sample, from one draw of z, to be made small"), "loss",
                               f"{vae}.loss", "passage.reconstruction + price"),
                "reconstruction": Symbol("reconstruction", _("how badly z explains x, nats"), "reconstruction",
                                         f"{vae}.passage", "-self.log_likelihood(x, z, y)"),
                "kl": Symbol("kl", _("price of the code, nats"), "kl", kl,
                             "0.5 * (mu.square() + logvar.exp() - 1 - logvar)"),
                "x": x,
                "z": z,
            },
        ),
        "kl": Formula(
            r"@kl{\mathrm{KL}_j} = \frac{1}{2} \left( @mu{\mu_j}^2 + @sigma{\sigma_j^2} - 1 - \ln @sigma{\sigma_j^2}"
            r" \right)",
            "vae",
            {
                "kl": Symbol("kl", _("price of each dimension, nats"), "kl_per_dim", kl,
                             "0.5 * (mu.square() + logvar.exp() - 1 - logvar)", first),
                "mu": mu,
                "sigma": Symbol("sigma", _("variance of the code of a sample"), "variance", kl, "logvar.exp()", first),
            },
        ),
        "reparameterisation": Formula(
            r"@z{z} = @mu{\mu(x)} + @sigma{\sigma(x)} \odot @noise{\varepsilon}",
            "vae",
            {
                "z": z,
                "mu": mu,
                "sigma": Symbol("sigma", _("spread of the code of a sample"), "sigma", drawn,
                                "(0.5 * self.logvar).exp()", first),
                "noise": Symbol("z", _("noise, drawn outside"), "epsilon", drawn, "noise", first),
            },
        ),
        "gan": Formula(
            r"@ld{L_D} = \ell_D \left( @a{D(@x{x})},\, @b{D(@fake{G(@noise{z})})} \right), \qquad"
            r" @lg{L_G} = \ell_G \left( @a{D(@x{x})},\, @b{D(@fake{G(@noise{z})})} \right)",
            "gan",
            {
                "ld": Symbol("discriminator", _("what the discriminator minimises"), "loss_d", _loss_code, "Game[0]"),
                "lg": Symbol("generator", _("what the generator minimises"), "loss_g", _loss_code, "Game[1]"),
                "a": a,
                "b": b,
                "x": x,
                "fake": fake,
                "noise": noise,
            },
        ),
        "r1": Formula(
            r"@penalty{R_1} = \frac{@gamma{\gamma}}{2} \, @square{\Vert \nabla_x D(@x{x}) \Vert^2}",
            "gan",
            {
                "penalty": Symbol("kl", _("what D pays for its slope"), "r1", f"{gan}.discriminator_loss", price),
                "gamma": Symbol("sigma", _("weight of the penalty"), "gamma", f"{gan}.discriminator_loss",
                                "self.config.gamma"),
                "square": Symbol("discriminator", _("squared slope of D at each real sample"), "slope",
                                 f"{penalties}.squared_gradient", "gradient.square().flatten(1).sum(1)"),
                "x": x,
            },
        ),
    }  # fmt: skip


def fits(model: str, family: Family) -> bool:
    """Whether the formulas are those that this model minimises, and not only relatives of them."""
    from genmodels.models import MODELS
    from genmodels.models.gan import GAN
    from genmodels.models.vae import VAE

    kind = MODELS[model].thing
    if family == "gan":
        return issubclass(kind, GAN)
    own = ("players", "loss", "regulariser")
    return issubclass(kind, VAE) and all(getattr(kind, name) is getattr(VAE, name) for name in own)


def numbers(folder: "RunFolder", family: Family) -> "tuple[Model, dict[str, Tensor]]":
    """The run's model, and what its fixed test samples become on their way through its newest weights.

    Raises:
        UserError: The run has no weights yet, or is damaged.
    """
    import torch

    from genmodels.data import to_unit

    model, fixed = folder.model(), folder.fixed()
    x = model.standardise(to_unit(fixed["originals"][:MOST]))
    y = fixed["labels"][: len(x)] if model.conditional and "labels" in fixed else None
    if model.conditional and y is None:
        y = model.labels_in_turn(len(x))
    generator = torch.Generator().manual_seed(0)
    return model, (of_vae if family == "vae" else of_gan)(model, x, y, generator)


def of_vae(model: Any, x: "Tensor", y: "Tensor | None", generator: Any) -> "dict[str, Tensor]":
    """Names to tensors of one passage through a VAE; the loss is the unweighted bound."""
    import torch

    with torch.no_grad():
        passage = model.passage(x, generator, y)
    mu, logvar = passage.q
    sigma = (0.5 * logvar).exp()
    return {
        "x": x, "mu": mu, "variance": logvar.exp(), "sigma": sigma, "z": passage.z, "epsilon": (passage.z - mu) / sigma,
        "reconstruction": passage.reconstruction, "kl": passage.kl, "kl_per_dim": passage.kl_per_dim,
        "loss": passage.reconstruction + passage.kl,
    }  # fmt: skip


def of_gan(model: Any, x: "Tensor", y: "Tensor | None", generator: Any) -> "dict[str, Tensor]":
    """Names to tensors of one round of the game."""
    import torch

    from genmodels.objectives.penalties import squared_gradient

    count = len(x) - len(x) % model.config.pac  # a pack is judged as one
    x, y = x[:count], None if y is None else y[:count]
    real = model.packed(model.seen(x))
    with torch.no_grad():
        noise = model.prior(count, generator)
        fake = model.generate(noise, y)
        a, b = model.critic(real, y), model.critic(model.packed(fake), y)
        game = model.game(a, b)
    slope = squared_gradient(lambda packs: model.critic(packs, y), real).detach()
    gamma = torch.tensor(float(model.config.gamma))
    return {
        "x": x, "noise": noise, "fake": fake, "a": a, "b": b, "loss_d": game.discriminator, "loss_g": game.generator,
        "slope": slope, "gamma": gamma, "r1": gamma / 2 * slope,
    }  # fmt: skip
