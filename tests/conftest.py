"""Fixtures: fixed seeds, a server of one's own, a browser that reports every error of the page."""

import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

import numpy as np
import pytest
import torch
from playwright.sync_api import Browser, BrowserContext, Page, WebError, expect, sync_playwright

ROOT = Path(__file__).parents[1]
SETTLED = "[data-testid=stApp][data-test-connection-state=CONNECTED][data-test-script-state=notRunning]"
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SCREEN = {"viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce"}
LEFT = re.compile(
    r"Exception in ASGI application\n(?:(?!Exception in ASGI).)*?"
    r'WebSocketDisconnected: Cannot call "send" once a close message has been sent\.\n',
    re.DOTALL,
)
collect_ignore = ["apps"]


@pytest.fixture(scope="session", autouse=True)
def _warm() -> None:
    """Once, before any page: a thread that still imports trips whoever walks through ``sys.modules`` meanwhile."""
    from pages.parts import warmup

    warmup.start().join()


@pytest.fixture(autouse=True)
def _seeds() -> None:
    random.seed(0)
    np.random.seed(0)
    torch.manual_seed(0)


@pytest.fixture(autouse=True)
def _own_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Pages that a test opens in this process find no runs but its own: the store outlives them."""
    monkeypatch.setenv("GENMODELS_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("GENMODELS_WORKERS", "threads")
    yield
    if studio := sys.modules.get("pages.parts.studio"):
        getattr(studio.store, "clear", lambda: None)()  # a test may have put something else in its place


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of small runs to explore, trained once for the session; nobody changes it."""
    from tests.explore_runs import make_runs

    root = tmp_path_factory.mktemp("trained") / "runs"
    make_runs(root)
    return root


@pytest.fixture
def runs(trained: Path, tmp_path: Path) -> Path:
    """A copy of them that a test may damage, where the pages that it opens look."""
    return Path(shutil.copytree(trained, tmp_path / "runs"))


@pytest.fixture
def float64() -> Iterator[None]:
    """Double precision by default, so that a tolerance of 1e-12 means something."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(before)


@dataclass
class Server:
    """A running app: its address, what it has logged, and the process."""

    url: str
    log: Path
    process: subprocess.Popen[bytes]

    def logged(self, since: int = 0) -> str:
        """What it has logged after so many bytes, without what a browser causes that leaves amid a message: Streamlit
        then closes the connection a second time."""
        return LEFT.sub("", self.log.read_bytes()[since:].decode())

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2) as answer:
            return answer.status == 200
    except (URLError, OSError):
        return False


def serve(script: Path, folder: Path, port: int | None = None) -> Server:
    """Start ``script`` with ``folder`` as its working directory, where it puts its runs and data."""
    port = port or _free_port()
    log = folder / f"server-{port}-{time.monotonic_ns()}.log"
    own = {
        "GENMODELS_RUNS": str(folder / "runs"),
        "GENMODELS_WORKERS": "processes",
        "GENMODELS_DATA": str(folder / "data"),
        "OMP_NUM_THREADS": "1",
        "PYTHONUNBUFFERED": "1",
    }
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.headless=true"]
    command += [f"--server.port={port}", "--server.address=127.0.0.1", "--server.fileWatcherType=none"]
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=folder, env=os.environ | own, stdout=out, stderr=subprocess.STDOUT)
    server = Server(f"http://127.0.0.1:{port}", log, process)
    deadline = time.monotonic() + 60
    while not _healthy(server.url):
        if process.poll() is not None or time.monotonic() > deadline:
            server.stop()
            pytest.fail(f"the server did not start:\n{log.read_text()}")
        time.sleep(0.05)
    return server


@pytest.fixture(scope="session")
def session_servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Path], Server]]:
    """One server for each script for the whole session."""
    running: dict[Path, Server] = {}

    def start(script: Path) -> Server:
        if script not in running:
            running[script] = serve(script, tmp_path_factory.mktemp("server"))
        return running[script]

    yield start
    for server in running.values():
        server.stop()


def _quiet(server: Server) -> Iterator[Server]:
    """The server, and afterwards a look at what it has logged meanwhile."""
    before = server.log.stat().st_size
    yield server
    assert "Traceback" not in server.logged(before)


@pytest.fixture
def server(session_servers: Callable[[Path], Server]) -> Iterator[Server]:
    """The app, shared by the tests of the session."""
    yield from _quiet(session_servers(ROOT / "app.py"))


@pytest.fixture(scope="session")
def explorable(trained: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app with runs to explore, one of them too large for a browser."""
    from tests.explore_runs import make_large

    folder = tmp_path_factory.mktemp("explore")
    make_large(Path(shutil.copytree(trained, folder / "runs")) / "large")
    server = serve(ROOT / "app.py", folder)
    yield server
    server.stop()


