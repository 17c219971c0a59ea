"""What defines a run: one typed, validated, frozen configuration per model family.

Every field says its title, help, group, range and whether it may change while the run goes on; the app draws its
forms from that, the command line its ``--set``, and the run folder keeps it as JSON.
"""

import hashlib
from collections.abc import Mapping
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from genmodels.errors import UserError
from genmodels.jsontext import from_json

SCHEMA_VERSION: Final = 1


def setting(
    default: Any,
    title: str,
    help: str,
    group: str,
    *,
    basic: bool = False,
    live: bool = False,
    log: bool = False,
    needs: tuple[str, str] | None = None,
    idle: tuple[str, str] | None = None,
    **limits: Any,
) -> Any:
    """A configuration field that can draw itself.

    Args:
        default: Its value when nobody says otherwise.
        title: Label of the control.
        help: One or two sentences: what it does, and what happens when it is too small or too large.
        group: Heading under which the form shows it.
        basic: Shown at once instead of under "Advanced".
        live: May be changed while the run goes on.
        log: Best moved on a logarithmic scale.
        needs: Name and value of the setting without which this one means nothing.
        idle: Name and value of the setting beside which this one means nothing.
        limits: pydantic's ``ge``, ``le``, ``gt``, ``lt``; or ``choices``, the name of a registry in ``genmodels``.
    """
    choices = limits.pop("choices", None)
    extra = {"group": group, "basic": basic, "live": live, "log": log, "choices": choices}
    extra |= {"needs": needs, "idle": idle}
    return Field(default, title=title, description=help, json_schema_extra=extra, **limits)


class RunConfig(BaseModel):
    """Settings that every model shares. A family adds its own in a subclass beside its model."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, allow_inf_nan=False)

    schema_version: Literal[1] = SCHEMA_VERSION
    model: str = Field(description="Registered name of the model.")
    data: str = Field("digits", description="Registered name of a data set, or a path.", max_length=4096)
    preset: str = Field("", description="The preset these settings came from.", max_length=40)

    classes: tuple[str, ...] = Field((), description="Names of the classes to learn from; empty: all.", max_length=1000)
    data_size: int | None = setting(
        None,
        "Samples",
        "How many samples to learn from; few are learned by heart. Empty: all.",
        "Data",
        ge=2,
        le=10_000_000,
    )

    held_out: float | None = setting(
        None, "Held out", "Share of all samples kept aside to measure on. Empty: the data set's own split.",
        "Data", ge=0.02, le=0.5,
    )  # fmt: skip
    added_noise: float = setting(
        0.0, "Added noise",
        "Random noise laid over what is learned from, not over what is held out; 0.1 is a tenth of the range of a "
        "picture, or of the spread of points.",
        "Data", ge=0, le=1,
    )  # fmt: skip
    data_noise: float | None = Field(
        None, description="Standard deviation of a 2-D toy around its modes or curve; empty: its own.", ge=0.005, le=1
    )

    network: str = setting(
        "mlp", "Network", "MLP: fully connected, fast and simple. Conv: shares weights across the image, sharper. "
        "Residual: deeper and slower. Layer by layer: your own.",
        "Network", choices="networks",
    )  # fmt: skip
    width: int = setting(
        256, "Width", "Units per hidden layer (MLP) or channels of the finest layer. Wider learns more, slower.",
        "Network", ge=2, le=2048, log=True, idle=("network", "custom"),
    )  # fmt: skip
    depth: int = setting(
        2, "Depth", "Hidden layers (MLP), or how often the image is halved (the others).",
        "Network", ge=1, le=6, idle=("network", "custom"),
    )  # fmt: skip
    encoder_layers: str = setting(
        "conv 32 s2, conv 64 s2, flatten, linear 256",
        "Encoder layers",
        "With commas between them: linear N, conv N (k: kernel, s: stride), res, flatten. The last layer comes by "
        "itself. It lays discriminators too.",
        "Network",
        needs=("network", "custom"),
        max_length=400,
    )
    decoder_layers: str = setting(
        "linear 256, image 64, up 32, up 16",
        "Decoder layers",
        "With commas between them: linear N, image N (a picture of N channels), conv N, res, up N or shuffle N (twice "
        "the size). The last layer comes by itself.",
        "Network",
        needs=("network", "custom"),
        max_length=400,
    )
    activation: Literal["silu", "relu", "leaky_relu", "tanh"] = setting(
        "silu", "Activation", "The bend between layers; without it a network is one straight map.", "Network"
    )
    latent_dim: int = setting(
        16, "Latent size", "Numbers in the code z. 2 can be drawn as a map; more keep more detail.",
        "Network", basic=True, ge=1, le=128,
    )  # fmt: skip

    steps: int | None = setting(
        1000,
        "Steps",
        "Stop after this many training steps. Empty: no limit.",
        "Budget",
        basic=True,
        ge=1,
        le=10_000_000,
    )
    seconds: float | None = setting(
        None, "Seconds", "Stop after this much training time. Empty: no limit.", "Budget", gt=0, le=86_400
    )
    target: float | None = setting(
        None, "Target", "Stop as soon as the quality measure on held-out data reaches this value.", "Budget"
    )
    batch_size: int = setting(
        128, "Batch size", "Samples per step. Small is noisy, large is slow.", "Training", ge=1, le=4096, log=True
    )
    lr_warmup: int = setting(
        0, "Rate warm-up", "Steps over which learning rates grow from zero.", "Training", ge=0, le=100_000
    )
    lr_decay: Literal["none", "linear", "cosine"] = setting(
        "none", "Rate decay", "How learning rates fall until the end of the budget.", "Training"
    )
    lr_floor: float = setting(
        0.0, "Lowest rate", "The share of the learning rates that their decay leaves.", "Training", ge=0, le=1
    )
    ema: float = setting(
        0.99, "Averaging", "Everything shown uses a running average of the weights; 0: raw weights, 0.999: smooth.",
        "Training", ge=0, le=0.9999,
    )  # fmt: skip

    seed: int = setting(
        0, "Seed", "Same seed, same machine, one thread: the same run, bit for bit.", "Machine", ge=0, le=2**31 - 1
    )
    threads: int = setting(
        0, "Threads", "Processor threads of the run; 0 finds out how many help.", "Machine", ge=0, le=64
    )
    device: Literal["auto", "cpu", "cuda", "mps"] = setting(
        "auto", "Device", "Where the run computes; auto takes a graphics card for pictures, if there is one.", "Machine"
    )
    precision: Literal["auto", "float32", "bfloat16"] = setting(
        "auto", "Precision", "Auto uses bfloat16 where the processor multiplies it fast.", "Machine"
    )
    keep_mb: int = setting(
        200, "Disk budget", "Megabytes a run may keep; older snapshots and numbers are thinned out.", "Machine",
        ge=5, le=10_000,
    )  # fmt: skip

    @model_validator(mode="after")
    def _names_are_registered(self) -> "RunConfig":
        from genmodels.catalogue import REGISTRIES

        for name, field in type(self).model_fields.items():
            if choices := field_extra(field).get("choices"):
                REGISTRIES[choices][getattr(self, name)]
        return self

    def changed(self, changes: Mapping[str, Any]) -> "RunConfig":
        """A copy with ``changes``, validated again.

        Raises:
            UserError: A name is unknown or a value out of range.
        """
        return parse(self.model_dump() | dict(changes))

    @property
    def digest(self) -> str:
        """Short fingerprint of everything that defines the run."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:12]


