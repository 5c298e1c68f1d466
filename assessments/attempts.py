"""Attempts: a test as one person takes it, kept as append-only steps that can be marked again by replay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, select, text, update

from assessments import figures
from assessments.attempt_rows import attempt_row, note, own_row, question_in, questions_in, readable_row, settings_in
from assessments.attempt_steps import (
    ANSWER,
    CHECK,
    FINISH,
    MANUAL,
    REMARK,
    START,
    ItemStep,
    StaleAnswer,
    acts_in,
    answers_in,
    append_step,
    fractions_in,
    item_steps,
    last_item_step,
    last_step,
    moment_of,
    score_of,
    step_with_key,
)
from assessments.bank import Generated
from assessments.behaviours import CERTAINTIES, Act, Progress, asks_certainty, can_check, progress_of
from assessments.deadlines import deadline_of, is_over
from assessments.disputes import follow_decisions
from assessments.form_draws import first_form
from assessments.forms import FORM_NAMES, other_form, questions_for
from assessments.given_forms import given_forms
from assessments.handout import dumped, packed, places_in
from assessments.marking import Response, checked_response, is_blank
from assessments.test_definitions import Definition
from assessments.tries import (
    BARRED,
    FINISHED,
    NOT_OPEN_YET,
    OPEN,
    OVER,
    PHASE_LABELS,
    PHASES,
    POST,
    PRE,
    READY,
    USED_UP,
    Entry,
    Missing,
    accommodation_of,
    missing_before,
    own_entry,
    tries_of,
)
from core.context import Context
from core.db.assessment_tables import attempt
from core.domain.errors import RuleViolation

# What one deals with when one deals with attempts, from the rooms beside this one.
__all__ = [
    "ANSWER", "CHECK", "FINISH", "FINISHED", "MANUAL", "OPEN", "PHASES", "PHASE_LABELS", "POST", "PRE", "REMARK",
    "START", "Missing", "Saved", "StaleAnswer", "answers_in", "check_answer", "finish_attempt", "finish_overdue",
    "fractions_in", "missing_before", "overdue_attempts", "questions_count", "questions_in", "readable_row",
    "save_answer", "save_certainty", "score_of",
    "settings_in", "start_attempt",
]  # fmt: skip

SECOND_TRY_SEED = 1_000_003
"""What is added to a test's seed for each further try, so that its figures and its order are others."""

_INSERT_ATTEMPT = text(
    "INSERT INTO attempt (person_id, test, phase, try_number, test_version, form, seed, items, settings, status,"
    " started_at, deadline_at)"
    " VALUES (:person_id, :test, :phase, :try_number, :test_version, :form, :seed, :items, :settings, :status,"
    " :started_at, :deadline_at)"
    " ON CONFLICT (person_id, test, phase, try_number) DO NOTHING"
)

# Whoever gives up further tries in another tab waits here, or is waited for.
_TRIES_LOCKED = (
    select(attempt.c.id)
    .where(
        attempt.c.person_id == bindparam("person"),
        attempt.c.test == bindparam("test"),
        attempt.c.phase == bindparam("phase"),
    )
    .with_for_update()
)

_OVERDUE = (
    select(attempt.c.id)
    .where(attempt.c.status == OPEN, attempt.c.deadline_at <= bindparam("now"))
    .order_by(attempt.c.deadline_at)
    .limit(bindparam("most"))
)


def questions_count(ctx: Context, definition: Definition) -> int:
    """How many questions a test hands out now, those of its cases included."""
    return len(given_forms(ctx, definition)[FORM_NAMES[0]].items)


@dataclass(frozen=True, slots=True)
class Saved:
    """What saving an answer left behind: the step's number and when it was written."""

    number: int
    at: int


# ---- beginning ------------------------------------------------------------------------------------------------


def start_attempt(ctx: Context, test: str, phase: str) -> int:
    """Hands a person their questions, or the attempt they have open; gives its id.

    The two forms of a test are swapped for half of the people; the post-test is always the other form. A further try
    has the same items with other figures, in another order.
    Raises: NotAllowed; RuleViolation when the phase isn't open to them.
    """
    person_id = _person(ctx)
    ctx.db.execute(_TRIES_LOCKED, {"person": person_id, "test": test, "phase": phase})
    entry = own_entry(ctx, test, phase)
    latest = entry.latest
    if latest is not None and not latest.finished:
        return latest.id  # also when its time is over: whoever opens it finds it closed
    _refuse_unless_ready(entry)
    definition, settings, number = entry.definition, entry.settings, len(entry.tries) + 1
    seen = _seen_before(ctx, person_id, test, phase)
    form = given_forms(ctx, definition, seen)[_form_name(ctx, person_id, entry)]
    if not form.items:
        raise RuleViolation("This test has no questions any more, since all of them were retired. Tell your trainer.")
    seed = definition.blueprint.seed + (number - 1) * SECOND_TRY_SEED
    if any(isinstance(item.content, Generated) for item in form.items):
        with figures.practice_figures() as world:
            questions = questions_for(form, seed, person_id, world)
    else:
        questions = questions_for(form, seed, person_id, None)
    row = {
        "person_id": person_id,
        "test": test,
        "phase": phase,
        "try_number": number,
        "test_version": definition.version,
        "form": form.name,
        "seed": seed,
        "items": packed(questions),
        "settings": dumped(settings.as_data()),
        "status": OPEN,
        "started_at": ctx.now,
        "deadline_at": deadline_of(settings, ctx.now, accommodation_of(ctx, person_id).extra_time_rate),
    }
    made = ctx.db.execute(_INSERT_ATTEMPT, row).rowcount == 1
    started = tries_of(ctx, person_id, test)[phase][-1]
    if made:
        append_step(ctx, started.id, 0, START, ctx.now)
        note(ctx, "test_started", started.id, test=test, phase=phase, form=form.name)
    return started.id


