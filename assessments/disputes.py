"""Disputes: somebody says a question was wrong, a trainer decides, and everybody's marks follow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, insert, select, update

from assessments.attempt_rows import attempt_row, note, own_row, places_line
from assessments.attempt_steps import marked_by_hand
from assessments.handout import dumped, places_in, places_of
from assessments.key_release import release_for
from assessments.manual_marks import credit_item
from assessments.remarking import Known, remark_attempt
from assessments.tries import FINISHED
from core.context import ENGINE, Context
from core.db.assessment_tables import attempt, dispute
from core.db.portal_tables import person
from core.domain.errors import NotFound, RuleViolation

OPEN, WITHDRAWN = "open", "withdrawn"
REJECTED, REMARKED, CREDITED, MARKED = "rejected", "remarked", "credited", "marked"
OUTCOMES = (REJECTED, REMARKED, CREDITED, MARKED)

STATUS_LABELS: Mapping[str, str] = {
    OPEN: "Waits for a trainer",
    WITHDRAWN: "Withdrawn",
    REJECTED: "The question stands",
    REMARKED: "Key mended, everybody marked again",
    CREDITED: "Question faulty, everybody has its mark",
    MARKED: "This answer was marked by hand",
}

DAYS_OPEN = 30
"""So long after a test its questions can be disputed."""

MOST_TEXT = 4_000
"""Longest reason and decision. Units: characters."""

_a, _d = attempt.c, dispute.c


@dataclass(frozen=True, slots=True)
class Dispute:
    """A question somebody disputes, with the decision once there is one."""

    id: int
    attempt_id: int
    item_id: str
    person_id: int
    name: str
    test: str
    reason: str
    at: int
    status: str
    decision: str
    decided_at: int | None


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom a decision about a question concerns: finished tests that hold it, and how often it is disputed."""

    attempts_count: int
    disputes_count: int


@dataclass(frozen=True, slots=True)
class Decided:
    """What a decision changed: of how many tests, how many scores; the largest change. Units: shares of the marks."""

    attempts_count: int
    changed_count: int
    largest: float


def dispute_item(ctx: Context, attempt_id: int, item_id: str, reason: str) -> int:
    """Says that a question of one's finished test was wrong, and why; gives the dispute's id.

    Raises: NotAllowed; NotFound; RuleViolation without a reason, too late, or when it is disputed already.
    """
    ctx.actor.need("tests.take")
    row = own_row(ctx, attempt_id, lock=True)
    if row.status != FINISHED:
        raise RuleViolation("A question can be disputed once the test is finished.")
    if item_id not in {place.item_id for place in places_in(row.items)}:
        raise NotFound("This test has no question {item}.", item=item_id)
    release = release_for(ctx, row)
    if not release.shown:
        raise RuleViolation("A question can be disputed once its answer is shown.")
    if release.since is not None and ctx.now > release.since + DAYS_OPEN * 86_400:
        raise RuleViolation("A question can be disputed within {days} days of its answer being shown.", days=DAYS_OPEN)
    reason = _text(reason)
    if not reason:
        raise RuleViolation("Say what is wrong with the question.")
    existing = _own(ctx, attempt_id, item_id)
    if existing is not None and existing.status != WITHDRAWN:
        raise RuleViolation("You have disputed this question already.")
    if existing is not None:
        ctx.db.execute(update(dispute).where(_d.id == existing.id).values(status=OPEN, reason=reason, at=ctx.now))
        dispute_id = int(existing.id)
    else:
        values = {"attempt_id": attempt_id, "item_id": item_id, "person_id": row.person_id, "reason": reason}
        made = ctx.db.execute(insert(dispute).values(**values, at=ctx.now, status=OPEN))
        assert made.inserted_primary_key is not None
        dispute_id = int(made.inserted_primary_key[0])
    note(ctx, "question_disputed", attempt_id, item=item_id)
    return dispute_id


