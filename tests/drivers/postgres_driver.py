"""A PostgreSQL server of the test's own: a cluster in a temporary folder, reached through a socket in it."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

__all__ = ["Server", "postgres", "server"]

_PATIENCE = 120.0


class Server:
    """A cluster and the process that serves it. It never runs as root: then it is the user ``postgres``."""

    def __init__(self) -> None:
        (self._programs,) = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1:]
        root = os.getuid() == 0
        user = pwd.getpwnam("postgres") if root else pwd.getpwuid(os.getuid())
        self.folder = Path(tempfile.mkdtemp(prefix="synthwb-pg-", dir="/tmp"))
        os.chown(self.folder, user.pw_uid, user.pw_gid)
        self._who: dict[str, Any] = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if root else {}
        self.url = f"postgresql+psycopg://postgres@/postgres?host={self.folder}"
        subprocess.run(
            [self._programs / "initdb", "-D", self.folder / "data", "-A", "trust", "-U", "postgres", "--no-sync"],
            cwd=self.folder,
            check=True,
            capture_output=True,
            **self._who,
        )

    def start(self) -> None:
        """Serve, and wait until somebody can connect."""
        command = [
            self._programs / "postgres",
            "-D",
            self.folder / "data",
            "-k",
            self.folder,
            "-c",
            "listen_addresses=",
        ]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=log, **self._who)
        deadline = time.monotonic() + _PATIENCE
        while subprocess.run([self._programs / "pg_isready", "-q", "-h", self.folder], check=False).returncode:
            assert self._process.poll() is None, (self.folder / "log").read_text()
            assert time.monotonic() < deadline, (self.folder / "log").read_text()
            time.sleep(0.05)

    def stop(self, number: int = signal.SIGINT) -> None:
        """Disconnect everybody and end (SIGINT), or end as after a power cut (SIGQUIT)."""
        self._process.send_signal(number)
        self._process.wait(_PATIENCE)


@contextmanager
def server() -> Iterator[Server]:
    """A server that lives as long as the block."""
    made = Server()
    try:
        made.start()
        try:
            yield made
        finally:
            made.stop()
    finally:
        shutil.rmtree(made.folder)


@contextmanager
def postgres() -> Iterator[str]:
    """The URL of such a server."""
    with server() as made:
        yield made.url
