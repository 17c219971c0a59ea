"""The last results, kept as JSON with the machine and the date, and the table that is made of them."""

import datetime
import importlib
import json
import os
import platform
from pathlib import Path
from typing import Any, NamedTuple

RESULTS = Path(__file__).parent / "results"
TABLE = RESULTS / "README.md"


class Row(NamedTuple):
    """One line of the table: what was measured, the reference, ours, the goal, and whether it is met."""

    what: str
    reference: str
    ours: str
    goal: str
    met: bool


def machine() -> dict[str, object]:
    """What the figures depend on."""
    import torch

    model = next((line.split(":")[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), "")
    return {
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "processor": model or platform.processor(),
        "bfloat16": torch.cpu._is_avx512_bf16_supported(),
        "load_before": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
        "torch": torch.__version__,
        "date": datetime.date.today().isoformat(),
    }


def place() -> str:
    """The machine in words: how many cores of what, and whether it multiplies bfloat16, which images are trained in."""
    now = machine()
    return f"{now['cores']} x {str(now['processor']).strip()}{_units(now)}"


def _units(machine: dict[str, Any]) -> str:
    return " with bfloat16" if machine.get("bfloat16") else ""


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []


def save(result: dict[str, Any], label: str | None = None) -> None:
    """Keep a result in place of the one before with the same label, and write the table anew."""
    RESULTS.mkdir(exist_ok=True)
    name = ".".join(filter(None, (result["benchmark"], label)))
    (RESULTS / f"{name}.json").write_text(json.dumps(result, indent=2) + "\n")
    TABLE.write_text(table([json.loads(path.read_text()) for path in sorted(RESULTS.glob("*.json"))]))


def table(results: list[dict[str, Any]]) -> str:
    """Results as Markdown. Benchmarks without a function ``rows(result) -> list[Row]`` have a table of their own."""
    lines = [
        "# What was measured",
        "",
        "Made by `python -m benchmarks NAME --save`; the JSON files beside this one hold every repetition. Where a "
        "step's time goes, what pays and what does not: [notes](../notes.md).",
        "",
        "| benchmark | what | reference | ours | goal | met | machine, date |",
        "|---|---|---|---|---|---|---|",
    ]
    for result in results:
        module = importlib.import_module(f"benchmarks.{result['benchmark'].replace('-', '_')}")
        m = result["machine"]
        where = f"{m['cores']} cores, {m['processor'].strip()}{_units(m)}, {m['date']}"
        for row in module.rows(result) if hasattr(module, "rows") else ():
            met = "yes" if row.met else "no"
            lines.append(
                f"| {result['benchmark']} | {row.what} | {row.reference} | {row.ours} | {row.goal} | {met} | {where} |"
            )
    return "\n".join(lines) + "\n"
