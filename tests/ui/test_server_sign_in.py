"""Signing in and out over HTTP: the cookie, the first administrator, throttling, and its end everywhere."""

from __future__ import annotations

import re
import time

import httpx
import pytest
from sqlalchemy import delete, select, update

from core.context import ENGINE, Context, World
from core.db.engines import Databases, connect, reader, run, transaction
from core.db.portal_tables import audit, person, session, throttle
from core.portal import people
from core.security.passwords import hash_password
from core.security.policy import sign_in_policy
from core.security.tokens import token_hash
from tests.app_server import AppServer, running_app, sign_in
from tests.ui.sockets import open_socket, rerun, until_finished, words

PASSWORD = "paper boat morning river"


def _portal(server: AppServer) -> Databases:
    return connect("", server.var)


def _kinds(server: AppServer) -> list[str]:
    databases = _portal(server)
    with reader(databases.portal) as db:
        found = list(db.execute(select(audit.c.kind).order_by(audit.c.id)).scalars())
    databases.dispose()
    return found


def test_the_demo_has_a_button_for_everybody_in_both_languages(nobody: httpx.Client) -> None:
    english = nobody.get("/sign-in", headers={"Accept-Language": "de, en;q=0.8"})
    chinese = nobody.get("/sign-in", headers={"Accept-Language": "zh-TW,zh;q=0.9,en;q=0.8"})
    for who in people.DEMO_PEOPLE:
        for page in (english, chinese):
            assert f'name="person" value="{who.login}"' in page.text
            assert who.name in page.text
    assert "Warehouse keeper" in english.text
    assert '<html lang="en"' in english.text
    assert "Warehouse keeper" not in chinese.text
    assert '<html lang="zh-CN"' in chinese.text
    assert "<script" not in english.text
    assert 'type="password"' not in english.text


def test_the_language_can_be_switched_and_is_remembered(nobody: httpx.Client) -> None:
    switched = nobody.get("/sign-in?lang=zh&next=%2Fpeople")
    assert '<html lang="zh-CN"' in switched.text
    assert 'href="?lang=en&amp;next=%2Fpeople"' in switched.text.replace("&next", "&amp;next").replace(
        "amp;amp;", "amp;"
    )
    assert '<html lang="zh-CN"' in nobody.get("/sign-in", headers={"Accept-Language": "en"}).text
    assert '<html lang="en"' in nobody.get("/sign-in?lang=xx", headers={"Accept-Language": "en", "Cookie": ""}).text


def test_the_cookie_is_out_of_reach_and_its_token_is_not_kept(nobody: httpx.Client, demo: AppServer) -> None:
    answer = nobody.post("/sign-in", data={"person": "trainer"}, headers={"Origin": demo.url})
    cookie = answer.headers["set-cookie"]
    name, _, rest = cookie.partition("=")
    token = rest.split(";")[0]
    assert name == "orderly"
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "Path=/" in cookie
    assert "Domain" not in cookie
    content = b"".join(path.read_bytes() for path in demo.var.glob("portal.db*"))
    assert token.encode() not in content
    assert token_hash(token).encode() in content
    assert token not in demo.said()


def test_a_password_is_of_no_use_to_the_demo_and_unknown_people_are_refused(
    nobody: httpx.Client, demo: AppServer
) -> None:
    for body in ({"person": "nobody"}, {"person": ""}, {"login": "admin", "password": ""}, {}):
        answer = nobody.post("/sign-in", data=body, headers={"Origin": demo.url})
        assert answer.status_code in {400, 401}
        assert "set-cookie" not in answer.headers


def test_signing_out_takes_effect_in_every_open_page(demo: AppServer) -> None:
    cookie = sign_in(demo.url, "finance")
    with open_socket(demo.url, cookie) as first, open_socket(demo.url, cookie) as second:
        for socket in (first, second):
            rerun(socket)
            assert "孙丽" in words(until_finished(socket))
        answer = httpx.post(f"{demo.url}/sign-out", headers={"Cookie": cookie, "Origin": demo.url})
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
        assert 'orderly="";' in answer.headers["set-cookie"]
        for socket in (first, second):
            rerun(socket)
            said = words(until_finished(socket))
            assert "You are signed out" in said
            assert "孙丽" not in said
    assert httpx.get(f"{demo.url}/_stcore/host-config", headers={"Cookie": cookie}).status_code == 401
    assert _kinds(demo)[-1] == "signed_out"


def test_disabling_and_role_changes_take_effect_at_the_next_run(demo: AppServer) -> None:
    databases = _portal(demo)
    cookie = sign_in(demo.url, "service")
    with open_socket(demo.url, cookie) as socket:
        rerun(socket)
        until_finished(socket)

        def change(**values: object) -> None:
            with transaction(databases.portal) as db:
                db.execute(update(person).where(person.c.login == "service").values(**values))

        change(role="administrator", position=None)
        rerun(socket, "people")
        assert "Zhou Min" in str(until_finished(socket))
        change(role="employee", position="S")
        rerun(socket, "people")
        said = words(until_finished(socket))
        assert "open to you" in said
        assert "Zhou Min" not in said
        change(active=False)
        try:
            rerun(socket)
            assert "You are signed out" in words(until_finished(socket))
        finally:
            change(active=True)
    databases.dispose()