def withdraw_dispute(ctx: Context, dispute_id: int) -> None:
    """Takes one's own dispute back while it is open. Raises: NotFound; RuleViolation once it is decided."""
    ctx.actor.need("tests.take")
    row = _row(ctx, dispute_id)
    if row.person_id != ctx.actor.person_id:
        raise NotFound("There is no dispute {id} of yours.", id=dispute_id)
    if row.status == WITHDRAWN:
        return
    if row.status != OPEN:
        raise RuleViolation("This dispute is decided already.")
    ctx.db.execute(update(dispute).where(_d.id == dispute_id).values(status=WITHDRAWN))
    note(ctx, "dispute_withdrawn", row.attempt_id, item=row.item_id)


def decide_dispute(
    ctx: Context, dispute_id: int, outcome: str, decision: str, tell: Callable[[int, int], None] | None = None
) -> Decided:
    """Decides a dispute and has everybody's marks follow, in one go.

    `rejected` leaves everything; `remarked` replays the question in every finished test that holds it against the bank
    as it is now (mend its key there first); `credited` gives its full mark to everybody who had it; `marked` says that
    only this answer was marked by hand before. Tests that are open now follow once they are finished. `tell` is called
    as it goes on, with how many tests of how many are done.
    Raises: NotAllowed without `attempts.mark`; NotFound; RuleViolation without a reason, for one's own, when it is
    decided already, or is to be called marked by hand and isn't.
    """
    ctx.actor.need("attempts.mark")
    row = _row(ctx, dispute_id)
    if outcome not in OUTCOMES:
        raise NotFound("There is no outcome {outcome} of a dispute.", outcome=outcome)
    if row.person_id == ctx.actor.person_id:
        raise RuleViolation("Nobody decides their own dispute. Ask another trainer.")
    if row.status != OPEN:
        raise RuleViolation("This dispute is decided already.")
    decision = _text(decision)
    if not decision:
        raise RuleViolation("Say why you decide so; whoever disputed it reads this.")
    if outcome == MARKED and row.item_id not in marked_by_hand(ctx, row.attempt_id):
        raise RuleViolation("This answer isn't marked by hand yet. Mark it first, then decide.")
    held, changes = holding(ctx, row.item_id, lock=True) if outcome in (REMARKED, CREDITED) else [], []
    known: Known = {}
    for attempt_id, before in held:
        if outcome == CREDITED:
            after = credit_item(ctx, attempt_id, row.item_id, decision, dispute_id)
        else:
            after = remark_attempt(ctx, attempt_id, known, row.item_id)
        changes.append(abs(after - before))
        if tell is not None:
            tell(len(changes), len(held))
    decided = Decided(len(held), sum(change > 1e-9 for change in changes), max(changes, default=0.0))
    data = {"attempts": decided.attempts_count, "changed": decided.changed_count, "largest": decided.largest}
    values = {
        "status": outcome,
        "decision": decision,
        "decided_by": ctx.actor.person_id,
        "decided_at": ctx.now,
        "data": dumped(data),
    }
    same = (_d.id == dispute_id) if outcome in (REJECTED, MARKED) else (_d.item_id == row.item_id)
    ctx.db.execute(update(dispute).where(same, _d.status == OPEN).values(values))
    note(ctx, "dispute_decided", row.attempt_id, item=row.item_id, outcome=outcome, changed=decided.changed_count)
    return decided


def follow_decisions(ctx: Context, attempt_id: int, score: float) -> float:
    """Has the decisions reach a test that was open when they were made, now that it is finished; gives its score.

    Why not at once: a test under way is nobody's but its taker's, and its questions stay as they were handed out.
    """
    row = attempt_row(ctx, attempt_id)
    decided = (
        select(_d.id, _d.item_id, _d.status, _d.decision)
        .where(_d.status.in_((CREDITED, REMARKED)), _d.decided_at >= row.started_at)
        .where(_d.item_id.in_([place.item_id for place in places_in(row.items)]))
        .order_by(_d.id)
    )
    found = ctx.db.execute(decided).all()
    engine = ctx.by(ENGINE)  # it carries out what a trainer has decided
    for item_id in dict.fromkeys(one.item_id for one in found if one.status == REMARKED):
        score = remark_attempt(engine, attempt_id, only=item_id)
    for one in {one.item_id: one for one in found if one.status == CREDITED}.values():
        score = credit_item(engine, attempt_id, one.item_id, one.decision, one.id)
    return score