def _refuse_unless_ready(entry: Entry) -> None:
    if entry.state == READY:
        return
    if entry.state == NOT_OPEN_YET:
        raise RuleViolation("This test isn't open yet.")
    if entry.state == OVER:
        raise RuleViolation("This test is closed; it can't be begun any more.")
    if entry.given_up:
        raise RuleViolation("You have said that you take no further try of this test.")
    if entry.state == USED_UP:
        raise RuleViolation("You have taken this test as often as it may be taken ({count}).", count=len(entry.tries))
    assert entry.state == BARRED, entry.state
    if entry.missing.pre_test:
        raise RuleViolation("The post-test opens once the pre-test is finished.")
    raise RuleViolation(
        "The post-test opens once every exercise has been checked; {count} to go.",
        count=len(entry.missing.exercises),
    )


def _seen_before(ctx: Context, person_id: int, test: str, phase: str) -> frozenset[str]:
    """The items a person had in any try of the pre-test, which the post-test doesn't ask again."""
    if phase != POST:
        return frozenset()
    handouts = [attempt_row(ctx, one.id).items for one in tries_of(ctx, person_id, test)[PRE]]
    return frozenset(place.item_id for handout in handouts for place in places_in(handout))


def _form_name(ctx: Context, person_id: int, entry: Entry) -> str:
    if entry.latest is not None:
        return entry.latest.form
    if entry.phase == POST:
        return other_form(tries_of(ctx, person_id, entry.definition.test)[PRE][0].form)
    return first_form(ctx, entry.definition, person_id)


# ---- answering ------------------------------------------------------------------------------------------------


def save_answer(
    ctx: Context,
    attempt_id: int,
    item_id: str,
    response: Response,
    *,
    certainty: int | None = None,
    seen: int | None = None,
    key: str | None = None,
) -> Saved:
    """Keeps an answer as one more step; the last one counts. The same answer, or the same key, again adds nothing.

    `seen` is the number of the item's step that the page was drawn from, 0 for none.
    Raises: NotAllowed; NotFound for another's attempt or an item that isn't in it; RuleViolation once it is finished
    or its time is over, when the question is checked, or when the answer doesn't fit it; StaleAnswer when another
    page has answered it since.
    """
    ctx.actor.need("tests.take")
    row = own_row(ctx, attempt_id, lock=True)
    if key is not None and (earlier := step_with_key(ctx, attempt_id, key)) is not None:
        return Saved(earlier.number, earlier.at)
    last = last_step(ctx, attempt_id)
    now = moment_of(ctx, last)
    _refuse_when_closed(row, now)
    question, settings = question_in(row, item_id), settings_in(row)
    response = checked_response(question, response)
    if not asks_certainty(settings, question):
        certainty = None
    elif certainty is not None and certainty not in CERTAINTIES:
        raise RuleViolation("This answer doesn't fit the question. Reload the page and answer again.")
    look = item_steps if can_check(settings, question) else last_item_step
    steps = look(ctx, attempt_id, item_id)
    stored = dumped(response)
    if steps and (steps[-1].response, steps[-1].certainty) == (stored, certainty):
        return Saved(steps[-1].number, steps[-1].at)
    _refuse_when_stale(steps, seen)
    before = progress_of(settings, question, acts_in(steps))
    if before.locked:
        raise RuleViolation("This question has been checked; its answer can't be changed any more.")
    after = progress_of(settings, question, [*acts_in(steps), Act(False, response, certainty)])
    columns = {"item_id": item_id, "response": stored, "certainty": certainty, "key": key}
    append_step(ctx, attempt_id, last.number + 1, ANSWER, now, fraction=after.worth, **columns)
    return Saved(last.number + 1, now)


