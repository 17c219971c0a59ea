"""Memory: of a training process on the embedded sets and on full MNIST, and of the app with eight idle visitors.

A training process is ``python -m genmodels train``; its figure is the largest resident set the system saw. The app's is
its share of memory (PSS) with eight pages open and nothing running, workers included and apart.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.mnist import mnist_root
from benchmarks.report import Row
from benchmarks.start import App, app, chromium

VISITORS = ("", "train", "explore", "playground", "learn", "", "train", "explore")
RUNS = {"vae on digits": ("vae", "digits"), "gan on digits": ("gan", "digits"), "vae on fashion": ("vae", "fashion")}
MOST_EMBEDDED, MOST_MNIST, MOST_APP = 700, 1200, 1000


def run(options: argparse.Namespace) -> dict[str, Any]:
    trained = {name: training(*names) for name, names in RUNS.items()}
    with mnist_root(options.datasets) as root:
        mnist = training("vae", "mnist", data=root)
    return {"training_mb": trained, "training_on_mnist_mb": mnist, "app_with_8_visitors_mb": visited()}


def rows(result: dict[str, Any]) -> list[Row]:
    largest, mnist = max(result["training_mb"].values()), result["training_on_mnist_mb"]
    whole = result["app_with_8_visitors_mb"]
    return [
        Row("a training process, embedded sets", "-", f"{largest} MB", f"{MOST_EMBEDDED} MB", largest <= MOST_EMBEDDED),
        Row("a training process, full MNIST", "-", f"{mnist} MB", f"{MOST_MNIST} MB", mnist <= MOST_MNIST),
        Row(
            "the app with 8 idle visitors (with its workers)", "-",
            f"{whole['server']} MB ({whole['with_workers']} MB)", f"{MOST_APP} MB", whole["server"] <= MOST_APP,
        ),
    ]  # fmt: skip


def training(model: str, name: str, data: Path | None = None) -> int:
    """Peak megabytes of a short run on the command line; ``data`` is the folder in which data sets are looked for."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "genmodels", "train", "--model", model, "--data", name, "--seconds", "15"]
        command += ["--out", f"{folder}/run", "--json"]
        environment = os.environ | ({"GENMODELS_DATA": str(data)} if data else {})
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
        _, code, usage = os.wait4(process.pid, 0)
    if code:
        raise RuntimeError(f"training {model} on {name} failed")
    return round(usage.ru_maxrss / 1000)


def visited() -> dict[str, int]:
    """Megabytes of the server, and of it together with its workers, ten seconds after the last of eight visitors."""
    with app() as server, chromium() as browser:
        for path in VISITORS:
            page = browser.new_context().new_page()
            page.goto(f"{server.url}/{path}")
            page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
        time.sleep(10)
        return {"server": _share(server.process.pid), "with_workers": sum(map(_share, _family(server)))}


def _share(pid: int) -> int:
    """Proportional set size in megabytes: pages shared by several processes count in parts."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return round(next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1000)


def _family(server: App) -> list[int]:
    """The server and all processes that it, or one of them, has started."""
    family, seen = [server.process.pid], 0
    while seen < len(family):
        for path in Path(f"/proc/{family[seen]}/task").glob("*/children"):
            family += map(int, path.read_text().split())
        seen += 1
    return family
