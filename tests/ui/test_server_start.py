"""Starting: an open demo is refused, and the very first deep link after a start meets the guard."""

from __future__ import annotations

import subprocess
import sys

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from benchmarks.load_client import Visitor
from core.ui.settings import is_loopback
from tests.app_server import running_app, sign_in, surroundings
from tests.house_rules import ROOT
from tests.loops import run_async
from tests.postgres_server import free_port
from tests.ui.sockets import open_socket, rerun, until_finished, words


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.168.0.7"])
def test_a_demo_refuses_to_listen_to_the_network(tmp_path: object, address: str) -> None:
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.address", address]
    command += ["--server.port", str(free_port())]
    env = surroundings(tmp_path)  # type: ignore[arg-type]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=90, check=False)
    assert done.returncode != 0
    said = done.stdout + done.stderr
    if address != "192.168.0.7":  # an address this machine doesn't have can't even be bound
        assert "only listens on this machine" in said
        assert "Traceback" not in said


def test_what_this_machine_is_called() -> None:
    yes = ("localhost", "localhost:80", "127.0.0.1", "127.0.0.1:8501", "127.9.9.9", "::1", "[::1]", "[::1]:8501")
    no = (None, "", "0.0.0.0", "::", "example.com", "127.0.0.1.example.com", "10.0.0.1", "localhost.example", "[::]:80")
    assert [host for host in yes if not is_loopback(host)] == []
    assert [host for host in no if is_loopback(host)] == []


def test_the_first_deep_link_after_a_start_is_guarded_and_works(tmp_path_factory: pytest.TempPathFactory) -> None:
    """In a folder called `pages/` beside the entry script it would run without the frame, once."""
    var = tmp_path_factory.mktemp("deep")
    with running_app(var) as server:
        for path in ("/people", "/audit"):
            answer = httpx.get(server.url + path, headers={"Accept": "text/html", "Sec-Fetch-Mode": "navigate"})
            assert (answer.status_code, answer.headers["location"]) == (303, f"/sign-in?next=%2F{path[1:]}")
        clerk, admin = sign_in(server.url, "clerk"), sign_in(server.url, "admin")
        with open_socket(server.url, clerk) as socket:
            rerun(socket, "people")
            messages = until_finished(socket)
            assert "open to you" in words(messages)
            assert "Add a person" not in words(messages)
            rerun(socket, "never_heard_of")
            assert "page_not_found" in [message.WhichOneof("type") for message in until_finished(socket)]
    with running_app(var) as server, open_socket(server.url, admin) as socket:
        rerun(socket, "people")
        said = str(until_finished(socket))
        assert "Add a person" in said


def test_an_open_page_works_through_the_real_protocol(demo: object) -> None:
    async def visit() -> tuple[str, ...]:
        visitor = Visitor(demo.url, sign_in(demo.url, "admin"))  # type: ignore[attr-defined]
        await visitor.open("people")
        await visitor.go("audit")
        await visitor.close()
        return tuple(sorted(visitor.page.navigation))

    names = run_async(visit())
    assert {"", "audit", "people"} <= set(names)


def test_behind_a_proxy_the_public_address_is_the_origin(tmp_path_factory: pytest.TempPathFactory) -> None:
    var, public = tmp_path_factory.mktemp("proxy"), "https://orders.example.com"
    with running_app(var, {"ORDERLY_ORIGIN": f"{public}/"}) as server:
        answer = httpx.post(f"{server.url}/sign-in", data={"person": "manager"}, headers={"Origin": public})
        cookie = answer.headers["set-cookie"].split(";")[0]
        with open_socket(server.url, cookie, Origin=public) as socket:
            rerun(socket)
            assert "林静" in words(until_finished(socket))
        with pytest.raises(InvalidStatus):
            open_socket(server.url, cookie, Origin="https://orders.example.com.evil.example")