@pytest.fixture
def studio(explorable: Server) -> Iterator[Server]:
    """The app with runs to explore, shared by the tests of the session."""
    yield from _quiet(explorable)


@pytest.fixture
def gallery(session_servers: Callable[[Path], Server]) -> Iterator[Server]:
    """The page with all interactive parts, shared by the tests of the session."""
    yield from _quiet(session_servers(ROOT / "tests/apps/gallery.py"))


@pytest.fixture
def start_server(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Start a server of the test's own: nobody has visited it yet, and the test may stop it."""
    servers: list[Server] = []

    def start(script: Path = ROOT / "app.py", port: int | None = None) -> Server:
        servers.append(serve(script, tmp_path, port))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()
        assert "Traceback" not in server.logged()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Callable[[Path | None], Browser | BrowserContext]]:
    """Start Chromium as installed on the machine: with the profile in a folder, or one that can have many."""
    binary = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if binary is None:
        if os.environ.get("GENMODELS_REQUIRE_BROWSER") == "1":
            pytest.fail("GENMODELS_REQUIRE_BROWSER=1, but there is no Chromium")
        pytest.skip("no Chromium on this machine")
    started: list[Browser | BrowserContext] = []
    with sync_playwright() as playwright:

        def start(profile: Path | None = None) -> Browser | BrowserContext:
            kind, own = playwright.chromium, {"executable_path": binary, "args": list(CHROMIUM_FLAGS)}
            started.append(kind.launch_persistent_context(profile, **own, **SCREEN) if profile else kind.launch(**own))
            return started[-1]

        yield start
        for one in started:
            one.close()


@pytest.fixture(scope="session")
def browser(chromium: Callable[..., Browser]) -> Browser:
    """Chromium with as many fresh profiles as wanted."""
    return chromium()


@pytest.fixture(scope="session")
def profile(chromium: Callable[..., BrowserContext], tmp_path_factory: pytest.TempPathFactory) -> BrowserContext:
    """The profile of a visitor who comes again: a third of a page's start is compiling, which is not done again."""
    return chromium(tmp_path_factory.mktemp("profile"))


@pytest.fixture
def reporting() -> Iterator[Callable[[BrowserContext], BrowserContext]]:
    """An error in any script of the pages of a profile fails the test."""
    errors: list[str] = []
    watched = []

    def note(error: WebError) -> None:
        errors.append(str(error.error))

    def watch(context: BrowserContext) -> BrowserContext:
        context.set_default_timeout(60_000)
        expect.set_options(timeout=60_000)  # a busy machine is no fault of the page
        context.on("weberror", note)
        watched.append(context)
        return context

    yield watch
    for context in watched:
        context.remove_listener("weberror", note)
    assert not errors, errors


@pytest.fixture
def new_browser(
    browser: Browser, reporting: Callable[[BrowserContext], BrowserContext]
) -> Iterator[Callable[..., Page]]:
    """A page in a fresh profile of its own."""
    contexts = []

    def new(**options: object) -> Page:
        contexts.append(reporting(browser.new_context(**SCREEN | options)))
        return contexts[-1].new_page()

    yield new
    for context in contexts:
        context.close()


@pytest.fixture
def page(profile: BrowserContext, reporting: Callable[[BrowserContext], BrowserContext]) -> Iterator[Page]:
    """A page in the profile that all tests share, where nothing is left of those before but what makes it fast."""
    yield reporting(profile).new_page()
    keeper, *others = profile.pages  # Chromium ends with its last page
    for other in others:
        other.close()
    everything = {"origin": "*", "storageTypes": "cookies,indexeddb,local_storage,cache_storage,service_workers"}
    session = profile.new_cdp_session(keeper)
    session.send("Storage.clearDataForOrigin", everything)
    session.detach()
    assert not profile.cookies()


@pytest.fixture(scope="session")
def visit() -> Callable[[Page, str], None]:
    """Open an address and wait until the app has drawn it."""

    def go(page: Page, url: str) -> None:
        page.goto(url)
        page.wait_for_selector(SETTLED)

    return go
