"""``python -m benchmarks training [--json]``: run one benchmark, or all short ones, and print what was measured."""

import argparse
import importlib
import json
import sys
from pathlib import Path

from benchmarks import report

SHORT = ("training", "devices", "image-gan", "toy", "concurrency", "watched", "memory", "start", "playground", "ui")
LONG = ("presets", "published")
"""Modules of this package with a function ``run(options) -> dict``, most with ``rows(result)`` for the table; long ones
only run when they are named."""


def show(values: dict[str, object], indent: int = 0) -> None:
    """Nested figures as aligned lines."""
    for name, value in values.items():
        if isinstance(value, dict):
            print(f"{' ' * indent}{name}")
            show(value, indent + 2)
        else:
            print(f"{' ' * indent}{name:<{36 - indent}} {value}")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*SHORT, *LONG, []], help="which ones; all short ones by default")
    parser.add_argument("--json", action="store_true", help="one JSON object per benchmark")
    parser.add_argument("--save", action="store_true", help="keep the results in benchmarks/results")
    parser.add_argument("--label", help="keep them under this name, beside those of another machine")
    parser.add_argument("--jobs", type=int, default=1, help="runs of toy side by side, each on a core of its own")
    parser.add_argument("--repeat", type=int, default=3, help="repetitions of the short measurements")
    parser.add_argument("--datasets", type=Path, help="folder with MNIST/raw/*.gz; otherwise MNIST is downloaded")
    parser.add_argument("--seconds", type=float, default=300.0, help="how long the reference of image-gan trains")
    long = parser.add_argument_group("presets and published, which go on where they were broken off")
    long.add_argument("--preset", choices=["fast", "good"], default="fast")
    long.add_argument("--seeds", type=int, help="how many, from 0 on; 1 by default, for toy as --repeat")
    long.add_argument("--models", help="only these, with commas between them")
    long.add_argument("--rows", help="only these rows of published, with commas between them")
    long.add_argument("--limit", type=float, help="seconds after which nothing new is begun")
    options = parser.parse_args()
    for name in options.names or SHORT:
        result = {
            "benchmark": name,
            "machine": report.machine(),
            **importlib.import_module(f"benchmarks.{name.replace('-', '_')}").run(options),
        }
        print(json.dumps(result), flush=True) if options.json else show(result)
        if options.save:
            report.save(result, options.label)
    return 0


if __name__ == "__main__":
    sys.exit(main())
