"""A real JupyterLab and a real Chromium: one server, one browser, one page for all journeys.

Everything lives in fresh folders and in a process group of its own, which is all that is ended afterwards.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Error, Locator, Page, sync_playwright

TOKEN = "t"
FOLDERS = {
    "JUPYTER_CONFIG_DIR": "config",
    "JUPYTER_DATA_DIR": "data",
    "JUPYTER_RUNTIME_DIR": "runtime",
    "IPYTHONDIR": "ipython",
    "JUPYTERLAB_SETTINGS_DIR": "settings",
    "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
}
# The debugger complains on the console when a kernel goes before it has answered: it is switched off below.
SETTINGS = {
    "@jupyterlab/apputils-extension/notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
        "doNotDisturbMode": True,
    },
}
CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
TIMED = """async ([source, argument, seconds]) => {
  const act = (0, eval)(source);
  const late = new Promise((_, no) => setTimeout(() => no(new Error("no answer in time: " + source)), seconds * 1000));
  return await Promise.race([act(argument), late]);
}"""
OPEN = """async path => {
  const w = await jupyterapp.commands.execute('docmanager:open', {path, factory: 'Notebook'});
  await w.context.ready; await w.sessionContext.ready; window.__nb = w;
  const ready = () => { const k = w.sessionContext.session?.kernel;
                        return k && k.connectionStatus === 'connected' && k.status === 'idle'; };
  while (!ready()) await new Promise(go => setTimeout(go, 50));
}"""
EXECUTE = """async code => {
  const future = __nb.sessionContext.session.kernel.requestExecute({code, store_history: false});
  let out = '';
  future.onIOPub = message => {
    if (message.header.msg_type === 'stream') out += message.content.text;
    if (message.header.msg_type === 'error') out += 'ERROR ' + message.content.evalue;
  };
  await future.done;
  return out;
}"""
RUN_CELL = """async index => {
  __nb.content.activeCellIndex = index;
  await jupyterapp.commands.execute('notebook:run-cell');
}"""
CLOSE = """async () => {
  await __nb.context.save(); await __nb.sessionContext.shutdown(); __nb.dispose();
}"""


class Lab:
    """JupyterLab in a page, driven by its own commands; what goes wrong in the page is collected in ``problems``."""

    def __init__(self, page: Page, base: str, root: Path, pictures: Path) -> None:
        self.page = page
        self.base = base
        self.root = root
        self.pictures = pictures
        self.problems: list[str] = []
        self._leaving = False  # requests of the page that is left are cut off, and rightly so
        page.on("pageerror", lambda error: self.problems.append(f"page error: {error}"))
        page.on("console", self._console)
        page.on("requestfailed", self._failed)
        page.on("request", self._request)

    def _console(self, message: Any) -> None:
        if message.type == "error":
            self.problems.append(f"console: {message.text}")

    def _failed(self, request: Any) -> None:
        if not (self._leaving and request.failure == "net::ERR_ABORTED"):
            self.problems.append(f"failed: {request.url}: {request.failure}")

    def _request(self, request: Any) -> None:
        local = (self.base, self.base.replace("http", "ws"), "data:", "blob:")
        if not request.url.startswith(local):
            self.problems.append(f"external: {request.url}")

    def evaluate(self, source: str, argument: Any = None, seconds: float = 60) -> Any:
        """Run a function in the page; a promise that never settles fails instead of hanging."""
        return self.page.evaluate(TIMED, [source, argument, seconds])

    def arrive(self, reset: bool = True) -> None:
        """Load the shell."""
        self._leaving = True
        self.page.goto(f"{self.base}/lab?token={TOKEN}{'&reset' if reset else ''}")
        self._leaving = False
        self.page.wait_for_function("() => !!window.jupyterapp", timeout=60_000)
        self.evaluate("async () => { await jupyterapp.restored; return 1 }")

    def notebook(self, name: str, *cells: str) -> None:
        """Write a notebook with these code cells, open it, and wait for its kernel."""
        made = [
            {"cell_type": "code", "id": f"c{i}", "metadata": {}, "execution_count": None, "outputs": [], "source": text}
            for i, text in enumerate(cells)
        ]
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        content = {"cells": made, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
        (self.root / f"{name}.ipynb").write_text(json.dumps(content))
        self.open(name)

    def open(self, name: str) -> None:
        """Open a notebook that is there."""
        self.evaluate(OPEN, f"{name}.ipynb")

    def run_all(self) -> None:
        """Run every cell."""
        self.evaluate("async () => { await jupyterapp.commands.execute('notebook:run-all-cells') }")

    def run_cell(self, index: int) -> None:
        """Run one cell."""
        self.evaluate(RUN_CELL, index)

    def kernel(self, code: str) -> str:
        """Run code in the kernel without touching the notebook; what it prints."""
        return str(self.evaluate(EXECUTE, code)).strip()

    def close(self) -> None:
        """Shut the kernel down and close the notebook."""
        self.evaluate(CLOSE)

    def find(self, kind: str) -> Locator:
        """The newest panel of a kind in the page."""
        return self.page.locator(f".swb-{kind}").last

    def theme(self, name: str) -> None:
        """Switch to ``JupyterLab Light`` or ``JupyterLab Dark``."""
        self.evaluate("async theme => { await jupyterapp.commands.execute('apputils:change-theme', {theme}) }", name)
        shade = "true" if name.endswith("Light") else "false"
        self.page.wait_for_selector(f"body[data-jp-theme-light='{shade}']", state="attached")

    def picture(self, name: str) -> Path:
        """Keep what the page shows."""
        path = self.pictures / f"{name}.png"
        self.page.screenshot(path=path)
        return path

    def wait(self, condition: Callable[[], bool], what: str, seconds: float = 20) -> None:
        """Wait until a condition holds."""
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                self.picture("failure")
                pytest.fail(f"{what}: not within {seconds:g} s; problems: {self.problems}")
            self.page.wait_for_timeout(50)


@pytest.fixture(scope="session")
def lab_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A JupyterLab of its own: its address and the folder of its notebooks."""
    home = tmp_path_factory.mktemp("lab")
    root = home / "notebooks"
    root.mkdir()
    environment = {**os.environ, **{name: str(home / folder) for name, folder in FOLDERS.items()}}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    for name, content in SETTINGS.items():
        path = home / "settings" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content))
    config = home / "config" / "labconfig" / "page_config.json"
    config.parent.mkdir(parents=True)
    config.write_text(json.dumps({"disabledExtensions": {"@jupyterlab/debugger-extension": True}}))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}"]
    command += ["--ServerApp.port_retries=0", f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={root}"]
    command += ["--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    command += ["--LabApp.expose_app_in_browser=True"]
    with (home / "log").open("w") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)
    base = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 60
        while not _answers(base):
            if server.poll() is not None or time.monotonic() > deadline:
                pytest.fail((home / "log").read_text()[-3000:])
            time.sleep(0.2)
        yield base, root
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def _answers(base: str) -> bool:
    try:
        with urllib.request.urlopen(f"{base}/api?token={TOKEN}", timeout=2) as answer:
            return answer.status == 200
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


@pytest.fixture(scope="session")
def shared_lab(lab_server: tuple[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """The one page of all journeys."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.fail("chromium is missing: on Debian, apt-get install chromium fonts-dejavu")
    wanted = os.environ.get("SYNTHWB_PICTURES")
    pictures = Path(wanted) if wanted else tmp_path_factory.mktemp("pictures")
    pictures.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as driver:
        context = driver.chromium.launch_persistent_context(
            tmp_path_factory.mktemp("profile"),
            executable_path=chromium,
            headless=True,
            viewport={"width": 1360, "height": 900},
            args=CHROMIUM,
        )
        lab = Lab(context.pages[0], lab_server[0], lab_server[1], pictures)
        lab.arrive()
        yield lab
        context.close()


@pytest.fixture
def lab(shared_lab: Lab, request: pytest.FixtureRequest) -> Iterator[Lab]:
    """The page, with no notebook open before and after, and nothing that went wrong in it."""
    shared_lab.problems.clear()
    yield shared_lab
    try:
        if shared_lab.evaluate("() => !!window.__nb && !window.__nb.isDisposed"):
            shared_lab.close()
    except Error as error:
        shared_lab.problems.append(f"closing: {error}")
    assert shared_lab.problems == []


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The source of axe-core, which judges accessibility, at the version of the lock file."""
    source = Path(__file__).parents[2] / "widgets" / "js"
    npm = shutil.which("npm")
    if npm is None:
        pytest.fail("npm is missing: on Debian, apt-get install nodejs npm (Node 18 or later)")
    work = tmp_path_factory.mktemp("axe")
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(source / name, work / name)
    subprocess.run([npm, "ci", "--no-audit", "--no-fund"], cwd=work, check=True, capture_output=True, timeout=240)
    return (work / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