def live_fields(config_class: type[RunConfig]) -> tuple[str, ...]:
    """Names of the settings that may change while a run goes on."""
    return tuple(name for name, field in config_class.model_fields.items() if field_extra(field).get("live"))


def field_extra(field: Any) -> dict[str, Any]:
    """What :func:`setting` said about a field; empty for fields that no form shows."""
    return field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}


def parse(values: Mapping[str, Any]) -> RunConfig:
    """Values, for instance from JSON or a form, to the configuration of the model they name.

    Raises:
        UserError: The model, a setting or a value is not one we know; one sentence says which.
    """
    from genmodels.models import MODELS

    if not isinstance(values, Mapping):
        raise UserError("The configuration must be a JSON object of settings.")
    version = values.get("schema_version", SCHEMA_VERSION)
    if version != SCHEMA_VERSION:
        raise UserError(
            f"This configuration has schema version {str(version)[:20]!r}; this program reads version {SCHEMA_VERSION}."
        )
    entry = MODELS[str(values.get("model", ""))]
    try:
        return entry.thing.config_class.model_validate(dict(values))
    except ValidationError as error:
        raise UserError(_sentence(error, entry.thing.config_class)) from None


def parse_json(text: str) -> RunConfig:
    """The configuration in a JSON text. Raises UserError when it is not one."""
    try:
        values = from_json(text)
    except ValueError:
        raise UserError("The configuration is not valid JSON; it may be damaged.") from None
    return parse(values)


def parse_value(text: str) -> Any:
    """The value of ``--set name=value``: JSON where it is JSON, else the text itself."""
    try:
        return from_json(text)
    except ValueError:
        return text


def _sentence(error: ValidationError, config_class: type[RunConfig]) -> str:
    first = error.errors()[0]
    if isinstance(cause := first.get("ctx", {}).get("error"), UserError):
        return str(cause)
    name = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        known = ", ".join(sorted(n for n, f in config_class.model_fields.items() if field_extra(f)))
        return f"There is no setting called {name[:60]!r}; choose among {known}."
    value = repr(first.get("input"))[:60]
    message = first["msg"].removeprefix("Value error, ").rstrip(".")
    return f"The setting {name!r} cannot be {value}: {message}."
