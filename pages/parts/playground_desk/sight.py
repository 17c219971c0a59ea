"""What there is to see: a run's frames, or, before there is a run, what the fresh networks look like."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from genmodels.config import RunConfig, parse_json
from genmodels.errors import UserError
from genmodels.objectives import GAN_LOSSES
from genmodels.training.folder import RunFolder

SHOWN = 500
Arrays = dict[str, np.ndarray]


@dataclass(frozen=True)
class Sight:
    """One frame and the fixed places behind it."""

    fixed: Arrays
    frame: Arrays


@st.cache_data(show_spinner=False, max_entries=64)
def untrained(config: str) -> Sight:
    """What the run of this configuration (as JSON) will show before its first step."""
    from genmodels.data import data_of
    from genmodels.training.loop import build
    from genmodels.training.views import Views

    settings = parse_json(config)
    data = data_of(settings)
    model = build(settings, data).eval().requires_grad_(False)
    views = Views.of(model, data, settings.seed)
    numbers = [{name: value.numpy() for name, value in part.items()} for part in (views.fixed(), views.look(model))]
    return Sight(*numbers)


def fixed_of(folder: RunFolder, config: RunConfig) -> Arrays:
    """The fixed places of a run, which it draws as :func:`untrained` does while it has not written them yet."""
    try:
        return {name: value.numpy() for name, value in folder.fixed().items()}
    except UserError:
        return untrained(config.model_dump_json()).fixed


def still(fixed: Arrays) -> Arrays:
    """What the plane shows that does not move."""
    return {
        "real": fixed["originals"][:SHOWN],
        "z": _flat(fixed["z"][:SHOWN]),
        "mesh_z": _flat(fixed["mesh_z"]),
    }


def moving(frame: Arrays) -> Arrays:
    """What the plane shows that moves."""
    names = {"samples": SHOWN * 2, "surface": None, "mesh": None, "pull": None, "reconstructions": SHOWN}
    arrays = {name: frame[name][:most] for name, most in names.items() if name in frame}
    if "posterior_mu" in frame:
        arrays["mu"] = _flat(frame["posterior_mu"])
    if "posterior_sigma" in frame:
        sigma = frame["posterior_sigma"]
        arrays["sigma"] = sigma if sigma.shape[-1] > 1 else np.concatenate([sigma, np.full_like(sigma, 0.05)], -1)
    return arrays


def _flat(codes: np.ndarray) -> np.ndarray:
    """The first two of ``[..., latent_dim]``; a single one gets a second of zeros."""
    return codes[..., :2] if codes.shape[-1] > 1 else np.concatenate([codes, np.zeros_like(codes)], -1)


def judged(config: RunConfig, frame: Arrays) -> dict[str, float]:
    """How D's logits become colours: ``centre``, where it cannot tell, and ``gain``, the steepness around it."""
    if "score_real" not in frame:
        return {"centre": 0.0, "gain": 1.0}
    real, fake = frame["score_real"], frame["score_fake"]
    entry = GAN_LOSSES[str(getattr(config, "loss", "nonsaturating"))]
    if entry.extra["probability"] and not entry.extra["paired"]:
        return {"centre": 0.0, "gain": 1.0}
    # Only differences of such scores mean something, so the middle between both sides is what divides them.
    spread = float(np.std(np.concatenate([real, fake]))) or 1.0
    gain = 1.0 if entry.extra["probability"] else 1.5 / max(spread, 1e-3)
    return {"centre": float(real.mean() + fake.mean()) / 2, "gain": gain}


def reach(frame: Arrays, uniform: bool) -> tuple[float, float, float, float]:
    """What the latent plane has to show: the prior, and the codes where they go further."""
    side = 1.25 if uniform else 3.2
    if "posterior_mu" in frame and frame["posterior_mu"].size:
        far = float(np.nan_to_num(np.quantile(np.abs(frame["posterior_mu"]), 0.98), posinf=1e3)) * 1.15
        side = max(side, 2.0 ** np.ceil(np.log2(max(far, 1e-3) / side)) * side if far > side else side)
    return (-side, side, -side, side)
