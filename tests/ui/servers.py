"""Other scripts than the application on a server of their own, for what only a running server shows."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.app_server import AppServer, surroundings
from tests.house_rules import ROOT
from tests.postgres_server import free_port


@contextmanager
def running_script(script: Path, var: Path, more: Mapping[str, str] | None = None) -> Iterator[AppServer]:
    """A script or st.App on a free port of the loopback, with the application's own settings."""
    var.mkdir(parents=True, exist_ok=True)
    port, log = free_port(), var / "script.log"
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.address", "127.0.0.1"]
    command += ["--server.port", str(port), "--server.headless", "true"]
    env = surroundings(var, more) | {"PYTHONPATH": str(ROOT)}
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=output, stderr=output)
    server = AppServer(f"http://127.0.0.1:{port}", var, log, process)
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{server.url}/_stcore/health", timeout=2).close()
                break
            except OSError:
                time.sleep(0.1)
        else:
            raise RuntimeError(f"{script.name} did not start:\n{server.said()}")
        yield server
    finally:
        process.terminate()
        process.wait(timeout=20)