def holding(ctx: Context, item_id: str, *, lock: bool = False) -> list[tuple[int, float]]:
    """The finished tests that hold a question, with their scores. Shape: (attempt, score).

    Why open ones are locked, too: one that is being finished right now, on PostgreSQL, is waited for, or waits for the
    decision and follows it; neither misses the other.
    """
    line = places_line(ctx)
    named = line.contains(dumped(item_id), autoescape=True)
    held = select(_a.id, _a.status, _a.score, line).where(named).order_by(_a.id)
    return [
        (key, float(score))
        for key, status, score, places in ctx.db.execute(held.with_for_update() if lock else held)
        if status == FINISHED and item_id in {place.item_id for place in places_of(places)}
    ]


def reach_of(ctx: Context, item_id: str) -> Reach:
    """Whom a decision about a question would concern. Raises: NotAllowed without `attempts.mark`."""
    ctx.actor.need("attempts.mark")
    count = select(func.count()).select_from(dispute).where(_d.item_id == item_id, _d.status == OPEN)
    return Reach(len(holding(ctx, item_id)), int(ctx.db.execute(count).scalar_one()))


def disputes_in(ctx: Context, *, open_only: bool = True) -> tuple[Dispute, ...]:
    """Everybody's disputes, the oldest open one first. Raises: NotAllowed without `attempts.mark`."""
    ctx.actor.need("attempts.mark")
    rows = _disputes().where(_d.status == OPEN) if open_only else _disputes().where(_d.status != WITHDRAWN)
    order = (_d.at, _d.id) if open_only else (_d.at.desc(), _d.id.desc())
    return tuple(_dispute(row) for row in ctx.db.execute(rows.order_by(*order).limit(500)))


def disputes_of(ctx: Context, attempt_id: int) -> Mapping[str, Dispute]:
    """The disputes of one attempt by question: one's own, or anybody's with `attempts.read`. Raises: NotFound."""
    row = attempt_row(ctx, attempt_id)
    if row.person_id != ctx.actor.person_id:
        ctx.actor.need("attempts.read")
    found = ctx.db.execute(_disputes().where(_d.attempt_id == attempt_id, _d.status != WITHDRAWN))
    return {row.item_id: _dispute(row) for row in found}


def _disputes() -> Any:
    columns = (
        _d.id, _d.attempt_id, _d.item_id, _d.person_id, person.c.name, _a.test, _d.reason, _d.at, _d.status,
        _d.decision, _d.decided_at,
    )  # fmt: skip
    return select(*columns).join(person, person.c.id == _d.person_id).join(attempt, _a.id == _d.attempt_id)


def _dispute(row: Any) -> Dispute:
    return Dispute(*row)


def _row(ctx: Context, dispute_id: int) -> Row[Any]:
    row = ctx.db.execute(select(dispute).where(_d.id == dispute_id).with_for_update()).one_or_none()
    if row is None:
        raise NotFound("There is no dispute {id} of yours.", id=dispute_id)
    return row


def _own(ctx: Context, attempt_id: int, item_id: str) -> Any:
    found = select(_d.id, _d.status).where(_d.attempt_id == attempt_id, _d.item_id == item_id)
    return ctx.db.execute(found).one_or_none()


def _text(text: str) -> str:
    text = text.strip()
    if len(text) > MOST_TEXT:
        raise RuleViolation("A text here may be at most {most} characters long.", most=MOST_TEXT)
    return text
