"""Certificates: issued once for a passed attempt, checked by a code, taken back with a reason."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select, update

from assessments.certificates import issue_certificate
from assessments.test_settings import Settings
from core.context import Context
from core.db.assessment_tables import attempt, certificate
from core.db.portal_tables import audit
from core.domain.errors import NotAllowed, NotFound, OrderlyError, RuleViolation
from core.portal.certificates import (
    Certificate,
    certificate_by_code,
    certificate_of_attempt,
    certificate_of_test,
    certificates_of,
    revoke_certificate,
    spelled,
)
from tests.assessments.conftest import Portal
from tests.assessments.taking import take


def passed(portal: Portal, right: int = 20, pass_rate: float | None = 0.8) -> int:
    """A finished test with a pass mark; gives the attempt's id."""
    attempt_id = take(portal, "ann", "pre", right=right)
    with portal.open("ann") as ctx:
        settings = Settings(pass_rate=pass_rate).as_data()
        change = update(attempt).where(attempt.c.id == attempt_id).values(settings=json.dumps(settings))
        ctx.db.execute(change)
    return attempt_id


def count(portal: Portal) -> int:
    with portal.engine.begin() as db:
        return len(db.execute(select(certificate.c.id)).all())


def test_a_passed_test_is_certified_once(portal: Portal) -> None:
    attempt_id = passed(portal)
    found: Certificate = portal.do("ann", issue_certificate, attempt_id)
    assert portal.do("ann", issue_certificate, attempt_id) == found
    assert portal.do("tess", issue_certificate, attempt_id) == found, "whoever marks may hand it out"
    assert (found.name, found.test, found.title_en, found.score, found.pass_rate) == (
        "Ann",
        "order_processing",
        "Order processing",
        1.0,
        0.8,
    )
    assert count(portal) == 1
    with portal.engine.begin() as db:
        kinds = db.execute(select(audit.c.kind).where(audit.c.kind == "certificate_issued")).all()
        assert len(kinds) == 1
        for typed in (found.code, spelled(found.code), f" {spelled(found.code).lower()} "):
            assert certificate_by_code(db, typed) == found
        for typed in ("", found.code[:-1], "x" * 10_000, "0OIL1U'\"; --"):
            assert certificate_by_code(db, typed) is None
    assert portal.see("ann", certificates_of, found.person_id) == (found,)
    assert portal.see("tess", certificates_of, found.person_id) == (found,)


@pytest.mark.parametrize(
    ("right", "pass_rate", "said"),
    [(5, 0.8, "The test was passed with"), (20, None, "has no pass mark")],
)
def test_nobody_is_certified_for_less(portal: Portal, right: int, pass_rate: float | None, said: str) -> None:
    attempt_id = passed(portal, right, pass_rate)
    with pytest.raises(RuleViolation, match=said):
        portal.do("ann", issue_certificate, attempt_id)
    assert count(portal) == 0


@pytest.mark.parametrize(("login", "error"), [("bo", NotFound), ("max", NotAllowed)])
def test_nobody_takes_anothers(portal: Portal, login: str, error: type[OrderlyError]) -> None:
    attempt_id = passed(portal)
    with pytest.raises(error):
        portal.do(login, issue_certificate, attempt_id)
    assert count(portal) == 0


def test_a_certificate_is_taken_back_with_a_reason(portal: Portal) -> None:
    found: Certificate = portal.do("ann", issue_certificate, passed(portal))
    with pytest.raises(NotAllowed):
        portal.do("ann", revoke_certificate, found.id, "mine")
    with pytest.raises(RuleViolation):
        portal.do("tess", revoke_certificate, found.id, "  ")
    with pytest.raises(NotFound):
        portal.do("tess", revoke_certificate, 99, "why")
    portal.now += 60
    portal.do("tess", revoke_certificate, found.id, "taken by somebody else")
    portal.now += 60
    portal.do("tess", revoke_certificate, found.id, "again")
    with portal.engine.begin() as db:
        kept = certificate_by_code(db, found.code)
    assert kept is not None
    assert (kept.revoked_at, kept.revoked_reason) == (found.issued_at + 60, "taken by somebody else")
    with pytest.raises(NotAllowed):
        portal.see("bo", certificates_of, found.person_id)


@pytest.mark.postgres
def test_two_tabs_that_ask_at_once_get_one_certificate_on_postgresql(postgres_portal: Portal) -> None:
    portal, both = postgres_portal, Barrier(2, timeout=20)
    attempt_id = passed(portal)

    def ask(ctx: Context, attempt_id: int) -> Certificate:
        assert certificate_of_attempt(ctx.db, attempt_id) is None
        both.wait()
        return issue_certificate(ctx, attempt_id)

    with ThreadPoolExecutor(2) as pool:
        found = [pool.submit(portal.do, "ann", ask, attempt_id) for _ in range(2)]
        first, second = (one.result(timeout=30) for one in found)
    assert first == second
    assert count(portal) == 1


@pytest.mark.postgres
def test_a_test_of_no_name_at_all_has_no_badge_on_postgresql(postgres_portal: Portal) -> None:
    with postgres_portal.engine.begin() as db:
        assert certificate_of_test(db, "order\x00processing") is None