def test_a_page_that_refreshes_itself_does_not_keep_somebody_signed_in(demo: AppServer) -> None:
    """Clicks put the idle end off; automatic reruns don't."""
    databases = _portal(demo)
    cookie = sign_in(demo.url, "operations")
    own = token_hash(cookie.partition("=")[2])

    def seen_at() -> int:
        with reader(databases.portal) as db:
            return int(db.execute(select(session.c.seen_at).where(session.c.token_hash == own)).scalar_one())

    def age() -> int:
        """Makes the session look unused for ten minutes; gives when it was seen then."""
        with transaction(databases.portal) as db:
            db.execute(update(session).where(session.c.token_hash == own).values(seen_at=int(time.time()) - 600))
        return seen_at()

    with open_socket(demo.url, cookie) as socket:
        old = age()
        rerun(socket, auto=True)
        until_finished(socket)
        assert seen_at() == old
        rerun(socket)
        until_finished(socket)
        deadline = time.monotonic() + 5
        while seen_at() == old and time.monotonic() < deadline:
            time.sleep(0.05)
        assert seen_at() >= int(time.time()) - 60
        with transaction(databases.portal) as db:
            gone = int(time.time()) - sign_in_policy().idle
            db.execute(update(session).where(session.c.token_hash == own).values(seen_at=gone))
        rerun(socket)
        assert "You are signed out" in words(until_finished(socket))
    databases.dispose()


def test_a_sign_in_survives_a_reload_and_a_restart_of_the_server(tmp_path_factory: pytest.TempPathFactory) -> None:
    var = tmp_path_factory.mktemp("restart")
    with running_app(var) as server:
        cookie = sign_in(server.url, "manager")
        for _ in range(2):
            with open_socket(server.url, cookie) as socket:
                rerun(socket)
                assert "林静" in words(until_finished(socket))
    with running_app(var) as server, open_socket(server.url, cookie) as socket:
        rerun(socket)
        assert "林静" in words(until_finished(socket))


def test_the_first_administrator_comes_through_the_printed_link(real: AppServer) -> None:
    printed = re.findall(r"http://127\.0\.0\.1:\d+/welcome/([\w-]+)", real.said())
    assert len(printed) == 1, real.said()
    origin = {"Origin": real.url}
    with httpx.Client(base_url=real.url, timeout=30) as client:
        assert 'type="password"' in client.get("/sign-in").text
        assert "person" not in re.findall(r'name="(\w+)"', client.get("/sign-in").text)
        assert client.post("/sign-in", data={"person": "admin"}, headers=origin).status_code == 401
        path = f"/welcome/{printed[0]}"
        assert client.get(path).status_code == 200
        assert client.get(path).status_code == 200, "looking doesn't use it up"
        fields = {"login": "zhou.min", "name": "周敏", "password": PASSWORD, "again": PASSWORD}
        short = client.post(path, data=fields | {"password": "short", "again": "short"}, headers=origin)
        assert short.status_code == 422
        assert "at least 12 characters" in short.text
        assert 'value="周敏"' in short.text
        unlike = client.post(path, data=fields | {"again": "another"}, headers=origin)
        assert unlike.status_code == 422
        done = client.post(path, data=fields, headers=origin)
        assert (done.status_code, done.headers["location"]) == (303, "/")
        cookie = done.headers["set-cookie"]
        assert cookie.startswith("__Host-orderly=")
        assert all(part in cookie for part in ("HttpOnly", "Secure", "SameSite=lax", "Path=/"))
        assert client.get(path).status_code == 410
        assert client.post(path, data=fields, headers=origin).status_code == 410
        value = cookie.split(";")[0]
        assert client.get("/_stcore/host-config", headers={"Cookie": value}).status_code == 200
    made = [kind for kind in _kinds(real) if kind != "sign_in_failed"]
    assert made[:3] == ["administrator_link_made", "administrator_made", "signed_in"]


def test_wrong_passwords_are_held_back_over_http(real: AppServer) -> None:
    databases = _portal(real)
    run(
        databases.portal,
        lambda db: people.add_person(
            Context(db, ENGINE, int(time.time()), World("portal", "portal")), "guessed", "Guessed", "manager"
        ),
    )
    databases.dispose()
    codes = []
    with httpx.Client(base_url=real.url, timeout=30) as client:
        for _ in range(sign_in_policy().free_failures_name + 2):
            body = {"login": "guessed", "password": "wrong wrong wrong"}
            answer = client.post("/sign-in", data=body, headers={"Origin": real.url})
            codes.append(answer.status_code)
    assert codes == [401] * (sign_in_policy().free_failures_name + 1) + [429]
    assert 1 <= int(answer.headers["retry-after"]) <= sign_in_policy().first_wait
    assert "Too many wrong passwords" in answer.text


