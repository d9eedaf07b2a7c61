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

__all__ = ["postgres"]

_PATIENCE = 120.0


@contextmanager
def postgres() -> Iterator[str]:
    """The URL of a server that lives as long as the block. It never runs as root: then it is the user ``postgres``."""
    (programs,) = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1:]
    root = os.getuid() == 0
    user = pwd.getpwnam("postgres") if root else pwd.getpwuid(os.getuid())
    folder = Path(tempfile.mkdtemp(prefix="synthwb-pg-", dir="/tmp"))
    os.chown(folder, user.pw_uid, user.pw_gid)
    who = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if root else {}
    try:
        subprocess.run(
            [programs / "initdb", "-D", folder / "data", "-A", "trust", "-U", "postgres", "--no-sync"],
            cwd=folder,
            check=True,
            capture_output=True,
            **who,
        )
        command = [programs / "postgres", "-D", folder / "data", "-k", folder, "-c", "listen_addresses="]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, **who)
        try:
            _await(programs, folder, server)
            yield f"postgresql+psycopg://postgres@/postgres?host={folder}"
        finally:
            server.send_signal(signal.SIGINT)  # disconnects everybody
            server.wait(_PATIENCE)
    finally:
        shutil.rmtree(folder)


def _await(programs: Path, folder: Path, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while subprocess.run([programs / "pg_isready", "-q", "-h", folder]).returncode:
        assert server.poll() is None, (folder / "log").read_text()
        assert time.monotonic() < deadline, (folder / "log").read_text()
        time.sleep(0.05)
