"""What one person's browser may hold: pages, files and their sizes; and what a bug says to whom."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack, suppress

import httpx
import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import InvalidStatus

from benchmarks.load_client import LoadClientError, Visitor
from core.ui.server_limits import MOST_FILES, MOST_SOCKETS
from tests.app_server import AppServer, sign_in
from tests.house_rules import ROOT
from tests.loops import run_async
from tests.ui.servers import running_script
from tests.ui.sockets import open_socket, rerun, session_of, until_finished


def test_one_sign_in_opens_only_so_many_pages(demo: AppServer) -> None:
    cookie, other = sign_in(demo.url, "trainer"), sign_in(demo.url, "trainer")
    with ExitStack() as closing:
        for _ in range(MOST_SOCKETS):
            closing.enter_context(open_socket(demo.url, cookie))
        with pytest.raises(InvalidStatus):
            open_socket(demo.url, cookie)
        with open_socket(demo.url, other) as socket:
            rerun(socket)
            until_finished(socket)
    for _ in range(50):
        try:
            with open_socket(demo.url, cookie):
                return
        except InvalidStatus:
            continue
    raise AssertionError("closed pages must make room again")


def test_a_page_holds_only_so_many_files_of_only_such_a_size(demo: AppServer) -> None:
    cookie = sign_in(demo.url, "admin")
    with open_socket(demo.url, cookie) as socket, httpx.Client(base_url=demo.url, timeout=60) as client:
        rerun(socket)
        session = session_of(until_finished(socket))
        token = client.get("/_stcore/health").cookies["_streamlit_xsrf"]
        client.cookies.clear()
        headers = {"Cookie": f"{cookie}; _streamlit_xsrf={token}", "X-Xsrftoken": token}

        def put(name: str, size: int) -> int:
            files = {"file": ("a.csv", b"x" * size, "text/csv")}
            return client.put(f"/_stcore/upload_file/{session}/{name}", files=files, headers=headers).status_code

        assert put("large", 65 * 1024 * 1024) == 413
        codes = [put(f"file{number}", 10) for number in range(MOST_FILES + 1)]
        assert codes == [204] * MOST_FILES + [413]
        assert client.delete(f"/_stcore/upload_file/{session}/file0", headers=headers).status_code == 204
        assert put("again", 10) == 204


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppServer]:
    """A page with bugs behind the real gate."""
    with running_script(ROOT / "tests" / "ui" / "sample_app.py", tmp_path_factory.mktemp("bugs")) as server:
        yield server


@pytest.mark.parametrize("button", ["break page", "break callback", "break part"])
def test_a_bug_is_a_number_on_the_page_and_a_traceback_in_the_log(sample: AppServer, button: str) -> None:
    received: list[ForwardMsg] = []

    class Watched(Visitor):
        def _take(self, message: ForwardMsg, size: int) -> None:
            received.append(message)
            super()._take(message, size)

    async def visit() -> None:
        visitor = Watched(sample.url, sign_in(sample.url, "manager"))
        await visitor.open()
        received.clear()
        with suppress(LoadClientError):  # the run didn't end well: that is what is looked at
            await visitor.click(button)
        await visitor.close()

    before = len(sample.said())
    run_async(visit())
    shown = "\n".join(str(message) for message in received if message.WhichOneof("type") != "new_session")
    numbers = re.findall(r"tell an administrator this number: ([0-9A-F]{8})", shown)
    assert len(numbers) == 1
    for secret in ("secret detail", "ZeroDivisionError", "Traceback", str(ROOT)):
        assert secret not in shown
    logged = sample.said()[before:]
    assert f"Error {numbers[0]} on the page" in logged
    assert f"secret detail of a {button.removeprefix('break ')}" in logged
    assert "Traceback" in logged