def test_a_form_that_is_far_too_big_or_strange_is_refused(real: AppServer) -> None:
    with httpx.Client(base_url=real.url, timeout=30, headers={"Origin": real.url}) as client:
        assert client.post("/sign-in", content=b"login=" + b"x" * 100_000).status_code == 403
        for body in (b"", b"\xff\xfe%00%zz", b"login=%00&password=%00", b"login=%F0%9F%98%80&password=" + b"a" * 5000):
            assert client.post("/sign-in", content=body).status_code == 401


def test_what_is_typed_comes_back_as_text(real: AppServer) -> None:
    login = '"><script>alert(1)</script>'
    answer = httpx.post(f"{real.url}/sign-in", data={"login": login, "password": "x"}, headers={"Origin": real.url})
    assert login not in answer.text
    assert 'value="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"' in answer.text


def test_a_person_changes_their_own_password(real: AppServer) -> None:
    databases = _portal(real)
    with transaction(databases.portal) as db:
        ctx = Context(db, ENGINE, int(time.time()), World("portal", "portal"))
        who = people.add_person(ctx, "mei", "梅兰", "manager").person_id
        db.execute(update(person).where(person.c.id == who).values(password_hash=hash_password(PASSWORD)))
    new = "green kettle under the stairs"

    def come_in(password: str) -> dict[str, str]:
        body = {"login": "mei", "password": password}
        answer = httpx.post(f"{real.url}/sign-in", data=body, headers={"Origin": real.url})
        return {"Origin": real.url, "Cookie": answer.headers.get("set-cookie", "").split(";")[0]}

    def may(headers: dict[str, str]) -> bool:
        return httpx.get(f"{real.url}/_stcore/host-config", headers=headers).status_code == 200

    def change(headers: dict[str, str], current: str, password: str, again: str | None = None) -> tuple[int, str]:
        body = {"current": current, "password": password, "again": password if again is None else again}
        answer = httpx.post(f"{real.url}/password", data=body, headers=headers)
        return answer.status_code, answer.text

    here, elsewhere = come_in(PASSWORD), come_in(PASSWORD)
    assert 'autocomplete="current-password"' in httpx.get(f"{real.url}/password", headers=here).text
    for current, password, again, said in (
        ("not my password at all", new, None, "is another one"),
        (PASSWORD, new, new + "!", "are not the same"),
        (PASSWORD, PASSWORD, None, "is the old one"),
        (PASSWORD, "short", None, "at least 12 characters"),
    ):
        code, text = change(here, current, password, again)
        assert (code, said in text) == (422, True), text
    assert change(here, PASSWORD, new)[0] == 200
    assert (may(here), may(elsewhere)) == (True, False)
    assert change(elsewhere, new, PASSWORD)[0] in {303, 401}
    assert (may(come_in(PASSWORD)), may(come_in(new))) == (False, True)
    with reader(databases.portal) as db:
        told = db.execute(select(audit.c.data).where(audit.c.kind == "password_changed")).scalars().all()
    databases.dispose()
    assert ['"sessions_ended": 1' in one.replace(":1", ": 1") for one in told] == [True]


def test_guessing_a_password_through_the_form_is_held_back_too(real: AppServer) -> None:
    databases = _portal(real)
    with transaction(databases.portal) as db:
        db.execute(delete(throttle))  # what other tests tried from this address
        ctx = Context(db, ENGINE, int(time.time()), World("portal", "portal"))
        who = people.add_person(ctx, "left.open", "Left Open", "manager").person_id
        db.execute(update(person).where(person.c.id == who).values(password_hash=hash_password(PASSWORD)))
    databases.dispose()
    with httpx.Client(base_url=real.url, timeout=30, headers={"Origin": real.url}) as client:
        answer = client.post("/sign-in", data={"login": "left.open", "password": PASSWORD})
        client.headers["Cookie"] = answer.headers["set-cookie"].split(";")[0]
        body = {"current": "wrong wrong wrong", "password": "green kettle under the stairs", "again": "x"}
        codes = [
            client.post("/password", data=body).status_code for _ in range(sign_in_policy().free_failures_name + 2)
        ]
    assert codes == [422] * (sign_in_policy().free_failures_name + 1) + [429]


def test_the_demo_has_no_passwords_to_change(demo: AppServer) -> None:
    answer = httpx.get(f"{demo.url}/password", headers={"Cookie": sign_in(demo.url, "finance")})
    assert (answer.status_code, "without a password" in answer.text) == (404, True)
    assert httpx.get(f"{demo.url}/password").status_code in {303, 401}
