"""Certificates of tests: who may have one, and for which attempt."""

from __future__ import annotations

from sqlalchemy import select

from assessments.attempt_rows import readable_row, settings_in
from assessments.attempt_steps import waiting_in
from assessments.test_definitions import definition_of
from assessments.test_settings import is_enough
from assessments.tries import FINISHED
from core.context import Context
from core.db.portal_tables import person
from core.domain.errors import RuleViolation
from core.portal.certificates import Certificate, Passed, write_certificate


def issue_certificate(ctx: Context, attempt_id: int) -> Certificate:
    """The certificate of a passed attempt: one's own, or somebody's for whoever marks.

    Raises: NotFound or NotAllowed for another's attempt; RuleViolation while it is open or waits for marking, where the
    test has no pass mark, or the attempt didn't reach it.
    """
    row = readable_row(ctx, attempt_id)
    if row.status != FINISHED or row.score is None or waiting_in(ctx, attempt_id):
        raise RuleViolation("A certificate is issued once the test is finished and marked.")
    wanted = settings_in(row).pass_rate
    if wanted is None:
        raise RuleViolation("This test has no pass mark, so nobody is certified by it.")
    if not is_enough(row.score, wanted):
        raise RuleViolation(
            "The test was passed with {wanted}% of the marks; this attempt has {found}%.",
            wanted=round(100 * wanted),
            found=round(100 * row.score, 1),
        )
    name = ctx.db.execute(select(person.c.name).where(person.c.id == row.person_id)).scalar_one()
    title = definition_of(ctx, row.test).blueprint.title
    return write_certificate(
        ctx, Passed(row.id, row.person_id, name, row.test, title.en, title.zh, float(row.score), wanted)
    )
