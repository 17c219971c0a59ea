"""Commands on runs that are there: list them, compare them, take them away."""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genmodels.errors import UserError
from genmodels.jsontext import to_json

if TYPE_CHECKING:
    from genmodels.metrics.report import Report
    from genmodels.training.folder import RunFolder

Command = Callable[[str, Any, str], argparse.ArgumentParser]
MOST = 4
"""Runs that are compared at once."""


def add(command: Command) -> None:
    """Add these commands to the parser."""
    runs = command("runs", _runs, "The runs below a folder, newest first.")
    runs.add_argument("--root", type=Path, default=Path("runs"), help="folder of runs")

    compare = command("compare", _compare, "Two to four runs, measured alike on held-out data.")
    compare.add_argument("runs", nargs="+", metavar="RUN", help="folder of a run, or the name of a bundled one")

    export = command("export", _export, "Take a run away as a file.")
    export.add_argument("run", metavar="RUN", help="folder of a run, or the name of a bundled one")
    export.add_argument("--what", required=True, help="csv, png, gif, safetensors, onnx, tensorboard, zip, python, ...")
    export.add_argument("--out", type=Path, required=True)


def folder_of(name: str) -> "RunFolder":
    """The run in this folder, or the bundled one of this name."""
    from genmodels.training.folder import RunFolder
    from genmodels.training.store import bundled

    named = {folder.id: folder for folder in bundled()}
    return named[name] if name in named and not Path(name).exists() else RunFolder(Path(name))


def _runs(options: argparse.Namespace) -> int:
    from genmodels.training.folder import RunFolder

    if not options.root.is_dir():
        raise UserError(f"There is no folder {str(options.root)[:60]!r}; say where the runs are with --root.")
    paths = [path for path in options.root.iterdir() if (path / "run.json").is_file()]
    told = sorted((_told(RunFolder(path)) for path in paths), key=lambda run: -run["created"])
    for run in told:
        print(to_json(run) if options.json else _line(run))
    if not told and not options.json:
        print(f"No runs in {options.root}.")
    return 0


def _told(folder: "RunFolder") -> dict[str, Any]:
    """What is known of a run; of a damaged one, that it is."""
    try:
        about, config, status = folder.about(), folder.config(), folder.status()
    except UserError as error:
        return {"run": folder.id, "state": "damaged", "created": 0.0, "reason": str(error)}
    return {
        "run": folder.id,
        "title": about["title"],
        "model": config.model,
        "data": config.data,
        "state": status.state,
        "step": status.step,
        "seconds": status.seconds,
        "megabytes": folder.size() / 1e6,
        "created": about["created"],
    }


def _line(run: dict[str, Any]) -> str:
    if run["state"] == "damaged":
        return f"{run['run']:<24} damaged: {run['reason']}"
    what = f"{run['model']} on {run['data'][:24]}"
    cost = f"{run['step']:>8,} steps  {run['seconds']:>8.1f} s  {run['megabytes']:>7.1f} MB"
    return f"{run['run']:<24} {what:<26} {run['state']:<12} {cost}  {run['title']}"


def _compare(options: argparse.Namespace) -> int:
    if not 2 <= len(options.runs) <= MOST:
        raise UserError(f"Give two to {MOST} runs to compare, not {len(options.runs)}.")
    folders = [folder_of(name) for name in options.runs]
    for folder in folders:
        folder.about()
    from genmodels.metrics.report import report, verdict

    named = [(folder.id, report(folder)) for folder in folders]
    sentences = verdict(named)
    if options.json:
        for name, found in named:
            print(to_json({"run": name, **_numbers(found)}))
        print(to_json({"verdict": sentences}))
    else:
        _table(named)
        print("\n" + "\n".join(sentences))
    return 0


def _numbers(found: "Report") -> dict[str, Any]:
    return {
        "model": found.config.model,
        "data": found.config.data,
        "samples": found.samples,
        "measures": found.measures,
        "floor": found.floor,
        "classes": found.classes,
        "shares": found.shares,
        "real_shares": found.real_shares,
        "steps": found.steps,
        "seconds": found.seconds,
        "step_ms": found.step_ms,
        "parameters": found.parameters,
    }


def _table(named: "Sequence[tuple[str, Report]]") -> None:
    """One line for each number that at least one run has; the last column is real data against real data."""
    reports = [report for _, report in named]
    names = dict.fromkeys(name for report in reports for name in report.measures if report.number(name) is not None)
    same = len({report.config.data for report in reports}) == 1
    print(f"{'':<16}" + "".join(f"{name[:14]:>16}" for name, _ in named) + (f"{'real':>16}" if same else ""))
    for name in names:
        values = [report.number(name) for report in reports]
        floor = reports[0].floor.get(name) if same else None
        shown = [*values, floor] if isinstance(floor, float) else values
        print(f"{name:<16}" + "".join(f"{'-':>16}" if value is None else f"{value:>16.4f}" for value in shown))
    for name, said in (
        ("ms per step", [f"{report.step_ms or 0:,.1f}" for report in reports]),
        ("seconds", [f"{report.seconds:,.1f}" for report in reports]),
        ("weights", [f"{sum(report.parameters.values()):,}" for report in reports]),
    ):
        print(f"{name:<16}" + "".join(f"{value:>16}" for value in said))


def _export(options: argparse.Namespace) -> int:
    from genmodels.export import EXPORTS

    entry = EXPORTS[options.what]
    folder = folder_of(options.run)
    folder.about()
    if options.out.is_dir():
        raise UserError(f"{str(options.out)[:60]!r} is a folder; give --out the name of a file.")
    content = entry.thing(folder)
    options.out.write_bytes(content)
    told = {"out": str(options.out), "what": options.what, "bytes": len(content)}
    print(to_json(told) if options.json else f"{entry.card.title} in {options.out} ({len(content):,} bytes)")
    return 0
