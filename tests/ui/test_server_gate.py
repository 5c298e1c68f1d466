"""The gate: nothing without a sign-in, nothing for other sites, and nobody in somebody else's session."""

from __future__ import annotations

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from tests.app_server import AppServer, sign_in
from tests.ui.sockets import open_socket, rerun, session_of, until_finished, words

PAGE = {"Accept": "text/html", "Sec-Fetch-Mode": "navigate"}


@pytest.mark.parametrize("path", ["/", "/people", "/people?x=1", "/never/heard/of", "/_stcore/../people"])
def test_a_page_sends_nobody_to_the_sign_in(nobody: httpx.Client, path: str) -> None:
    answer = nobody.get(path, headers=PAGE)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")
    assert answer.headers["cache-control"] == "no-store"


def test_the_sign_in_remembers_where_one_wanted_to_go(nobody: httpx.Client, demo: AppServer) -> None:
    answer = nobody.get("/people?person=3&x=%2F", headers=PAGE)
    assert answer.headers["location"] == "/sign-in?next=%2Fpeople%3Fperson%3D3%26x%3D%252F"
    page = nobody.get(answer.headers["location"])
    assert 'name="next" value="/people?person=3&amp;x=%2F"' in page.text
    body = {"person": "admin", "next": "/people?person=3&x=%2F"}
    done = nobody.post("/sign-in", data=body, headers={"Origin": demo.url})
    assert (done.status_code, done.headers["location"]) == (303, "/people?person=3&x=%2F")


@pytest.mark.parametrize(
    "target",
    ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "evil", "", "/sign-out",
     "/a\nb", "/a\tb", "/" + "x" * 3000, "\\\\evil", "/%0d%0a/../\\x"],
)  # fmt: skip
def test_only_our_own_paths_are_gone_to(nobody: httpx.Client, demo: AppServer, target: str) -> None:
    answer = nobody.post("/sign-in", data={"person": "manager", "next": target}, headers={"Origin": demo.url})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/_stcore/host-config"),
        ("GET", "/_stcore/metrics"),
        ("GET", "/_stcore/agent/openapi.json"),
        ("POST", "/_stcore/agent/mcp"),
        ("PUT", "/_stcore/upload_file/a/b"),
        ("DELETE", "/_stcore/upload_file/a/b"),
        ("GET", "/media/abc.csv"),
        ("GET", "/component/x/y.js"),
        ("GET", "/static/js/index.js"),
        ("GET", "/manifest.json"),
        ("POST", "/"),
    ],
)
def test_everything_else_is_closed_to_nobody(nobody: httpx.Client, method: str, path: str) -> None:
    assert nobody.request(method, path).status_code == 401


def test_what_nobody_may_see(nobody: httpx.Client) -> None:
    for path in (
        "/sign-in",
        "/_stcore/health",
        "/healthz",
        "/favicon.ico",
        "/orderly/sign_in.css",
        "/orderly/mark.svg",
    ):
        assert nobody.get(path).status_code == 200, path
    assert nobody.get("/welcome/nothing").status_code == 410
    assert nobody.get("/orderly/..%2f__init__.py").status_code in {401, 404}
    assert nobody.get("/orderly/%2e%2e/frame.py").status_code in {401, 404}


def test_no_socket_without_a_sign_in(demo: AppServer) -> None:
    for cookie in ("", "orderly=", "orderly=guess", "__Host-orderly=guess", "orderly=" + "x" * 5000):
        with pytest.raises(InvalidStatus) as refused:
            open_socket(demo.url, cookie)
        assert refused.value.response.status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "http://localhost:8501"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
    ],
)
def test_no_socket_for_another_site(demo: AppServer, headers: dict[str, str]) -> None:
    with pytest.raises(InvalidStatus) as refused:
        open_socket(demo.url, sign_in(demo.url, "manager"), **headers)
    assert refused.value.response.status_code == 403


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/preferences", "/welcome/abc"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {},
        {"Origin": "http://127.0.0.1:1", "Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_no_form_of_another_site_is_taken(
    manager: httpx.Client, demo: AppServer, path: str, headers: dict[str, str]
) -> None:
    answer = manager.post(path, data={"person": "admin"}, headers=headers)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    assert manager.get("/_stcore/host-config").status_code == 200, "still signed in"


