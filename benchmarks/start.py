"""Start: from ``streamlit run`` to a page that answers, and from opening a page to its first content in Chromium."""

import argparse
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.report import Row

PAGES = {"": "Machines that imagine", "train": "What will be built", "explore": "Explore"}
"""Path of a page -> words that only its content has."""
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]


@dataclass(frozen=True)
class App:
    """The app on a free port, with a folder of runs of its own; ``seconds`` until it answered."""

    url: str
    seconds: float
    runs: Path
    process: "subprocess.Popen[bytes]"


def run(options: argparse.Namespace) -> dict[str, Any]:
    starts, paints = [], {}
    for _ in range(options.repeat):
        with app() as running:
            starts.append(running.seconds)
            paints = first_paints(running.url, options.repeat)
    return {"seconds_to_answer": round(statistics.median(starts), 2), "seconds_to_first_content": paints}


def rows(result: dict[str, Any]) -> list[Row]:
    slowest = max(result["seconds_to_first_content"].values())
    return [
        Row(
            "`streamlit run` until it answers",
            "-",
            f"{result['seconds_to_answer']} s",
            "3 s",
            result["seconds_to_answer"] <= 3,
        ),
        Row("first content of the slowest page", "-", f"{slowest} s", "1 s", slowest <= 1),
    ]


@contextmanager
def app() -> Iterator[App]:
    """Start the app, and end it afterwards."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        command = [
            sys.executable,
            "-m",
            "streamlit",
            "run",
            "app.py",
            "--server.headless=true",
            f"--server.port={port}",
        ]
        start = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=Path(__file__).parents[1],
            env=os.environ | {"GENMODELS_RUNS": folder},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            url = f"http://127.0.0.1:{port}"
            while not _answers(url):
                time.sleep(0.02)
            yield App(url, time.perf_counter() - start, Path(folder), process)
        finally:
            process.terminate()
            process.wait(timeout=20)


@contextmanager
def chromium() -> Iterator[Any]:
    """A headless browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/_stcore/health", timeout=1) as reply:
            return bool(reply.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def first_paints(url: str, repeat: int) -> dict[str, float]:
    """Seconds from opening each page in a fresh context to its words on the screen; the first visit is not counted."""
    with chromium() as browser:
        times: dict[str, list[float]] = {page: [] for page in PAGES}
        for _ in range(repeat + 1):
            for page, words in PAGES.items():
                context = browser.new_context(viewport={"width": 1440, "height": 900})
                tab = context.new_page()
                start = time.perf_counter()
                tab.goto(f"{url}/{page}", wait_until="commit")
                tab.get_by_text(words).first.wait_for(timeout=60_000)
                times[page].append(time.perf_counter() - start)
                context.close()
    return {page or "home": round(statistics.median(seconds[1:]), 2) for page, seconds in times.items()}
