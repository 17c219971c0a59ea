"""Start: from ``streamlit run`` to a page that answers, and from opening a page to its first content in Chromium.

What Streamlit itself takes is measured beside it: an app of one line, in the same browser, in turn.
"""

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

PAGES = {"home": "Machines that imagine", "train": "What will be built", "explore": "Drag on the map"}
"""Page -> words that only its content has."""
PLAIN = "One line"
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
    starts = []
    with tempfile.TemporaryDirectory() as folder:
        (plain := Path(folder) / "plain.py").write_text(f"import streamlit as st\nst.write({PLAIN!r})\n")
        for _ in range(options.repeat):
            with app() as running, app(plain) as floor:
                starts.append(running.seconds)
                visits = {f"{running.url}/{page}": words for page, words in PAGES.items()} | {floor.url: PLAIN}
                *seconds, plain_seconds = first_paints(visits, options.repeat)
    return {
        "seconds_to_answer": round(statistics.median(starts), 2),
        "seconds_to_first_content": dict(zip(PAGES, seconds, strict=True)),
        "of_a_plain_app": plain_seconds,
    }


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
        Row(
            "first content of the slowest page (an app of one line)",
            f"{result['of_a_plain_app']} s",
            f"{slowest} s",
            "1 s",
            slowest <= 1,
        ),
    ]


@contextmanager
def app(script: Path = Path("app.py")) -> Iterator[App]:
    """Start the app, or another one, and end it afterwards."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        command = [
            sys.executable,
            "-m",
            "streamlit",
            "run",
            str(script),
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


def first_paints(visits: dict[str, str], repeat: int) -> list[float]:
    """Seconds from opening each address in a fresh context to its words; the first visit does not count."""
    with chromium() as browser:
        times: dict[str, list[float]] = {url: [] for url in visits}
        for _ in range(repeat + 1):
            for url, words in visits.items():
                context = browser.new_context(viewport={"width": 1440, "height": 900})
                tab = context.new_page()
                start = time.perf_counter()
                tab.goto(url, wait_until="commit")
                tab.get_by_text(words).first.wait_for(timeout=60_000)
                times[url].append(time.perf_counter() - start)
                context.close()
    return [round(statistics.median(seconds[1:]), 2) for seconds in times.values()]
