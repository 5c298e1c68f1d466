"""Starts the real application in a process of its own, for browser tests, screenshots and load measuring."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from tests.house_rules import ROOT
from tests.postgres_server import free_port

_WAIT_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class AppServer:
    """A running application: where it answers, where its files and its log are, and its process."""

    url: str
    var: Path
    log: Path
    process: subprocess.Popen[bytes]

    def said(self) -> str:
        """What the server has logged."""
        return self.log.read_text(encoding="utf-8", errors="replace")


def surroundings(var: Path, more: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a demo whose files lie in `var`, whatever the caller's environment points to."""
    ours = ("ORDERLY_", "STREAMLIT_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return kept | {"ORDERLY_DEMO": "1", "ORDERLY_VAR": str(var), "PYTHONUNBUFFERED": "1"} | dict(more or {})


def run_module(arguments: list[str], var: Path, more: Mapping[str, str] | None = None) -> str:
    """Runs one of the house's commands (`seed demo`, …) to its end and gives what it printed.

    Raises: RuntimeError with what it said when it fails.
    """
    command = [sys.executable, "-m", *arguments]
    env = surroundings(var, more)
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


@contextmanager
def running_app(var: Path, more: Mapping[str, str] | None = None) -> Iterator[AppServer]:
    """The application on a free port of the loopback, stopped afterwards.

    Raises: RuntimeError with its log when it doesn't answer.
    """
    var.mkdir(parents=True, exist_ok=True)
    port, log = free_port(), var / "server.log"
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.address", "127.0.0.1"]
    command += ["--server.port", str(port), "--server.headless", "true"]
    env = surroundings(var, more)
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=output, stderr=output)
    server = AppServer(f"http://127.0.0.1:{port}", var, log, process)
    try:
        _wait_until_healthy(server)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def sign_in(url: str, login: str) -> str:
    """Goes through a demo door by the posted form, and gives the cookie for later requests (`name=value`).

    Raises: RuntimeError when no cookie comes back.
    """
    address = urlsplit(url)
    connection = HTTPConnection(address.hostname or "", address.port, timeout=30)
    headers = {"Origin": url, "Content-Type": "application/x-www-form-urlencoded"}
    try:
        connection.request("POST", "/sign-in", urlencode({"person": login}), headers)
        answer = connection.getresponse()
        cookie = (answer.headers.get("Set-Cookie") or "").split(";")[0]
        if answer.status != 303 or not cookie:
            raise RuntimeError(f"Signing in as {login!r} gave {answer.status}: {answer.read(500)!r}")
        return cookie
    finally:
        connection.close()


def _wait_until_healthy(server: AppServer) -> None:
    deadline = time.monotonic() + _WAIT_SECONDS
    while time.monotonic() < deadline and server.process.poll() is None:
        try:
            with urllib.request.urlopen(f"{server.url}/_stcore/health", timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise RuntimeError(f"The application did not start:\n{server.said()}")
