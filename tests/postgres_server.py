"""A PostgreSQL server of the tests' own: in a temporary folder, on a free loopback port, gone afterwards."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PASSWORD = "orderly-tests"
_WAIT_SECONDS = 30.0
# Nothing here has to survive a power cut; a test's database is thrown away.
_SETTINGS = (
    "listen_addresses=127.0.0.1",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=100",
    "shared_buffers=64MB",
    "autovacuum=off",
)


def find_binaries() -> Path | None:
    """The folder with `initdb` and `postgres`, or None where PostgreSQL's server is not installed."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    folders += sorted(Path("/opt/homebrew/opt").glob("postgresql*/bin"), reverse=True)
    named = os.environ.get("ORDERLY_POSTGRES_BIN")
    if named:
        folders.insert(0, Path(named))
    on_path = shutil.which("initdb")
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


def _version(folder: Path) -> float:
    try:
        return float(folder.parent.name)
    except ValueError:
        return 0.0


def free_port() -> int:
    """A port of the loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _account() -> dict[str, Any]:
    """As whom the server runs: PostgreSQL refuses root, so there it is the account postgres, or nobody."""
    if os.name != "posix" or os.geteuid() != 0:
        return {}
    import pwd

    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = names.get("postgres") or names["nobody"]
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _run(command: list[str], **options: Any) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed with {done.returncode}: {done.stdout}{done.stderr}")


def _wait_until_ready(process: subprocess.Popen[bytes], binaries: Path, port: int, log: Path) -> None:
    ready = [str(binaries / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port), "-d", "postgres"]
    deadline = time.monotonic() + _WAIT_SECONDS
    while subprocess.run(ready, check=False).returncode:
        if process.poll() is not None or time.monotonic() > deadline:
            said = log.read_text(encoding="utf-8", errors="replace")
            raise RuntimeError(f"PostgreSQL did not start: {said}")
        time.sleep(0.05)


@contextmanager
def running_server(binaries: Path) -> Iterator[str]:
    """Starts a fresh server and stops it afterwards; gives the URL of its maintenance database."""
    account = _account()
    home = Path(tempfile.mkdtemp(prefix="orderly-postgres-"))
    try:
        secret = home / "password"
        secret.write_text(PASSWORD, encoding="utf-8")
        data, log = home / "data", home / "log"
        log.touch()
        if account:
            for path in (home, secret, log):
                os.chown(path, account["user"], account["group"])
        initdb = [str(binaries / "initdb"), "-D", str(data), "-U", "orderly", "-A", "scram-sha-256"]
        _run([*initdb, f"--pwfile={secret}", "-E", "UTF8", "--locale=C", "--no-sync"], cwd=home, **account)
        port = free_port()
        command = [str(binaries / "postgres"), "-D", str(data), "-p", str(port), "-k", str(home)]
        command += [part for setting in _SETTINGS for part in ("-c", setting)]
        with log.open("wb") as output:
            process = subprocess.Popen(command, stdout=output, stderr=output, cwd=home, **account)
        try:
            _wait_until_ready(process, binaries, port, log)
            yield f"postgresql+psycopg://orderly:{PASSWORD}@127.0.0.1:{port}/postgres"
        finally:
            process.send_signal(signal.SIGINT)  # "fast" shutdown: open sessions are cut
            try:
                process.wait(timeout=_WAIT_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
    finally:
        shutil.rmtree(home, ignore_errors=True)
