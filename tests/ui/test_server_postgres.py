"""The whole surface on PostgreSQL: started on an empty database, signed in, worked with, and signed out."""

from __future__ import annotations

import httpx
import pytest
from sqlalchemy import select

from core.db.engines import connect, reader
from core.db.portal_tables import audit
from core.security.audit import verify_chain
from tests.app_server import running_app, sign_in
from tests.ui.sockets import open_socket, rerun, until_finished, words


@pytest.mark.postgres
def test_a_first_start_on_an_empty_postgresql(
    empty_postgres_url: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    var = tmp_path_factory.mktemp("postgres")
    with running_app(var, {"ORDERLY_DATABASE_URL": empty_postgres_url}) as server:
        cookie = sign_in(server.url, "admin")
        with open_socket(server.url, cookie) as socket:
            for page, wanted in (("", "Zhou Min"), ("people", "Add a person"), ("audit", "The chain holds")):
                rerun(socket, page)
                assert wanted in words(until_finished(socket))
            httpx.post(f"{server.url}/sign-out", headers={"Cookie": cookie, "Origin": server.url})
            rerun(socket)
            assert "You are signed out" in words(until_finished(socket))
    assert list(var.glob("*.db")) == [], "nothing may be kept in files beside PostgreSQL"
    databases = connect(empty_postgres_url, var)
    with reader(databases.portal) as db:
        kinds = list(db.execute(select(audit.c.kind).order_by(audit.c.id)).scalars())
        report = verify_chain(db)
    databases.dispose()
    assert kinds == ["person_added"] * 8 + ["signed_in", "signed_out"]
    assert (report.rows_count, report.broken_id) == (10, None)
