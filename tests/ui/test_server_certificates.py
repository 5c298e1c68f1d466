"""Certificates over HTTP: anybody who is shown a code can check it, and nobody learns anything else."""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx
import pytest
from sqlalchemy import insert, select, update
from starlette.requests import Request

from core.db.assessment_tables import attempt, certificate
from core.db.engines import connect
from core.db.portal_tables import person
from core.ui.server_certificates import issuer
from core.ui.settings import CONTACT_VARIABLE, ORIGIN_VARIABLE, settings
from tests.app_server import AppServer
from tests.loops import run_async

CODE, SPELLED = "ABCDEFGHJKMNPQRS", "ABCD-EFGH-JKMN-PQRS"
TITLES = {"title_en": "Order <b>processing</b>", "title_zh": "订单处理"}


@pytest.fixture(scope="module")
def issued(demo: AppServer) -> Iterator[AppServer]:
    """The demo with one certificate."""
    databases = connect("", demo.var)
    with databases.portal.begin() as db:
        who = db.execute(select(person.c.id).where(person.c.login == "clerk")).scalar_one()
        row = {"person_id": who, "test": "order_processing", "phase": "post", "form": "A", "seed": 1, "items": "[]"}
        made = db.execute(insert(attempt).values(**row, status="finished", started_at=1, finished_at=2, score=0.9))
        assert made.inserted_primary_key is not None
        values = {
            "code": CODE,
            "attempt_id": made.inserted_primary_key[0],
            "person_id": who,
            "name": "Chen <i>Xiao</i>",
        }
        db.execute(
            insert(certificate).values(
                **values, **TITLES, test="order_processing", score=0.9, pass_rate=0.7, issued_at=1_773_801_000
            )
        )
    databases.dispose()
    yield demo


def test_a_code_is_checked_without_signing_in(nobody: httpx.Client, issued: AppServer) -> None:
    page = nobody.get(f"/certificate/{SPELLED}", headers={"Accept-Language": "en"})
    assert page.status_code == 200
    assert "This certificate is valid" in page.text
    assert "Chen &lt;i&gt;Xiao&lt;/i&gt;" in page.text and "Order &lt;b&gt;processing&lt;/b&gt;" in page.text
    assert "90%" in page.text and "70%" in page.text and SPELLED in page.text
    chinese = nobody.get(f"/certificate/{CODE.lower()}", headers={"Accept-Language": "zh"})
    assert "订单处理" in chinese.text and "证书有效" in chinese.text
    typed = nobody.get("/certificate", params={"code": f" {SPELLED} "})
    assert (typed.status_code, typed.headers["location"]) == (303, f"/certificate/{SPELLED}")
    assert "<form" in nobody.get("/certificate").text


def test_a_wrong_code_says_nothing_else(nobody: httpx.Client, issued: AppServer) -> None:
    for code in ("x", "%00", "<script>", "..%2F..", "A" * 3_000):
        answer = nobody.get(f"/certificate/{code}", headers={"Accept-Language": "en"})
        assert answer.status_code in (303, 400, 401, 404)  # paths that climb or hold NUL don't get as far as the page
        assert "Chen" not in answer.text and "<script>" not in answer.text
    wrong = nobody.get("/certificate/ABCD-EFGH-JKMN-PQRT", headers={"Accept-Language": "en"})
    assert wrong.status_code == 404 and "There is no certificate" in wrong.text
    assert nobody.get("/badges/unknown_test.json").status_code == 404


def test_the_badge_is_a_hosted_assertion(nobody: httpx.Client, issued: AppServer) -> None:
    page = f"{issued.url}/certificate/{SPELLED}"
    badge = nobody.get(f"/certificate/{SPELLED}.json").json()
    assert badge["@context"] == "https://w3id.org/openbadges/v2"
    assert (badge["type"], badge["id"], badge["evidence"]) == ("Assertion", f"{page}.json", page)
    assert badge["verification"] == {"type": "hosted"} and badge["recipient"]["identity"] == page
    assert badge["issuedOn"] == "2026-03-18T02:30:00+00:00"
    kind = nobody.get(badge["badge"]).json()
    assert (kind["type"], kind["id"]) == ("BadgeClass", badge["badge"])
    assert nobody.get(kind["image"]).status_code == 200
    who = nobody.get(kind["issuer"]).json()
    assert who["id"] == kind["issuer"] and who["name"] == "Orderly"
    assert "email" not in who, "nobody is named who wasn't given"


def test_the_issuer_says_who_answers_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ORIGIN_VARIABLE, "https://orderly.example.com/")
    monkeypatch.setenv(CONTACT_VARIABLE, " training@example.com ")
    settings.cache_clear()
    try:
        said = json.loads(bytes(run_async(issuer(Request({"type": "http", "headers": []}))).body))
    finally:
        settings.cache_clear()
    assert said == {
        "@context": "https://w3id.org/openbadges/v2",
        "type": "Issuer",
        "id": "https://orderly.example.com/badges/issuer.json",
        "name": "Orderly",
        "url": "https://orderly.example.com",
        "email": "training@example.com",
    }


def test_a_certificate_that_was_taken_back_says_so(nobody: httpx.Client, issued: AppServer) -> None:
    databases = connect("", issued.var)
    with databases.portal.begin() as db:
        db.execute(update(certificate).values(revoked_at=1_773_901_000, revoked_reason="issued by mistake"))
    page = nobody.get(f"/certificate/{SPELLED}", headers={"Accept-Language": "en"}).text
    assert "was taken back" in page and "issued by mistake" in page and "is valid" not in page
    badge = nobody.get(f"/certificate/{SPELLED}.json")
    assert (badge.status_code, badge.json()["revoked"]) == (410, True)
    with databases.portal.begin() as db:
        db.execute(update(certificate).values(revoked_at=None, revoked_reason=""))
    databases.dispose()
