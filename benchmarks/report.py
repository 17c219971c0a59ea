"""The last results, kept as JSON with the machine and the date, and the table that is made of them."""

import importlib
import json
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


def save(result: dict[str, Any]) -> None:
    """Keep a result in place of the one before, and write the table anew."""
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{result['benchmark']}.json").write_text(json.dumps(result, indent=2) + "\n")
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
        where = (
            f"{result['machine']['cores']} cores, {result['machine']['processor'].strip()}, {result['machine']['date']}"
        )
        for row in module.rows(result) if hasattr(module, "rows") else ():
            met = "yes" if row.met else "no"
            lines.append(
                f"| {result['benchmark']} | {row.what} | {row.reference} | {row.ours} | {row.goal} | {met} | {where} |"
            )
    return "\n".join(lines) + "\n"