def test_the_demo_answers_only_to_names_of_this_machine(nobody: httpx.Client) -> None:
    for host in ("evil.example", "127.0.0.1.evil.example", "192.168.0.7", "[2001:db8::1]:80", ""):
        answer = nobody.get("/sign-in", headers={"Host": host})
        assert answer.status_code in {400, 403}, host
    for host in ("localhost", "localhost:8501", "127.0.0.1", "[::1]:8501"):
        assert nobody.get("/sign-in", headers={"Host": host}).status_code == 200, host


def test_a_client_cannot_say_who_it_is(demo: AppServer) -> None:
    """Headers in which a client claims to be somebody are dropped, in every spelling."""
    admin, clerk = sign_in(demo.url, "admin"), sign_in(demo.url, "clerk")
    claimed = {"X-Orderly-Session": "0" * 64, "X_Orderly_Session": "0" * 64, "X-ORDERLY-PERSON": "1"}
    with httpx.Client(base_url=demo.url) as nobody:
        assert nobody.get("/_stcore/host-config", headers=claimed).status_code == 401
    from core.security.tokens import token_hash

    theirs = token_hash(admin.partition("=")[2])
    with open_socket(demo.url, clerk, X_Orderly_Session=theirs, X_Orderly_Person="1") as socket:
        rerun(socket)
        said = words(until_finished(socket))
    assert "陈晓 Chen Xiao" in said
    assert "周敏" not in said


def test_a_stolen_session_id_cannot_be_taken_up_by_somebody_else(demo: AppServer) -> None:
    """Streamlit lets whoever knows a session's id attach to it, unless the person is part of it."""
    admin, clerk = sign_in(demo.url, "admin"), sign_in(demo.url, "clerk")
    with open_socket(demo.url, admin) as own:
        rerun(own)
        session = session_of(until_finished(own))
        with open_socket(demo.url, clerk, session=session) as thief:
            rerun(thief)
            taken = until_finished(thief)
        assert session_of(taken) != session
        assert "周敏" not in words(taken)
        rerun(own)
        assert "周敏" in words(until_finished(own)), "the owner's socket is still theirs"
    with open_socket(demo.url, clerk, session=session) as thief:
        rerun(thief)
        assert session_of(until_finished(thief)) != session, "nor after the owner has gone"
    with open_socket(demo.url, admin, session=session) as own:
        rerun(own)
        assert session_of(until_finished(own)) == session, "but the owner comes back to it"


def test_an_upload_goes_only_into_ones_own_page(demo: AppServer) -> None:
    admin, clerk = sign_in(demo.url, "admin"), sign_in(demo.url, "clerk")
    with open_socket(demo.url, admin) as own, httpx.Client(base_url=demo.url) as client:
        rerun(own)
        session = session_of(until_finished(own))
        path = f"/_stcore/upload_file/{session}/file1"
        files = {"file": ("a.csv", b"a,b\n1,2\n", "text/csv")}
        for cookie, wanted in ((clerk, 403), ("", 401)):
            for method in ("PUT", "DELETE"):
                answer = client.request(method, path, files=files, headers={"Cookie": cookie})
                assert answer.status_code == wanted
        xsrf = "1|abc"
        mine = client.put(path, files=files, headers={"Cookie": f"{admin}; _streamlit_xsrf={xsrf}"})
        assert "your page" not in mine.text  # it reaches Streamlit, which has its own token to ask for


def test_security_headers_are_on_every_answer(nobody: httpx.Client, manager: httpx.Client) -> None:
    answers = [nobody.get("/sign-in"), nobody.get("/people", headers=PAGE), nobody.get("/media/x"), manager.get("/")]
    answers += [manager.get("/never"), manager.get("/static/none.js"), manager.get("/_stcore/health")]
    for answer in answers:
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        scripts = next(part for part in policy.split("; ") if part.startswith("script-src"))
        assert "unsafe" not in scripts
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-frame-options"] == "DENY"
        assert "camera=()" in answer.headers["permissions-policy"]


def test_an_address_that_no_page_has_is_not_found(manager: httpx.Client) -> None:
    assert manager.get("/never/heard/of", headers=PAGE).status_code == 404
    assert manager.get("/secret.txt", headers=PAGE).status_code == 404
    first = manager.get("/start", headers=PAGE)
    assert (first.status_code, first.headers["location"]) == (303, "/")