def save_certainty(
    ctx: Context, attempt_id: int, item_id: str, certainty: int, *, seen: int | None = None
) -> Saved | None:
    """Keeps how sure one is of the answer saved last; None where nothing is answered yet.

    Raises: as `save_answer` does.
    """
    ctx.actor.need("tests.take")
    own_row(ctx, attempt_id, lock=True)
    acts = acts_in(last_item_step(ctx, attempt_id, item_id))
    if not acts:
        return None
    return save_answer(ctx, attempt_id, item_id, acts[-1].response, certainty=certainty, seen=seen)


def check_answer(
    ctx: Context, attempt_id: int, item_id: str, *, seen: int | None = None, key: str | None = None
) -> Progress:
    """Marks the saved answer of a question at once, where the test gives feedback before its end.

    The same answer is never checked twice: the first check stands.
    Raises: NotAllowed; NotFound; RuleViolation when it can't be checked (any more), or isn't answered; StaleAnswer.
    """
    ctx.actor.need("tests.take")
    row = own_row(ctx, attempt_id, lock=True)
    question, settings = question_in(row, item_id), settings_in(row)
    steps = item_steps(ctx, attempt_id, item_id)
    acts = acts_in(steps)
    before = progress_of(settings, question, acts)
    if key is not None and step_with_key(ctx, attempt_id, key) is not None:
        return before
    last = last_step(ctx, attempt_id)
    now = moment_of(ctx, last)
    _refuse_when_closed(row, now)
    if not can_check(settings, question):
        raise RuleViolation("This question can't be checked before the end of the test.")
    if before.locked or (acts and acts[-1].checked):
        return before
    if not acts or is_blank(acts[-1].response):
        raise RuleViolation("Answer the question before you check it.")
    _refuse_when_stale(steps, seen)
    after = progress_of(settings, question, [*acts, Act(True, acts[-1].response)])
    columns = {"item_id": item_id, "response": steps[-1].response, "key": key}
    append_step(ctx, attempt_id, last.number + 1, CHECK, now, fraction=after.worth, **columns)
    return after


def _refuse_when_closed(row: Row[Any], now: int) -> None:
    if row.status != OPEN:
        raise RuleViolation("This test is finished; answers can't be changed any more.")
    if is_over(row.deadline_at, now):
        raise RuleViolation("The time is over. What was saved until then counts.")


def _refuse_when_stale(steps: list[ItemStep], seen: int | None) -> None:
    if seen is not None and steps and steps[-1].number > seen:
        raise StaleAnswer("This question was answered on another page meanwhile. The answer saved there is shown here.")


# ---- ending ---------------------------------------------------------------------------------------------------


def finish_attempt(ctx: Context, attempt_id: int) -> float:
    """Closes a test and marks it; closing it twice changes nothing.

    Units: share of the marks, 0..1; provisional while an answer waits to be marked by hand.
    Raises: NotAllowed; NotFound for another's attempt.
    """
    ctx.actor.need("tests.take")
    row = own_row(ctx, attempt_id, lock=True)
    return float(row.score) if row.status == FINISHED else _finish(ctx, row)


def finish_overdue(ctx: Context, attempt_id: int) -> bool:
    """Closes an attempt whose time is over, from what was saved until then; says whether it did.

    Anybody's touch may do it, since it only carries out what the clock has decided.
    """
    ctx.actor.need("tests.take")
    row = attempt_row(ctx, attempt_id, lock=True)
    if row.status != OPEN or not is_over(row.deadline_at, moment_of(ctx, last_step(ctx, attempt_id))):
        return False
    _finish(ctx, row)
    return True


def overdue_attempts(ctx: Context, most: int = 200) -> list[int]:
    """Open attempts whose time is over, the longest overdue first; for the sweep that closes them.

    Raises: NotAllowed without `engine.run`.
    """
    ctx.actor.need("engine.run")
    return list(ctx.db.execute(_OVERDUE, {"now": ctx.now, "most": most}).scalars())


def _finish(ctx: Context, row: Row[Any]) -> float:
    questions = questions_in(row)
    score = score_of(questions, fractions_in(ctx, row.id))
    last = last_step(ctx, row.id)
    now = moment_of(ctx, last)
    overdue = is_over(row.deadline_at, now)
    data = dumped({"overdue": True}) if overdue else None
    append_step(ctx, row.id, last.number + 1, FINISH, now, fraction=score, data=data)
    ended_at = row.deadline_at if overdue else now
    change = update(attempt).where(attempt.c.id == row.id)
    ctx.db.execute(change.values(status=FINISHED, finished_at=ended_at, score=score))
    more = {"overdue": True} if overdue else {}
    note(ctx, "test_finished", row.id, test=row.test, phase=row.phase, score=round(score, 4), **more)
    return follow_decisions(ctx, row.id, score)


def _person(ctx: Context) -> int:
    assert ctx.actor.person_id is not None
    return ctx.actor.person_id
