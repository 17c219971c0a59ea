"""VAE with controlled capacity (Burgess et al., arXiv 1804.03599)."""

from typing import ClassVar

from torch import Tensor

from genmodels.config import setting
from genmodels.models.autoencoder import AutoencoderConfig
from genmodels.models.base import MODELS, Presets
from genmodels.models.vae import VAE, Passage, varied
from genmodels.registry import Card


class CapacityVAEConfig(AutoencoderConfig):
    model: str = "capacity-vae"
    capacity: float = setting(
        25.0,
        "Capacity",
        "Nats that the code is meant to hold in the end. Small: a rough sketch. Large: every detail.",
        "Objective",
        basic=True,
        live=True,
        ge=0,
        le=500,
    )
    capacity_steps: int = setting(
        1000, "Capacity steps", "Steps over which the capacity grows from nothing.", "Objective", ge=1, le=1_000_000
    )
    pull: float = setting(
        30.0,
        "Pull",
        "How firmly the KL term is held at the capacity (gamma in the paper).",
        "Objective",
        live=True,
        log=True,
        ge=0,
        le=10_000,
    )


@MODELS.register(
    "capacity-vae",
    Card(
        "Capacity VAE",
        "A VAE whose code may say a little more with every step.",
        family="autoencoder",
        equation=r"\mathbb{E}_{q(z|x)}[\ln p(x|z)] - \gamma\,\left|\mathrm{KL}(q(z|x)\,\|\,p(z)) - C\right|",
        paper="Burgess et al., arXiv 1804.03599, equation 8",
        teaches="What a model spends its first nats on: the most useful factor first, the next when there is room.",
        fails="A capacity that grows too fast mixes the factors; one that stays too small blurs for good.",
    ),
)
class CapacityVAE(VAE):
    """Pulls the mean KL of the batch to a capacity that grows linearly."""

    config_class = CapacityVAEConfig
    config: CapacityVAEConfig  # type: ignore[assignment]  # a capacity takes the place of beta
    PRESETS: ClassVar[Presets] = {
        kind: {
            name: {
                **settings,
                "capacity": 25.0 if kind == "image" else 5.0,
                "capacity_steps": settings["steps"] * 2 // 3,
            }
            for name, settings in presets.items()
        }
        for kind, presets in varied(
            fast={"lr": 4e-3}
        ).items()  # at the rate of a VAE the pull tears one run in three apart
    }

    def capacity(self, step: int) -> float:
        """C at this step, in nats."""
        return self.config.capacity * min(1.0, (step + 1) / self.config.capacity_steps)

    def regulariser(self, passage: Passage, step: int) -> tuple[Tensor, dict[str, Tensor]]:
        excess = passage.kl - self.capacity(step)
        # With this sign the mean over samples is |mean KL - C|: the batch is held at C, not every single sample.
        sign = excess.mean().sign().detach()
        return self.config.pull * sign * excess, {"capacity": passage.kl - excess}
