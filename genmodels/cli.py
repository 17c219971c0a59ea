"""The command line, with ``cli_runs.py``. Bad input ends with exit code 2 and one sentence."""

import argparse
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, NoReturn

from genmodels import cli_runs
from genmodels.errors import UserError
from genmodels.jsontext import to_json

if TYPE_CHECKING:  # torch is loaded by the commands that need it: bad input is refused without waiting for it
    from genmodels.training.folder import RunFolder

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UserError(f"{message[0].upper()}{message[1:]}; see 'python -m genmodels --help'.")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit code: 0 done, 1 the run failed, 2 bad input, 130 interrupted."""
    try:
        options = _parser().parse_args(arguments)
        code: int = options.command(options)
        return code
    except UserError as error:
        print(f"genmodels: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return _interrupted()
    except BrokenPipeError:  # whoever read our output has heard enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        print(f"genmodels: {error.filename or 'A file'} cannot be used: {error.strerror or error}.", file=sys.stderr)
        return 2


def _interrupted() -> int:
    print("genmodels: interrupted; add --resume to go on.", file=sys.stderr)
    return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m genmodels", description="Train and explore small generative models.")
    commands = parser.add_subparsers(required=True, metavar="command")

    def command(name: str, function: Any, help: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=help, description=help)
        sub.set_defaults(command=function)
        sub.add_argument("--json", action="store_true", help="print JSON, one object a line")
        return sub

    command("list", _list, "Models, networks, data sets, objectives and presets.")

    train = command("train", _train, "Train a model.")
    train.add_argument("--model", default="vae", help="registered name of a model")
    train.add_argument("--data", default="digits", help="registered name of a data set, or a path")
    train.add_argument("--preset", default="fast", help="fast, good or best")
    train.add_argument("--seed", type=int, default=0)
    train.add_argument("--out", type=Path, required=True, help="folder of the run")
    train.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="change a setting of the preset"
    )
    train.add_argument("--steps", type=int, help="budget in steps")
    train.add_argument("--seconds", type=float, help="budget in seconds")
    train.add_argument("--download", action="store_true", help="agree to a large download and its terms")
    train.add_argument(
        "--resume", action="store_true", help="go on from the last checkpoint in --out, with its own settings"
    )

    evaluate = command("evaluate", _evaluate, "Quality of a run on all held-out data.")
    evaluate.add_argument("run", type=Path)

    sample = command("sample", _sample, "A grid of samples of a run as PNG (images) or CSV (points).")
    sample.add_argument("run", type=Path)
    sample.add_argument("--n", type=int, default=64)
    sample.add_argument("--seed", type=int, default=0)
    sample.add_argument(
        "--label", help="of conditional models: the class to draw, by name or number; all in turn without it"
    )
    sample.add_argument("--out", type=Path, required=True)

    cli_runs.add(command)
    return parser


def _list(options: argparse.Namespace) -> int:
    from genmodels.catalogue import REGISTRIES
    from genmodels.models import PRESET_NAMES

    for kind, registry in REGISTRIES.items():
        if not options.json:
            print(f"\n{kind.replace('_', ' ')}")
        for name, entry in registry.items():
            if options.json:
                print(to_json({"kind": kind, "name": name, **asdict(entry.card)}))
            else:
                print(f"  {name:<16} {entry.card.summary}")
    if options.json:
        for name in PRESET_NAMES:
            print(to_json({"kind": "presets", "name": name}))
    else:
        print(f"\npresets\n  {', '.join(PRESET_NAMES)}")
    return 0


def _train(options: argparse.Namespace) -> int:
    from genmodels.training.runner import run

    folder = _reopened(options) if options.resume else _created(options)
    show = _print_json if options.json else _ProgressBar()
    with _stop_on_interrupt(folder) as interrupts:
        status = run(folder.path, listener=show)
    if not options.json:
        print(f"\n{status.state}: {status.reason}")
    elif status.state == "failed":
        print(to_json({"event": "failed", "reason": status.reason}))
    if interrupts:
        return _interrupted()
    return 0 if status.state in ("finished", "stopped") else 1


@contextmanager
def _stop_on_interrupt(folder: "RunFolder") -> Iterator[list[int]]:
    """Ctrl-C asks the run to stop between two steps, so that it can go on exactly; a second one ends it at once."""
    interrupts: list[int] = []

    def ask(number: int, frame: FrameType | None) -> None:
        interrupts.append(number)
        signal.signal(signal.SIGINT, before)
        folder.send("stop")

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield interrupts
    finally:
        signal.signal(signal.SIGINT, before)


def _created(options: argparse.Namespace) -> "RunFolder":
    from genmodels.data import LARGE_MB, entry_of, spec_of, to_fetch
    from genmodels.models import preset
    from genmodels.training.folder import RUN_ID, RunFolder
    from genmodels.training.loop import check

    if not RUN_ID.fullmatch(name := options.out.resolve().name):
        raise UserError(
            f"A run cannot be called {name[:60]!r}, no page could show it; give --out a folder whose name has at most "
            "64 letters, digits, - and _."
        )
    spec = spec_of(options.data)
    config = preset(options.model, options.data, spec, options.preset).changed(
        {"seed": options.seed} | _changes(options)
    )
    check(config, spec)
    if (size := to_fetch(options.data)) > LARGE_MB and not options.download:
        entry = entry_of(options.data)
        raise UserError(
            f"{entry.card.title} is a download of {size:,} MB (terms: {entry.extra['licence']}); "
            "add --download to agree."
        )
    return RunFolder.create(options.out, config)


def _reopened(options: argparse.Namespace) -> "RunFolder":
    from genmodels.config import live_fields
    from genmodels.training.folder import RunFolder

    folder, changes = RunFolder(options.out), _changes(options)
    free = {*live_fields(type(folder.config())), *RESUMABLE}
    if fixed := sorted(set(changes) - free):
        raise UserError(f"{fixed[0][:60]!r} cannot change in a run that has begun; only {', '.join(sorted(free))} can.")
    folder.config().changed(changes)
    folder.reopen()
    folder.change(**changes)
    return folder


RESUMABLE = ("steps", "seconds", "target", "threads", "keep_mb")
"""Settings that a resumed run may change beside the live ones."""


def _changes(options: argparse.Namespace) -> "dict[str, Any]":
    """Settings given on the command line. A budget in seconds replaces one in steps unless both are given."""
    from genmodels.config import parse_value

    changes: dict[str, Any] = {}
    if options.seconds is not None:
        changes |= {"steps": None, "seconds": options.seconds}
    if options.steps is not None:
        changes["steps"] = options.steps
    for assignment in options.set:
        name, sign, value = assignment.partition("=")
        if not sign:
            raise UserError(f"--set needs NAME=VALUE, not {assignment[:60]!r}.")
        if name in ("model", "data", "preset"):
            raise UserError(f"--set cannot change the {name}; use --{name}.")
        changes[name] = parse_value(value)
    return changes


def _print_json(event: Any) -> None:
    values = {k: v for k, v in vars(event).items() if k != "views"}
    print(to_json({"event": type(event).__name__.lower(), **values}), flush=True)


class _ProgressBar:
    """One line that keeps itself up to date; on something that is no terminal, one line per evaluation."""

    WIDTH = 24

    def __init__(self) -> None:
        self.quality = ""

    def __call__(self, event: Any) -> None:
        kind = type(event).__name__
        if kind == "Evaluation":
            name, value = next(iter(event.metrics.items()))
            self.quality = f"{name} {value:.4g}"
            if not sys.stdout.isatty():
                print(f"step {event.step}  {event.seconds:.1f} s  {self.quality}", flush=True)
        elif kind == "Step" and sys.stdout.isatty():
            done = round(self.WIDTH * event.progress)
            left = f"{event.remaining:.0f} s left" if event.remaining is not None else f"{event.seconds:.0f} s"
            bar = "#" * done + "-" * (self.WIDTH - done)
            print(
                f"\r[{bar}] step {event.step}  {event.samples_per_second:,.0f}/s  {left}  {self.quality}   ",
                end="",
                flush=True,
            )


def _evaluate(options: argparse.Namespace) -> int:
    from genmodels.data import data_of
    from genmodels.metrics.heldout import check_fits, evaluate
    from genmodels.metrics.quality import Quality
    from genmodels.training.folder import RunFolder
    from genmodels.training.random import generator_for

    folder = RunFolder(options.run)
    config, model = folder.config(), folder.model()
    data = data_of(config)
    check_fits(model, data)
    metrics = evaluate(model, data, Quality(data, len(data.test)), generator_for(config.seed, "evaluation"))
    if options.json:
        print(to_json({"run": folder.id, "samples": len(data.test), **metrics}))
    else:
        for name, value in metrics.items():
            print(
                f"{name:<16} {value:.4f}"
                if isinstance(value, float)
                else f"{name:<16} " + " ".join(f"{v:.2f}" for v in value)
            )
    return 0


def _sample(options: argparse.Namespace) -> int:
    import torch

    from genmodels.plots.grid import save_grid
    from genmodels.training.folder import RunFolder

    if not 1 <= options.n <= 4096:
        raise UserError("--n must lie between 1 and 4096.")
    if not 0 <= options.seed < 2**31:
        raise UserError("--seed must lie between 0 and 2147483647.")
    folder = RunFolder(options.run)
    folder.about()
    model = folder.model()
    generator = torch.Generator().manual_seed(options.seed)
    y = _label(model, options.label, options.n) if options.label is not None else None
    samples = model.decode(model.prior(options.n, generator), y)
    if model.spec.modality == "image":
        save_grid(samples, options.out)
    else:
        options.out.write_text("x,y\n" + "".join(f"{x:.6f},{y:.6f}\n" for x, y in samples.tolist()))
    print(
        to_json({"out": str(options.out), "n": options.n}) if options.json else f"{options.n} samples in {options.out}"
    )
    return 0


def _label(model: Any, wanted: str, n: int) -> Any:
    import torch

    if not model.conditional:
        raise UserError("This model takes no label; leave --label out, or train 'cvae' or 'cgan'.")
    names = model.spec.classes
    numbers = {name: i for i, name in enumerate(names)} | {str(i): i for i in range(len(names))}
    if wanted not in numbers:
        raise UserError(f"There is no class {wanted[:40]!r}; choose one of {', '.join(names)}.")
    return torch.full((n,), numbers[wanted])
